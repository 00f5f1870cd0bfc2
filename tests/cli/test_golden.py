"""
What people see for each sample, stored and read before it was stored.

``--update-golden`` stores what is printed now. Whether a verdict is true is another question:
``truth.json`` beside each sample answers it, and no option writes that.
"""

from functools import cache
from pathlib import Path

import pytest

from logcascade.cli import work
from logcascade.cli.options import ReportFormat

ROOT = Path(__file__).parents[2]

LOGS = (
    "article/seven-lines.log",
    "article/several-cycles.log",
    "flood-control-cascade/journal.txt.gz",
    "after-throttle-alone/bot.log.gz",
    "after-whole-fix/bot.log.gz",
    "healthy-day/journal.txt.gz",
    "database-lock-root/bot.log.gz",
    "slow-leak/journal.txt.gz",
    "network-outage/bot.log",
)

FORMS = {
    "80.txt": (ReportFormat.TERMINAL, "80"),
    "120.txt": (ReportFormat.TERMINAL, "120"),
    "md": (ReportFormat.MARKDOWN, ""),
    "json": (ReportFormat.JSON, ""),
}


@cache
def answer(log: str) -> work.Answer:
    return work.analyse(work.Request([f"sample_logs/{log}"]))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("log", LOGS)
def test_what_people_see_is_what_was_read_and_stored(log, form, golden, monkeypatch):
    report_format, columns = FORMS[form]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    command = f"logcascade analyze sample_logs/{log}"
    text = work.render(answer(log), work.Writing(report_format, command=command))
    story, name = log.split("/")
    golden(f"{story}/{name.split('.')[0]}.{form}", text)
