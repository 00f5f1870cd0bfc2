"""What a log was taken for, stretch by stretch."""

import io
from datetime import date

from logcascade.cleaning.clean_lines import CleanLines
from logcascade.reading.formats.explanation import MAX_STRETCHES, explain
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.times.stamps import ReadingOptions, StampReader

FORMATS = load_formats()
PYTHON = "2026-11-23 19:24:{:02},032 - app - INFO - hello\n"
CELERY = "[2026-11-23 19:30:{:02},410: INFO/MainProcess] ready\n"
BARE = "nothing that is known\n"


def explained(text):
    stamps = StampReader(ReadingOptions())
    return explain(CleanLines(io.BytesIO(text.encode())), FORMATS, stamps)


def told(text):
    return [
        (each.first, each.last, sorted(" > ".join(kinds) for kinds in each.kinds))
        for each in explained(text).stretches
    ]


def test_a_log_that_changes_its_format_is_told_in_stretches():
    log = "".join(PYTHON.format(n) for n in range(20)) + "".join(
        CELERY.format(n) for n in range(10)
    )
    assert told(log) == [(1, 20, ["python-logging"]), (21, 30, ["celery"])]


def test_two_interleaved_writers_are_one_stretch():
    log = "".join(PYTHON.format(n) + CELERY.format(n) for n in range(20))
    assert told(log) == [(1, 40, ["celery", "python-logging"])]


def test_what_no_format_recognises_is_told_with_what_came_nearest():
    (only,) = explained("2026-11-23 hello\n").stretches
    assert not only.kinds
    assert only.nearest
    assert all(columns >= len("2026-11-23 ") for _, columns in only.nearest)


def test_lines_without_a_beginning_are_counted_with_those_above():
    (only,) = explained(PYTHON.format(1) + BARE * 3 + PYTHON.format(2)).stretches
    assert (only.others, only.first, only.last) == (3, 1, 5)


def test_the_parts_found_are_told_for_formats_within_others():
    carried = "Nov 23 19:17:52 host bot[129]: " + PYTHON.format(1)
    uses = {use.format: use.parts for use in explained(carried).uses}
    assert uses["journal-short"] == ("stamp", "host", "program", "pid")
    assert uses["python-logging"] == ("stamp", "level", "logger")


def test_a_wild_mixture_stays_bounded():
    kinds = [PYTHON, CELERY, "INFO:root:hello {}\n", "[19:24:{:02}] INFO  hi\n"]
    log = "".join(kinds[n % 4].format(n % 60) + BARE for n in range(3000))
    assert len(explained(log).stretches) <= MAX_STRETCHES
    assert explained(log).stretches[-1].last == 6000


def test_an_empty_log_has_no_stretch():
    assert explained("").stretches == ()


def test_times_without_a_year_are_told_in_the_year_that_an_analysis_takes():
    stamps = StampReader(ReadingOptions(today=date(2026, 11, 25)))
    log = b"Nov 23 19:17:52 host bot[129]: hello\n"
    (only,) = explain(CleanLines(io.BytesIO(log)), FORMATS, stamps).stretches
    assert only.first_time.year == 2026
