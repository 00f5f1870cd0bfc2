"""A journal that systemd wrote, printed as JSON by the program that can read it."""

import subprocess
import tempfile
from glob import escape
from pathlib import Path
from typing import IO, BinaryIO, cast

from logcascade.errors import SourceError
from logcascade.sources.source import Said, Source, unreadable
from logcascade.sources.streams import ByteStream

PROGRAM = "journalctl"

FIELDS = (
    "MESSAGE",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "_COMM",
    "_PID",
    "SYSLOG_PID",
    "UNIT",
    "USER_UNIT",
    "OBJECT_SYSTEMD_UNIT",
    "_SYSTEMD_UNIT",
    "INVOCATION_ID",
    "USER_INVOCATION_ID",
    "_SYSTEMD_INVOCATION_ID",
    "_TRANSPORT",
)
"""The fields that reading `journalctl -o json` makes use of; an entry has some forty."""

MAX_COMPLAINT_BYTES = 2000
"""Of what the program says to standard error so much is repeated."""

PATIENCE_S = 5
"""Seconds until a program that was asked to end is made to."""


def open_journal(path: Path, *, is_folder: bool) -> Source:
    """Return the journal in a file or folder; raise `SourceError` where it cannot be read here."""
    where = f"--directory={path}" if is_folder else f"--file={escape(str(path))}"
    command = [
        PROGRAM,
        where,
        "--output=json",
        f"--output-fields={','.join(FIELDS)}",
        "--all",
        "--no-pager",
        "--quiet",
    ]
    said = Said()
    complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the stream
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the path is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        )
    except OSError as error:
        complaints.close()
        raise _no_program(path, error, is_folder=is_folder) from None
    stream = cast("BinaryIO", _Printed(process, complaints, said))
    return Source(
        str(path),
        stream,
        None,
        said.problems,
        assumptions=said.assumptions,
        modified=path.stat().st_mtime,
    )


def _no_program(path: Path, error: OSError, *, is_folder: bool) -> SourceError:
    option = "--directory" if is_folder else "--file"
    reason = "it is a systemd journal, and journalctl, which can read it, is not on this machine"
    if not isinstance(error, FileNotFoundError):
        reason = f"it is a systemd journal, and journalctl cannot be run: {error.strerror}"
    return unreadable(
        reason,
        path,
        "install systemd, or export it where systemd is: "
        f"journalctl {option} {path.name} -o json > journal.json",
    )


class _Printed(ByteStream):
    """What the program prints; what it complains of is a problem of the source."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", complaints: IO[bytes], said: Said
    ) -> None:
        self._process = process
        self._complaints = complaints
        self._said = said
        self._ended = False

    def take(self, most: int) -> bytes:
        """Return the next bytes of its output."""
        if self._ended or self._process.stdout is None:
            return b""
        data = self._process.stdout.read1(most)  # type: ignore[attr-defined]  # it is buffered
        if not data and most:
            self._ended = True
            self._process.wait()
            self._note_complaints()
        return cast("bytes", data)

    def _note_complaints(self) -> None:
        self._complaints.seek(0)
        words = self._complaints.read(MAX_COMPLAINT_BYTES).decode("utf-8", "replace").split("\n")
        said = "; ".join(line.strip() for line in words if line.strip())
        status = self._process.returncode
        if said or status:
            self._said.problem(f"{PROGRAM}: {said or f'ended with status {status}'}")

    def close(self) -> None:
        """End the program."""
        if not self.closed:
            if self._process.poll() is None:
                self._process.terminate()
                try:
                    self._process.wait(PATIENCE_S)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._complaints.close()
        super().close()
