"""
JSON and logfmt as Python's own libraries write them.

``python -m laboratory.formats.structured_logs`` with loguru 0.7.3, structlog 26.1,
python-json-logger 4.2 (and, with an older one first on the path, ``... older``: 2.0.7), ecs-logging
2.3 and aws-lambda-powertools 3.37 installed, on Python 3.11. Time is given to each library where
it asks for it; everything else is as it writes it. Run it from a copy whose path may be seen:
tracebacks show it.
"""

import contextlib
import datetime as dt
import io
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from laboratory.formats.events import FAULTS, Asked, asked
from laboratory.formats.keep import keep

FIRST_MOMENT = dt.timedelta(seconds=0.5)
"""How long the process is said to have run: a number that says nothing, and packs badly."""

NUMBERS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


@contextlib.contextmanager
def being_handled(fault: str) -> Iterator[BaseException | None]:
    """Be within the handling of that fault, if it is one."""
    if not fault:
        yield None
        return
    try:
        FAULTS[fault]()
    except (ValueError, RuntimeError, ExceptionGroup) as error:
        yield error


def through_logging(formatter: logging.Formatter, events: list[Asked]) -> bytes:
    """Return what a handler with `formatter` writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    for each in events:
        with being_handled(each.fault) as error:
            info = (type(error), error, error.__traceback__) if error else None
            number = NUMBERS[each.level]
            record = logging.LogRecord(
                each.logger, number, "bot.py", 7, each.message, None, info, "handle"
            )
            record.created, record.msecs = each.time, float(round(each.time * 1e6) // 1000 % 1000)
            record.process, record.thread = 4711, 140_000
            record.__dict__ |= each.fields
            handler.emit(record)
    return out.getvalue().encode()


def loguru() -> None:
    """Write what loguru does with serialize=True."""
    from loguru import logger

    out = io.StringIO()
    logger.remove()
    logger.add(out, serialize=True, level=0)
    logger.level("STARTED", no=25)
    truth = []
    for each in asked():
        bound = logger.bind(**each.fields if each.number % 10 == 0 else {})
        moment = each.moment

        def patched(record: Any, moment: Any = moment, name: str = each.logger) -> None:
            kind = type(record["time"])
            at = kind.fromtimestamp(moment.timestamp(), dt.UTC)
            record["time"] = at.replace(microsecond=moment.microsecond)
            record["name"], record["elapsed"] = name, FIRST_MOMENT
            record["process"].id, record["thread"].id = 4711, 140_000

        word, level = each.level.upper(), each.level
        if each.number % 50 == 1:
            word, level = ("SUCCESS", "info") if each.number % 100 == 1 else ("STARTED", "info")
        with being_handled(each.fault) as error:
            bound.patch(patched).opt(exception=error).log(word, each.message)
        truth.append(each.truth(level=level))
    keep("loguru-json", out.getvalue().encode(), truth, {"format": "loguru-json"})


def structlog(name: str, renderer: Any, stamp: Any, trace: Any, **changes: Any) -> None:
    """Write what structlog does with a renderer, a kind of time stamp and a kind of traceback."""
    import structlog as library
    from structlog import processors

    out = io.StringIO()
    library.configure(
        processors=[library.stdlib.add_log_level, stamp, trace, renderer],
        logger_factory=library.WriteLoggerFactory(file=out),
        wrapper_class=library.BoundLogger,
        cache_logger_on_first_use=False,
    )
    truth, events = [], list(asked())
    for each in events:
        moment = each.moment
        fake = mock.Mock(wraps=processors.datetime)
        fake.datetime.now = lambda tz=None, moment=moment: moment.astimezone(tz)
        fake.timezone = dt.timezone
        with (
            mock.patch.object(processors, "datetime", fake),
            mock.patch.object(processors.time, "time", lambda moment=moment: moment.timestamp()),
            being_handled(each.fault) as error,
        ):
            log = library.get_logger().bind(logger=each.logger, **each.fields)
            told = {"exc_info": error} if error else {}
            getattr(log, each.level)(each.message, **told)
        truth.append(each.truth(**changes))
    used = "logfmt" if isinstance(renderer, processors.LogfmtRenderer) else "json-lines"
    keep(name, out.getvalue().encode(), truth, {"format": used})


def python_json_logger() -> None:
    """Write python-json-logger's: without a format, with asctime and levelname, with new names."""
    from pythonjsonlogger.json import JsonFormatter

    events = list(asked(step_us=1000))
    bare = through_logging(JsonFormatter(), events)
    truth = [each.truth(time=None, level=None, logger=None) for each in events]
    keep("python-json-logger-bare", bare, truth, {"format": "json-lines"})

    usual = JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    usual.converter = clock_gmtime()
    log = through_logging(usual, events)
    keep("python-json-logger", log, [each.truth() for each in events], {"format": "json-lines"})

    renamed = JsonFormatter(
        "%(message)s %(levelname)s %(name)s",
        rename_fields={"levelname": "severity", "name": "logger"},
        timestamp=True,
        json_ensure_ascii=False,
        exc_info_as_array=False,
    )
    log = through_logging(renamed, list(asked()))
    truth = [each.truth() for each in asked()]
    keep("python-json-logger-renamed", log, truth, {"format": "json-lines"})


def older_python_json_logger() -> None:
    """Write what python-json-logger 2 does, by its import path and its formatter."""
    from pythonjsonlogger.jsonlogger import JsonFormatter

    events = list(asked(step_us=1000))
    formatter = JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    formatter.converter = clock_gmtime()
    log = through_logging(formatter, events)
    truth = [each.truth() for each in events]
    keep("python-json-logger-2", log, truth, {"format": "json-lines"})


def clock_gmtime() -> Callable[..., Any]:
    """Return the converter that makes ``asctime`` UTC."""
    import time

    return time.gmtime


def ecs() -> None:
    """Write what ecs-logging does for the standard library."""
    import ecs_logging

    events = list(asked(step_us=1000))
    log = through_logging(ecs_logging.StdlibFormatter(), events)
    truth = [each.truth(**ecs_says(each)) for each in events]
    keep("ecs-logging", log, truth, {"format": "json-lines"})


def ecs_says(each: Asked) -> dict[str, Any]:
    """Return what differs: ECS has the last exception only, and nothing of what led to it."""
    told = {"caused": "ValueError", "handling": "RuntimeError", "grouped": "ExceptionGroup"}
    return {"first_raised": told[each.fault]} if each.fault in told else {}


def powertools() -> None:
    """Write what the formatter of Powertools for AWS Lambda makes."""
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    events = list(asked(step_us=1000))
    formatter = LambdaPowertoolsFormatter(service="payment", utc=True)
    log = through_logging(formatter, events)
    truth = [each.truth(logger=None, component="payment") for each in events]
    keep("lambda-powertools", log, truth, {"format": "json-lines"})


def main() -> None:
    """Write the logs of all libraries, or only that of the older python-json-logger."""
    if "older" in sys.argv:
        older_python_json_logger()
        return
    from structlog import processors

    json, iso = processors.JSONRenderer(), processors.TimeStamper(fmt="iso")
    number = processors.TimeStamper(fmt=None)
    text, objects = processors.format_exc_info, processors.dict_tracebacks
    structlog("structlog-json", json, iso, text)
    structlog("structlog-json-objects", json, number, objects)
    structlog("structlog-json-timeless", json, lambda _logger, _name, event: event, text, time=None)
    structlog("structlog-logfmt", processors.LogfmtRenderer(), iso, text)
    loguru()
    python_json_logger()
    ecs()
    powertools()


if __name__ == "__main__":
    main()
