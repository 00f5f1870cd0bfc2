"""
Structured formats as documented, and carriers around what structlog and Python's logging wrote.

``python -m laboratory.formats.rendered_structured``, after `structured_logs`. By their
documentation, as the programs do not run here: zap's production encoder, zerolog, Google Cloud's
structured logging, logrus (dockerd), log15, ``logcli -o jsonl`` and Grafana's download (their
source; Grafana puts all elements on one line, here each has its own), ``aws logs
filter-log-events`` (its keys), Logs Insights. As real runs printed them (see the samples of the
formats): Docker's json-file and ``logs -t``, compose, ``journalctl -o json``, ``pm2 logs --json``.
"""

import gzip
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from laboratory.formats.events import Asked, asked
from laboratory.formats.keep import FOLDER, keep

Told = Mapping[str, Any]
ZAP = {"warning": "warn", "critical": "fatal"}
LOG15 = {"debug": "dbug", "warning": "warn", "error": "eror", "critical": "crit"}
STACK = "main.save\n\t/app/main.go:7\nmain.main\n\t/app/main.go:3"


def compact(**fields: Any) -> str:
    """Return an object as Go and JavaScript write it."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def zap(each: Asked) -> str:
    """Return a line of zap, its production encoder."""
    error = {"error": "disk is full", "stacktrace": STACK} if each.fault else {}
    level, name = ZAP.get(each.level, each.level), each.logger
    return compact(
        level=level, ts=each.time, logger=name, caller="bot/main.go:7", msg=each.message,
        **each.fields, **error,
    )  # fmt: skip


def zerolog(each: Asked) -> str:
    """Return a line of zerolog with its default time, in whole seconds."""
    error = {"error": "disk is full"} if each.fault else {}
    level = ZAP.get(each.level, each.level)
    return compact(level=level, **error, **each.fields, time=int(each.time), message=each.message)


def google(each: Asked) -> str:
    """Return a line of Google Cloud's structured logging."""
    request = {"requestMethod": "GET", "requestUrl": "/", "status": 500}
    told = {"httpRequest": request} if each.fault else {}
    at = f"{each.moment:%Y-%m-%dT%H:%M:%S.%f}000Z"
    return compact(severity=each.level.upper(), message=each.message, time=at, **told)


def quoted(text: str) -> str:
    """Return a value as Go's logfmt writers quote it."""
    if text and all(c.isalnum() or c in "-._/@^+" for c in text):
        return text
    return json.dumps(text, ensure_ascii=False)


def logrus(each: Asked) -> str:
    """Return a line of logrus, the text of dockerd."""
    error = ' error="disk is full"' if each.fault else ""
    level = each.level if each.level != "critical" else "fatal"
    at = f"{each.moment:%Y-%m-%dT%H:%M:%S.%f}000Z"
    return f'time="{at}" level={level} msg={quoted(each.message)}{error} logger={each.logger}'


def log15(each: Asked) -> str:
    """Return a line of log15, with its short words."""
    error = ' err="disk is full"' if each.fault else ""
    level = LOG15.get(each.level, each.level)
    at = f"{each.moment:%Y-%m-%dT%H:%M:%S+0000}"
    return f"t={at} lvl={level} msg={quoted(each.message)}{error}"


def keep_rendered(
    name: str, used: str, render: Callable[[Asked], str], *, step_us: int = 1, **changes: Any
) -> None:
    """Keep what `render` makes of the thousand events."""
    events = list(asked(step_us=step_us))
    lines = "".join(render(each) + "\n" for each in events)
    told = {"exceptions": [], "first_raised": None, **changes}
    keep(name, lines.encode(), [each.truth(**told) for each in events], {"format": used})


def kept(name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the lines of a kept log with their truth."""
    with gzip.open(FOLDER / name / "log.gz", "rt", encoding="utf-8", newline="\n") as log:
        lines = log.read().splitlines()
    with gzip.open(FOLDER / name / "truth.jsonl.gz", "rt", encoding="utf-8") as stream:
        return list(zip(lines, map(json.loads, stream), strict=True))


def stamp(told: Told) -> str:
    """Return when the carrier saw the line: some time after it was written."""
    moment = datetime.fromtimestamp((epoch_us(told)) / 1e6, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}123Z"


def epoch_us(told: Told) -> int:
    """Return the same in microseconds since the epoch."""
    moment = datetime.fromisoformat(told["time"])
    return round(moment.timestamp() * 1_000_000) + 400


def docker(line: str, told: Told) -> str:
    """Return a line of Docker's json-file."""
    return compact(log=line + "\n", stream="stderr", time=stamp(told))


def compose(line: str, told: Told) -> str:
    """Return a line of ``docker compose logs -t``."""
    return f"bot-1    | {stamp(told)} {line}"


def journal(line: str, told: Told) -> str:
    """Return a line of ``journalctl -o json``."""
    fields = {
        "__REALTIME_TIMESTAMP": str(epoch_us(told)), "_BOOT_ID": "889c", "MESSAGE": line,
        "PRIORITY": "6", "SYSLOG_IDENTIFIER": "bot", "_PID": "129", "_TRANSPORT": "stdout",
        "_SYSTEMD_UNIT": "bot.service",
    }  # fmt: skip
    return json.dumps(fields, separators=(",", ":"))


def loki(line: str, told: Told) -> str:
    """Return a line of ``logcli -o jsonl``."""
    return compact(labels={"app": "bot", "detected_level": "x"}, line=line, timestamp=stamp(told))


def grafana(line: str, told: Told) -> str:
    """Return a line of the download of Grafana's log view, an object a line."""
    nanoseconds = str(epoch_us(told) * 1000)
    return compact(line=line, timestamp=nanoseconds, date=stamp(told), fields={"app": "bot"}) + ","


def cloudwatch(line: str, told: Told) -> str:
    """Return a line of ``aws logs filter-log-events``, an event a line."""
    ms = epoch_us(told) // 1000
    fields = {
        "logStreamName": "bot/1", "timestamp": ms, "message": line, "ingestionTime": ms + 3000,
        "eventId": "3811",
    }  # fmt: skip
    return json.dumps(fields)


def insights(line: str, told: Told) -> str:
    """Return a line of the result of a query of Logs Insights."""
    at = stamp(told)[:23].replace("T", " ")
    return json.dumps({"@timestamp": at, "@message": line, "@logStream": "bot/1"})


def pm2(line: str, told: Told) -> str:
    """Return a line of ``pm2 logs --json``."""
    at = stamp(told)[:23] + "Z"
    return compact(message=line, timestamp=at, type="err", process_id=0, app_name="bot")


def shipped(line: str, told: Told) -> str:
    """Return a line of text within the JSON of a shipper."""
    return compact(stream="stderr", message=line, time=stamp(told))


def keep_carried(
    name: str,
    used: str,
    inner: Iterable[tuple[str, dict[str, Any]]],
    carry: Callable[[str, Told], str],
    **changes: Any,
) -> None:
    """Keep the lines of another log within a carrier."""
    lines, truth = [], []
    for line, told in inner:
        lines.append(carry(line, told) + "\n")
        truth.append(told | changes)
    keep(name, "".join(lines).encode(), truth, {"format": used})


def python_lines() -> list[tuple[str, dict[str, Any]]]:
    """Return lines of Python's logging with their truth; its stamps are in another zone."""
    formatter = logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    formatter.converter = lambda seconds: time.gmtime((seconds or 0) + 3 * 3600)
    found = []
    for each in asked(step_us=1000):
        message = each.message
        record = logging.LogRecord(
            each.logger, getattr(logging, each.level.upper()), "bot.py", 7, message, None, None
        )
        record.created, record.msecs = each.time, float(round(each.time * 1e6) // 1000 % 1000)
        truth = each.truth(exceptions=[], first_raised=None)
        found.append((formatter.format(record), truth))
    return found


def main() -> None:
    """Write all of them."""
    named = {"exceptions": [], "first_raised": None}
    keep_rendered("zap", "json-lines", zap)
    whole = {"step_us": 1_000_000, "logger": None}
    keep_rendered("zerolog", "json-lines", zerolog, **whole)
    keep_rendered("google-cloud", "json-lines", google, logger=None)
    keep_rendered("logrus", "logfmt", logrus)
    keep_rendered("log15", "logfmt", log15, **whole)
    json_lines, python = kept("structlog-json"), python_lines()
    keep_carried("docker-json-structlog", "docker-json", json_lines, docker)
    keep_carried("compose-structlog", "docker-compose", json_lines, compose, component="bot-1")
    unit = {"component": "bot.service", "pid": 129}
    keep_carried("journal-json-structlog", "json-lines", json_lines, journal, **unit)
    keep_carried("pm2-json-structlog", "pm2-json", json_lines, pm2, component="bot")
    keep_carried("loki-json", "loki-json", python, loki, component="bot", **named)
    keep_carried("grafana-json", "loki-json", json_lines, grafana, component="bot")
    stream = {"component": "bot/1", **named}
    keep_carried("cloudwatch-json", "cloudwatch-json", python, cloudwatch, **stream)
    keep_carried("cloudwatch-insights", "cloudwatch-insights", json_lines, insights)
    keep_carried("json-python", "python-logging", python, shipped)


if __name__ == "__main__":
    main()
