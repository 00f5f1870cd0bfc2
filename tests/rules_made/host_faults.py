"""What goes wrong between CPython and the machine it runs on, triggered on purpose.

Usage: host_faults.py SCENARIO. Prints every record as a JSON line; what the interpreter prints
itself goes to standard error.
"""

import logging
import os
import socket
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

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


def unclosed() -> None:
    warnings.simplefilter("default")
    opened = socket.socket()
    del opened


if __name__ == "__main__":
    speak()
    globals()[sys.argv[1]]()
