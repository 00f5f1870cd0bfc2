"""Python's own ``logging``, in the layout of ``asctime - name - levelname - message``."""

import io
import logging
import random
import time

from laboratory.formats.keep import keep

MESSAGES = (
    "Update id={} is handled. Duration {} ms by bot id=42",
    "message is not modified ({}/{})",
    "две строки {}\nвторая {}",
    "ends with a colon {}:{}:",
)


def main() -> None:
    """Write a thousand records, every fiftieth with a traceback."""
    chance = random.Random(1)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatter = logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    truth, line, now = [], 1, 1795461846.032
    for number in range(1000):
        now += chance.choice((0.001, 0.25, 3, 71))
        name = chance.choice(("aiogram.event", "app.db", "root", "my-bot.jobs"))
        level = chance.choice((10, 20, 20, 20, 30, 40, 50))
        message = chance.choice(MESSAGES).format(number, chance.randrange(5000))
        record = logging.LogRecord(name, level, "bot.py", 7, message, None, None, "handle")
        record.created, record.msecs = now, float(int(now * 1000) % 1000)
        if number % 50 == 49:
            record.levelno, record.levelname = 40, "ERROR"
            try:
                int("twelve")
            except ValueError as error:
                record.exc_info = (type(error), error, error.__traceback__)
        before = out.getvalue().count("\n") if number % 50 == 49 else None
        handler.emit(record)
        lines = message.count("\n") + 1
        if before is not None:
            lines = out.getvalue().count("\n") - before
        moment = formatter.formatTime(record).replace(",", ".").replace(" ", "T") + "+00:00"
        truth.append(
            {
                "line": line,
                "lines": lines,
                "time": moment,
                "level": record.levelname.lower(),
                "logger": name,
                "message": message,
                "exceptions": ["ValueError"] if before is not None else [],
            }
        )
        line += lines
    keep("python-logging", out.getvalue().encode(), truth, {"format": "python-logging"})


if __name__ == "__main__":
    main()
