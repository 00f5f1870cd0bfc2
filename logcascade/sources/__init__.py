"""Where bytes come from: files, folders, archives, journals and pipes, opened as named streams."""

from logcascade.sources.opening import Opened, open_source, open_sources
from logcascade.sources.source import STANDARD_INPUT, Source

__all__ = ["STANDARD_INPUT", "Opened", "Source", "open_source", "open_sources"]
