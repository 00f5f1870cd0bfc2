from dataclasses import replace

import msgspec

from logcascade.model.analysis import Analysis, Growth
from logcascade.report.growth_words import growth_in_words
from logcascade.report.json_report import render_json
from logcascade.report.markdown import render_markdown
from logcascade.report.presentable import presentable
from logcascade.report.terminal import render_terminal
from tests.report.builders import CONTEXT, make_analysis, make_cascade

SESSIONS = Growth(
    rule="aiohttp-unclosed-session",
    title="Client session not closed",
    value="sessions",
    unit="count",
    first=0.0,
    last=47.0,
    per_hour=20.0,
    runs=11,
    of_runs=11,
    readings=80,
    p_value=0.0001,
    resets=True,
    levels_off=False,
    limit=None,
    reaches_limit_h=None,
)


def growing() -> Analysis:
    return presentable(make_analysis(cascades=(make_cascade(growth=(SESSIONS,)),)))


def test_a_leak_is_told_with_its_slope_and_its_resets() -> None:
    assert growth_in_words(SESSIONS) == (
        "Client session not closed, sessions: 0 -> 47 within 11 of 11 runs, +20 an hour; "
        "resets at each restart; by chance with probability below 0.001"
    )


def test_sizes_are_told_in_megabytes_and_the_limit_with_the_time_until_it() -> None:
    memory = replace(
        SESSIONS,
        unit="bytes",
        last=219.4 * 2**20,
        per_hour=10 * 2**20,
        limit=100 * 2**20,
        reaches_limit_h=1.0,
    )
    words = growth_in_words(memory)
    assert "219 MB within" in words
    assert "+10 MB an hour" in words
    assert "reaches its limit of 100 MB 1 h later" in words


def test_a_size_at_which_each_run_was_killed_is_told() -> None:
    memory = replace(SESSIONS, unit="bytes", last=219 * 2**20, killed_at=219.4 * 2**20)
    assert "killed at about 219 MB each time" in growth_in_words(memory)
    assert "killed" not in growth_in_words(SESSIONS)


def test_what_fills_up_is_not_called_a_leak() -> None:
    words = growth_in_words(replace(SESSIONS, levels_off=True, limit=100.0, reaches_limit_h=None))
    assert "does not leak" in words
    assert "limit" not in words


def test_every_report_tells_what_grows() -> None:
    analysis = growing()
    terminal = " ".join(render_terminal(analysis, CONTEXT, width=200).split())
    assert "0 -> 47 within 11 of 11 runs" in terminal
    assert "What grows" in render_markdown(analysis, CONTEXT)
    report = msgspec.json.decode(render_json(analysis, CONTEXT))
    (growth,) = report["cascades"][0]["growth"]
    assert (growth["value"], growth["per_hour"], growth["resets"]) == ("sessions", 20.0, True)
