"""What hosting services and CI runners put around a program's lines.

Rendered, as none of them runs here: Heroku by its article on the log format, Fly by the guides to
``fly logs``, GitHub Actions by its downloaded step logs and ``gh run view --log``, GitLab by the
runner's time stamps, CloudWatch by ``aws logs tail`` and ``sam logs``, Lambda by the log formatter
of its Python runtime, Loki by ``pkg/logcli/output/default.go``. The program's own lines are those
of Python's logging.
"""

from collections.abc import Callable

from laboratory.formats.common import LEVEL_NAMES, Entry, entries, truth_of
from laboratory.formats.keep import keep

STREAM = "2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef"
REQUEST = "8f507cfc-7b1e-4697-b07a-ac58fc914c95"

LABELS = ('{app="bot", pod="bot-6c7657c859-66pn6"}', '{app="db", note="a}b"}               ')

Prefix = Callable[[Entry], tuple[str, str | None]]
"""Entry -> what stands before its line, and the component that says."""


def main() -> None:
    """Write them all."""
    around("heroku", heroku, "heroku")
    around("fly", fly, "fly", step_ms=1000, levels=True)
    around("github-actions", lambda each: (f"{micro(each)}0Z ", None), "github-actions")
    around("github-actions-gh", gh, "github-actions")
    around(
        "gitlab-ci", lambda each: (f"{micro(each)}Z 00{'OE'[each.number % 2]} ", None), "gitlab-ci"
    )
    around("cloudwatch", lambda each: (f"{micro(each)}+00:00 {STREAM} ", STREAM), "cloudwatch")
    around("sam-logs", lambda each: (f"{STREAM} {micro(each)} ", STREAM), "sam-logs")
    around("loki", loki, "loki", step_ms=1000)
    github_commands()
    lambda_log()


def micro(entry: Entry) -> str:
    """Return the entry's time in microseconds, without a zone."""
    return entry.time.strftime("%Y-%m-%dT%H:%M:%S.%f")


def heroku(entry: Entry) -> tuple[str, str]:
    """Return the prefix of a dyno, or of the router."""
    program, unit = (("app", "web.1"), ("app", "worker.2"), ("heroku", "router"))[entry.number % 3]
    return f"{micro(entry)}+00:00 {program}[{unit}]: ", unit


def fly(entry: Entry) -> tuple[str, str]:
    """Return the prefix of a machine."""
    level = LEVEL_NAMES[entry.level]
    return f"{entry.time:%Y-%m-%dT%H:%M:%S}Z app[5683606c41098e] lhr [{level}]", "5683606c41098e"


def gh(entry: Entry) -> tuple[str, str]:
    """Return the prefix of a job and its step."""
    unit = ("test\tRun pytest", "test (3.12)\tSet up job")[entry.number % 2]
    return f"{unit}\t{micro(entry)}0Z ", unit


def loki(entry: Entry) -> tuple[str, str]:
    """Return a time and labels, padded to the longest."""
    labels = LABELS[entry.number % 2]
    return f"{entry.time:%Y-%m-%dT%H:%M:%S}+00:00 {labels} ", labels.rstrip()


def around(
    name: str, prefix: Prefix, format_id: str, *, step_ms: int = 1, levels: bool = False
) -> None:
    """Keep a log of lines within `prefix`: every other one with a level and a logger of its own."""
    lines, told = [], []
    for entry in entries(lines=False, tracebacks=False, step_ms=step_ms):
        before, component = prefix(entry)
        truth = truth_of(entry, entry.number + 1, 1) | {"component": component}
        if entry.number % 2:
            own = f"{LEVEL_NAMES[entry.level].upper()}:{entry.logger}:"
        else:
            own, truth["logger"] = "", None
            truth["level"] = truth["level"] if levels else None
        lines.append(f"{before}{own}{entry.message}\n")
        told.append(truth)
    keep(name, "".join(lines).encode(), told, {"format": format_id})


def github_commands() -> None:
    """Keep a step's log with commands in it, after the mark that says UTF-8."""
    kinds = {10: "debug", 20: "group", 30: "warning", 40: "error", 50: "command"}
    levels = {"debug": "debug", "warning": "warning", "error": "error"}
    lines, told = [], []
    for entry in entries(lines=False, tracebacks=False):
        kind = kinds[entry.level]
        lines.append(f"{micro(entry)}0Z ##[{kind}]{entry.message}\r\n")
        truth = truth_of(entry, entry.number + 1, 1)
        del truth["logger"]
        told.append(truth | {"level": levels.get(kind, "info")})
    log = b"\xef\xbb\xbf" + "".join(lines).encode()
    keep("github-actions-commands", log, told, {"format": "github-actions"})


def lambda_log() -> None:
    """Keep what a Lambda function and its platform write, without what CloudWatch adds."""
    lines, told = [], []
    for entry in entries(lines=False, tracebacks=False):
        stamp = entry.time.isoformat(timespec="milliseconds")[:23] + "Z"
        truth = truth_of(entry, entry.number + 1, 1)
        del truth["logger"]
        if entry.number % 10 == 0:
            text = f"START RequestId: {REQUEST} Version: $LATEST"
            truth |= {"time": None, "level": None}
            line = text
        elif entry.number % 10 == 8:
            text = f"REPORT RequestId: {REQUEST}\tDuration: 3.52 ms\tBilled Duration: 4 ms"
            truth |= {"time": None, "level": None}
            line = text
        elif entry.number % 10 == 9:
            text = "Task timed out after 3.00 seconds"
            truth |= {"level": None}
            line = f"{stamp} {REQUEST} {text}"
        else:
            text = entry.message
            line = f"[{LEVEL_NAMES[entry.level].upper()}]\t{stamp}\t{REQUEST}\t{text}"
        lines.append(line + "\n")
        told.append(truth | {"message": text})
    keep("lambda", "".join(lines).encode(), told, {"format": "lambda"})


if __name__ == "__main__":
    main()
