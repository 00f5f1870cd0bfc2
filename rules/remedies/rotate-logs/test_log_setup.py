"""The log stays within its limit, and keeps what came last."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from log_setup import set_up_logging


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    logger = logging.getLogger()
    before, level = logger.handlers[:], logger.level
    yield logger
    for handler in [handler for handler in logger.handlers if handler not in before]:
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)


def test_the_log_does_not_grow_beyond_its_limit(tmp_path: Path, root: logging.Logger) -> None:
    log = tmp_path / "logs" / "bot.log"
    set_up_logging(log, max_bytes=10_000, kept=2)
    for number in range(2_000):
        root.info("message %d", number)
    files = sorted(log.parent.iterdir())
    assert [path.name for path in files] == ["bot.log", "bot.log.1", "bot.log.2"]
    assert sum(path.stat().st_size for path in files) <= 30_000
    assert log.read_text("utf-8").endswith("message 1999\n")


def test_a_character_that_cannot_be_encoded_does_not_cost_the_line(
    tmp_path: Path, root: logging.Logger
) -> None:
    set_up_logging(tmp_path / "bot.log")
    root.warning("half a pair: %s", "\ud83d")
    assert "half a pair: \\ud83d" in (tmp_path / "bot.log").read_text("utf-8")
