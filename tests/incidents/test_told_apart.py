"""Different mistakes that one rule knows are different incidents; one that repeats is one."""

from pathlib import Path

import pytest

from logcascade.model.analysis import Incident
from logcascade.ruleset.load import load_rules
from tests.retellings import read

SYNTAX = """\
2026-05-19 12:{minute}:00,100 - launcher - ERROR - could not be loaded
Traceback (most recent call last):
  File "/srv/bot/launcher.py", line 7, in <module>
    import bot
  File "/srv/bot/{file}.py", line {line}
    def (
        ^
SyntaxError: {text}
"""
"""As CPython 3.12 prints a module that it cannot compile."""


def incidents(*records: str) -> tuple[Incident, ...]:
    return read({"bot.log": "".join(records)}).incidents


def syntax(minute: int, file: str = "bot", line: int = 9, text: str = "invalid syntax") -> str:
    return SYNTAX.format(minute=f"{minute:02}", file=file, line=line, text=text)


def test_a_file_that_does_not_compile_in_one_place_is_one_incident() -> None:
    (one,) = incidents(syntax(0), syntax(5), syntax(9))
    assert one.first_failure.count == 3


@pytest.mark.parametrize(
    "other",
    [syntax(1, line=40), syntax(1, file="shop"), syntax(1, text="unterminated string literal")],
)
def test_another_line_file_or_text_is_another_mistake(other: str) -> None:
    found = incidents(syntax(0), other, syntax(2))
    assert [each.first_failure.count for each in found] == [2, 1]


def test_two_mistakes_in_the_same_second_are_not_one_burst() -> None:
    found = incidents(syntax(0), syntax(0, line=40), syntax(0))
    assert [each.first_failure.count for each in found] == [2, 1]


def test_a_rule_tells_failures_apart_by_its_own_values_only(tmp_path: Path) -> None:
    shipped = Path("rules/python/python-syntax-error.toml").read_text(encoding="utf-8")
    folder = tmp_path / "python"
    folder.mkdir()
    wrong = shipped.replace('tell_apart = ["reason"]', 'tell_apart = ["reasen"]')
    (folder / "python-syntax-error.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(Exception, match="reasen"):
        load_rules([tmp_path])
