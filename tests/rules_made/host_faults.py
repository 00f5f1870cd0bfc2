"""What goes wrong between CPython and the machine it runs on, triggered on purpose.

Usage: host_faults.py SCENARIO. Prints every record as a JSON line; what the interpreter prints
itself goes to standard error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spoken import speak

LOG = logging.getLogger("bot")
NOBODY = 65534


def no_input() -> None:
    try:
        input()
    except EOFError as error:
        LOG.exception("cannot start")
        LOG.error("cannot start: %s", error)  # noqa: TRY400 - both spellings are in real logs


def address_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        try:
            socket.create_server(held.getsockname())
        except OSError:
            LOG.exception("cannot start")


def permission() -> None:
    secret = Path(tempfile.mkdtemp()) / "secret"
    secret.touch()
    secret.parent.chmod(0)
    if os.geteuid() == 0:  # root may read everything
        os.setuid(NOBODY)
    try:
        secret.read_text()
    except PermissionError:
        LOG.exception("cannot read the settings")


def no_process() -> None:
    if os.geteuid() == 0:  # root may start as many as there is room for
        os.setuid(NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    try:
        subprocess.run(["true"], check=False)
    except OSError:
        LOG.exception("cannot start the converter")


def input_output() -> None:
    try:
        os.pread(os.open("/proc/self/mem", os.O_RDONLY), 1, 0)
    except OSError:
        LOG.exception("cannot read")


def encodings() -> None:
    try:
        "привет".encode("ascii")
    except UnicodeEncodeError:
        LOG.exception("cannot answer")
    try:
        "привет".encode("cp1251").decode()
    except UnicodeDecodeError as error:
        LOG.error("cannot read the file: %s", error)  # noqa: TRY400 - as programs do


def mistakes() -> None:
    """Log what Python says of mistakes in the code, without their tracebacks."""

    def unbound() -> object:
        if LOG.disabled:
            text = ""
        return text

    def handle(event: object) -> object:
        return event

    async def wait() -> None:
        await {}

    nothing: Any = None
    wrong: list[Callable[[], Any]] = [
        lambda: LOG.no_such_name,
        lambda: no_such_name,  # noqa: F821
        lambda: asyncio.no_such_name,
        unbound,
        handle,
        lambda: handle(x=1),
        lambda: 1 + "a",
        lambda: [][1],
        lambda: 1 / 0,
        lambda: 1 % 0,
        lambda: "a" + None,
        lambda: nothing[1],
        lambda: iter(1),
        lambda: nothing(),
        lambda: asyncio.run(wait()),
    ]
    for mistake in wrong:
        try:
            mistake()
        except Exception as error:  # noqa: BLE001 - each of them is another
            LOG.error("Job failed: %s", error)  # noqa: TRY400 - as programs do


def not_json() -> None:
    for text in ("", "404 page", "{a", '{"a" 1}', '{"a": 1 2}', '"a', '"\n"', "[1,]", '{"a":1,}'):
        try:
            json.loads(text)
        except ValueError as error:
            LOG.error("Cannot load: %s", error)  # noqa: TRY400 - as programs do


def recursions() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    for work in (lambda: repr(nested), lambda: json.dumps(nested), lambda: json.loads("[" * 10**5)):
        try:
            work()
        except RecursionError as error:
            LOG.error("Failed: %s", error)  # noqa: TRY400 - as programs do


def setting() -> None:
    try:
        os.environ["LOGCASCADE_NO_SUCH_TOKEN"]
    except KeyError:
        LOG.exception("cannot start")


def program() -> None:
    subprocess.run([sys.executable, "/opt/bot/no-such-bot.py"], check=False)


def module() -> None:
    subprocess.run([sys.executable, "-m", "no_such_bot"], check=False)


def warned() -> None:
    warnings.simplefilter("default")
    warnings.warn("the old way will go away", DeprecationWarning, stacklevel=1)


def interrupted() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts it may ignore Ctrl-C
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    time.sleep(5)


def logging_misused() -> None:
    plain = logging.getLogger("plain")
    plain.propagate = False
    plain.addHandler(logging.StreamHandler(sys.stderr))
    plain.warning("done", 3)


def unclosed() -> None:
    warnings.simplefilter("default")
    opened = socket.socket()
    del opened


if __name__ == "__main__":
    speak()
    globals()[sys.argv[1]]()
