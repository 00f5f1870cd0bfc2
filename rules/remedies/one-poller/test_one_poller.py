"""Tests of one_poller.py: python -m pytest test_one_poller.py."""

import subprocess
import sys
from pathlib import Path

import pytest
from one_poller import AnotherPollerError, only_poller

TOKEN = "42:nobody"  # noqa: S105 - no secret
POLLER = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from one_poller import only_poller
with only_poller({TOKEN!r}, Path(sys.argv[1])):
    print("polls", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_polls_and_comes_in_when_that_was_killed(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(  # noqa: S603 - this interpreter and a program of our own
        [sys.executable, "-c", POLLER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"polls\n"
        with pytest.raises(AnotherPollerError, match=str(other.pid)), only_poller(TOKEN, tmp_path):
            pass
        other.kill()
        with only_poller(TOKEN, tmp_path, wait_s=5):
            pass


def test_another_bot_may_poll_beside_it(tmp_path: Path) -> None:
    with only_poller(TOKEN, tmp_path), only_poller("43:nobody", tmp_path):
        pass


def test_the_token_is_not_written_down(tmp_path: Path) -> None:
    with only_poller(TOKEN, tmp_path):
        (lock,) = tmp_path.iterdir()
        assert "nobody" not in lock.name + lock.read_text("ascii")
