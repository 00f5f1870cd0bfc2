"""What the commands have in common: load rules, read logs, render and hand out a report."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from logcascade import __version__, bundled
from logcascade.cli import settings, talk
from logcascade.cli.options import ReportFormat
from logcascade.errors import ExitStatus, LogcascadeError, SourceError
from logcascade.model.records import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from logcascade.model.analysis import Analysis
    from logcascade.model.records import SourceSummary
    from logcascade.reading.formats.line_format import Format
    from logcascade.reading.times.stamps import ReadingOptions
    from logcascade.ruleset.collection import Ruleset
    from logcascade.sources import Opened
    from logcascade.sources.source import Source

    Analyze = Callable[[Sequence[Source], Ruleset, Sequence[Format], ReadingOptions], Analysis]


COMMAND_LINE = "the command line"
"""Who names the folders that a person names for this command."""

_LINE = re.compile(r":\d+\Z")
"""The line behind the name of a file."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to analyse and how, in the program's own terms."""

    paths: Sequence[str]
    rules: Sequence[Path] = ()
    skip_bad_rules: bool = False
    ruleset: "Ruleset | None" = None
    """The rules, where they have been loaded already."""
    zones: settings.Zones = settings.NO_ZONES
    first_day: date | None = None
    year: int | None = None
    rotated: bool = False
    """Whether to read the rotated logs beside each file that is named, too."""
    output: Path | None = None
    """Where the report will be written: over no log."""
    beside: Sequence[str] = ()
    """Logs that the same command reads apart: a zone may be for one of them."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How to write a report, and where."""

    format: ReportFormat = ReportFormat.TERMINAL
    output: Path | None = None
    brief: bool = False
    redact: bool = True
    command: str = ""


@dataclass(slots=True)
class Answer:
    """An analysis, and what kept it from being complete."""

    analysis: "Analysis"
    ruleset: "Ruleset"
    is_complete: bool = True
    by_settings: tuple[str, ...] = ()
    """What counted that the command does not tell."""


def load_ruleset(
    folders: Sequence[Path] = (), *, to_be_proven: bool = False, skip_bad: bool = False
) -> "Ruleset":
    """Return the shipped rules and those of packages, settings and *folders*: the last win.

    The shipped ones count as proven, but for the commands that are to prove them. With *skip_bad*,
    what is wrong is left out, and said.
    """
    from logcascade.cli.packages import package_folders
    from logcascade.ruleset.collection import RuleFolder
    from logcascade.ruleset.load import load_rules

    own = settings.current()
    ruleset = load_rules(
        [
            RuleFolder(bundled.rules_folder(), is_proven=not to_be_proven),
            *([] if settings.is_isolated() else package_folders()),
            *(RuleFolder(folder, own.name) for folder in own.rules),
            *(RuleFolder(folder, COMMAND_LINE) for folder in folders),
        ],
        skip_bad=skip_bad,
    )
    for problem in ruleset.problems:
        talk.complain(problem)
    return ruleset


def analyse(request: Request) -> Answer:
    """Return the analysis of what can be read; raise where that is nothing."""
    from logcascade.pipeline import analyze

    return _answer(request, analyze)


def analyse_around(request: Request, at: datetime) -> tuple[Answer, Answer]:
    """Return the analyses of what the logs show before and after a moment."""
    from logcascade.pipeline import analyze_around

    halves: list[Analysis] = []

    def analyze(
        sources: "Sequence[Source]",
        ruleset: "Ruleset",
        formats: "Sequence[Format]",
        options: "ReadingOptions",
    ) -> "Analysis":
        halves.extend(analyze_around(sources, ruleset, formats, at.timestamp(), options))
        return halves[1]

    after = _answer(request, analyze)
    return replace(after, analysis=halves[0]), after


def _answer(request: Request, analyze: "Analyze") -> Answer:
    from logcascade.cli.watching import INTERRUPTED, Interruption, watch
    from logcascade.reading.formats.line_format import load_formats
    from logcascade.reading.times.stamps import ReadingOptions
    from logcascade.ruleset.sheet import InvalidFiles

    try:
        ruleset = request.ruleset or load_ruleset(request.rules, skip_bad=request.skip_bad_rules)
    except InvalidFiles as error:
        error.advice = "mend the files, or give --skip-bad-rules to do without them"
        raise
    formats = load_formats()
    opened = _open(request.paths, rotated=request.rotated)
    _refuse_to_overwrite(request.output, opened.files)
    options = ReadingOptions(
        zone=request.zones.of_all,
        date=request.first_day,
        year=request.year,
        zones=request.zones.named,
        zone_because=request.zones.because,
        today=datetime.now().astimezone().date(),
    )
    names = dict.fromkeys(
        [*request.paths, *(source.name for source in opened.sources), *request.beside]
    )
    try:
        if not request.zones.because:
            _refuse_unused_zones(request.zones.named, list(names))
        with (
            Interruption() as interruption,
            watch(
                opened.sources, interruption, show=sys.stderr is not None and sys.stderr.isatty()
            ),
        ):
            analysis = analyze(opened.sources, ruleset, formats, options)
    except KeyboardInterrupt:
        talk.note("interrupted: no report")
        raise
    finally:
        for source in opened.sources:
            source.close()
    notes = [f"{error.where}: not read, {error.reason or error.what}" for error in opened.errors]
    notes += [*opened.problems, *opened.notes]
    nothing = "the log is empty"
    if interruption.happened:
        talk.note(INTERRUPTED)
        notes.append(INTERRUPTED)
        nothing = "nothing was read"
    if not any(source.lines for source in analysis.sources):
        raise _nothing_in(analysis, nothing)
    notes += [f"{each.name}: {nothing}" for each in analysis.sources if not each.lines]
    notes += _rules_left_out(ruleset)
    left_out = opened.errors or opened.problems or interruption.happened or ruleset.problems
    problems = any(source.problems for source in analysis.sources) or bool(analysis.notes)
    analysis = replace(
        analysis,
        notes=(*analysis.notes, *notes),
        sources=tuple(_assuming(each, _rules_added(ruleset)) for each in analysis.sources),
    )
    zones = [f"zones by {request.zones.because}"] if request.zones.because else []
    by_settings = (*zones, *_rules_added(ruleset))
    return Answer(analysis, ruleset, not (left_out or problems), by_settings)


def _rules_left_out(ruleset: "Ruleset") -> list[str]:
    """Return for each file of rules that is wrong that it was left out."""
    told = (f"{_LINE.sub('', each.where)}: left out, {each.what}" for each in ruleset.problems)
    return list(dict.fromkeys(told))


def _rules_added(ruleset: "Ruleset") -> list[str]:
    """Return who added rules, where the command does not tell."""
    return [
        f"more rules by {each}" for each in sorted({*ruleset.origins.values()} - {COMMAND_LINE})
    ]


def _assuming(source: "SourceSummary", words: Sequence[str]) -> "SourceSummary":
    return replace(source, assumptions=(*source.assumptions, *words)) if words else source


def _refuse_unused_zones(zones: Sequence[tuple[str, tzinfo]], names: Sequence[str]) -> None:
    """Raise where a zone is given for a log that is not among those to read."""
    from logcascade.reading.times.stamps import is_named

    for pattern, _ in zones:
        if not any(is_named(name, pattern) for name in names):
            raise LogcascadeError(
                "a zone for a log that is not read",
                f'no log is named "{pattern}"',
                "--zone",
                f"name one of {', '.join(names)}",
            )


def _open(paths: Sequence[str], *, rotated: bool) -> "Opened":
    """Open what can be opened, and say what cannot; raise where that is nothing."""
    from logcascade.sources import STANDARD_INPUT, open_sources

    if STANDARD_INPUT in paths and sys.stdin is not None and sys.stdin.isatty():
        talk.note("reading what you type; Ctrl-D on a line of its own ends it")
    stdin = None if sys.stdin is None else cast("BinaryIO", sys.stdin.buffer)
    opened = open_sources(paths, stdin, rotated=rotated)
    last = None if opened.sources else opened.errors.pop()
    for unread in opened.errors:
        talk.complain(unread)
    if last is not None:
        raise last
    return opened


def _refuse_to_overwrite(output: Path | None, files: Sequence[Path]) -> None:
    """Raise where the report would be written over a log."""
    if output is None or not output.exists():
        return
    if any(path.exists() and output.samefile(path) for path in files):
        raise LogcascadeError(
            "the report would overwrite a log", "", str(output), "give --output another name"
        )


def _nothing_in(analysis: "Analysis", nothing: str) -> SourceError:
    names = ", ".join(source.name for source in analysis.sources)
    problems = "; ".join(words for source in analysis.sources for words in source.problems)
    return SourceError(
        "there is nothing to analyze",
        problems or nothing,
        names,
        "name a log that has lines, or pipe one in",
        exit_status=ExitStatus.NOTHING_READ,
    )


def write_report(answer: Answer, writing: Writing) -> None:
    """Render the report and hand it out."""
    text = render(answer, writing)
    if writing.output is not None:
        talk.write_file(writing.output, text)
        talk.note(f"report written to {writing.output}")
    elif writing.format is ReportFormat.JSON:
        talk.write_out(text.encode())
    else:
        talk.say(text)


def render(answer: Answer, writing: Writing) -> str:
    """Return the report as text, fit to be shown."""
    from logcascade.report.presentable import presentable
    from logcascade.report.view import Context

    rules = answer.ruleset.rules
    analysis, command = presentable((answer.analysis, writing.command), redact=writing.redact)
    context = Context(
        version=__version__,
        command=command,
        units={name: rule.units for name, rule in rules.items() if rule.units},
        redacted=writing.redact,
    )
    if writing.format is ReportFormat.JSON:
        from logcascade.report.json_report import render_json

        return render_json(analysis, context)
    if writing.format is ReportFormat.MARKDOWN:
        from logcascade.report.markdown import render_markdown

        return render_markdown(analysis, context)
    from logcascade.report.terminal import render_terminal

    to_terminal = writing.output is None
    return render_terminal(
        analysis,
        context,
        width=talk.width_of(sys.stdout) if to_terminal else talk.WIDTH_ELSEWHERE,
        colour=to_terminal and talk.is_coloured(sys.stdout),
        brief=writing.brief,
    )


def status_of(answer: Answer, fail_on: Severity) -> ExitStatus:
    """Return the exit status: what was left out comes before what was found."""
    if not answer.is_complete:
        return ExitStatus.PARTLY_READ
    worst = max((each.severity for each in answer.analysis.incidents), default=Severity.DEBUG)
    if answer.analysis.incidents and worst >= fail_on:
        return ExitStatus.INCIDENT
    return ExitStatus.NO_INCIDENT
