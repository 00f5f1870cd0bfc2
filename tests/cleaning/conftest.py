import io

import pytest

from logcascade.cleaning.clean_lines import CleanLines
from tests.reading.conftest import finder, formats, read
from tests.reading.test_reader_cuts import Trickle

__all__ = ["finder", "formats", "read"]


@pytest.fixture(scope="session")
def clean():
    """Return what the chain makes of some bytes, read in pieces of *sizes*, and what it says."""

    def cleaned(data, sizes=None):
        stream = io.BytesIO(data) if sizes is None else Trickle(data, sizes)
        lines = CleanLines(stream)
        blocks = list(lines)
        assert all(block.lines == block.data.count(b"\n") for block in blocks)
        said = list(lines.notes), list(lines.problems())
        return b"".join(block.data for block in blocks), *said

    return cleaned
