"""Where bytes come from: files, pipes and archives, opened as named streams."""

from logcascade.sources.opening import STANDARD_INPUT, Source, open_source

__all__ = ["STANDARD_INPUT", "Source", "open_source"]
