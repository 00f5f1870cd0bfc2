"""What the machine, its servers and supervisors print when things go wrong is what the rules know.

Whatever is not installed is left out, with a word: nothing is fetched for these tests.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Record, Severity
from logcascade.reading.reader import make_record
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher

HERE = Path(__file__).parent
RULES = HERE.parent.parent / "rules"
LIMIT_S = 60
NOT_MARKED = {
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
    "crit": Severity.CRITICAL,
    "alert": Severity.CRITICAL,
}


def need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed, so it cannot print its own lines")
    return found


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_rules([RULES]))


def recognised(matcher: Matcher, records: list[Record]) -> set[str]:
    """Return the ids of rules, and the titles of what no rule knows."""
    return {
        found.title if found.rule.startswith(UNKNOWN_PREFIX) else found.rule
        for record in records
        for found in matcher.detect(record, 0)
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def running(*command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [str(each) for each in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LIMIT_S)


def wait_for(file: Path, *texts: str) -> str:
    """Wait until all of these texts stand in the file; return what does."""
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        if file.exists() and all(text in file.read_text() for text in texts):
            break
        time.sleep(0.05)
    return file.read_text() if file.exists() else ""


def records(log: str, prefix: str, program: str) -> list[Record]:
    """Make records of the lines that begin like this; a group ``level`` is their severity."""
    begins = [re.match(prefix, line) for line in log.splitlines()]
    return [
        make_record(
            found.string[found.end() :],
            severity=NOT_MARKED.get(found.groupdict().get("level", ""), Severity.INFO),
            program=program,
        )
        for found in begins
        if found is not None
    ]


NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 32; }}
http {{
  access_log off; proxy_read_timeout 1s;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location /down {{ proxy_pass http://127.0.0.1:1; }}
    location /hang {{ proxy_pass http://127.0.0.1:{hanging}; }}
  }}
}}
"""
NGINX_PREFIX = r"\S+ \S+ \[(?P<level>\w+)\] \d+#\d+: "


def test_nginx_prints_what_the_rules_recognise(tmp_path: Path, matcher: Matcher) -> None:
    nginx = need("nginx")
    log = tmp_path / "error.log"
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = free_port()
        text = NGINX.format(folder=tmp_path, port=port, hanging=hanging.getsockname()[1])
        config = tmp_path / "nginx.conf"
        config.write_text(text)
        with running(nginx, "-c", config) as master:
            wait_for(tmp_path / "pid", "\n")
            for path in ("down", "hang"):
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=LIMIT_S)
                refused.value.close()
            subprocess.run([nginx, "-c", config], capture_output=True, check=False)
            children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text()
            os.kill(int(children.split()[0]), signal.SIGKILL)
            printed = wait_for(log, "still could not bind", "exited on signal")
    found = recognised(matcher, records(printed, NGINX_PREFIX, "nginx"))
    assert found >= {
        "address-in-use",
        "nginx-upstream-failed",
        "nginx-upstream-timeout",
        "nginx-worker-crashed",
    }


REDIS_PREFIX = r"\d+:\w \d+ \w+ \d+ [\d:.]+ (?P<level>[.*#-]) "


def test_redis_prints_what_the_rules_recognise(tmp_path: Path, matcher: Matcher) -> None:
    redis = need("redis-server")
    port, log, data = free_port(), tmp_path / "redis.log", tmp_path / "data"
    data.mkdir()
    options = ["--port", str(port), "--logfile", str(log), "--save", ""]
    with running(redis, "--dir", data, *options):
        wait_for(log, "Ready to accept connections")
        shutil.rmtree(data)
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"SET a b\r\nSAVE\r\nBGSAVE\r\n")
            wait_for(log, "Background saving error")
        subprocess.run([redis, "--dir", tmp_path, *options], capture_output=True, check=False)
        printed = wait_for(log, "bind: Address already in use")
    found = recognised(matcher, records(printed, REDIS_PREFIX, "redis"))
    assert found >= {"redis-cannot-save", "address-in-use"}


def test_systemd_prints_what_the_rules_recognise(tmp_path: Path, matcher: Matcher) -> None:
    verify = need("systemd-analyze")
    units = {
        "two": "ExecStart=/bin/true\nExecStart=/bin/false",
        "none": "Type=simple",
        "key": "ExecStart=/bin/true\nRestart=alway\nExecStar=1",
    }
    found = {}
    for name, lines in units.items():
        unit = tmp_path / f"{name}.service"
        unit.write_text(f"[Service]\n{lines}\n")
        finished = subprocess.run(
            [verify, "verify", unit], capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        found[name] = recognised(matcher, records(finished.stderr, "", "systemd"))
    assert found == {
        "two": {"systemd-unit-refused"},
        "none": {"systemd-unit-refused"},
        "key": {"systemd-setting-ignored"},
    }


def test_logrotate_prints_what_the_rules_recognise(tmp_path: Path, matcher: Matcher) -> None:
    logrotate = need("logrotate")
    (tmp_path / "logs").mkdir(mode=0o755)
    (tmp_path / "logs" / "bot.log").write_text("a line\n")
    config = tmp_path / "logrotate.conf"
    config.write_text(f"{tmp_path}/logs/*.log {{\n  postrotate\n    false\n  endscript\n}}\n")
    config.chmod(0o644)
    finished = subprocess.run(
        [logrotate, "-s", tmp_path / "state", "-f", config],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert recognised(matcher, records(finished.stderr, "", "logrotate")) == {"logrotate-failed"}


def test_node_prints_what_the_rules_recognise_when_its_heap_is_full(matcher: Matcher) -> None:
    node = need("node")
    program = "const kept = []; while (1) kept.push(new Array(1000).fill(Math.random()))"
    finished = subprocess.run(
        [node, "--max-old-space-size=20", "-e", program],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    told = [line for line in finished.stderr.splitlines() if line.startswith("FATAL ERROR")]
    assert recognised(matcher, [make_record(line) for line in told]) == {"node-heap-exhausted"}
