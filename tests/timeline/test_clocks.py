import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from logcascade.model.bursts import Burst
from logcascade.model.records import Alignment, Confidence, LoadCounts, Location, SourceSummary
from logcascade.model.scans import Scan
from logcascade.timeline.clocks import align
from logcascade.timeline.placing import Placement
from logcascade.timeline.shifting import Shift, shifted_burst
from tests.support import NOON, STORY, at, make_burst, make_detection, values

IRREGULAR = (0.0, 8400.0, 17_350.0, 24_100.0, 33_333.0, 41_000.0, 50_950.0)
"""Seconds after noon with no two gaps alike."""

STARTED = ("started", "polling")


def mark(rule: str, seconds: float, text: str = "", **changes: object) -> Burst:
    """Return a mark, or a burst of one report, with a text of its own."""
    first = make_detection(rule, seconds, text=text or f"{rule} at {seconds:g}", **changes)
    start = NOON.timestamp() + seconds
    return make_burst(rule, seconds, first=first, start=start, end=start, moments=(start,))


def kill(seconds: float, pid: int) -> Burst:
    """Return the kernel's report of a kill; equal wherever it is told."""
    told = mark("oom", seconds, f"Killed process {pid}", values={"pid": str(pid)}, program="kernel")
    return replace(told, component="", values=values(pid={str(pid): 1}))


def make_scan(name: str, told: list[Burst], clock: str = "wall", **changes: object) -> Scan:
    """Return the scan of a source that tells *told*, its marks and its failures."""
    times = [burst.time for burst in told if burst.time]
    summary = SourceSummary(
        name=name,
        format="",
        lines=1000,
        bytes=50_000,
        records=1000,
        record_lines=1000,
        unparsed_lines=0,
        first_time=min(times, default=None),
        last_time=max(times, default=None),
        resolution_s=0.001,
        clock=clock,
    )
    marks = tuple(burst for burst in told if STORY[burst.rule].marks)
    bursts = tuple(burst for burst in told if not STORY[burst.rule].marks)
    return Scan(replace(summary, **changes), LoadCounts(), bursts, marks)  # type: ignore[arg-type]


def later(told: list[Burst], seconds: float, years: int = 0) -> list[Burst]:
    """Return *told* by a clock that shows so much more."""
    return [shifted_burst(burst, Shift(years, seconds)) for burst in told]


def since_boot(told: list[Burst], boot: datetime) -> list[Burst]:
    return later(told, -boot.timestamp())


def placement(*scans: Scan, of: int = 1) -> Placement:
    return align(scans, STORY)[of]


def alignment(*scans: Scan, of: int = 1) -> Alignment:
    found = placement(*scans, of=of).alignment
    assert found is not None
    return found


def messages(count: int = 6, seed: int = 1) -> list[Burst]:
    numbers = random.Random(seed)
    return [mark("lock", numbers.uniform(0, 80_000), f"lock {seed} {n}") for n in range(count)]


ZONES = [-12.0, -9.5, -0.25, 0.0, 2.0, 5.5, 5.75, 12.75, 14.0]


@pytest.mark.parametrize("hours", ZONES)
def test_a_clock_without_a_zone_gets_the_one_in_which_the_messages_agree(hours: float) -> None:
    told = messages()
    found = alignment(
        make_scan("journal", told), make_scan("bot.log", later(told, hours * 3600 + 0.05), "local")
    )
    assert found.offset_s == -hours * 3600
    assert (found.anchors, found.confidence) == (6, Confidence.CERTAIN)
    assert found.because == "6 reports that journal tells too"
    assert found.meaning.startswith("zone ")


def test_two_starts_show_a_zone_and_one_shows_nothing() -> None:
    supervisor = [mark("started", seconds) for seconds in IRREGULAR[:2]]
    program = [mark("polling", seconds + 7200 + lag) for seconds, lag in ((0, 3), (8400, 9))]
    scans = make_scan("journal", supervisor), make_scan("bot.log", program, "local")
    assert alignment(*scans).offset_s == -7200
    assert alignment(*scans).because == "2 starts that journal tells too"
    one = make_scan("journal", supervisor[:1]), make_scan("bot.log", program[:1], "local")
    assert placement(*one) == Placement(Shift())


def test_starts_at_an_even_pace_fit_in_several_zones_and_show_none() -> None:
    supervisor = [mark("started", hour * 3600.0) for hour in range(8)]
    program = [mark("polling", hour * 3600.0 + 5) for hour in range(8)]
    scans = make_scan("journal", supervisor), make_scan("bot.log", program, "local")
    assert placement(*scans) == Placement(Shift())


def test_yesterdays_log_is_not_taken_for_todays_in_another_zone() -> None:
    today = [mark("polling", seconds, "up") for seconds in (0.0, 30_000.0)]
    scans = (
        make_scan("bot.log", today, "local"),
        make_scan("bot.log.1", later(today, -86_400), "local"),
    )
    assert placement(*scans) == Placement(Shift())


def test_the_end_of_a_process_is_one_event_whoever_tells_it() -> None:
    boot = at(-400_000.5)
    told: list[Burst] = []
    for number, seconds in enumerate(IRREGULAR[:3]):
        up = mark("polling", seconds, pid=811 + number, program="bot")
        told += [up, mark("killed", seconds + 5000 + number, program="systemd", pid=1)]
    kills = [kill(seconds + 5000 + n, 811 + n) for n, seconds in enumerate(IRREGULAR[:3])]
    scans = make_scan("journal", told), make_scan("dmesg", since_boot(kills, boot), "uptime")
    found = alignment(*scans)
    assert found.offset_s == pytest.approx(boot.timestamp())
    assert (found.confidence, found.because) == (
        Confidence.CERTAIN,
        "3 kills that journal tells too",
    )


def test_one_kill_in_the_same_words_shows_the_time_of_boot() -> None:
    boot = at(-90_000)
    kills = [kill(500, 811)]
    scans = make_scan("journal", kills), make_scan("dmesg", since_boot(kills, boot), "uptime")
    assert alignment(*scans).offset_s == pytest.approx(boot.timestamp())
    assert alignment(*scans).confidence is Confidence.LIKELY


def test_one_message_shows_no_time_of_boot_and_nor_does_a_start() -> None:
    for told in ([mark("lock", 500)], [mark("polling", 500, pid=7, program="bot")]):
        other = since_boot(told, at(-90_000))
        found = placement(make_scan("bot.log", told), make_scan("dmesg", other, "uptime"))
        assert found.shift is None
        assert found.alignment is not None
        assert found.alignment.confidence is Confidence.NONE
        assert found.alignment.offset_s is None
        assert "seconds since boot" in found.alignment.because


def starts_and_kills(seconds: tuple[float, ...], boot: datetime) -> tuple[Scan, Scan]:
    """Return a program's own log, and the kernel's of the kills a little before each start."""
    said = [mark("lock", each - 5) for each in seconds[1:]]
    up = [mark("polling", each) for each in seconds]
    kills = [kill(each - 2, 811 + number) for number, each in enumerate(seconds[1:])]
    return make_scan("bot.log", [*said, *up], "local"), make_scan(
        "dmesg", since_boot(kills, boot), "uptime"
    )


def test_kills_that_fit_between_the_runs_are_placed_there_and_never_for_certain() -> None:
    boot = at(-90_000)
    found = alignment(*starts_and_kills(IRREGULAR, boot))
    assert found.confidence is Confidence.LIKELY
    assert found.offset_s == pytest.approx(boot.timestamp(), abs=2)
    assert found.spread_s == pytest.approx(2.5)
    assert found.because == "6 ends, each right before a start in bot.log"


@pytest.mark.parametrize("leads", ["bot.log", "kern.log"])
def test_kills_right_before_the_starts_show_a_zone_whichever_log_leads(leads: str) -> None:
    bot, ring = starts_and_kills(IRREGULAR, at(0))
    kills = [*later(list(ring.bursts), at(0).timestamp())]
    ahead = later(kills, 7200) if leads == "bot.log" else kills
    program = later([*bot.marks, *bot.bursts], 0 if leads == "bot.log" else 7200)
    scans = {
        "bot.log": make_scan("bot.log", program, "wall" if leads == "bot.log" else "local"),
        "kern.log": make_scan("kern.log", ahead, "wall" if leads == "kern.log" else "local"),
    }
    leader = scans.pop(leads)
    found = alignment(leader, *scans.values())
    assert (found.offset_s, found.confidence) == (-7200, Confidence.LIKELY)


@pytest.mark.parametrize("seconds", [IRREGULAR[:3], tuple(n * 8400.0 for n in range(7))])
def test_two_kills_and_kills_at_an_even_pace_fit_in_many_places(seconds: tuple[float, ...]) -> None:
    assert placement(*starts_and_kills(seconds, at(-90_000))).shift is None


def test_kills_of_another_machine_are_not_placed() -> None:
    bot, _ = starts_and_kills(IRREGULAR, at(-90_000))
    kills = [kill(seconds * 1.07, 811 + n) for n, seconds in enumerate(IRREGULAR)]
    other = make_scan("dmesg", since_boot(kills, at(-90_000)), "uptime")
    assert placement(bot, other).shift is None


def test_two_clocks_that_say_all_are_left_alone_unless_much_shows_that_one_is_wrong() -> None:
    for count, offset in ((3, 0.0), (6, -37.0)):
        told = messages(count)
        host = make_scan("journal", told), make_scan("other", later(told, 37.0))
        found = placement(*host)
        assert found.shift == Shift(0, pytest.approx(offset))
    assert found.alignment is not None
    assert found.alignment.meaning == "37.0 s ahead"


def test_restarts_by_the_clock_on_two_machines_show_no_wrong_clock() -> None:
    for period in (7200.0, 86_400.0):
        here = [mark("polling", n * period, "Start polling") for n in range(7)]
        there = make_scan("other", later(here, 1200.0))
        assert placement(make_scan("journal", here), there) == Placement(Shift())


def test_a_clock_without_years_gets_the_year_of_the_others() -> None:
    told = messages()
    old = make_scan("syslog", later(told, 3600.0, years=-54), "yearless")
    found = alignment(make_scan("bot.log", told), old)
    assert found.meaning == "year 2026, zone +01:00"
    assert found.confidence is Confidence.CERTAIN


def test_without_anything_in_common_the_nearest_year_is_assumed_and_said_so() -> None:
    told = [mark("lock", -140 * 86_400.0)]  # the last day of the year before
    told = [shifted_burst(burst, Shift(-53)) for burst in told]
    january = [mark("flood", -138 * 86_400.0)]
    found = placement(make_scan("bot.log", january), make_scan("syslog", told, "yearless"))
    assert found.alignment is not None
    assert found.shift == Shift(53)
    assert (found.alignment.confidence, found.alignment.meaning) == (
        Confidence.ASSUMED,
        f"year {(at(0) - timedelta(days=140)).year}",
    )


def test_a_29_february_of_the_assumed_year_is_the_1_march_of_another() -> None:
    moment = datetime(1972, 2, 29, 12, tzinfo=UTC)
    assert Shift(54).moment(moment) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert Shift(54).moment(datetime(1972, 3, 1, tzinfo=UTC)) == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_clock_without_dates_gets_its_day_from_the_others_or_stays_out() -> None:
    told = messages()
    days = (NOON.date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    undated = make_scan("bot.log", later(told, -days * 86_400.0), "dateless")
    found = alignment(make_scan("journal", told), undated)
    assert found.offset_s == days * 86_400
    assert found.meaning.startswith("begins 2026-05-19")
    assert placement(make_scan("journal", messages(seed=2)), undated).shift is None
    assert placement(make_scan("more.log", messages(seed=2), "dateless"), undated).shift == Shift()


def test_a_source_may_be_placed_by_one_that_is_itself_placed() -> None:
    told, boot = messages(), at(-90_000)
    kills = [kill(seconds, 811 + n) for n, seconds in enumerate(IRREGULAR)]
    scans = [
        make_scan("dmesg", since_boot(kills, boot), "uptime"),
        make_scan("journal", later([*told, *kills], 0.0, years=-54), "yearless"),
        make_scan("bot.log", told, "local"),
        make_scan("quiet", [], records=10_000),
    ]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
        found = align([scans[index] for index in order], STORY)
        by_name = {
            scans[index].summary.name: each for index, each in zip(order, found, strict=True)
        }
        assert by_name["quiet"] == Placement(Shift())
        assert by_name["bot.log"] == Placement(Shift())
        assert by_name["journal"].shift == Shift(54)
        assert by_name["dmesg"].shift == Shift(0, pytest.approx(boot.timestamp()))


def test_what_tells_something_but_no_time_at_all_stays_out() -> None:
    untimed = replace(make_burst("lock"), first=make_detection("lock", None))
    found = alignment(make_scan("bot.log", messages()), make_scan("nohup.out", [untimed]))
    assert (found.offset_s, found.because) == (
        None,
        "no times, and nothing in it is told by another source",
    )


def test_what_both_say_all_the_time_shows_nothing_and_costs_little() -> None:
    numbers = random.Random(3)
    noise = [mark("lock", numbers.uniform(0, 1e6), "database is locked") for _ in range(20_000)]
    other = [mark("lock", numbers.uniform(0, 1e6), "database is locked") for _ in range(20_000)]
    begun = time.perf_counter()
    scans = make_scan("journal", noise), make_scan("other", since_boot(other, at(0)), "uptime")
    assert placement(*scans).shift is None
    assert time.perf_counter() - begun < 5


def test_two_that_suffer_the_same_outages_at_other_times_are_not_laid_on_each_other() -> None:
    numbers = random.Random(4)
    times = [[numbers.uniform(0, 200_000) for _ in range(60)] for _ in range(2)]
    one, two = ([mark("network", each, "timed out") for each in several] for several in times)
    for clock in ("wall", "local", "dateless", "uptime"):
        found = placement(make_scan("one", one), make_scan("two", two, clock))
        assert found.shift in (Shift(), None), clock


def test_a_location_is_no_anchor() -> None:
    """Line numbers differ between tellings; they must not decide anything."""
    told = messages()
    moved = [
        replace(burst, first=replace(burst.first, location=Location("x", 7), order=(1, 7)))
        for burst in later(told, 7200)
    ]
    assert alignment(make_scan("a", told), make_scan("b", moved, "local")).offset_s == -7200


def life_of_a_bot(numbers: random.Random, pace: str) -> list[Burst]:
    """Return what some bot tells: starts at a pace, and the failures that all bots have."""
    period = numbers.choice([3600.0, 8400.0, 21_600.0])
    jitter = {"random": period, "uptime": period / 50, "cron": 1.0}[pace]
    told = []
    for count in range(numbers.randint(3, 12)):
        start = count * period + numbers.uniform(0, jitter)
        told += [mark("polling", start, "Start polling"), mark("polling", start + 0.1, "Run")]
        for _ in range(numbers.randint(0, 3)):
            told.append(mark("lock", start + numbers.uniform(10, 3000), "database is locked"))
    return told


@pytest.mark.parametrize("clock", ["wall", "local", "yearless", "dateless", "uptime"])
@pytest.mark.parametrize("pace", ["random", "uptime", "cron"])
def test_logs_that_have_nothing_to_do_with_each_other_are_not_laid_on_each_other(
    pace: str, clock: str
) -> None:
    numbers = random.Random(f"{pace} {clock}")
    for _ in range(20):
        one = make_scan("one", life_of_a_bot(numbers, pace))
        apart = numbers.uniform(60, 840)
        two = make_scan("two", later(life_of_a_bot(numbers, pace), apart), clock)
        found = placement(one, two).alignment
        assert found is None or found.confidence in (Confidence.ASSUMED, Confidence.NONE)


@pytest.mark.parametrize("pace", ["random", "uptime", "cron"])
def test_kills_of_some_other_machine_are_placed_in_no_life_of_a_bot(pace: str) -> None:
    numbers = random.Random(pace)
    for _ in range(20):
        bot = make_scan("bot.log", life_of_a_bot(numbers, pace))
        starts = [mark.start - NOON.timestamp() for mark in life_of_a_bot(numbers, pace)[::4]]
        kills = [kill(at + 30, 300 + n) for n, at in enumerate(starts)]
        assert placement(bot, make_scan("dmesg", since_boot(kills, NOON), "uptime")).shift is None
