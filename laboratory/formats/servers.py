"""Logs of real servers: nginx, Apache, PostgreSQL and Redis, asked to fail in known ways.

Needs Debian's nginx, apache2, postgresql, redis-server and faketime. Each gets a clock that is set
before each request, so that the time it writes is known; Redis does not run with one.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from laboratory.formats.common import Entry, entries
from laboratory.formats.fake_clock import FakeClock
from laboratory.formats.keep import keep

PORT = 8097
NGINX = f"""
daemon off; master_process off; pid PATH/pid; error_log PATH/error.log notice;
env FAKETIME_TIMESTAMP_FILE; env FAKETIME_NO_CACHE;
env FAKETIME_DONT_FAKE_MONOTONIC; env LD_PRELOAD;
events {{}}
http {{
  access_log PATH/access.log combined;
  client_body_temp_path PATH/a; proxy_temp_path PATH/b; fastcgi_temp_path PATH/c;
  uwsgi_temp_path PATH/d; scgi_temp_path PATH/e;
  server {{ listen 127.0.0.1:{PORT}; root PATH;
    location /down {{ proxy_pass http://127.0.0.1:9; }} }}
}}
"""
APACHE = f"""
ServerRoot PATH
PidFile PATH/pid
Listen 127.0.0.1:{PORT}
ServerName localhost
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
StartServers 1
MaxRequestWorkers 1
DocumentRoot PATH
ErrorLog PATH/error.log
LogLevel info
CustomLog PATH/access.log "%h %l %u %t \\"%r\\" %>s %O"
ProxyPass /down http://127.0.0.1:9/
<Location /secret>
  Require all denied
</Location>
"""


def main() -> None:
    """Write them all."""
    web("nginx", NGINX, ["nginx", "-p", "PATH", "-c", "PATH/conf"])
    web("apache", APACHE, ["apache2", "-DFOREGROUND", "-f", "PATH/conf"])
    redis()
    postgresql("postgresql", "%m [%p] ")
    postgresql("postgresql-user", "%t [%p-%l] %q%u@%d ")


@contextmanager
def running(
    command: list[str], folder: Path, clock: FakeClock, *, user: str | None = None
) -> Iterator[None]:
    """Run `command` while the caller asks things of it."""
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=clock.environment,
            stdout=out,
            stderr=out,
            user=user,
            start_new_session=True,  # Apache ends its whole group
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(is_ready: Callable[[], bool]) -> None:
    """Wait until `is_ready`, at most ten seconds."""
    for _ in range(1000):
        if is_ready():
            return
        time.sleep(0.01)
    raise TimeoutError


def web(name: str, conf: str, command: list[str]) -> None:
    """Keep the access log and the error log of a web server."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        folder.chmod(0o755)
        (folder / "page").write_text("ok\n")
        (folder / "conf").write_text(conf.replace("PATH", path))
        clock = FakeClock(folder)
        asked = list(entries(1300, lines=False, tracebacks=False, step_ms=1000))
        clock.set(asked[0].time)
        access, error = folder / "access.log", folder / "error.log"
        errors: list[dict[str, object]] = []
        with running([part.replace("PATH", path) for part in command], folder, clock):
            wait_for(lambda: get("/page?first") == 200)
            wait_for(lambda: access.read_bytes().endswith(b"\n"))
            skipped = access.stat().st_size
            for number, entry in enumerate(asked):
                clock.set(entry.time)
                before = error.stat().st_size
                get(path_of(entry))
                wait_for(lambda: access.read_bytes()[skipped:].count(b"\n") > number)  # noqa: B023
                for line in error.read_bytes()[before:].decode().splitlines():
                    errors.append(error_truth(line, entry.time, len(errors) + 1))
            log = access.read_bytes()[skipped:]
            error_log = error.read_bytes()
        keep(f"{name}-access", log, access_truth(log, asked), {"format": "access"})
        lines = error_log.splitlines(keepends=True)
        first = next(n for n, line in enumerate(lines) if errors[0]["text"].encode() in line)
        told = [{key: each[key] for key in each if key != "text"} for each in errors]
        wanted = b"".join(lines[first : first + len(errors)])
        keep(f"{name}-error", wanted, told, {"format": f"{name}-error"})


def path_of(entry: Entry) -> str:
    """Return what is asked for: most of it makes the server complain."""
    return ("/down", "/secret/", "/down", "/down", "/page")[entry.number % 5] + f"?n={entry.number}"


def get(path: str) -> int:
    """Return the status of a request."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def access_truth(log: bytes, asked: list[Entry]) -> Iterator[dict[str, object]]:
    """Yield what is to be read from each request's line: the request follows the time."""
    lines = log.decode().splitlines()
    for number, (line, entry) in enumerate(zip(lines, asked, strict=True), 1):
        message = line[line.index('"GET ') :]
        assert f'"GET {path_of(entry)} HTTP/1.1"' in message
        yield {
            "line": number, "lines": 1, "time": entry.time.isoformat(), "level": None,
            "message": message,
        }  # fmt: skip


def error_truth(line: str, moment: datetime, number: int) -> dict[str, object]:
    """Return what is to be read from a line that a request at `moment` caused.

    Its text is what follows the process's number, which both servers print in their own way.
    """
    level = next(
        word
        for word in ("error", "info", "notice", "warn")
        if f"[{word}]" in line or f":{word}]" in line
    )
    text = re.split(r"#\d+: |\[pid [^\]]+\] ", line, maxsplit=1)[1]
    names = {"warn": "warning", "notice": "info"}
    return {
        "line": number, "lines": 1, "time": moment.isoformat(), "level": names.get(level, level),
        "message": text, "text": text,
    }  # fmt: skip


def redis() -> None:
    """Keep Redis' log, made to speak by its scripts (``redis.log``).

    It does not run with a clock of ours: its times are read off by ``strptime``, and have to be
    within a second of the moment of the request.
    """
    signs = {10: "DEBUG", 20: "NOTICE", 30: "WARNING", 40: "WARNING", 50: "WARNING"}
    names = {"DEBUG": "debug", "NOTICE": "info", "WARNING": "warning"}
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        command = ["redis-server", "--port", "0", "--unixsocket", f"{path}/s", "--save", ""]
        command += ["--logfile", f"{path}/log", "--loglevel", "debug", "--hz", "1"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={"TZ": "UTC"})
        wait_for((folder / "s").exists)
        told: list[dict[str, object]] = []
        kept: list[str] = []
        for entry in entries(lines=False, tracebacks=False):
            text = f"<{entry.number}> {entry.message}"
            script = f"redis.log(redis.LOG_{signs[entry.level]}, ARGV[1])"
            say = ["redis-cli", "-s", f"{path}/s", "eval", script, "0", text]
            subprocess.run(say, check=True, capture_output=True)
            asked = datetime.now(UTC)
            lines = (folder / "log").read_text(encoding="utf-8").splitlines()
            line = next(each for each in reversed(lines) if f" <{entry.number}> " in each)
            stamp = line.partition(" ")[2][:24]
            moment = datetime.strptime(stamp, "%d %b %Y %H:%M:%S.%f").replace(tzinfo=UTC)
            assert abs((moment - asked).total_seconds()) < 1
            kept.append(line + "\n")
            told.append(
                {
                    "line": len(kept),
                    "lines": 1,
                    "time": moment.isoformat(),
                    "program": "redis",
                    "level": names[signs[entry.level]],
                    "message": text,
                    "pid": server.pid,
                }
            )
        server.terminate()
        server.wait(10)
        keep("redis", "".join(kept).encode(), told, {"format": "redis"})


RAISED = {10: "notice", 20: "log", 30: "warning", 40: "exception", 50: "exception"}
READ_AS = {"notice": "info", "log": "info", "warning": "warning", "exception": "error"}


def postgresql(name: str, prefix: str) -> None:
    """Keep PostgreSQL's log, made to speak by ``RAISE`` in one session."""
    binaries = next(Path("/usr/lib/postgresql").iterdir()) / "bin"
    path = tempfile.mkdtemp()
    folder = Path(path)
    shutil.chown(folder, "postgres")
    clock = FakeClock(folder)
    asked = list(entries(600, tracebacks=False, step_ms=1000))
    clock.set(asked[0].time)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "bot"],
        check=True,
        user="postgres",
        capture_output=True,
        env=environment,
        cwd="/",
    )
    command = [str(binaries / "postgres"), "-D", f"{path}/data", "-k", path, "-h", ""]
    for option in ("log_timezone=UTC", "log_min_messages=notice", "fsync=off",
                   "log_error_verbosity=terse", f"log_line_prefix={prefix}"):  # fmt: skip
        command += ["-c", option]
    with running(command, folder, clock, user="postgres"):
        wait_for(lambda: b"ready to accept" in (folder / "out").read_bytes())
        skipped = (folder / "out").stat().st_size
        psql = subprocess.Popen(
            ["psql", "-q", "-h", path, "-U", "bot", "postgres"],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip
        told, line, out = [], 1, folder / "out"
        for entry in asked:
            clock.set(entry.time)
            before = out.stat().st_size
            text = f"{entry.number}: {entry.message}"
            quoted = text.replace("'", "''")
            psql.stdin.write(f"do $$begin raise {RAISED[entry.level]} '%', '{quoted}'; end$$;\n")
            psql.stdin.flush()
            mark = b"STATEMENT:  " if entry.level != 30 and entry.level != 10 else b":  "
            wait_for(lambda: is_whole(out.read_bytes()[before:], mark))  # noqa: B023
            for level, message in said(entry, text, quoted):
                lines = message.count("\n") + 1
                told.append(
                    {
                        "line": line,
                        "lines": lines,
                        "time": entry.time.isoformat(),
                        "level": level,
                        "message": message,
                    }
                )
                line += lines
        psql.stdin.close()
        psql.wait(10)
        log = out.read_bytes()[skipped:]
    keep(name, b"".join(log.splitlines(keepends=True)[: line - 1]), told, {"format": "postgresql"})
    shutil.rmtree(path)


def is_whole(data: bytes, mark: bytes) -> bool:
    """Return whether the log shows all that one statement makes it write."""
    return mark in data and data.endswith(b"\n")


def said(entry: Entry, text: str, quoted: str) -> Iterator[tuple[str | None, str]]:
    """Yield level and text of the records of one ``RAISE``; further lines begin with a tab."""
    raised = RAISED[entry.level]
    yield READ_AS[raised], text.replace("\n", "\n\t")
    if raised in {"log", "exception"}:
        statement = f"do $$begin raise {raised} '%', '{quoted}'; end$$;"
        yield None, statement.replace("\n", "\n\t")


if __name__ == "__main__":
    main()
