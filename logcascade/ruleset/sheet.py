"""One rule or remedy file while it is read: its text, its lines, and all that is wrong with it."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from logcascade.errors import RuleError
from logcascade.ruleset.rule_files import UnreadableError, read_text

_MULTI_LINE_STRING = re.compile(r"'''.*?'''|\"\"\".*?\"\"\"", re.DOTALL)
_HEADER = re.compile(r"^\s*\[\[?\s*([\w.\"-]+)\s*\]\]?\s*(?:#.*)?$")
_TOML_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class InvalidFiles(RuleError):  # noqa: N818 - it is a RuleError; the name says of what
    """Everything that is wrong with a set of rule files, one complete message each."""

    def __init__(self, problems: Sequence[RuleError]) -> None:
        """Keep the problems in the order of their files."""
        count = len(problems)
        super().__init__(f"the rule files are not valid: {count} problem{'s' * (count != 1)}")
        self.problems = tuple(problems)
        self.advice = ""
        """What helps with all of them."""

    def __str__(self) -> str:
        """Show each problem as an error of its own."""
        last = [f"help: {self.advice}"] if self.advice else []
        return "\n\n".join([*map(str, self.problems), *last])


class Sheet:
    """The text of a file, and the problems found in it so far."""

    def __init__(self, path: Path, what: str, *, is_proven: bool = False) -> None:
        """Begin with no text and no problem; ``what`` names the file's content in messages.

        A proven file has passed the tests of rules as it is: what takes long need not be checked.
        """
        self.path = path
        self.what = what
        self.is_proven = is_proven
        self._problems: list[tuple[int, RuleError]] = []
        self._text = ""

    def read(self) -> Mapping[str, Any] | None:
        """Read the file as TOML; None, with a problem noted, where that cannot be done."""
        try:
            text = read_text(self.path)
        except UnreadableError as error:
            self.problem(str(error), help=error.advice)
            return None
        self._text = text
        if not text.strip():
            self.problem("the file is empty")
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            position = _TOML_POSITION.search(str(error))
            line = int(position[1]) if position and position[1] else None
            reason = _TOML_POSITION.sub("", str(error))
            self.problem(f"this is not TOML: {reason[:1].lower()}{reason[1:]}", line=line)
            return None
        except (RecursionError, ValueError):
            self.problem("this cannot be read: it is nested too deep, or a number has no end")
            return None

    @cached_property
    def _raw(self) -> list[str]:
        return _lines(self._text)

    @cached_property
    def _masked(self) -> list[str]:
        """The lines without what stands in long texts; found only where something is wrong."""
        return _lines(
            _MULTI_LINE_STRING.sub(lambda found: "''" + "\n" * found[0].count("\n"), self._text)
        )

    @cached_property
    def _headers(self) -> list[tuple[int, str]]:
        matches = ((number, _HEADER.match(line)) for number, line in enumerate(self._masked, 1))
        return [(number, header[1].replace('"', "")) for number, header in matches if header]

    def problem(
        self,
        reason: str,
        *,
        line: int | None = None,
        help: str = "",  # noqa: A002 - what this part of an error is called
    ) -> None:
        """Note one thing that is wrong."""
        error = RuleError(
            what=f"{self.what} is not valid",
            reason=visible(reason),
            where=self.where(line),
            help=visible(help),
        )
        self._problems.append((line or 0, error))

    def adopt(self, other: "Sheet") -> None:
        """Take over what is wrong with a file that is read along with this one."""
        self._problems.extend((0, problem) for problem in other.problems)

    @property
    def problems(self) -> list[RuleError]:
        """What is wrong, in the order of the lines."""
        return [error for _, error in sorted(self._problems, key=lambda problem: problem[0])]

    def where(self, line: int | None) -> str:
        """Name the file, and the line where it is known."""
        return visible(str(self.path)) + (f":{line}" if line else "")

    def section(self, name: str, index: int = 0) -> tuple[int, int]:
        """Return the first and last line of the ``index``-th section of that name."""
        last = len(self._masked)
        if not name:
            return 1, self._headers[0][0] - 1 if self._headers else last
        places = [at for at, (_, header) in enumerate(self._headers) if header == name]
        if index >= len(places):
            return 1, last
        at = places[index]
        end = self._headers[at + 1][0] - 1 if at + 1 < len(self._headers) else last
        return self._headers[at][0], end

    def line_of_key(self, key: str, span: tuple[int, int]) -> int | None:
        """Return the line of ``key =`` within the span; None where there are none or several."""
        pattern = re.compile(rf"(?:^|[\s{{,])[\"']?{re.escape(key)}[\"']?\s*=")
        first, last = span
        found = [n for n in range(first, last + 1) if pattern.search(self._line(self._masked, n))]
        return found[0] if len(found) == 1 else None

    def line_of_value(self, value: str, span: tuple[int, int]) -> int | None:
        """Return the line that holds a value's first line; None where there are none or several."""
        start = next((line for line in value.splitlines() if line.strip()), "")
        if not start:
            return None
        first, last = span
        found = [n for n in range(first, last + 1) if start in self._line(self._raw, n)]
        return found[0] if len(found) == 1 else None

    def header_line(self, name: str, index: int = 0) -> int | None:
        """Return the line of a section's ``[header]``; None where the file has none."""
        places = [number for number, header in self._headers if header == name]
        return places[index] if index < len(places) else None

    @staticmethod
    def _line(lines: list[str], number: int) -> str:
        return lines[number - 1] if number <= len(lines) else ""


def _lines(text: str) -> list[str]:
    """Return the lines as TOML counts them: nothing but a line feed ends one."""
    return text.replace("\r\n", "\n").split("\n")


def visible(text: str) -> str:
    """Return the text with control and direction characters written out."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
