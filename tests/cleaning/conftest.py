from tests.reading.conftest import finder, formats, read

__all__ = ["finder", "formats", "read"]
