"""What only a process of its own shows: imports, pipes, signals, terminals."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from tests.conftest import SAMPLES

COMMAND = [sys.executable, "-m", "logcascade"]
CYCLES = SAMPLES / "article" / "several-cycles.log"
HEAVY = ("rich", "hyperscan", "dateutil", "regex", "numpy", "msgspec")


def start(*arguments, **options):
    environment = {**os.environ, "PYTHONWARNINGS": "error", **options.pop("environment", {})}
    return subprocess.run([*COMMAND, *arguments], env=environment, check=False, **options)


def wait_until_read(process):
    """Wait until a process has taken all that its pipe holds, however slow the machine is."""
    import fcntl
    import termios

    waiting = True
    while waiting and process.poll() is None:
        time.sleep(0.1)
        answer = fcntl.ioctl(process.stdin.fileno(), termios.FIONREAD, bytes(4))
        waiting = int.from_bytes(answer, sys.byteorder) > 0
    time.sleep(2)


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
        wait_until_read(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 4
    assert b"8 times, every 2 h 20 min" in out
    assert b"interrupted" in err
    assert b"Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_endless_pipe_ends_with_a_signal_and_a_report(number):
    process = subprocess.Popen(
        [*COMMAND, "analyze", "-", str(CYCLES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    reading = threading.Event()

    def write_for_ever():
        lines = b"2026-05-19 10:00:00,000 - x - INFO - fine\n" * 1000
        with contextlib.suppress(OSError):
            for number in itertools.count():
                process.stdin.write(lines)
                if number == 500:  # 21 MB: more than a pipe and a look ahead hold
                    reading.set()

    writer = threading.Thread(target=write_for_ever)
    writer.start()
    try:
        reading.wait(60)
        process.send_signal(number)
        process.wait(60)
        out, err = process.stdout.read(), process.stderr.read()
    finally:
        process.kill()
        writer.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                stream.close()
    words = b" ".join(out.split())
    assert process.returncode == 4
    assert b"all understood python-logging" in words
    assert b"several-cycles.log: nothing was read" in words
    assert b"interrupted" in err
    assert b"Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_what_an_archive_and_a_waiting_pipe_held_is_reported_after_ctrl_c(tmp_path):
    """After the archive comes a pipe that waits, so that reading is certain to be under way."""
    with zipfile.ZipFile(tmp_path / "logs.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(CYCLES, "bot.log")
    process = subprocess.Popen(
        [*COMMAND, "analyze", str(tmp_path / "logs.zip"), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        process.stdin.write(b"2026-05-19 10:00:00,000 - x - INFO - slow\n")
        process.stdin.flush()
        wait_until_read(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 4
    assert b"8 times, every 2 h 20 min" in out
    assert b"interrupted" in err
    assert b"Traceback" not in err


def test_a_pipe_that_trickles_is_read_to_its_end():
    process = subprocess.Popen(
        [*COMMAND, "analyze", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    text = CYCLES.read_bytes()
    for place in range(0, len(text), len(text) // 9):
        process.stdin.write(text[place : place + len(text) // 9])
        process.stdin.flush()
        time.sleep(0.05)
    out, _ = process.communicate(timeout=60)
    assert b"8 times, every 2 h 20 min" in out


def test_standard_input_that_is_closed_keeps_no_file_from_being_read():
    command = f"{' '.join(COMMAND)} analyze {CYCLES} <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


def test_standard_input_named_twice_is_read_once():
    with CYCLES.open("rb") as log:
        done = start("analyze", "-", "-", stdin=log, capture_output=True)
    assert done.returncode == 1
    assert done.stdout.count(b"<stdin>   ") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_that_is_named_as_input_says_how_to_end_it():
    import pty

    main_end, terminal = pty.openpty()
    try:
        os.write(main_end, b"2026-05-19 10:00:00,000 - x - ERROR - it broke\n\x04")
        done = start("analyze", "-", stdin=terminal, capture_output=True, timeout=60)
    finally:
        os.close(main_end)
        os.close(terminal)
    assert done.returncode == 1
    assert b"Ctrl-D" in done.stderr


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
