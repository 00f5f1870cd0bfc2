"""``logcascade demo``: the report on a real log that comes with the program."""

from logcascade import bundled
from logcascade.cli import settings, talk, work
from logcascade.cli.options import BriefOption, FormatOption, OutputOption, ReportFormat
from logcascade.errors import LogcascadeError

STORY = "flood-control-cascade"
LOG = "journal.txt.gz"
YEAR = 2026
"""The bundled log, and its year: the journal's short form prints none."""


def demo(
    report_format: FormatOption = ReportFormat.TERMINAL,
    output: OutputOption = None,
    brief: BriefOption = False,
) -> None:
    """
    Show the report on a bundled log of a real bot that died every 140 minutes.

    Nothing is read but what came with the program. The exit status is 0.
    """
    path = bundled.bundled(bundled.SAMPLES, STORY, LOG)
    if not path.is_file():
        raise LogcascadeError("the sample log is missing", help="install the program again")
    command = f"logcascade analyze --year {YEAR} {bundled.SAMPLES}/{STORY}/{LOG}"
    talk.note(f"$ {command}\n")
    settings.isolate(wanted=True)
    answer = work.analyse(work.Request([str(path)], year=YEAR))
    work.write_report(answer, work.Writing(report_format, output, brief, command=command))
