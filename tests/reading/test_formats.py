import os
import re
import signal
from pathlib import Path

import pytest

from logcascade.errors import FormatError
from logcascade.reading.formats.format_checks import read_checked
from logcascade.reading.formats.line_format import FORMATS_FOLDER, load_formats
from tests.format_logs.every_line import EveryLine

GOOD = """
schema = 1
id = "mine"
title = "Mine"
kind = "record"
start = '''MINE (?P<level>[A-Z]+): '''

[[sample]]
line = "MINE ERROR: it broke"
expect = { severity = "error", message = "it broke" }
"""


def write(folder, text, name="mine.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_nothing_is_wrong_with_the_shipped_formats_and_their_samples():
    formats, wrong = read_checked(FORMATS_FOLDER)
    assert not wrong
    assert tuple(formats) == load_formats()
    assert {"python-logging", "clock", "journal-json", "journal-short"} <= {f.id for f in formats}
    assert all(each.samples for each in formats)


def test_formats_are_tried_in_their_order():
    orders = [each.order for each in load_formats()]
    assert orders == sorted(orders)


def test_a_format_of_ones_own_is_read(tmp_path):
    assert [each.id for each in load_formats(write(tmp_path, GOOD))] == ["mine"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("it broke" + '" }', "it did not" + '" }'), "expected 'it did not'"),
        (('line = "MINE', 'line = "OURS'), "is read as text"),
        (('id = "mine"', 'id = "other"'), "is not the file's name"),
        (("kind =", "kin ="), "unknown key 'kin'"),
        (("(?P<level>[A-Z]+)", "(?P<level>[^:]+)"), "could run over the end of the line"),
        (("(?P<level>", "(?P<mood>"), "unknown group 'mood'"),
        (("(?P<level>", "(?P<level"), "start:"),
        (("[A-Z]+): '''", "[A-Z]+): |\\s*'''"), "matches an empty line"),
    ],
)
def test_a_wrong_format_is_refused_with_the_reason(tmp_path, change, words):
    with pytest.raises(FormatError) as caught:
        load_formats(write(tmp_path, GOOD.replace(*change)))
    assert words in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    write(tmp_path, GOOD.replace("schema = 1", "schema = 2"))
    write(tmp_path, "id = ", "broken.toml")
    with pytest.raises(FormatError) as caught:
        load_formats(tmp_path)
    assert "schema must be 1" in str(caught.value)
    assert "broken.toml" in str(caught.value)


def test_a_shared_pattern_is_put_in_for_its_name(tmp_path):
    write(tmp_path, 'mood = "[A-Z]+"\n', "blocks.toml")
    write(tmp_path, GOOD.replace("(?P<level>[A-Z]+)", "(?P<level>(?&mood))"))
    assert [each.id for each in load_formats(tmp_path)] == ["mine"]


def test_a_line_that_a_format_must_not_claim_is_reported(tmp_path):
    wrong = GOOD.replace("[[sample]]", 'near_miss = ["MINE ERROR: no"]\n\n[[sample]]')
    with pytest.raises(FormatError) as caught:
        load_formats(write(tmp_path, wrong))
    assert "near miss 1 is read with it" in str(caught.value)


def test_what_is_said_to_begin_like_another_format_does(tmp_path):
    write(tmp_path, GOOD)
    other = GOOD.replace("mine", "ours").replace("MINE", "OURS")
    write(tmp_path, other.replace("kind =", 'within = "mine"\nkind ='), "ours.toml")
    with pytest.raises(FormatError) as caught:
        load_formats(tmp_path)
    assert "does not begin as mine" in str(caught.value)


STAMP = "2026-11-23 19:24:06,032"
HEADS = (
    "", f"{STAMP} ", f"{STAMP} - ", f"[{STAMP}] ", f"{STAMP}:", f"ERROR {STAMP} ", f"{STAMP} a.b ",
    "Nov 23 19:24:10 host ", "<13>1 - - - - - ", "[", "127.0.0.1 ", "19:24:06 ", "a.b - ",
    '2026-11-23T19:24:06Z {a="', f"main.py:1 ERROR [{STAMP}] ",
)  # fmt: skip
UNITS = (
    "-", "1:", "a.", "a-", "- ", "a ", "1-1 ", "[a] ", "(a)", "a:1 ", "MainThread - ", "| ", "<",
    "a.b.py:", "[", "1 - ", 'a="b" ', '\\"', "ThreadPoolExecutor-1",
)  # fmt: skip
LONG_BYTES = 256 * 1024
"""The longest line that is read."""

WATCHDOG_S = 30
"""Processor time. All formats over all lines of one head need less than a second; a single pattern
whose work grows with the square of the length needs more than this for one line."""


class TooMuchWorkError(Exception):
    """A pattern did not come to its end."""


@pytest.fixture
def watchdog():
    def bark(*_):
        raise TooMuchWorkError

    before = signal.signal(signal.SIGVTALRM, bark)
    signal.setitimer(signal.ITIMER_VIRTUAL, WATCHDOG_S)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def is_bounded(pattern, text):
    try:
        pattern.match(text)
    except TooMuchWorkError:
        return False
    return True


@pytest.mark.usefixtures("watchdog")
@pytest.mark.parametrize("head", HEADS)
def test_no_format_does_more_than_its_share_of_work_on_a_long_line(head):
    formats = load_formats()
    for unit in UNITS:
        text = (head + unit * LONG_BYTES)[:LONG_BYTES]
        slow = [each.id for each in formats if not is_bounded(each.start, text)]
        assert not slow, unit


@pytest.mark.usefixtures("watchdog")
def test_the_watchdog_stops_a_pattern_whose_work_grows_with_the_square():
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.2)
    assert not is_bounded(re.compile(r"(?:[a-z]*\.)+[\w.]+="), "a." * LONG_BYTES)


CORPUS = Path(os.environ.get("LOGCASCADE_CORPUS", "no-such-folder"))
CORPUS_RECORDS = {
    "case-001": 221,
    "case-002": 295,
    "case-003": 78,
    "case-004": 101,
    "case-005": 23,
    "case-006": 46,
    "case-007": 8232,
    "case-008": 637,
    "case-009": 946,
    "case-010": 33,
    "case-011": 5,
    "case-012": 83,
    "case-013": 286,
    "case-014": 446,
    "case-015": 2674,
    "case-016": 4959,
    "case-017": 122,
    "case-018": 1534,
    "case-019": 3458,
    "case-020": 2000,
    "case-021": 1992,
    "case-022": 2058,
    "case-023": 146,
    "case-024": 896,
    "case-025": 1856,
    "case-026": 12,
    "case-027": 10,
    "case-028": 10,
    "case-029": 7,  # two reports of hung tasks, three messages each
    "case-030": 8,
    "case-031": 1,
    "case-032": 4,
    "case-033": 1,
    "case-034": 1,
    "case-035": 2,
    "case-036": 1,
    "case-037": 3,
    "case-038": 14,
}
"""Records in each real log: it shows what a pattern claims too much, or no longer."""


@pytest.mark.skipif(not CORPUS.exists(), reason="LOGCASCADE_CORPUS names no folder")
@pytest.mark.parametrize(("case", "records"), CORPUS_RECORDS.items())
def test_real_logs_fall_into_as_many_records_as_before(read, case, records):
    (path,) = CORPUS.glob(f"{case}-*/input.log")
    assert read(path.read_bytes(), finder=EveryLine()).summary.records == records


def test_formats_are_data_only():
    assert {path.suffix for path in FORMATS_FOLDER.iterdir()} == {".toml"}


def test_a_beginning_that_is_another_one_as_bytes_is_refused(tmp_path):
    both = GOOD.replace("'''MINE", "'''[ÄÖ]").replace('"MINE', '"Ä')
    with pytest.raises(FormatError, match="where lines are read as bytes"):
        load_formats(write(tmp_path, both))
