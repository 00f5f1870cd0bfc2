"""What every CPython from 3.8 to 3.14 really prints, read back: bare, carried, mixed, and cut."""

import gzip
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from logcascade.model.records import Severity
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from logcascade.reading.records.tracebacks import parse_exceptions
from tests.format_logs.every_line import EveryLine

HERE = Path(__file__).parent / "tracebacks"
VERSIONS = sorted(each.stem for each in HERE.glob("3.*.json"))
FORMATS = load_formats()
HEADER = "2026-11-23 19:24:06,032 - app.jobs - ERROR - job failed"
FINE = "2026-11-23 19:24:07,000 - app.jobs - INFO - fine"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
COLUMN_ZERO = re.compile(r"\n+(?=[^ \n])")
MAX_CUTS = 30
"""Places at which each text is cut; of a long one not all."""
OTHERS = (
    ("Nov 23 19:17:52 host bot[129]: ", "Nov 23 19:17:52 host web[7]: ", "GET / 200"),
    ("bot-1  | ", "db-1   | ", "checkpoint complete"),
    ("Nov 23 19:17:52 host bot[129]: ", "Nov 23 19:17:52 host bot[130]: ", None),
)


@dataclass(frozen=True)
class Printed:
    """What one program printed, and the exceptions that it printed."""

    lines: list[str]
    exceptions: list[dict[str, Any]]

    @property
    def has_start(self):
        """Whether a traceback begins in it: that a file cannot be compiled is said without one."""
        return any("Traceback (most recent call last):" in line for line in self.lines)


def load(version):
    """Return all that one version printed, by name, without colours: cleaning takes them away."""
    text = gzip.decompress((HERE / f"{version}.txt.gz").read_bytes()).decode()
    lines = ANSI.sub("", text).split("\n")
    return {
        each["name"]: Printed(
            lines[each["line"] - 1 : each["line"] - 1 + each["lines"]], each["exceptions"]
        )
        for each in json.loads((HERE / f"{version}.json").read_text(encoding="utf-8"))
    }


EACH = [
    pytest.param(printed, id=f"{version} {name}")
    for version in VERSIONS
    for name, printed in load(version).items()
]
each_printed = pytest.mark.parametrize("printed", EACH)


def records_of(lines):
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    records = Reader(io.BytesIO(data), "log", FORMATS, EveryLine()).records()
    return [each for each in records if each.text]  # an empty line at an end is one by itself


def exceptions_of(records):
    return [exception for record in records for exception in record.exceptions]


def as_tree(exception, truth):
    """Return what was read of an exception, in the words of the truth, for the keys it has."""
    found: dict[str, Any] = {"type": exception.type}
    if "message" in truth:
        found["message"] = exception.message
    if "frames" in truth:
        found["frames"] = [[each.file, each.line, each.function] for each in exception.frames]
    for key in ("cause", "context"):
        inner = getattr(exception, key)
        if inner is not None or key in truth:
            found[key] = inner and as_tree(inner, truth.get(key, {}))
    if exception.group or "group" in truth:
        members = [*truth.get("group", []), *[{}] * len(exception.group)]
        found["group"] = [
            as_tree(each, member) for each, member in zip(exception.group, members, strict=False)
        ]
    return found


def without(truth, cut, *, frames=True):
    """Return the truth with its messages as `cut` leaves them; without frames if so told."""
    changed = {key: value for key, value in truth.items() if frames or key != "frames"}
    if "message" in truth:
        changed["message"] = cut(truth["message"]).rstrip()
    for key in ("cause", "context"):
        if truth.get(key):
            changed[key] = without(truth[key], cut, frames=frames)
    if "group" in truth:
        changed["group"] = [without(each, cut, frames=frames) for each in truth["group"]]
    return changed


def whole(message):
    return message


def closed(message):
    """Return the lines of a message that cannot be another writer's: the first, and indented."""
    return COLUMN_ZERO.split(message)[0]


def closed_and_dense(message):
    """Return the same without empty lines."""
    return re.sub(r"\n+", "\n", closed(message))


def check(records, printed, cut=whole, *, frames=True):
    found = exceptions_of(records)
    truths = [without(each, cut, frames=frames) for each in printed.exceptions]
    trees = [
        without(as_tree(each, truth), cut)
        for each, truth in zip(found, [*truths, *[{}] * len(found)], strict=False)
    ]
    assert trees == truths


def stays_whole(printed):
    """Return whether every line printed is told by its shape to belong to the one before."""
    return len(printed.exceptions) == 1 and not any(map(_is_open, printed.exceptions))


def _is_open(truth):
    inner = [truth.get("cause"), truth.get("context"), *truth.get("group", [])]
    return closed(truth.get("message", "")) != truth.get("message", "") or any(
        each is not None and _is_open(each) for each in inner
    )


@each_printed
def test_it_is_read_by_itself(printed):
    numbered = [(line, number) for number, line in enumerate(printed.lines, 1)]
    found = parse_exceptions(numbered)
    truths = [without(each, whole) for each in printed.exceptions]
    assert [
        without(as_tree(each, truth), whole)
        for each, truth in zip(found, [*truths, *[{}] * len(found)], strict=False)
    ] == truths
    for exception in found:
        for each in exception.in_order_raised():
            assert each.type in printed.lines[each.line - 1]


@each_printed
def test_it_belongs_to_the_header_above_it(printed):
    if not printed.has_start:
        return
    records = records_of([HEADER, *printed.lines, FINE])
    check(records, printed)
    if len(printed.exceptions) == 1:
        assert [(each.location.line, each.severity) for each in records] == [
            (1, Severity.ERROR),
            (len(printed.lines) + 2, Severity.INFO),
        ]


@each_printed
def test_below_an_info_header_it_is_a_record_of_its_own(printed):
    if not printed.has_start:
        return
    records = records_of([FINE, *printed.lines, FINE])
    check(records, printed)
    assert records[0].exceptions == ()


@each_printed
def test_it_is_read_where_nothing_else_is(printed):
    records = records_of(printed.lines)
    check(records, printed, closed)
    if stays_whole(printed):
        assert len(records) == 1


def journald(line, pid=129, name="bot"):
    return f"Nov 23 19:17:52 host {name}[{pid}]: {line}"


@each_printed
def test_journald_keeps_each_line_as_an_entry_and_drops_the_empty_ones(printed):
    lines = [journald(line) for line in printed.lines if line]
    records = records_of([journald("fine"), *lines, journald("fine again")])
    check(records, printed, closed_and_dense)
    if stays_whole(printed):
        assert len(records) <= 3


@each_printed
def test_journald_indents_an_entry_of_several_lines(printed):
    if not printed.has_start:
        return
    prefix = journald("")
    below = [" " * len(prefix) + line for line in printed.lines]
    records = records_of([prefix + "job failed", *below, journald("fine")])
    check(records, printed)
    assert len(records) == 2


def docker_json(line):
    entry = {"log": f"{line}\n", "stream": "stderr", "time": "2026-11-23T19:25:40.645Z"}
    return json.dumps(entry, separators=(",", ":"))


@each_printed
def test_docker_wraps_each_line_in_an_object(printed):
    records = records_of([docker_json(line) for line in printed.lines])
    check(records, printed, closed)
    if stays_whole(printed):
        assert len(records) == 1


@each_printed
@pytest.mark.parametrize("other", OTHERS, ids=["journald", "compose", "twice"])
def test_lines_of_another_process_stand_between(printed, other):
    """Every second line is another's; the other may print the same at the same time."""
    ours, theirs, words = other
    lines = []
    for number, line in enumerate(printed.lines):
        lines += [ours + line, theirs + (line if words is None else words)]
        assert number >= 0
    records = [each for each in records_of(lines) if each.component in ("bot", "bot-1")]
    if words is None:
        records = [each for each in records if each.pid == 129]
    check(records, printed, closed)
    if stays_whole(printed):
        assert len(records) == 1


@each_printed
def test_cut_off_at_any_line_its_types_are_right_or_empty(printed):
    told = names(printed.exceptions)
    step = 1 + len(printed.lines) // MAX_CUTS
    for count in range(1, len(printed.lines), step):
        for lines in (printed.lines[:count], printed.lines[count:]):
            for exception in exceptions_of(records_of(lines)):
                for each in exception.in_order_raised():
                    assert each.type in told, "\n".join(lines)


def names(truths):
    """Return all types in `truths`; the empty one, for what is cut off, is always among them."""
    found = {""}
    for each in truths:
        inner = [each.get("cause"), each.get("context"), *each.get("group", [])]
        found |= {each["type"], *names([one for one in inner if one])}
    return found


@each_printed
def test_indented_as_a_whole_it_is_the_same(printed):
    if not printed.has_start:
        return
    below = ["    " + line if line else line for line in printed.lines]
    check(records_of([HEADER, *below, FINE]), printed)


@each_printed
def test_a_carrier_that_eats_leading_blanks_leaves_the_types(printed):
    lines = [line.strip() for line in printed.lines]
    if "|" not in "".join(lines):
        found = exceptions_of(records_of([HEADER, *lines, FINE]))
        assert [each.type for each in found] == [each["type"] for each in printed.exceptions]


LIBRARIES = load("libraries")
each_library = pytest.mark.parametrize("printed", LIBRARIES.values(), ids=LIBRARIES)


@each_library
def test_what_a_library_prints_is_read(printed):
    records = records_of(printed.lines)
    has_header = any(each.severity for each in records)
    check(records, printed, whole if has_header else closed_items)


@each_library
def test_what_a_library_prints_is_read_line_by_line(printed):
    check(records_of([journald(line) for line in printed.lines if line]), printed, closed_and_dense)


def closed_items(message):
    """Return the same as `closed`, but with the parts that a validation error names."""
    return message if "validation error" in message else closed(message)


def test_a_statement_over_several_lines_stays_with_its_error():
    lines = [*LIBRARIES["sqlalchemy"].lines[1:], "fine"]
    records = records_of([journald(line) for line in lines if line])
    assert [each.text.split("\n")[-1] for each in records] == [lines[-2], "fine"]


def test_validation_errors_stay_with_their_exception():
    lines = [*LIBRARIES["pydantic"].lines, "and so", "on"]
    records = records_of([journald(line) for line in lines if line])
    assert [each.text.split("\n")[-1] for each in records] == [lines[-3], "and so", "on"]
