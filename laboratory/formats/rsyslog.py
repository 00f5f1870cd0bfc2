"""
rsyslog's files, where a line break within a message is ``#012``.

``python -m laboratory.formats.rsyslog`` with rsyslogd 8.2302 installed, as root. Messages go to a
socket of its own as `syslog(3)` sends them; the records are those of Python's ``logging`` without
a time, as a program does that leaves the time to syslog.
"""

import logging
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from laboratory.formats.events import FAULTS, Asked, asked
from laboratory.formats.keep import keep

CONFIGURATION = """
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/log" UseSysTimeStamp="off" UsePIDFromSystem="off"
      IgnoreTimestamp="off" RateLimit.Interval="0" CreatePath="on")
action(type="omfile" file="{folder}/traditional" template="RSYSLOG_TraditionalFileFormat")
action(type="omfile" file="{folder}/iso" template="RSYSLOG_FileFormat")
"""
PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
DAEMON = 3
START_S = 10


def text_of(each: Asked) -> str:
    """Return what the program's handler formats."""
    formatter = logging.Formatter("%(levelname)s:%(name)s:%(message)s")
    info = None
    if each.fault:
        try:
            FAULTS[each.fault]()
        except (ValueError, RuntimeError, ExceptionGroup) as error:
            info = (type(error), error, error.__traceback__)
    number = getattr(logging, each.level.upper())
    record = logging.LogRecord(each.logger, number, "bot.py", 7, each.message, None, info)
    return formatter.format(record)


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait until something is the case; some seconds at the most."""
    for _ in range(START_S * 10):
        if is_true():
            return
        time.sleep(0.1)
    raise TimeoutError


def send(path: Path, events: list[Asked]) -> None:
    """Send one message for each event, as `syslog(3)` does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(str(path))
        for each in events:
            stamp = f"{each.moment:%b} {each.moment.day:2} {each.moment:%H:%M:%S}"
            number = DAEMON * 8 + PRIORITIES[each.level]
            sender.send(f"<{number}>{stamp} bot[4711]: {text_of(each)}".encode())


def main() -> None:
    """Have rsyslog write both kinds of its files."""
    events = list(asked(step_us=1_000_000))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configuration = folder / "rsyslog.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
        argv = ["rsyslogd", "-n", "-f", str(configuration), "-i", str(folder / "pid")]
        daemon = subprocess.Popen(argv)
        try:
            wait_until((folder / "log").exists)
            send(folder / "log", events)
            wait_until(lambda: (folder / "iso").read_bytes().count(b"\n") >= len(events))
            time.sleep(1)
        finally:
            daemon.terminate()
            daemon.wait()
        host = socket.gethostname().encode()
        logs = [(folder / each).read_bytes().replace(b" " + host + b" ", b" host ") for each in
                ("traditional", "iso")]  # fmt: skip
    truth = [each.truth(pid=4711, program="bot", component="bot") for each in events]
    keep("rsyslog-traditional", logs[0], truth, {"year": 2026, "format": "journal-short"})
    keep("rsyslog-iso", logs[1], truth, {"format": "journal-iso"})


if __name__ == "__main__":
    main()
