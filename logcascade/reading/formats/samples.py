"""Checks each line format against its own samples, among all the others."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from logcascade.model.records import RaisedException
from logcascade.reading.formats.line_format import Format, union_of_starts
from logcascade.reading.lines import Line, LineReader, settle_time, severity_of
from logcascade.reading.records.tracebacks import parse_exceptions
from logcascade.reading.times.stamps import ReadingOptions, StampReader


def check_samples(formats: Sequence[Format]) -> list[str]:
    """Return what is wrong with the samples of `formats`; all are read with all formats."""
    reader = LineReader(formats)
    starts = {each.id: each.start for each in formats}
    any_start = re.compile(union_of_starts(formats))
    wrong: list[str] = []
    for each in formats:
        for number, sample in enumerate(each.samples, 1):
            where = f"{each.id}.toml: sample {number}"
            if each.within and not starts[each.within].match(sample.line):
                wrong.append(f"{where}: does not begin as {each.within}")
            line = reader.read(sample.line.encode(), 0, 1)
            used = used_formats(line)
            if not any_start.match(sample.line.encode()):
                wrong.append(f"{where}: does not begin a record where lines are read as bytes")
            if each.id not in used:
                wrong.append(f"{where}: is read as {' > '.join(used) or 'text'}")
                continue
            found = read_fields(line)
            wrong += [
                f"{where}: {key} is {found.get(key)!r}, expected {value!r}"
                for key, value in sample.expect.items()
                if not _agrees(key, found.get(key, ""), value)
            ]
        wrong += [
            f"{each.id}.toml: near miss {number} is read with it"
            for number, text in enumerate(each.near_misses, 1)
            if each.id in used_formats(reader.read(text.encode(), 0, 1))
        ]
    return wrong


def used_formats(line: Line) -> tuple[str, ...]:
    """Return the ids of the formats that `line` was read with, outermost first."""
    if line.header is None:
        return line.carrier.formats
    around = (line.header.within,) if line.header.within else ()
    return (*line.carrier.formats, *around, line.header.format.id)


def read_fields(line: Line) -> Mapping[str, str]:
    """Return what was read from `line`, as text, by the names that samples use."""
    stamps = StampReader(ReadingOptions())
    severity = severity_of(line)
    header, carrier = line.header, line.carrier
    moment = settle_time(line, stamps)
    return {
        "time": moment.isoformat() if moment else "",
        "severity": severity.name.lower() if severity is not None else "",
        "logger": header.logger if header else "",
        "program": (header.program if header else "") or carrier.program,
        "pid": (header.pid if header else "") or carrier.pid,
        "component": carrier.component or (header.component if header else ""),
        "run": carrier.run_key,
        "message": "\n".join(line.texts[: line.message_lines or None]),
        "details": line.details,
        "exceptions": " ".join(each.type for each in raised_on(line)),
    }


def raised_on(line: Line) -> tuple[RaisedException, ...]:
    """Return the exceptions, the first-raised first, that `line` alone tells of."""
    tops = parse_exceptions([(text, line.number) for text in line.texts]) or line.raised
    return tuple(each for top in tops for each in top.in_order_raised())


def _agrees(key: str, found: str, expected: str) -> bool:
    if key == "time" and found and expected:
        return datetime.fromisoformat(found) == datetime.fromisoformat(expected)
    return found == expected
