"""``rich.logging.RichHandler`` as it comes, to files of two widths.

A message with a line break just where a row is full cannot be told from a wrapped one; there is
none here.
"""

import io
import logging
import os
import random
import time

from rich.console import Console
from rich.logging import RichHandler

from laboratory.formats.keep import keep

SOURCE = (
    "\n" * 70
    + "def send(number):\n    return int(number)\n\n\ndef handle(number):\n    send(number)\n"
)
NAMESPACE: dict[str, object] = {}
exec(
    compile(SOURCE, "/opt/bot/handlers/updates_of_members.py", "exec"), NAMESPACE
)  # a file's frames
MESSAGES = (
    "Update id={} is handled. Duration {} ms by bot id=42",
    "short {} {}",
    "Größe der Warteschlange {}: повтор через {} секунд, затем снова, пока сервер не ответит; oft",
    "two lines {}\nthe second {}\n  and a third, indented, so long that it has to be wrapped",
    "a word_that_is_longer_than_its_row_" + "x" * 20 + " {} {}",
)


def main() -> None:
    """Write a thousand records for each width, every fiftieth with a traceback."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    write("rich-handler", 80, "[%X]", {"format": "clock", "date": "2026-11-23"})
    write("rich-handler-dated", 120, "[%x %X]", {"format": "rich-handler"})


def write(name: str, width: int, time_format: str, options: dict[str, str]) -> None:
    """Keep a log of this width and form of time."""
    chance = random.Random(1)
    out = io.StringIO()
    handler = RichHandler(console=Console(file=out, width=width), log_time_format=time_format)
    handler.setFormatter(logging.Formatter("%(message)s"))
    truth, line, now = [], 1, 1795461846.032
    for number in range(1000):
        now += chance.choice((0.001, 0.25, 3, 11))
        level = chance.choice((10, 20, 20, 20, 30, 40, 50))
        message = chance.choice(MESSAGES).format(number, chance.randrange(5000))
        record = logging.LogRecord(
            "bot", level, "bot.py", number + 1, message, None, None, "handle"
        )
        record.created = now
        if number % 50 == 49:
            record.levelno, record.levelname = 40, "ERROR"
            try:
                NAMESPACE["handle"]("twelve")  # type: ignore[operator]
            except ValueError as error:
                record.exc_info = (
                    type(error),
                    error,
                    error.__traceback__ and error.__traceback__.tb_next,
                )
        before = out.getvalue().count("\n")
        handler.emit(record)
        lines = out.getvalue().count("\n") - before
        moment = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now))
        truth.append(
            {
                "line": line,
                "lines": lines,
                "time": moment,
                "level": record.levelname.lower(),
                "message": message,
                "exceptions": ["ValueError"] if number % 50 == 49 else [],
            }
        )
        line += lines
    keep(name, out.getvalue().encode(), truth, options)


if __name__ == "__main__":
    main()
