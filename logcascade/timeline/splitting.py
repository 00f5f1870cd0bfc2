"""One scan -> the scans of its log before and after a moment, without reading it again."""

from dataclasses import replace

from logcascade.model.scans import Scan
from logcascade.timeline.stretches import stretch


def split_scan(scan: Scan, at: float) -> tuple[Scan, Scan]:
    """
    Return what *scan* shows before and from *at*, in epoch seconds; it was told to part there.

    A burst that goes on at that moment had begun before, and stays whole. Lines and bytes are
    those of the whole log on both sides.
    """
    before, since = stretch(scan, None, at), stretch(scan, at, None)
    return replace(before, load=scan.load), replace(since, load=scan.load_since)
