"""What reports say of the sources: lines, times, clocks, what was assumed or left out."""

import re
from datetime import UTC, datetime

from logcascade.model.records import Alignment, Confidence, SourceSummary
from logcascade.report.view import MOMENT_S, View
from logcascade.report.words import Names, count, listed, period_of, span

MUCH_UNREAD = 0.5
"""Share of lines; above it a report that found nothing says that it could not see much."""

SHOWN_DOUBTFUL = 5
"""Lines that are named; who looks at them finds the others."""

_SETTLED_BY = (
    (re.compile(r"year 19(?:6\d|7[0-2]) assumed"), "no year in the log (--year gives it)"),
    (re.compile(r"no date in the log: .*"), "no date in the log (--date gives it)"),
    (re.compile(r"no wall clock in the log: .*"), "times since boot (--date gives the boot's)"),
    (re.compile(r"zone UTC"), "zone UTC (--zone gives another)"),
    (re.compile(r"(year \d+) assumed: (.*)"), r"\1, \2 (--year gives another)"),
    (re.compile(r"(year \d+) assumed"), r"\1"),
    (re.compile(r"(year \d+ fits better: .*)"), r"\1 (--year gives it)"),
    (re.compile(r"((?:date|boot) .*: .*)"), r"\1 (--date gives another)"),
)
"""What reading assumes -> what a person makes of it; the first that fits."""


def parts_in_words(source: SourceSummary, names: Names) -> str:
    """Return how many files a source is, from the oldest to the newest; empty where it is one."""
    if not source.parts:
        return ""
    first, last = names.short(source.parts[0].name), names.short(source.parts[-1].name)
    return f"{count(len(source.parts), 'file')}: {first} to {last}"


def lines_in_words(source: SourceSummary) -> str:
    """Return how many lines there were and whether all were understood."""
    lines = count(source.lines, "line")
    if not source.unparsed_lines:
        return f"{lines}, all understood" if source.lines else lines
    return f"{lines}, {source.unparsed_lines:,} not understood"


def verdict_on_silence(view: View) -> str:
    """Return what can be said of logs in which no incident was found, and what they hold."""
    if doubts(view):
        return "Cannot say whether anything failed"
    standing = sum(item.standing for item in view.analysis.background)
    if standing:
        return f"No incident found, but {count(standing, 'standing fault')}"
    seen = sum(item.count for item in view.analysis.background)
    if not seen:
        return "No incident found: no failure seen"
    judged = "judged harmless" if seen == 1 else "all judged harmless"
    return f"No incident found: {count(seen, 'report')} seen, {judged}, as told below"


def doubts(view: View) -> tuple[str, ...]:
    """Return why silence proves little: what was not understood, what looks like a failure."""
    sources = view.analysis.sources
    lines = sum(source.lines for source in sources)
    unread = sum(source.unparsed_lines for source in sources)
    words = []
    if unread > lines * MUCH_UNREAD:
        words.append(f"{unread:,} of {count(lines, 'line')} were not understood.")
    places = [place for source in sources for place in source.doubtful]
    if places:
        shown = listed([view.names.place(place) for place in places[:SHOWN_DOUBTFUL]])
        more = len(places) - SHOWN_DOUBTFUL
        words.append(
            f"What reads like a failure, but has no level, no stack, and no rule that knows it: "
            f"{shown}{f' and {more} more' if more > 0 else ''}."
        )
    return tuple(words)


def times_in_words(view: View) -> str:
    """Return the span of time of all sources."""
    period = period_of(view.analysis)
    if period is None:
        return "no times in the log: only the order is known"
    first, last = period
    timed = [source for source in view.analysis.sources if source.first_time is not None]
    since_boot = all(source.clock == "uptime" for source in timed)
    of_what = "after boot" if since_boot else "UTC"
    return f"{view.clock.range(first, last)} {of_what}, {span((last - first).total_seconds())}"


def clocks(view: View) -> tuple[str, ...]:
    """Return for each source whose clock had to be placed where it stands, and what shows it."""
    return tuple(
        f"{view.names.short(source.name)}: {_clock(view, source, source.alignment)}"
        for source in view.analysis.sources
        if source.alignment is not None and (source.clock != "wall" or source.alignment.offset_s)
    )


def _clock(view: View, source: SourceSummary, alignment: Alignment) -> str:
    if alignment.offset_s is None:
        return f"{alignment.because}: not placed in time"
    found = alignment.meaning
    if source.clock == "uptime":
        found = f"boot at {view.clock.at(datetime.fromtimestamp(alignment.offset_s, UTC))}"
    if alignment.confidence is Confidence.ASSUMED:
        return f"{found} assumed, {alignment.because}"
    likely = " (likely)" if alignment.confidence is Confidence.LIKELY else ""
    spread = f" (+-{max(alignment.spread_s or 0.0, MOMENT_S):.1f} s)"
    return f"{found}{likely}, by {alignment.because}{spread}"


def assumptions(view: View) -> tuple[str, ...]:
    """Return everything that was taken for granted, each once, with the option that settles it."""
    every = (words for source in view.analysis.sources for words in source.assumptions)
    return tuple(dict.fromkeys(map(_for_people, every)))


def _for_people(words: str) -> str:
    for pattern, shown in _SETTLED_BY:
        found = pattern.fullmatch(words)
        if found is not None:
            return found.expand(shown)
    return words


def problems(view: View) -> tuple[str, ...]:
    """Return everything that could not be read or was left out."""
    words = [
        f"{view.names.short(source.name)}: {problem}"
        for source in view.analysis.sources
        for problem in source.problems
    ]
    for source in view.analysis.sources:
        if source.unparsed_lines and source.unparsed_sample:
            sample = source.unparsed_sample[:5]
            lines = listed([f"{each.line:,}" for each in sample])
            such = f"line {lines}"
            if source.parts:
                such = listed([view.names.place(each) for each in sample])
            words.append(
                f"{view.names.short(source.name)}: "
                f"{count(source.unparsed_lines, 'line')} not understood, such as {such}"
            )
    return (*words, *view.analysis.notes)
