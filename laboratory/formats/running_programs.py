"""Logs of aiohttp's server and of APScheduler, run for real.

Needs ``pip install aiohttp 'apscheduler<4'``. aiohttp stamps a request with the time at which it
began, in whole seconds: the truth reads it off the line with ``strptime`` and holds it against the
moment of asking. APScheduler's records are noted by the handler that also writes them.
"""

import asyncio
import io
import logging
import random
import re
import time
from datetime import UTC, datetime

from laboratory.formats.keep import keep

REQUESTS = 1000
JOBS = 350
MOST_APART_S = 2
_STAMP = re.compile(r"\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] ")


def main() -> None:
    """Write both."""
    asyncio.run(access())
    jobs()


async def access() -> None:
    """Keep what aiohttp's access logger writes of a thousand requests."""
    from aiohttp import ClientSession, web

    out = io.StringIO()
    log = logging.getLogger("access")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(logging.StreamHandler(out))
    app = web.Application()
    app.router.add_route("*", "/ok", lambda _: _answer(200))
    app.router.add_route("*", "/broken", lambda _: _answer(502))
    runner = web.AppRunner(app, access_log=log)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 8098).start()
    chance, asked = random.Random(1), []
    async with ClientSession() as session:
        for number in range(REQUESTS):
            path = chance.choice(("/ok", "/ok", "/broken", "/missing?a=[1]", "/ok?q=%22ERROR%22"))
            method = chance.choice(("GET", "POST", "HEAD"))
            asked.append(time.time())
            url = f"http://127.0.0.1:8098{path}"
            async with session.request(method, url, headers={"User-Agent": f"bot/{number}"}):
                pass
            await asyncio.sleep(0.003)
    await runner.cleanup()
    truth = []
    for number, (line, moment) in enumerate(
        zip(out.getvalue().splitlines(), asked, strict=True), 1
    ):
        found = _STAMP.search(line)
        assert found is not None
        at = datetime.strptime(found[1], "%d/%b/%Y:%H:%M:%S %z")
        assert abs(at.timestamp() - moment) <= MOST_APART_S
        truth.append({"line": number, "lines": 1, "time": at.isoformat()})
    keep("aiohttp-access", out.getvalue().encode(), truth)


async def _answer(status: int):
    from aiohttp import web

    return web.Response(status=status, text="x" * 12)


class _Noting(logging.Handler):
    """Notes each record that it is given, and the lines it takes."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []
        self.truth: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record).split("\n")
        at = datetime.fromtimestamp(int(record.created * 1000) / 1000, UTC)
        raised = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        self.truth.append(
            {
                "line": len(self.lines) + 1,
                "lines": len(text),
                "time": at.isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
                "exceptions": [raised] if raised else [],
            }
        )
        self.lines += text


def jobs() -> None:
    """Keep what APScheduler writes of jobs that run, fail and are added."""
    from apscheduler.schedulers.background import BackgroundScheduler

    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    formatter.converter = time.gmtime
    noting = _Noting(formatter)
    log = logging.getLogger("apscheduler")
    log.setLevel(logging.INFO)
    log.addHandler(noting)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.start()
    for number in range(JOBS):
        scheduler.add_job(_job, args=[number], name=f"report {number}", misfire_grace_time=60)
        time.sleep(0.01)
    time.sleep(1)
    scheduler.shutdown()
    keep("apscheduler", ("\n".join(noting.lines) + "\n").encode(), noting.truth)


def _job(number: int) -> None:
    if number % 25 == 0:
        raise ValueError(f"no figures for {number}")


if __name__ == "__main__":
    main()
