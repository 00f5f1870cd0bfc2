"""What must hold for every input: an answer, in time, with every line accounted for."""

import io
import tempfile
from pathlib import Path

from logcascade.cleaning.clean_lines import CleanLines
from logcascade.errors import LogcascadeError
from logcascade.model.analysis import Analysis
from logcascade.pipeline import analyze
from logcascade.reading.formats.explanation import explain
from logcascade.reading.formats.line_format import Format
from logcascade.reading.times.stamps import ReadingOptions, StampReader
from logcascade.report.json_report import render_json
from logcascade.report.markdown import render_markdown
from logcascade.report.presentable import presentable
from logcascade.report.terminal import render_terminal
from logcascade.report.view import Context
from logcascade.ruleset.collection import Ruleset
from logcascade.sources import open_source

OPTIONS = ReadingOptions(year=2026)
SHOWN = frozenset("\n")
"""The only control character of a report."""


class WrongError(Exception):
    """A promise was not kept."""


def check(data: bytes, ruleset: Ruleset, formats: tuple[Format, ...]) -> None:
    """Raise where reading or reporting `data` breaks a promise."""
    analysis = _analysis(data, ruleset, formats)
    if analysis is None:
        return
    for source in analysis.sources:
        if source.record_lines + source.unparsed_lines != source.lines:
            raise WrongError(f"lines are lost: {source}")
        if min(source.record_lines, source.unparsed_lines, source.records) < 0:
            raise WrongError(f"fewer than none: {source}")
    _check_reports(analysis)
    explain(CleanLines(io.BytesIO(data)), formats, StampReader(OPTIONS))


def _analysis(data: bytes, ruleset: Ruleset, formats: tuple[Format, ...]) -> Analysis | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bot.log")
        path.write_bytes(data)
        try:
            source = open_source(str(path))
        except LogcascadeError:
            return None
        try:
            return analyze([source], ruleset, formats, OPTIONS)
        finally:
            source.close()


def _check_reports(analysis: Analysis) -> None:
    shown, command = presentable((analysis, "logcascade analyze bot.log"))
    context = Context(version="0", command=command, units={}, redacted=True)
    for text in (
        render_terminal(shown, context, width=100, colour=False, brief=False),
        render_markdown(shown, context),
        render_json(shown, context),
    ):
        controls = {c for c in text if (c < " " or "\x7f" <= c <= "\x9f") and c not in SHOWN}
        if controls:
            raise WrongError(f"control characters in a report: {controls!r}")
