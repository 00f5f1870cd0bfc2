"""Logs of the programs that start other programs: supervisord and pm2.

Needs ``pip install supervisor`` and ``npm install pm2``, on the path. supervisord's lines are made
by its own logger, pm2 is run: what it stamps is read off its lines by ``strptime``.
"""

import os
import re
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from laboratory.formats.common import entries, truth_of
from laboratory.formats.keep import keep

SUPERVISOR_LEVELS = {10: "debug", 20: "info", 30: "warn", 40: "error", 50: "critical"}
PM2_STAMP = "%Y-%m-%dT%H:%M:%S"


def main() -> None:
    """Write them all."""
    supervisord()
    pm2()


def supervisord() -> None:
    """Keep a log made by supervisord's logger at given times."""
    from supervisor import loggers

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/log"
        logger = loggers.getLogger(loggers.LevelsByName.BLAT)
        loggers.handle_file(logger, path, "%(asctime)s %(levelname)s %(message)s\n")
        truth, line = [], 1
        for entry in entries(tracebacks=False):
            now = entry.time.timestamp() + 1e-5  # it cuts milliseconds off a float
            clock = SimpleNamespace(
                time=lambda: now,  # noqa: B023
                localtime=time.gmtime,
                strftime=time.strftime,
            )
            loggers.time = clock
            getattr(logger, SUPERVISOR_LEVELS[entry.level])(entry.message)
            lines = entry.message.count("\n") + 1
            told = truth_of(entry, line, lines)
            del told["logger"]
            truth.append(told)
            line += lines
        logger.close()
        keep("supervisord", Path(path).read_bytes(), truth, {"format": "python-no-name"})


def pm2() -> None:
    """Keep what ``pm2 logs`` prints, and pm2's own log of an application that ends at once."""
    texts = [each.message for each in entries(1100, lines=False) if each.message]
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        environment = {**os.environ, "PM2_HOME": f"{path}/.pm2", "TZ": "UTC"}
        (folder / "texts").write_text("\n".join(texts) + "\n", encoding="utf-8")

        def run(*arguments: str) -> bytes:
            command = ["pm2", *arguments]
            return subprocess.run(command, env=environment, capture_output=True, check=True).stdout

        def logs(name: str, *options: str) -> bytes:
            printed = run("logs", name, "--nostream", "--lines", "2000", *options)
            lines = printed.splitlines(keepends=True)
            first = next(n for n, each in enumerate(lines) if f"{name}-out.log".encode() in each)
            return b"".join(lines[first:])

        try:
            for name, options in (("bot", []), ("timed", ["--time"])):
                run("start", "/bin/cat", "--name", name, "--no-autorestart", "--interpreter",
                    "none", *options, "--", f"{path}/texts")  # fmt: skip
                time.sleep(2)
            keep("pm2-logs", logs("bot"), said("0|bot", logs("bot"), texts))
            keep("pm2-logs-time", logs("timed"), said("1|timed", logs("timed"), texts, timed=True))
            run("start", "/bin/false", "--name", "failing", "--max-restarts", "340",
                "--interpreter", "none")  # fmt: skip
            own = folder / ".pm2" / "pm2.log"
            while b"had too many unstable restarts" not in own.read_bytes():
                time.sleep(0.5)
            log = own.read_bytes()
        finally:
            run("kill")
    begin = log.index(b"PM2 log: App [failing") - len("2026-11-25T18:39:02: ")
    keep("pm2", log[begin:], own_truth(log[begin:].decode().splitlines()), {"format": "pm2"})


def said(
    component: str, log: bytes, texts: list[str], *, timed: bool = False
) -> list[dict[str, object]]:
    """Return what is to be read from what was printed of an application: below a heading."""
    told: list[dict[str, object]] = [{"line": 1, "lines": 1, "time": None, "component": None}]
    lines = log.decode().splitlines()[1:]
    for number, (line, text) in enumerate(zip(lines, texts, strict=False), 2):
        moment = None
        if timed:
            stamp = re.search(r"\d{4}-\d\d-\d\dT[\d:]{8}", line)[0]
            moment = datetime.strptime(stamp, PM2_STAMP).replace(tzinfo=UTC).isoformat()
        told.append(
            {
                "line": number,
                "lines": 1,
                "time": moment,
                "component": component,
                "message": text,
            }
        )
    return told


def own_truth(lines: list[str]) -> list[dict[str, object]]:
    """Return what is to be read from pm2's own lines: a stamp, a colon, how bad it is, a text."""
    told: list[dict[str, object]] = []
    for number, line in enumerate(lines, 1):
        found = re.match(r"(\d{4}-\d\d-\d\dT[\d:]{8}): PM2 (log|error): (.*)", line)
        if found is None:
            told[-1]["lines"] += 1
            told[-1]["message"] += "\n" + line
            continue
        moment = datetime.strptime(found[1], PM2_STAMP).replace(tzinfo=UTC)
        told.append(
            {
                "line": number,
                "lines": 1,
                "time": moment.isoformat(),
                "level": "info" if found[2] == "log" else "error",
                "program": "pm2",
                "message": found[3],
            }
        )
    return told


if __name__ == "__main__":
    main()
