"""``logcascade demo``: the report on a real log that comes with the program."""

from logcascade import bundled
from logcascade.cli import talk, work
from logcascade.cli.options import BriefOption, FormatOption, OutputOption, ReportFormat
from logcascade.errors import LogcascadeError

LOGS = (
    ("flood-control-cascade", "bot.log.gz"),
    ("article", "several-cycles.log"),
)
"""The bundled logs, the best first."""


def demo(
    report_format: FormatOption = ReportFormat.TERMINAL,
    output: OutputOption = None,
    brief: BriefOption = False,
) -> None:
    """
    Show the report on a bundled log of a real bot that died every 140 minutes.

    Nothing is read but what came with the program. The exit status is 0.
    """
    for story, name in LOGS:
        path = bundled.bundled(bundled.SAMPLES, story, name)
        if path.is_file():
            break
    else:
        raise LogcascadeError("the sample log is missing", help="install the program again")
    command = f"logcascade analyze {bundled.SAMPLES}/{story}/{name}"
    talk.note(f"$ {command}\n")
    answer = work.analyse(work.Request([str(path)]))
    work.write_report(answer, work.Writing(report_format, output, brief, command=command))
