"""A person's command, run for each thing that a watch tells; it never holds the watch up."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from logcascade.errors import LogcascadeError

LIMIT_S = 30.0
"""So long a command may take. Seconds; to send a message takes a few."""

MOST_AT_ONCE = 4
"""Commands that run at once; what is told meanwhile is left out for the command, and said."""

OUTPUT_BYTES = 4096
"""So much of a command's output is shown."""

OUTPUT_LINES = 20


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    until: float
    output: bytearray = field(default_factory=bytearray)
    is_read: threading.Event = field(default_factory=threading.Event)


class Commands:
    """Starts a command with JSON on its standard input, and says what came of it."""

    def __init__(
        self, words: str, note: Callable[[str], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        """*words* are split as a shell does, and no shell sees them; *note* is told the outcome."""
        self._argv = _split(words)
        self._note = note
        self._now = now
        self._running: list[_Running] = []
        self._left_out = 0

    def start(self, data: bytes) -> None:
        """Start the command with *data* to read, unless too many run already."""
        self.poll()
        if len(self._running) >= MOST_AT_ONCE:
            self._left_out += 1
            return
        with tempfile.TemporaryFile() as given:
            given.write(data)
            given.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - the person's own command, no shell
                    self._argv,
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                self._note(f"--on-incident: not run: {(error.strerror or str(error)).lower()}")
                return
        running = _Running(process, self._now() + LIMIT_S)
        self._running.append(running)
        threading.Thread(target=_read, args=(running,), daemon=True).start()

    def poll(self) -> None:
        """Say what has come of the commands that have ended, and stop those that take too long."""
        for running in list(self._running):
            is_late = self._now() >= running.until
            if is_late and not running.is_read.is_set():
                _stop(running.process)
            if running.process.poll() is None or not (running.is_read.is_set() or is_late):
                continue
            self._running.remove(running)
            self._tell(running, is_late=is_late)
        if self._left_out and len(self._running) < MOST_AT_ONCE:
            self._note(f"--on-incident: left out {self._left_out}, as {MOST_AT_ONCE} were running")
            self._left_out = 0

    def finish(self) -> None:
        """Wait for the commands that run, as long as they may take."""
        while self._running:
            self.poll()
            if self._running:
                self._running[0].is_read.wait(0.05)

    def _tell(self, running: _Running, *, is_late: bool) -> None:
        status = running.process.returncode
        text = bytes(running.output).decode("utf-8", "replace")
        for line in text.splitlines()[:OUTPUT_LINES]:
            self._note(f"--on-incident: {line}")
        if len(running.output) >= OUTPUT_BYTES or len(text.splitlines()) > OUTPUT_LINES:
            self._note("--on-incident: more output is not shown")
        if is_late and status == -signal.SIGKILL:
            self._note(f"--on-incident: stopped, as it took longer than {LIMIT_S:.0f} s")
        elif status:
            self._note(f"--on-incident: ended with status {status}")


def _split(words: str) -> list[str]:
    """Return the command and its arguments; raise where that is nothing to run."""
    try:
        argv = shlex.split(words)
    except ValueError as error:
        raise _refused(str(error).lower(), "close the quotation") from None
    if not argv:
        raise _refused("it is empty", "name a program")
    if shutil.which(argv[0]) is None:
        raise _refused(f"there is no program {argv[0]}", "name one that can be run, or its path")
    return argv


def _refused(reason: str, help_: str) -> LogcascadeError:
    return LogcascadeError("cannot run the command", reason, "--on-incident", help_)


def _read(running: _Running) -> None:
    """Take the output to its end, and keep its beginning."""
    stream: IO[bytes] | None = running.process.stdout
    if stream is not None:
        with stream:
            while data := os.read(stream.fileno(), OUTPUT_BYTES):
                running.output += data[: OUTPUT_BYTES - len(running.output)]
    running.process.wait()
    running.is_read.set()


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop the command with all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
