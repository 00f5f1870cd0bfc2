"""Syslog as programs send it and as a daemon files it.

Needs util-linux's ``logger``, rsyslog and Debian's faketime. ``logger`` and Python's
``SysLogHandler`` write what goes over the wire; rsyslogd files what was sent to it.
"""

import logging
import logging.handlers
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from laboratory.formats.common import Entry, entries, truth_of
from laboratory.formats.fake_clock import FakeClock
from laboratory.formats.keep import keep

PROGRAMS = ("bot", "nginx", "my-bot_2", "python3.11")
SEVERITIES = {10: 7, 20: 6, 30: 4, 40: 3, 50: 2}
NAMES = {10: "debug", 20: "info", 30: "warning", 40: "err", 50: "crit"}
FACILITY = 16  # local0
YEAR = {"year": 2026}
FORWARD = (
    "<%PRI%>%TIMESTAMP:::date-rfc3339% %HOSTNAME% %syslogtag:1:32%%msg:::sp-if-no-1st-sp%%msg%\\n"
)
"""RSYSLOG_ForwardFormat, and a line break."""


def main() -> None:
    """Write them all."""
    asked = list(sayings())
    for name, options in (
        ("syslog-wire", ["--rfc3164"]),
        (
            "syslog-5424",
            ["--rfc5424", "--msgid", "ID7", "--sd-id", "zoo@123", "--sd-param", 'a="b c"'],
        ),
        ("syslog-5424-no-time", ["--rfc5424=notime,notq,nohost"]),
    ):
        log = b"".join(each + b"\n" for each in from_logger(asked, options))
        timed = name != "syslog-5424-no-time"
        keep(name, log, truth(asked, timed=timed, levels=True), YEAR)
    keep("syslog-handler", from_python(asked), handler_truth(asked))
    old, new = [old_wire(each) for each in asked], [new_wire(each) for each in asked]
    for name, template, sent, levels in (
        ("syslog-file", "RSYSLOG_TraditionalFileFormat", old, False),
        ("syslog-file-iso", "RSYSLOG_FileFormat", old, False),
        ("syslog-no-colon", "RSYSLOG_TraditionalFileFormat", new, False),
        ("syslog-no-colon-iso", "RSYSLOG_FileFormat", new, False),
        ("syslog-forward", "forward", old, True),
    ):
        keep(name, filed(template, sent), truth(asked, levels=levels), YEAR)
    repeated()


def sayings() -> Iterator[Entry]:
    """Yield what is asked to be written, one line each, by several programs."""
    for entry in entries(lines=False, tracebacks=False, step_ms=1000):
        program = PROGRAMS[entry.number % len(PROGRAMS)]
        yield replace(entry, logger=program, message=entry.message or "nothing")


def truth(
    asked: Iterable[Entry], *, timed: bool = True, levels: bool = False
) -> Iterator[dict[str, object]]:
    """Yield what is to be read from each line: the program's name is the tag, a pid is added."""
    for line, entry in enumerate(asked, 1):
        told = truth_of(entry, line, 1)
        told["program"], told["pid"] = told.pop("logger"), 4000 + entry.number
        if not levels:
            told["level"] = None
        if not timed:
            told["time"] = None
        yield told


def from_logger(asked: Iterable[Entry], options: list[str]) -> Iterator[bytes]:
    """Yield the datagrams that util-linux's logger sends."""
    with tempfile.TemporaryDirectory() as folder, receiver() as listening:
        clock = FakeClock(Path(folder))
        own_name = f" {socket.gethostname()} ".encode()
        port = str(listening.getsockname()[1])
        for entry in asked:
            clock.set(entry.time)
            command = ["logger", "--server", "127.0.0.1", "--port", port, "--udp", *options]
            command += ["--priority", f"local0.{NAMES[entry.level]}", "--tag", entry.logger]
            command += [f"--id={4000 + entry.number}", "--", entry.message]
            subprocess.run(command, check=True, env=clock.environment)
            yield listening.recv(65536).replace(own_name, b" host ", 1)


def receiver() -> socket.socket:
    """Return a socket that datagrams can be sent to."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    listening.settimeout(5)
    return listening


def from_python(asked: Iterable[Entry]) -> bytes:
    """Return what Python's SysLogHandler sends: no time, no tag, and a NUL at the end."""
    received = []
    with receiver() as listening:
        handler = logging.handlers.SysLogHandler(listening.getsockname(), FACILITY)
        for entry in asked:
            record = logging.LogRecord("x", entry.level, "x", 1, entry.message, None, None)
            handler.handle(record)
            received.append(listening.recv(65536))
        handler.close()
    return b"".join(each + b"\n" for each in received)


def handler_truth(asked: Iterable[Entry]) -> Iterator[dict[str, object]]:
    """Yield what is to be read from the lines of a SysLogHandler."""
    for each in truth(asked, timed=False, levels=True):
        yield {**each, "program": None, "pid": None}


def old_wire(entry: Entry) -> bytes:
    """Return the entry as RFC 3164 has it: a daemon adds the year it is in."""
    pri, pid = FACILITY * 8 + SEVERITIES[entry.level], 4000 + entry.number
    stamp = entry.time.strftime("%b %e %H:%M:%S")
    return f"<{pri}>{stamp} host {entry.logger}[{pid}]: {entry.message}".encode()


def new_wire(entry: Entry) -> bytes:
    """Return the entry as RFC 5424 has it."""
    pri, pid = FACILITY * 8 + SEVERITIES[entry.level], 4000 + entry.number
    stamp = entry.time.isoformat()
    return f"<{pri}>1 {stamp} host {entry.logger} {pid} - - {entry.message}".encode()


def filed(template: str, sent: list[bytes]) -> bytes:
    """Return the file that rsyslogd writes of the messages sent to it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with receiver() as probe:
            port = probe.getsockname()[1]
        command = rsyslog(folder, port, template)
        process = subprocess.Popen(command, env={"TZ": "UTC", "PATH": "/usr/sbin:/usr/bin"})
        try:
            return _send_and_wait(sent, port, folder / "log")
        finally:
            process.terminate()
            process.wait(20)


def _send_and_wait(sent: list[bytes], port: int, log: Path) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as speaking:
        while not log.exists():
            speaking.sendto(b"<13>Nov 23 00:00:00 host first: hello", ("127.0.0.1", port))
            time.sleep(0.2)
        time.sleep(0.5)
        before = log.read_bytes().count(b"\n")
        for number, each in enumerate(sent, before + 1):
            speaking.sendto(each, ("127.0.0.1", port))
            for _ in range(5000):
                if log.read_bytes().count(b"\n") >= number:
                    break
                time.sleep(0.001)
    return b"".join(log.read_bytes().splitlines(keepends=True)[before:])


def rsyslog(folder: Path, port: int, template: str) -> list[str]:
    """Return the command that runs rsyslogd with one of its own templates."""
    conf = folder / "conf"
    conf.write_text(
        'module(load="imudp")\n'
        f'input(type="imudp" address="127.0.0.1" port="{port}")\n'
        f'template(name="forward" type="string" string="{FORWARD}")\n'
        f'action(type="omfile" file="{folder}/log" template="{template}")\n',
        encoding="utf-8",
    )
    return ["rsyslogd", "-n", "-f", str(conf), "-i", str(folder / "pid")]


def repeated() -> None:
    """Keep a file with repetitions as sysklogd and rsyslog count them.

    Rendered as ``rsyslog/action.c`` and the older ``syslogd.c`` print it.
    """
    lines, told = [], []
    for entry in sayings():
        stamp = entry.time.strftime("%b %e %H:%M:%S")
        truth_line = truth_of(entry, len(lines) + 1, 1) | {"level": None}
        del truth_line["logger"]
        if entry.number % 3 == 1:
            text = f"last message repeated {entry.number} times"
            lines.append(f"{stamp} host {text}\n")
        elif entry.number % 3 == 2:
            text = f"message repeated {entry.number} times: [ {entry.message}]"
            lines.append(f"{stamp} host bot[12]: {text}\n")
        else:
            text = entry.message
            lines.append(f"{stamp} host bot[12]: {text}\n")
        told.append({**truth_line, "message": text})
    keep("syslog-repeated", "".join(lines).encode(), told, YEAR)


if __name__ == "__main__":
    main()
