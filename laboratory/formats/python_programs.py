"""Logs of Python programs and libraries, each line made by the program's own formatter.

Needs ``pip install loguru structlog uvicorn gunicorn celery hypercorn coloredlogs scrapy
pyTelegramBotAPI discord.py flask tornado``. Home Assistant is not run: its two layouts are those of
``homeassistant/bootstrap.py`` and of the supervisor's ``supervisor/bootstrap.py``. The banner of
celery is the one that its worker printed.
"""

import io
import logging
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from laboratory.formats.common import LEVEL_NAMES, Entry, entries, truth_of
from laboratory.formats.keep import keep
from laboratory.formats.python_layouts import record_of

NO_LOGGER = {"logger"}
INDENTED = {"logger", "message", "exceptions"}
"""Tornado indents all lines below the first, those of tracebacks too."""
TASK = "tasks.send[6f1c]"


def main() -> None:
    """Write them all."""
    for name, formatter, step_ms, without in formatters():
        formatter.converter = time.gmtime
        write(name, formatter.format, step_ms=step_ms, without=without)
    write("telebot", telebot(), quotes='"')
    write("uvicorn", uvicorn(), without={"logger", "time"})
    write(
        "uvicorn-with-time", uvicorn("%(asctime)s %(levelprefix)s %(message)s"), without=NO_LOGGER
    )
    write("celery-task", celery_task(), without=NO_LOGGER, before=f"{TASK}: ")
    write("flask", flask(), without=NO_LOGGER)
    loguru_log("loguru")
    loguru_log("loguru-custom", "{time:YYYY-MM-DD at HH:mm:ss} | {level} | {message}")
    structlog_log("structlog")
    structlog_log("structlog-logger", names=True)
    celery_with_banners()


def formatters() -> list[tuple[str, logging.Formatter, int, set[str]]]:
    """Return for each log its formatter, what its stamps are exact to, and what it does not say."""
    import celery.app.defaults
    import coloredlogs
    import gunicorn.glogging
    import scrapy.settings.default_settings as scrapy
    import tornado.log

    gunicorn_log = gunicorn.glogging.Logger
    plain = logging.Formatter
    coloured = coloredlogs.DEFAULT_LOG_FORMAT.replace("%(hostname)s", "host")
    discord = plain(
        "[{asctime}] [{levelname:<8}] {name}: {message}", "%Y-%m-%d %H:%M:%S", style="{"
    )
    home = "%(asctime)s.%(msecs)03d %(levelname)s (%(threadName)s) [%(name)s] %(message)s"
    return [
        ("gunicorn", plain(gunicorn_log.error_fmt, gunicorn_log.datefmt), 1000, NO_LOGGER),
        ("celery", plain(celery.app.defaults.DEFAULT_PROCESS_LOG_FMT), 1, NO_LOGGER),
        ("coloredlogs", plain(coloured, coloredlogs.DEFAULT_DATE_FORMAT), 1000, set()),
        ("scrapy", plain(scrapy.LOG_FORMAT, scrapy.LOG_DATEFORMAT), 1000, set()),
        ("discord", discord, 1000, set()),
        ("tornado", tornado.log.LogFormatter(color=False), 1000, INDENTED),
        ("home-assistant", plain(home, "%Y-%m-%d %H:%M:%S"), 1, set()),
        ("home-assistant-supervisor", plain(home, "%y-%m-%d %H:%M:%S"), 1, set()),
    ]


def write(
    name: str,
    text_of: Callable[[logging.LogRecord], str],
    *,
    step_ms: int = 1,
    without: set[str] | None = None,
    quotes: str = "",
    before: str = "",
) -> None:
    """Keep the log that `text_of` makes of the records, and what is to be read from it."""
    out, truth, line = io.StringIO(), [], 1
    for entry in entries(step_ms=step_ms):
        text = text_of(record_of(entry)) + "\n"
        out.write(text)
        told = truth_of(entry, line, text.count("\n"))
        told["message"] = f"{before}{quotes}{entry.message}{quotes}"
        truth.append({key: told[key] for key in told if key not in (without or ())})
        line += text.count("\n")
    keep(name, out.getvalue().encode(), truth)


def telebot() -> Callable[[logging.LogRecord], str]:
    """Return the formatter of pyTelegramBotAPI."""
    import telebot

    telebot.formatter.converter = time.gmtime
    return telebot.formatter.format


def uvicorn(fmt: str = "%(levelprefix)s %(message)s") -> Callable[[logging.LogRecord], str]:
    """Return uvicorn's formatter, as its own configuration or as one with a time has it."""
    from uvicorn.logging import DefaultFormatter

    formatter = DefaultFormatter(fmt, use_colors=False)
    formatter.converter = time.gmtime
    return formatter.format


def celery_task() -> Callable[[logging.LogRecord], str]:
    """Return the formatter of celery's task logger, within a task."""
    from celery import Celery
    from celery._state import _task_stack
    from celery.app.defaults import DEFAULT_TASK_LOG_FMT
    from celery.app.log import TaskFormatter

    def send() -> None:
        """Do nothing: only its name is printed."""

    task = Celery("tasks").task(send, name="tasks.send")
    task.push_request(id="6f1c", args=())
    _task_stack.push(task)
    formatter = TaskFormatter(DEFAULT_TASK_LOG_FMT, use_color=False)
    formatter.converter = time.gmtime
    return formatter.format


def flask() -> Callable[[logging.LogRecord], str]:
    """Return the formatter of Flask's default handler."""
    import flask.logging

    formatter = flask.logging.default_handler.formatter
    formatter.converter = time.gmtime
    return formatter.format


def loguru_log(name: str, layout: str | None = None) -> None:
    """Keep a log of loguru's, in its default layout or another."""
    from loguru import logger

    logger.remove()
    out, truth, line = io.StringIO(), [], 1
    layouts = {"format": layout} if layout else {}
    logger.add(out, level=0, **layouts)
    step_ms = 1000 if layout else 1
    for entry in entries(step_ms=step_ms):
        before = out.tell()
        _say_to_loguru(logger, entry)
        out.seek(before)
        lines = out.read().count("\n")
        told = truth_of(entry, line, lines)
        del told["logger"]
        truth.append(told if layout else {**told, "logger": entry.logger})
        line += lines
    keep(name, out.getvalue().encode(), truth)


def _say_to_loguru(logger: object, entry: Entry) -> None:
    def patch(record: dict) -> None:
        moment = record["time"].__class__
        record["time"] = moment.fromtimestamp(entry.time.timestamp(), UTC)
        record["name"] = entry.logger

    said = logger.patch(patch)
    if not entry.fails:
        said.log(LEVEL_NAMES[entry.level].upper(), "{}", entry.message)
        return
    try:
        int("twelve")
    except ValueError:
        said.opt(exception=True).log("ERROR", "{}", entry.message)


def structlog_log(name: str, *, names: bool = False) -> None:
    """Keep a log of structlog's console renderer, with or without the logger's name."""
    import structlog

    out, truth, line = io.StringIO(), [], 1
    renderer = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    for entry in entries(step_ms=1000):
        event = {
            "timestamp": entry.time.strftime("%Y-%m-%d %H:%M:%S"),
            "level": LEVEL_NAMES[entry.level],
            "event": entry.message,
            "update_id": entry.number,
        }
        if names:
            event["logger"] = entry.logger
        if entry.fails:
            try:
                int("twelve")
            except ValueError as error:
                event["exc_info"] = error
        text = renderer(None, "info", event) + "\n"
        out.write(text)
        told = truth_of(entry, line, text.count("\n"))
        del told["message"], told["logger"]
        truth.append(told)
        line += text.count("\n")
    keep(name, out.getvalue().encode(), truth)


CELERY_APP = "from celery import Celery\napp = Celery('tasks', broker='memory://')\n"


def celery_with_banners() -> None:
    """Keep the log of a worker that is started again after every hundredth record."""
    import celery.app.defaults

    formatter = logging.Formatter(celery.app.defaults.DEFAULT_PROCESS_LOG_FMT)
    formatter.converter = time.gmtime
    banner = printed_banner()
    out, truth, line = io.StringIO(), [], 1
    for entry in entries(1100):
        text = formatter.format(record_of(entry)) + "\n"
        told = truth_of(entry, line, text.count("\n"))
        del told["logger"]
        truth.append(told)
        if entry.number % 100 == 99:
            told["lines"] += 1  # the banner begins with a line that holds one space
            text += banner
            begin, lines = line + told["lines"], banner.count("\n") - 1
            truth.append({"line": begin, "lines": lines, "time": None, "level": None})
        out.write(text)
        line += text.count("\n")
    keep("celery-banner", out.getvalue().encode(), truth, {"format": "celery"})


def printed_banner() -> str:
    """Return what a worker of celery prints at its start, with a neutral name of the machine."""
    command = ["-A", "app", "worker", "-P", "solo", "-n", "celery@host", "-l", "info"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.py").write_text(CELERY_APP, encoding="utf-8")
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", *command],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for said in worker.stderr:
            if "ready." in said:
                break
        worker.terminate()
        banner, _ = worker.communicate(timeout=20)
    banner = re.sub(r"Linux-\S+", "Linux-6.1.0-x86_64-with-glibc2.36", banner)
    return banner.partition("\nworker: Warm shutdown")[0].rstrip("\n") + "\n\n"


if __name__ == "__main__":
    main()
