"""Which formats a source is in, and on which scale its levels are: learned from its first lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from logcascade.cleaning.step import NOT_LOG
from logcascade.model.records import Severity
from logcascade.reading.fields.meaning import FieldEntry
from logcascade.reading.fields.structured import StructuredReader
from logcascade.reading.formats.line_format import Format, union_of_starts
from logcascade.reading.lines import LineReader

MAX_HEAD_LINES = 2000
"""First lines that are read one by one to learn the formats of a source."""

NEVER = r"(?!)"
"""Matches nowhere."""


def first_lines(head: bytes) -> list[bytes]:
    """Return the lines of a source's beginning by which it is judged: of the log, and not blank."""
    raws = head.split(b"\n", MAX_HEAD_LINES)[:MAX_HEAD_LINES]
    return [raw for raw in raws if raw.strip() and raw != NOT_LOG]


def choose_formats(
    formats: Sequence[Format], raws: Sequence[bytes]
) -> tuple[tuple[Format, ...], tuple[str, ...]]:
    """Return the formats that count for a source that begins with the lines `raws`.

    Those that fit too few of the lines are left out, or kept for the lines that are theirs
    beyond doubt, and for what a carrier brings, each message of which stands for itself. Also
    returned is, in words, what had to be assumed.
    """
    wholes = [raw.decode("utf-8", "replace") for raw in raws]
    formats = [each for each in formats if not each.is_wrapper or _fits(each, wholes)]
    texts = _texts_within(formats, raws)
    chosen: list[Format] = []
    assumed: list[str] = []
    for each in formats:
        kept: Format | None = each
        if each.is_structured and (each.share or each.scales):
            entries = list(_entries(each, texts))
            kept = each if len(entries) >= each.share * len(texts) and entries else _sure(each)
            if each.scales:
                surer = union_of_starts(f for f in chosen if f.is_structured)
                is_known = re.compile(surer.decode(), re.ASCII).match
                own = [entry for text, entry in entries if not is_known(text)]
                kept, words = _on_usual_scale(kept, own)
                assumed += words
        elif not each.is_wrapper:
            kept = each if _fits(each, texts) else None
            if kept is not None and each.is_last_resort and _mostly_begin(chosen, texts):
                kept = None
        if kept is not None:
            chosen.append(kept)
    return tuple(chosen), tuple(assumed)


def _texts_within(formats: Iterable[Format], raws: Iterable[bytes]) -> list[str]:
    """Return the lines without what carries them."""
    reader = LineReader([each for each in formats if each.is_wrapper])
    return [reader.read(raw, 0, 0).texts[0] for raw in raws]


def _fits(each: Format, texts: Sequence[str]) -> bool:
    """Return whether enough of the lines begin in the format; an empty log tells nothing."""
    if not each.share:
        return True
    fitting = sum(each.start.match(text) is not None for text in texts)
    return bool(texts) and fitting >= each.share * len(texts)


def _mostly_begin(formats: Iterable[Format], texts: Sequence[str]) -> bool:
    """Return whether most of the lines begin in one of the formats."""
    known = re.compile(union_of_starts(f for f in formats if not f.is_wrapper).decode(), re.ASCII)
    return sum(known.match(text) is not None for text in texts) > len(texts) / 2


def _entries(each: Format, texts: Iterable[str]) -> Iterator[tuple[str, FieldEntry]]:
    """Yield the lines that are records of a structured format, and what they say."""
    reader = StructuredReader(each)
    for text in texts:
        if each.start.match(text):
            read = reader.read((text,), is_carried=False)
            if read is not None and (read[0].has_message or read[0].is_record):
                yield text, read[0]


def _sure(each: Format) -> Format:
    """Return the format for a source that has few lines of it, or none yet."""
    source = each.sure_source or NEVER
    return replace(
        each,
        start_source=source,
        carried_source=each.start_source,
    )


def _on_usual_scale(each: Format, entries: Iterable[FieldEntry]) -> tuple[Format, list[str]]:
    """Return the format with the scale that its numeric levels are on, and the words for it.

    On the right scale the most usual level is INFO; where none says so, the first scale counts.
    """
    numbers = Counter(entry.level for entry in entries if entry.level.isdecimal())
    holding = {
        name: scale for name, scale in each.scales.items() if all(word in scale for word in numbers)
    }
    usual = numbers.most_common(1)[0][0] if numbers else ""
    calm = [name for name, scale in holding.items() if scale.get(usual) is Severity.INFO]
    name = next(iter([*calm, *holding, *each.scales]))
    words = [f"numeric levels are on the scale of {name}"] if numbers else []
    return replace(each, levels=_joined(each.levels, each.scales[name])), words


def _joined(
    own: Mapping[str, Severity] | None, scale: Mapping[str, Severity]
) -> Mapping[str, Severity]:
    return {**(own or {}), **scale}
