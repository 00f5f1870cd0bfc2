"""Records whose parts are fields: found, read by meaning, kept apart from what stands around."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logcascade.model.records import Severity
from logcascade.model.rules import Role
from logcascade.reading.finder import PlainFinder, build_record_finder
from logcascade.reading.lines import LineReader
from logcascade.reading.reader import Reader
from logcascade.ruleset.load import load_rules
from tests.format_logs.every_line import EveryLine
from tests.format_logs.test_every_record import FORMATS

ROOT = Path(__file__).parents[2]
LOGS = sorted(ROOT.glob("tests/format_logs/*/log.gz"))
BAD = ("error", "critical")
STRUCTURED = [each for each in FORMATS if each.notation]


@pytest.fixture(scope="module")
def production():
    """Return the finder of the program, with the rules it comes with."""
    rules = load_rules([ROOT / "rules"]).rules.values()
    wanted = [literal for rule in rules if rule.role is not Role.LOAD for literal in rule.literals]
    return build_record_finder(wanted, FORMATS)


def every_record(read, text):
    return read(text, finder=EveryLine()).records


def line(**fields):
    return json.dumps(fields) + "\n"


BAD = ("error", "ERROR", "Error", "critical", "fatal", "FATAL")


def compact(fields):
    return json.dumps(fields, separators=(",", ":"))


def levels(key, *, written=json.dumps, bad=BAD):
    return [written({"n": 1, key: word, "msg": "quiet words"}) for word in bad]


ERRORS = {
    "level": levels("level"),
    "compact": levels("severity", written=compact),
    "google": levels("severity", bad=("ERROR", "CRITICAL", "ALERT", "EMERGENCY")),
    "one letter": levels("lvl", bad=("E", "F")),
    "python numbers": levels("levelno", bad=(40, 50)),
    "pino": [
        '{"level":50,"time":1795461846032,"pid":1,"msg":"x"}',
        '{"level":60,"time":1795461846032}',
    ],
    "loguru": ['{"text": "x", "record": {"level": {"icon": "x", "name": "ERROR", "no": 40}}}'],
    "loguru, its own": ['{"text": "x", "record": {"level": {"name": "OUCH", "no": 40}}}'],
    "gelf": ['{"version":"1.1","level":3,"short_message":"x"}', '{"short_message":"x","level":2}'],
    "logfmt": [
        *("level=error msg=x", 'ts=1 level="error" msg=x', "lvl=eror msg=x", "lvl=crit msg=x"),
        *("at=error code=H12", "severity=error msg=x", "level=fatal msg=x", "level=panic msg=x"),
    ],
    "docker around": [
        json.dumps({"log": json.dumps({"level": "error", "msg": "x"}) + "\n", "time": "x"}),
        json.dumps({"log": '{"level":"error","msg":"x"}\n', "time": "x"}),
        json.dumps({"log": '{"level":50,"msg":"x"}\n', "time": "x"}),
        json.dumps({"log": 'level="error" msg=x\n', "time": "x"}),
    ],
    "objects for exceptions": ['{"event": "x", "exception": [{"exc_type": "KeyError"}]}'],
}

HEALTHY = [
    '{"level": "info", "event": "job done", "errors": 0, "error": null, "failed": false}',
    '{"level":"info","msg":"no errors","error":"","err":null,"error_count":0,"status":"ok"}',
    '{"level":30,"time":1795461846032,"pid":7,"hostname":"h","msg":"x","errors":0}',
    '{"level":6,"short_message":"x","version":"1.1"}',
    '{"severity":"INFO","message":"x","httpRequest":{"status":200}}',
    '{"text": "x", "record": {"elapsed": {}, "level": {"icon": "i", "name": "INFO", "no": 20}}}',
    '{"level":"warn","logger":"errors.handler","msg":"errors: 0"}',
    'time="2026-11-23T19:25:05.876154858Z" level=info msg="errors=0 timeouts=0" error=',
    "level=warning msg=x errors=0",
    '{"log":"{\\"level\\": \\"info\\", \\"errors\\": 0}\\n","stream":"stdout","time":"x"}',
]


@pytest.mark.parametrize("raw", [each for some in ERRORS.values() for each in some])
def test_an_error_is_found_by_its_level_alone(production, raw):
    data = raw.encode()
    assert production.find(data, 0, len(data))


@pytest.mark.parametrize("raw", HEALTHY)
def test_a_healthy_line_is_not_looked_at(production, raw):
    data = raw.encode()
    assert not production.find(data, 0, len(data))


def errors_in(log):
    """Return where the records begin that a program was asked to write as errors."""
    lines = gzip.decompress((log.parent / "truth.jsonl.gz").read_bytes()).decode().splitlines()
    told = map(json.loads, lines)
    return {each["line"] for each in told if each.get("level") in BAD or each.get("exceptions")}


@pytest.mark.parametrize(
    "log", [each for each in LOGS if errors_in(each)], ids=lambda each: each.parent.name
)
def test_the_program_finds_every_error_of_a_real_log(production, log):
    data = gzip.decompress(log.read_bytes())
    found = Reader(io.BytesIO(data), "log", FORMATS, production).records()
    assert errors_in(log) <= {record.location.line for record in found}


def test_a_literal_of_a_rule_is_found_as_json_within_json_writes_it():
    finder = build_record_finder(['say "no"', "ошибка"])
    for told in ('say "no"', "ошибка"):
        for ensure_ascii in (True, False):
            once = json.dumps({"m": told}, ensure_ascii=ensure_ascii)
            twice = json.dumps({"log": once}, ensure_ascii=ensure_ascii)
            for text in (once.encode(), twice.encode()):
                assert finder.find(text, 0, len(text)), text


def test_further_fields_are_told_behind_the_message_in_their_order(read):
    log = line(
        level="error", msg="save failed", z=1, a="two words", n={"b": True, "c": None}, l=[1]
    )
    (record,) = every_record(read, log)
    assert record.message == "save failed"
    assert record.details == 'z=1 a="two words" n.b=true l=[1]'
    assert record.text == 'save failed\nz=1 a="two words" n.b=true l=[1]'


def test_a_record_without_a_message_is_its_fields(read):
    (record,) = every_record(read, line(level="error", code=7, what="full"))
    assert (record.message, record.details) == ("code=7 what=full", "")


def test_what_a_field_says_of_an_error_is_an_exception(read):
    log = line(
        level="error", msg="save failed", error="sqlite3.OperationalError: database is locked"
    )
    (record,) = every_record(read, log)
    assert [(each.type, each.message) for each in record.exceptions] == [
        ("sqlite3.OperationalError", "database is locked")
    ]
    (calm,) = every_record(read, log.replace('"error",', '"info",'))
    assert calm.exceptions == ()


def test_the_lines_of_a_message_are_one_record_on_one_line(read):
    log = line(level="error", message="first\nsecond\n", time="2026-11-23T19:24:06Z") * 2
    first, second = every_record(read, log)
    assert (first.message, first.line_count, second.location.line) == ("first\nsecond", 1, 2)


CRASH = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'x'\n"


@pytest.mark.parametrize("level", ["info", "error"])
@pytest.mark.parametrize("before", ["", "bot-1  | ", "2026-11-23T19:24:06.000000001Z stdout F "])
def test_a_traceback_below_a_json_line_is_a_record_of_its_own(read, level, before):
    told = line(level=level, message="hello", time="2026-11-23T19:24:06Z")
    log = "".join(before + each for each in (told * 3 + CRASH + told).splitlines(keepends=True))
    records = every_record(read, log)
    crash = next(record for record in records if record.exceptions)
    assert (crash.location.line, crash.line_count, crash.logger) == (4, 3, "")
    assert [record.message for record in records if not record.exceptions] == ["hello"] * 4
    if not before:
        assert crash.time == records[0].time
        assert crash.time_is_inherited


def test_json_that_a_program_of_text_logs_belongs_to_its_line(read):
    text = "2026-11-23 19:24:06,032 - bot - INFO - got\n"
    log = (text + '{"ok": true, "result": [{"message": {"text": "level error"}}]}\n') * 5
    reading = read(log, finder=EveryLine())
    assert [record.line_count for record in reading.records] == [2] * 5
    assert reading.summary.format == "python-logging"


def test_json_lines_are_known_also_where_they_begin_late(read):
    text = "2026-11-23 19:24:06,032 - bot - INFO - hello\n" * 3000
    log = text + line(level="error", timestamp="2026-11-23T19:24:07Z", event="late")
    (record,) = read(log).records
    assert (record.message, record.severity) == ("late", Severity.ERROR)


def numbered(*numbers):
    return "".join(line(msg=f"m{index}", level=n) for index, n in enumerate(numbers))


@pytest.mark.parametrize(
    ("numbers", "name", "severities"),
    [
        ((20, 20, 40), "python", "INFO INFO ERROR"),
        ((30, 30, 50, 40), "pino", "INFO INFO ERROR WARNING"),
        ((30, 60), "pino", "INFO CRITICAL"),
        ((6, 6, 3, 4), "syslog", "INFO INFO ERROR WARNING"),
        ((40,), "python", "ERROR"),
    ],
)
def test_the_scale_of_numeric_levels_is_told_by_the_usual_one(read, numbers, name, severities):
    reading = read(numbered(*numbers), finder=EveryLine())
    assert [record.severity.name for record in reading.records] == severities.split()
    assert f"numeric levels are on the scale of {name}" in reading.summary.assumptions


def test_no_scale_is_assumed_where_levels_are_words(read):
    assert read(line(level="info", msg="x")).summary.assumptions == ()


def test_a_cut_line_is_read_as_far_as_it_goes(read):
    whole = line(
        level="error", timestamp="2026-11-23T19:24:06Z", message="it is full", more="x" * 50
    )
    reading = read(whole * 3 + whole[:90] + "\n", finder=EveryLine())
    assert [record.message for record in reading.records] == ["it is full"] * 4
    assert reading.records[-1].severity is Severity.ERROR
    assert "1 JSON line cut off: read as far as they go" in reading.summary.problems


@pytest.mark.parametrize(
    "broken", ['{"level": oops, "message": "x"}', '{"a', '{"a":}', "{", '{"a": 1}}']
)
def test_a_line_that_only_begins_like_json_is_not_lost(read, broken):
    told = line(level="info", message="hello", time="2026-11-23T19:24:06Z")
    reading = read(told * 3 + broken + "\n" + told, finder=EveryLine())
    assert broken in "\n".join(record.text for record in reading.records)
    assert reading.summary.lines == 5


ISSUE = "Nov 23 19:24:06 host bot[7]: ERROR:bot:"


def test_octal_escapes_become_lines_of_one_record(read):
    crash = CRASH.strip().replace("\n", "#012").replace("  File", "#011File")
    (record,) = every_record(read, f"{ISSUE}Cannot save#012{crash}\n")
    assert record.message == "Cannot save"
    assert [each.type for each in record.exceptions] == ["KeyError"]
    assert record.line_count == 1


def test_the_number_of_an_issue_is_no_escape(read):
    (record,) = every_record(read, f"{ISSUE}fixes #012 and #013\n")
    assert record.message == "fixes #012 and #013"


NOT_OCTAL = "2026-11-23 19:24:06,032 - bot - ERROR - a#012b\n"


def test_only_the_carriers_that_escape_are_unescaped(read):
    (record,) = every_record(read, NOT_OCTAL)
    assert record.message == "a#012b"


SAMPLES = [sample.line for each in STRUCTURED for sample in each.samples]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.sampled_from([*SAMPLES, CRASH.strip(), "bare text"]), min_size=1, max_size=8),
    cuts=st.lists(
        st.tuples(st.integers(0, 3000), st.integers(0, 40), st.binary(max_size=6)), max_size=6
    ),
    prefix=st.sampled_from([b"", b"bot-1  | ", b"Nov 23 19:24:06 host bot[7]: "]),
)  # fmt: skip
def test_no_mutation_of_a_sample_stops_the_reader(read, lines, cuts, prefix):
    data = b"".join(prefix + each.encode() + b"\n" for each in lines)
    for place, length, put in cuts:
        data = data[:place] + put + data[place + length :]
    records = read(data, finder=EveryLine()).records
    assert json.dumps([record.text for record in records], ensure_ascii=False).encode()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.sampled_from([*SAMPLES, CRASH.strip(), "bare", ""]), min_size=1, max_size=40),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=4),
)
def test_structured_lines_are_read_alike_however_they_are_cut(read, lines, sizes):
    data = "".join(each + "\n" for each in lines).encode()
    whole = read(data)

    class Trickle(io.BytesIO):
        def read(self, size=-1):
            sizes.append(sizes.pop(0))
            return super().read(min(sizes[-1], size))

    cut = read(data, stream=Trickle(data), block_bytes=1024)
    assert (cut.records, cut.summary) == (whole.records, whole.summary)


@pytest.mark.parametrize(
    "hostile",
    [
        '{"a":' * 50_000,
        '{"level":"error","message":"' + "\\" * 100_001 + '"}',
        '{"level":"error","message":' + "[" * 50_000,
        '{"level":"error","k":"' + '\\"' * 50_000,
        '{"message":"' + 'x "type":"out","process_id":' * 5_000,
        "level=error " + 'a="' * 30_000,
        '{"level":"error","exception":['
        + '{"exc_type":"E","is_group":true,"exceptions":[[' * 500
        + "]}",
        '{"level":"error","message":"\\ud800"}',
    ],
    ids=lambda each: each[:25],
)
def test_a_hostile_line_costs_little(read, hostile, production):
    told = line(level="info", message="hello", time="2026-11-23T19:24:06Z")
    reading = read((told + hostile + "\n") * 3, finder=production)
    for record in reading.records:
        record.text.encode()


def test_the_plain_finder_knows_the_same_alarms(production):
    data = "\n".join(each for some in ERRORS.values() for each in some).encode()
    literals = [each.encode() for each in ('"level": "error"', "lvl=eror")]
    assert PlainFinder(literals).find(data, 0, len(data))
    assert len(production.find(data, 0, len(data))) >= data.count(b"\n") + 1


def test_json_in_the_message_of_a_journal_is_the_record():
    told = json.dumps({"level": "error", "event": "full", "timestamp": "2026-11-23T19:24:06Z"})
    raw = json.dumps({"__REALTIME_TIMESTAMP": "1795461846100000", "MESSAGE": told, "PRIORITY": "6"})
    read = LineReader(FORMATS).read(raw.encode(), 0, 1)
    assert read.header is not None
    assert (read.header.severity, read.texts) == (Severity.ERROR, ("full",))


def test_json_in_the_message_of_json_is_the_record(read):
    inner = {"level": "error", "event": "full", "timestamp": "2026-11-23T19:24:06Z", "n": 1}
    log = line(time="2026-11-23T19:24:06.2Z", log=json.dumps(inner) + "\n", stream="stderr")
    (record,) = every_record(read, log)
    assert (record.message, record.severity) == ("full", Severity.ERROR)
    assert record.details == "n=1 stream=stderr"
    assert record.time is not None
    assert record.time.microsecond == 0
    assert read(log).summary.format == "json-lines > json-lines"


def test_a_message_that_begins_with_a_date_keeps_its_record_s_time(read):
    log = line(
        time="2026-11-23T19:24:06Z", level="error", message="2026-11-23 19:20 is the deadline"
    )
    (record,) = every_record(read, log)
    assert record.message == "2026-11-23 19:20 is the deadline"
    assert record.time is not None
    assert record.time.minute == 24
