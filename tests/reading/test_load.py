"""Healthy events are counted over whole blocks, with the same result as line by line."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logcascade.reading.events.load import LoadPattern, _PatternCounter
from logcascade.reading.times.stamps import ReadingOptions

HANDLED = LoadPattern(
    "handled",
    (b"handled. Duration",),
    r"Update id=\d+ is (?:not )?handled\. Duration (?P<duration>\d+) ms by bot id=\d+$",
    0.001,
)
"""It ends with the line, as the rules' patterns do."""

BERLIN = ReadingOptions(zone=ZoneInfo("Europe/Berlin"))
NEAR_MIDNIGHT = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
NEAR_CHANGE = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
"""An hour before the clocks of Berlin are put forward."""

ODD_TEXTS = (
    "he said: is handled. Duration 7 ms",
    "Update id=1 is handled. Duration soon ms by bot id=2",
    "handled. Duration twice, handled. Duration",
    "Update id=1 is handled. Duration 5 ms by bot id=2 and more",
    "Update id=\u0661 is handled. Duration \u0665 ms by bot id=\u0662",
)


def python(moment, text):
    return f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03} - a.event - INFO - {text}"


def inner(moment, text):
    return python(moment - timedelta(milliseconds=3) + timedelta(hours=3), text)


def journal(moment, text, *, pid=7):
    fields = {"_PID": str(pid), "SYSLOG_IDENTIFIER": "bot", "MESSAGE": text, "PRIORITY": "6"}
    micros = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    order = ("__REALTIME_TIMESTAMP", *fields) if pid % 2 else (*fields, "__REALTIME_TIMESTAMP")
    fields["__REALTIME_TIMESTAMP"] = str(micros)
    return json.dumps({key: fields[key] for key in order}, separators=(",", ":"))


def docker(moment, text):
    entry = {"log": text + "\n", "stream": "stderr", "time": f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"}
    return json.dumps(entry, separators=(",", ":"))


def as_json(**fields):
    return lambda moment, text: json.dumps({key: say(moment, text) for key, say in fields.items()})


def told(_moment, text):
    return text


def iso(moment, _text):
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def epoch(unit_s):
    return lambda moment, _text: round(moment.timestamp() / unit_s)


def constant(value):
    return lambda _moment, _text: value


structlog = as_json(update_id=constant(7), event=told, level=constant("info"), timestamp=iso)
pino = as_json(level=constant(30), time=epoch(0.001), pid=constant(7), msg=told)
zap = as_json(level=constant("info"), ts=lambda moment, _: moment.timestamp(), msg=told)


def loguru_json(moment, text):
    when = {"repr": iso(moment, text), "timestamp": moment.timestamp()}
    level = {"icon": "i", "name": "INFO", "no": 20}
    record = {"elapsed": {}, "level": level, "message": text, "name": "a.event", "time": when}
    return json.dumps({"text": f"{moment} | INFO | {text}\n", "record": record})


def logfmt(moment, text):
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'time="{iso(moment, text)}" level=info msg="{quoted}"'


FORMS = {
    "python": python,
    "loguru": lambda moment, text: f"{moment:%Y-%m-%d %H:%M:%S.%f} | INFO     | a:b:7 - {text}",
    "whole seconds": lambda moment, text: f"[{moment:%Y-%m-%d %H:%M:%S}] [INFO] a.b: {text}",
    "clock": lambda moment, text: f"[{moment:%H:%M:%S}] INFO   {text}",
    "no time": lambda _moment, text: f"INFO:a.event:{text}",
    "journal short": lambda moment, text: f"{moment:%b %d %H:%M:%S.%f} host bot[7]: {text}",
    "journal short, python": lambda moment, text: (
        f"{moment:%b %d %H:%M:%S.%f} host bot[{moment.microsecond}]: {inner(moment, text)}"
    ),
    "journal iso, python": lambda moment, text: (
        f"{moment:%Y-%m-%dT%H:%M:%S%z} host bot[7]: {inner(moment, text)}"
    ),
    "journal json": journal,
    "journal json, python": lambda moment, text: journal(
        moment, inner(moment, text), pid=7 + moment.second % 2
    ),
    "docker json": docker,
    "docker json, python": lambda moment, text: docker(moment, inner(moment, text)),
    "compose": lambda moment, text: f"bot-1    | {python(moment, text)}",
    "structlog json": structlog,
    "pino": lambda moment, text: pino(moment, text).replace(" ", "", 3),
    "zap": zap,
    "zerolog, whole seconds": as_json(level=constant("info"), time=epoch(1), message=told),
    "json, whole microseconds": as_json(severity=constant("INFO"), ts=epoch(1e-6), message=told),
    "json without a time": as_json(message=told, levelname=constant("INFO")),
    "json, python": as_json(time=iso, message=inner),
    "json, structlog": as_json(time=iso, log=structlog, stream=constant("stderr")),
    "loguru json": loguru_json,
    "logfmt": logfmt,
    "compose, structlog": lambda moment, text: f"bot-1    | {structlog(moment, text)}",
    "docker json, structlog": lambda moment, text: docker(moment, structlog(moment, text)),
    "journal json, zap": lambda moment, text: journal(moment, zap(moment, text)),
    "journal short, logfmt": lambda moment, text: (
        f"{moment:%b %d %H:%M:%S.%f} host bot[7]: {logfmt(moment, text)}"
    ),
}


def write(form, events):
    """Return a log with one line for each event: its moment, its duration or odd text."""
    lines = []
    for moment, told in events:
        text = told
        if isinstance(told, int):
            text = f"Update id={told} is handled. Duration {told} ms by bot id=42"
        lines.append(form(moment, text) + "\n")
    return "".join(lines)


@pytest.fixture
def read_singly(monkeypatch):
    """Return the list of the lines that are read one by one."""
    seen = []
    add_line = _PatternCounter._add_line

    def watched(self, raw, offset):
        seen.append(raw)
        add_line(self, raw, offset)

    monkeypatch.setattr(_PatternCounter, "_add_line", watched)
    return seen


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_events_are_counted_over_the_block(read, read_singly, form):
    begin = datetime(2026, 5, 19, 10, tzinfo=UTC)
    events = [(begin + timedelta(milliseconds=977 * n), n % 9) for n in range(3000)]
    load = read(write(form, events), load_patterns=[HANDLED]).load
    assert load.events == 3000
    assert len(read_singly) <= 10  # docker's stamps have no zeros at their end


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    begin=st.sampled_from([NEAR_MIDNIGHT, NEAR_CHANGE]),
    steps=st.lists(
        st.tuples(
            st.integers(-5_000_000, 900_000_000),
            st.one_of(st.integers(0, 700_000), st.sampled_from(ODD_TEXTS)),
        ),
        min_size=1,
        max_size=60,
    ),
    options=st.sampled_from([None, BERLIN]),
    block=st.sampled_from([1024, 1 << 22]),
    crlf=st.booleans(),
)
def test_the_count_is_the_same_line_by_line(read, form, begin, steps, options, block, crlf):
    events, moment = [], begin
    for step, told in steps:
        moment += timedelta(microseconds=step)
        events.append((moment, told))
    log = write(form, events)
    log = log.replace("\n", "\r\n") if crlf else log
    together = read(log, load_patterns=[HANDLED], options=options, block_bytes=block)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_PatternCounter, "_add_block", lambda *_: False)
        singly = read(log, load_patterns=[HANDLED], options=options, block_bytes=block)
    assert together.load == singly.load


def test_a_late_line_after_midnight_counts_for_the_day_before(read):
    midnight = datetime(2026, 5, 20, tzinfo=UTC)
    steps = (-1, 0, -1)
    events = [(midnight + timedelta(seconds=step), 0) for step in steps]
    load = read(write(FORMS["clock"], events), load_patterns=[HANDLED]).load
    assert (load.first, load.last) == (86_399.0, 86_400.0)


def test_an_odd_line_does_not_slow_its_neighbours(read, read_singly):
    begin = datetime(2026, 5, 19, 10, tzinfo=UTC)
    events = [(begin + timedelta(seconds=n), n % 9) for n in range(3000)]
    events[1500] = (events[1500][0], ODD_TEXTS[0])
    assert read(write(python, events), load_patterns=[HANDLED]).load.events == 2999
    assert len(read_singly) == 1
