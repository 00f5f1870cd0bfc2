"""Logs that are there twice: by another name, packed beside plain, or copied and not yet cut."""

from collections import Counter
from collections.abc import Sequence

from logcascade.errors import SourceError
from logcascade.sources.blob import Blob
from logcascade.sources.rotation import parse_name

COMPARED_BYTES = 256 * 1024
"""Of two texts so much is compared. Two logs with time stamps differ in the first line."""

SURE_LINES = 8
"""Lines, each there only once, that have to be the same before two texts are taken for one: fewer
are the same by chance where lines have no time stamps."""


def without_twins(blobs: Sequence[Blob]) -> tuple[list[Blob], list[tuple[Blob, Blob]]]:
    """Return the blobs without those whose text another has, and those, each with the other."""
    kept: list[Blob] = []
    left_out: list[tuple[Blob, Blob]] = []
    for blob in blobs:
        twin = next((other for other in kept if _is_same_file(blob, other)), None)
        twin = twin or next((other for other in kept if _is_same_text(blob, other)), None)
        if twin is None:
            kept.append(blob)
            continue
        better, worse = (blob, twin) if _is_better(blob, twin) else (twin, blob)
        kept[kept.index(twin)] = better
        left_out.append((worse, better))
    return kept, left_out


def _is_same_file(one: Blob, other: Blob) -> bool:
    return one.identity is not None and one.identity == other.identity


def _is_same_text(one: Blob, other: Blob) -> bool:
    size = min(len(one.head), len(other.head))
    if not size or one.head[:size] != other.head[:size] or one.budget.is_pipe:
        return False
    if other.budget.is_pipe:
        return False
    try:
        first, second = one.beginning(COMPARED_BYTES), other.beginning(COMPARED_BYTES)
    except (SourceError, OSError):
        return False
    size = min(len(first), len(second))
    if first[:size] != second[:size] or not size:
        return False
    if one.folder == other.folder and _slot(one) == _slot(other):
        return True
    return len(first) == len(second) and _has_sure_lines(first)


def _slot(blob: Blob) -> tuple[str, object]:
    name = parse_name(blob.file_name)
    return name.base, name.slot


def _is_better(one: Blob, other: Blob) -> bool:
    """Return whether the first of two texts is the fuller: plain before packed, then the longer."""
    if _is_same_file(one, other):
        return False
    return (not one.is_packed, one.size or 0) > (not other.is_packed, other.size or 0)


def _has_sure_lines(text: bytes) -> bool:
    """Return whether a text has enough lines that are there only once."""
    counts = Counter(text.split(b"\n"))
    return sum(times == 1 for line, times in counts.items() if line) >= SURE_LINES
