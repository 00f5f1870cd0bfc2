"""A program under a real supervisord for some seconds: its starts, and what is said."""

import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = """\
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
pidfile={folder}/supervisord.pid
childlogdir={folder}
user={user}

[program:bot]
directory={folder}
command={python} {program}
redirect_stderr=true
stdout_logfile={folder}/bot.log
"""


@dataclass(frozen=True)
class Supervised:
    """What was seen of a program under supervisord."""

    starts: int
    given_up: bool
    running: bool
    """Whether its last start was still running at the end."""
    printed: str


def supervise(
    program: str, settings: Mapping[str, object], seconds: float, *, files: Mapping[str, str] = {}
) -> Supervised:
    """Run *program* (Python source, or the name of one of *files* with arguments) for *seconds*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(textwrap.dedent(text), "utf-8")
        command = program
        if "\n" in program:
            (folder / "program.py").write_text(textwrap.dedent(program), "utf-8")
            command = "program.py"
        text = CONFIGURATION.format(
            folder=folder, python=sys.executable, program=command, user=folder.owner()
        )
        text += "".join(f"{key}={value}\n" for key, value in settings.items())
        configuration = folder / "supervisord.conf"
        configuration.write_text(text, "utf-8")
        said = _said(configuration, seconds)
        log = folder / "bot.log"
        printed = log.read_text("utf-8") if log.exists() else ""
    return Supervised(
        starts=said.count("spawned: 'bot'"),
        given_up="entered FATAL state" in said,
        running="waiting for bot to die" in said,
        printed=printed,
    )


def _said(configuration: Path, seconds: float) -> str:
    """Return what supervisord wrote until it was told to stop."""
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.terminate()
    return process.communicate(timeout=20)[0]
