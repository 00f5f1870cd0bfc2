"""What only a process of its own shows: imports, pipes, signals, terminals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import SAMPLES

COMMAND = [sys.executable, "-m", "logcascade"]
CYCLES = SAMPLES / "article" / "several-cycles.log"
HEAVY = ("rich", "hyperscan", "dateutil", "regex", "numpy", "msgspec")


def start(*arguments, **options):
    environment = {**os.environ, "PYTHONWARNINGS": "error", **options.pop("environment", {})}
    return subprocess.run([*COMMAND, *arguments], env=environment, check=False, **options)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["analyze", "--help"]])
def test_a_quick_answer_imports_nothing_heavy(arguments):
    code = (
        "import sys\nfrom logcascade.cli.app import main\n"
        f"sys.argv = ['logcascade', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_pipe_closed_by_its_reader_ends_quietly():
    command = f"{' '.join(COMMAND)} analyze {CYCLES} | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    assert done.stdout.startswith(b"several-cycles.log")
    assert done.stderr == b""


def test_a_report_has_no_trace_of_the_machines_locale():
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Asia/Tokyo"}
    done = start("analyze", CYCLES, capture_output=True, environment=environment)
    plain = start("analyze", CYCLES, capture_output=True)
    assert done.returncode == 1
    assert done.stdout == plain.stdout.decode().encode("ascii", "backslashreplace")
    assert done.stderr == b""


def test_ctrl_c_while_waiting_for_a_pipe_reports_what_was_read():
    process = subprocess.Popen(
        [*COMMAND, "analyze", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        process.stdin.write(CYCLES.read_bytes())
        process.stdin.flush()
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 4
    assert b"8 times, every 2 h 20 min" in out
    assert b"interrupted" in err
    assert b"Traceback" not in err


def test_no_standard_input_at_all_is_said():
    done = subprocess.run(
        ["sh", "-c", f"{' '.join(COMMAND)} analyze - <&-"], capture_output=True, check=False
    )
    assert done.returncode in (2, 3)
    assert b"error: " in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_without_a_path_in_a_terminal_it_says_what_is_missing():
    import pty

    main_end, terminal = pty.openpty()
    try:
        done = start("analyze", stdin=terminal, capture_output=True, timeout=60)
    finally:
        os.close(main_end)
        os.close(terminal)
    assert done.returncode == 2
    assert b"no log given" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_without_a_traceback():
    with Path("/dev/full").open("wb") as full:
        done = start("analyze", CYCLES, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"cannot write the report" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_closed_output_leaves_the_exit_status():
    command = f"{' '.join(COMMAND)} analyze {CYCLES} >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
