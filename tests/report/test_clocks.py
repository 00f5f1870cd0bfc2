"""Where the clock of each source stands is said in every report."""

import json

import pytest

from logcascade.model.analysis import Analysis
from logcascade.model.records import Confidence
from logcascade.report.json_report import render_json
from logcascade.report.markdown import render_markdown
from logcascade.report.source_words import clocks, times_in_words
from logcascade.report.terminal import render_terminal
from logcascade.report.view import view_of
from tests.report.builders import CONTEXT, NOON, at, make_alignment, make_analysis, make_source

BOOT = make_alignment(offset_s=at(-5 * 86_400).timestamp(), meaning="")
LEFT_OUT = make_alignment(
    offset_s=None,
    anchors=0,
    spread_s=None,
    confidence=Confidence.NONE,
    because="seconds since boot, and nothing in it is told by another source",
    meaning="",
)


def beside(**changes: object) -> Analysis:
    """Return an analysis of the journal, which leads, and of another log."""
    journal = make_source(name="/var/log/journal.txt")
    return make_analysis(sources=(journal, make_source(name="/var/log/other.log", **changes)))


SAID = {
    "zone": (
        {"clock": "local", "alignment": make_alignment()},
        "other.log: zone +02:00, by 11 kills that journal.txt tells too (+-0.1 s)",
    ),
    "boot": (
        {"clock": "uptime", "alignment": BOOT},
        "other.log: boot at 14 May 12:00:00, by 11 kills that journal.txt tells too (+-0.1 s)",
    ),
    "likely": (
        {
            "clock": "yearless",
            "alignment": make_alignment(
                meaning="year 2026, zone UTC", confidence=Confidence.LIKELY, spread_s=1.44
            ),
        },
        "other.log: year 2026, zone UTC (likely), by 11 kills that journal.txt tells too (+-1.4 s)",
    ),
    "assumed": (
        {
            "clock": "yearless",
            "alignment": make_alignment(
                meaning="year 2026",
                confidence=Confidence.ASSUMED,
                spread_s=None,
                because="the nearest to journal.txt",
            ),
        },
        "other.log: year 2026 assumed, the nearest to journal.txt",
    ),
    "left out": (
        {"clock": "uptime", "alignment": LEFT_OUT},
        f"other.log: {LEFT_OUT.because}: not placed in time",
    ),
    "wrong clock": (
        {"alignment": make_alignment(offset_s=-37.4, meaning="37.4 s ahead")},
        "other.log: 37.4 s ahead, by 11 kills that journal.txt tells too (+-0.1 s)",
    ),
}


@pytest.mark.parametrize(("changes", "words"), SAID.values(), ids=SAID)
def test_terminal_and_ticket_say_where_a_clock_stands_and_what_shows_it(
    changes: dict[str, object], words: str
) -> None:
    analysis = beside(**changes)
    assert words in render_terminal(analysis, CONTEXT, width=160)
    ticket = render_markdown(analysis, CONTEXT).replace("\\", "")
    assert words.split(": ", 1)[1] in ticket


def test_nothing_is_said_of_clocks_that_need_no_help() -> None:
    for source in ({}, {"alignment": make_alignment(offset_s=0.0, meaning="in step")}):
        assert clocks(view_of(beside(**source), CONTEXT)) == ()


def test_json_says_it_in_numbers() -> None:
    report = json.loads(render_json(beside(clock="local", alignment=make_alignment()), CONTEXT))
    assert [source["clock"] for source in report["sources"]] == [
        None,
        {
            "offset_s": -7200.0,
            "anchors": 11,
            "spread_s": 0.04,
            "confidence": "certain",
            "because": "11 kills that journal.txt tells too",
            "meaning": "zone +02:00",
        },
    ]


def test_what_is_not_placed_in_time_does_not_stretch_the_time_of_the_others() -> None:
    day_five = NOON.replace(year=1970, month=1, day=5)
    analysis = beside(clock="uptime", alignment=LEFT_OUT, first_time=day_five, last_time=day_five)
    view = view_of(analysis, CONTEXT)
    assert times_in_words(view) == "19 May 2026, 11:00:00 to 13:00:00 UTC, 2 h"
    assert view.clock.at(at(0)) == "12:00:00"
    assert view.clock.at(day_five) == "day 5 12:00:00"
