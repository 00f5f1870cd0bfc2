"""The long log that the benchmark reads."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.benchmark.make_log import NoRecordsError, make_log


def write_sample(folder: Path) -> Path:
    """Write two lives of a bot: ten minutes of healthy lines, then a failure of three lines."""
    sample = folder / "bot.log"
    now = datetime.fromisoformat("2026-05-19 08:00:00.000")
    lines = []
    for _ in range(2):
        lines.append(f"{now:%Y-%m-%d %H:%M:%S},000 - aiogram.dispatcher - INFO - Start polling\n")
        for number in range(60):
            now += timedelta(seconds=10)
            text = f"aiogram.event - INFO - Update id={number} is handled. Duration 9 ms"
            lines.append(f"{now:%Y-%m-%d %H:%M:%S},000 - {text}\n")
        lines.append(f"{now:%Y-%m-%d %H:%M:%S},500 - aiogram.event - ERROR - Cause exception\n")
        lines.append("Traceback (most recent call last):\nKeyError: 'é'\n")
        now += timedelta(seconds=5)
    sample.write_text("".join(lines), encoding="utf-8")
    return sample


def test_the_same_sample_gives_the_same_log_of_the_size_asked_for(tmp_path: Path) -> None:
    sample = write_sample(tmp_path)
    told = make_log(sample, 1, tmp_path / "first")
    make_log(sample, 1, tmp_path / "second")
    made = (tmp_path / "first").read_bytes()
    assert made == (tmp_path / "second").read_bytes()
    assert told.size == len(made)
    assert told.lines == made.count(b"\n")
    assert 1_000_000 <= told.size < 1_001_000


def test_about_one_line_in_a_hundred_is_of_interest(tmp_path: Path) -> None:
    make_log(write_sample(tmp_path), 1, tmp_path / "made")
    lines = (tmp_path / "made").read_text(encoding="utf-8").splitlines()
    interesting = sum(" - INFO - " not in line for line in lines)
    assert 0.008 < interesting / len(lines) < 0.012


def test_time_only_moves_forward(tmp_path: Path) -> None:
    make_log(write_sample(tmp_path), 1, tmp_path / "made")
    lines = (tmp_path / "made").read_text(encoding="utf-8").splitlines()
    times = [line[:23] for line in lines if line.startswith("20")]
    assert times == sorted(times)


def test_a_sample_without_times_is_refused(tmp_path: Path) -> None:
    sample = tmp_path / "bot.log"
    sample.write_text("no time here\n", encoding="utf-8")
    with pytest.raises(NoRecordsError, match="no line begins with a time"):
        make_log(sample, 1, tmp_path / "made")
