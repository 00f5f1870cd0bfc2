"""Several logs of one run give the verdict that the one log gives which tells it all."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations

import pytest

from logcascade.model.analysis import Analysis
from logcascade.model.records import Alignment, Confidence
from tests.retellings import (
    BOOT,
    Verdict,
    alignments,
    bot_log,
    dated,
    journal,
    journal_clock,
    kernel_ring,
    kernel_ring_of_json,
    of_program,
    python_clock,
    read,
    sample,
    verdict,
    whole_seconds,
)

STORY = "slow-leak"
"""Four kills by the kernel, which the program's own log does not show; read in half a second."""

HOUR = timedelta(hours=1)


@cache
def journal_alone(story: str) -> Analysis:
    return read({"journal.txt": dated(journal(story))})


def expected(story: str = STORY) -> Verdict:
    return verdict(journal_alone(story))


def placed(logs: dict[str, str], name: str) -> Alignment:
    analysis = read(logs)
    found = alignments(analysis)[name]
    assert found is not None
    return found


COMBINATIONS: dict[str, Callable[[], dict[str, str]]] = {
    "bot and dated journal": lambda: {
        "bot.log": bot_log(STORY),
        "journal.txt": dated(journal(STORY)),
    },
    "bot two hours ahead": lambda: {
        "bot.log": python_clock(bot_log(STORY), 2 * HOUR),
        "journal.txt": dated(journal(STORY)),
    },
    "bot in India": lambda: {
        "bot.log": python_clock(bot_log(STORY), 5.5 * HOUR),
        "journal.txt": dated(journal(STORY)),
    },
    "journal without a year": lambda: {
        "bot.log": bot_log(STORY),
        "journal.txt": journal(STORY),
    },
    "journal without a year in whole seconds of another zone": lambda: {
        "bot.log": bot_log(STORY),
        "journal.txt": whole_seconds(journal_clock(journal(STORY), -3 * HOUR)),
    },
    "journal of a host whose clock is 37 s ahead": lambda: {
        "bot.log": bot_log(STORY),
        "journal.txt": journal_clock(journal(STORY), timedelta(seconds=37)),
    },
    "bot whose clock is 37 s ahead": lambda: {
        "bot.log": python_clock(bot_log(STORY), timedelta(seconds=37.42)),
        "journal.txt": dated(journal(STORY)),
    },
    "journal and kernel ring that both tell the kills": lambda: {
        "journal.txt": dated(journal(STORY)),
        "dmesg.log": kernel_ring(journal(STORY)),
    },
    "journal of the unit, kernel ring": lambda: {
        "journal.txt": dated(of_program(journal(STORY), "systemd", "python3.11")),
        "dmesg.log": kernel_ring(journal(STORY)),
    },
    "bot, journal of systemd alone, kernel ring": lambda: {
        "bot.log": bot_log(STORY),
        "journal.txt": dated(of_program(journal(STORY), "systemd")),
        "dmesg.log": kernel_ring(journal(STORY)),
    },
    "all at once, three clocks": lambda: {
        "bot.log": python_clock(bot_log(STORY), 5.5 * HOUR),
        "journal.txt": journal(STORY),
        "journal.iso": dated(journal(STORY)),
        "dmesg.log": kernel_ring(journal(STORY)),
    },
    "a name that has nothing to do with the unit's": lambda: {
        "output.log": bot_log(STORY),
        "journal.txt": dated(journal(STORY)),
    },
}


@pytest.mark.parametrize("logs", COMBINATIONS.values(), ids=COMBINATIONS)
def test_several_tellings_give_the_verdict_of_the_one_that_tells_all(
    logs: Callable[[], dict[str, str]],
) -> None:
    assert verdict(read(logs())) == expected()


ORDERED = (
    "bot in India",
    "journal without a year",
    "bot, journal of systemd alone, kernel ring",
)


@pytest.mark.parametrize("name", ORDERED)
def test_the_order_of_files_decides_only_the_order_of_the_list_of_sources(name: str) -> None:
    logs = COMBINATIONS[name]()
    seen = []
    for order in permutations(logs):
        analysis = read({each: logs[each] for each in order})
        assert tuple(source.name for source in analysis.sources) == order
        by_name = sorted(analysis.sources, key=lambda source: source.name)
        parts = (
            by_name, analysis.runs, analysis.incidents, analysis.cascades, analysis.restarts,
            analysis.background, analysis.load, analysis.unknown_failures, analysis.retold,
        )  # fmt: skip
        seen.append(parts)
    assert all(parts == seen[0] for parts in seen)


def test_the_journals_own_uptime_gives_the_time_of_boot_to_the_microsecond() -> None:
    story = "flood-control-cascade"
    logs = {
        "bot.log": bot_log(story),
        "journal.txt": dated(journal(story)),
        "dmesg.log": kernel_ring_of_json(sample(story, "journal.json.gz")),
    }
    analysis = read(logs)
    found = alignments(analysis)["dmesg.log"]
    assert found is not None
    assert found.offset_s == pytest.approx(BOOT.timestamp(), abs=1e-5)
    assert (found.anchors, found.confidence) == (11, Confidence.CERTAIN)
    assert found.because == "11 kills that journal.txt tells too"
    assert verdict(analysis) == expected(story)
    assert analysis.retold > 3000


def test_offsets_are_exact_to_the_resolution_of_the_clocks() -> None:
    logs = COMBINATIONS["bot whose clock is 37 s ahead"]()
    assert placed(logs, "bot.log").offset_s == pytest.approx(-37.42, abs=0.002)
    logs = COMBINATIONS["all at once, three clocks"]()
    assert placed(logs, "bot.log").offset_s == -5.5 * 3600
    assert placed(logs, "journal.txt").meaning == "year 2026, zone UTC"
    assert placed(logs, "dmesg.log").offset_s == pytest.approx(BOOT.timestamp(), abs=1e-5)


@pytest.mark.parametrize("quarters", random.Random(7).sample(range(-48, 57), 6))
def test_a_log_of_any_zone_is_laid_back_on_the_one_that_says_its_zone(quarters: int) -> None:
    story = "network-outage"
    shifted = python_clock(bot_log(story), timedelta(minutes=15 * quarters))
    analysis = read({"bot.log": shifted, "journal.txt": dated(journal(story))})
    found = alignments(analysis)["bot.log"]
    assert found is not None
    assert found.offset_s == -900 * quarters
    assert verdict(analysis) == expected(story)
    assert "zone UTC" not in analysis.sources[0].assumptions


QUIET = {
    "dated": "2020-01-01T00:00:00+00:00 INFO nothing\n2030-01-01T00:00:00+00:00 INFO nothing\n",
    "local": "2026-05-01 00:00:00,000 - web - INFO - up\n2026-07-01 00:00:00,000 - w - INFO - ok\n",
    "yearless": "May 19 00:00:00 host cron[7]: (root) CMD (true)\nMay 21 00:00:00 host cron[7]: \n",
    "dateless": "[10:00:00] INFO  nothing\n[11:00:00] INFO  nothing\n",
    "uptime": "[    1.000000] Linux version 6.1\n[   20.000000] eth0: link up\n",
    "timeless": "nothing\nof\ninterest\n",
    "empty": "",
}


@pytest.mark.parametrize("kind", QUIET)
@pytest.mark.parametrize("story", [STORY, "network-outage"])
def test_a_quiet_log_beside_it_changes_nothing_but_the_list_of_sources(
    story: str, kind: str
) -> None:
    alone = journal_alone(story)
    beside = read({"quiet.log": QUIET[kind], "journal.txt": dated(journal(story))})
    assert beside.sources[1] == alone.sources[0]
    assert beside.runs == alone.runs
    assert beside.incidents == alone.incidents
    assert beside.cascades == alone.cascades
    assert (beside.load, beside.background) == (alone.load, alone.background)
    assert (beside.restarts, beside.retold) == (alone.restarts, 0)


def test_a_kernel_ring_that_shares_nothing_is_not_placed_and_changes_no_run() -> None:
    alone = read({"bot.log": bot_log(STORY)})
    ring = "\n".join(kernel_ring(journal(STORY)).splitlines()[:78]) + "\n"  # the first kill alone
    beside = read({"bot.log": bot_log(STORY), "dmesg.log": ring})
    found = alignments(beside)["dmesg.log"]
    assert found is not None
    assert (found.offset_s, found.confidence) == (None, Confidence.NONE)
    runs = [replace(run, id="") for run in beside.runs if run.component == "bot"]
    assert runs == [replace(run, id="") for run in alone.runs]
    incidents = {item.start_line: item.first_failure for item in beside.incidents}
    for item in alone.incidents:
        assert incidents[item.start_line] == item.first_failure
    assert (beside.restarts, beside.load, beside.background) == (
        alone.restarts,
        alone.load,
        alone.background,
    )


def test_what_is_not_placed_is_judged_by_its_own_log_and_not_by_the_end_of_others() -> None:
    undated = (
        "[10:00:00] INFO  aiogram.dispatcher: Start polling\n"
        "[10:05:00] ERROR sqlite3.OperationalError: database is locked\n"
        "[10:05:30] ERROR sqlite3.OperationalError: database is locked\n"
    )
    later = undated + "[11:30:00] INFO  nothing\n"
    outage = bot_log("network-outage")
    for log, recovered in ((undated, False), (later, True)):
        alone = read({"short.log": log})
        beside = read({"short.log": log, "bot.log": outage})
        (one,) = alone.incidents
        other = next(item for item in beside.incidents if item.start_line == one.start_line)
        assert (one.recovered, other.recovered) == (recovered, recovered)
        assert one.first_failure == other.first_failure
