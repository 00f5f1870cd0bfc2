"""``logcascade formats``: the line formats that are recognised, and what a log was taken for."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

import typer

from logcascade.cli import talk
from logcascade.cli.options import parse_zone
from logcascade.report.redaction import Redactor
from logcascade.report.text import cut, safe_line

if TYPE_CHECKING:
    from logcascade.reading.formats.explanation import Explanation, Stretch, Use

SAMPLE_COLUMNS = 100

EXAMPLES = """\b
Examples:
  logcascade formats
  logcascade formats --explain bot.log
  journalctl -u bot -n 1000 | logcascade formats --explain -
"""

_STAMPS = {
    "iso": "date and time",
    "syslog": "time without a year",
    "clock": "time without a date",
    "epoch": "seconds since 1970",
    "uptime": "seconds since boot",
    "words": "date and time in words",
}
"""What is said of a kind of time stamp; others are called by their own names."""


def formats(
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="PATH",
            help="Say what the lines of a log were recognised as, and why. No text of the log is "
            "shown: safe to share.",
        ),
    ] = None,
    show_lines: Annotated[
        bool, typer.Option("--show-lines", help="With --explain: an example line of each stretch.")
    ] = False,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="With --explain: zone of times without one."),
    ] = None,
) -> None:
    """List the line formats that are recognised, or explain what a log was taken for."""
    if explain is not None:
        talk.say("".join(f"{line}\n" for line in _explained(explain, zone, show_lines)))
        return
    talk.say("".join(f"{line}\n" for line in _listed()))


def _listed() -> Iterator[str]:
    from logcascade.reading.formats.line_format import load_formats

    for each in load_formats():
        around = " (around other formats)" if each.is_wrapper else ""
        yield f"{each.id}: {each.title}{around}"
        for sample in each.samples[:1]:
            yield f"    {cut(safe_line(sample.line), SAMPLE_COLUMNS)}"


def _explained(path: str, zone: str | None, show_lines: bool) -> Iterator[str]:
    import sys

    from logcascade.cleaning.clean_lines import CleanLines
    from logcascade.reading.formats.explanation import explain
    from logcascade.reading.formats.line_format import load_formats
    from logcascade.reading.times.stamps import ReadingOptions, StampReader
    from logcascade.sources import open_source

    stdin = None if sys.stdin is None else cast("BinaryIO", sys.stdin.buffer)
    source = open_source(path, stdin)
    try:
        today = datetime.now().astimezone().date()
        options = ReadingOptions(zone=parse_zone(zone), today=today)
        stamps = StampReader(options.of_source(source.name, source.modified))
        found = explain(CleanLines(source.stream), load_formats(), stamps)
    finally:
        source.close()
    last = found.stretches[-1].last if found.stretches else 0
    yield f"{safe_line(source.name)}   {_lines(last)}"
    for stretch in found.stretches:
        yield from _stretch(stretch, found, show_lines)
    if found.is_mixture:
        yield "  the format changes too often to tell all stretches apart"
    for words in (*found.assumptions, *source.problems):
        yield f"  assumed or noticed: {safe_line(words)}"


def _stretch(stretch: "Stretch", found: "Explanation", show_lines: bool) -> Iterator[str]:
    yield ""
    yield f"  lines {stretch.first:,} to {stretch.last:,}"
    if not stretch.kinds:
        yield "    no format recognised"
        for name, columns in stretch.nearest:
            yield f"      nearest: {name}, whose beginning fits {columns} characters"
    for kinds, count in stretch.kinds.most_common():
        yield f"    {' > '.join(kinds)}   at the beginning of {_lines(count)}"
    here = {name for kinds in stretch.kinds for name in kinds}
    for use in found.uses:
        if use.format in here:
            yield f"      {use.format}: {_why(use)}"
    if stretch.kinds and stretch.others:
        yield f"    {_lines(stretch.others)} without a beginning: they go on with those above"
    if stretch.first_time and stretch.last_time:
        yield f"    times {_moment(stretch.first_time)} to {_moment(stretch.last_time)}"
    if show_lines and stretch.example:
        example = safe_line(Redactor().redact(stretch.example))
        yield f"    first line: {cut(example, SAMPLE_COLUMNS)}"


def _lines(count: int) -> str:
    return f"{count:,} line" + "s" * (count != 1)


def _why(use: "Use") -> str:
    parts = [_STAMPS.get(use.stamp, use.stamp) if each == "stamp" else each for each in use.parts]
    return f"{use.title}; found: {', '.join(parts) or 'its beginning'}"


def _moment(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
