"""The same log, written at another time: its stamps are found and written again in their style."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from tests.properties.logs import Log

Style = Callable[[datetime], str]

_DAYS = (
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%y %H:%M:%S",
    "%d/%b/%Y:%H:%M:%S",
    "%d/%b/%Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%a %b %d %H:%M:%S.%f %Y",
    "%a %b %d %H:%M:%S %Y",
    "%Y%m%d %H:%M:%S",
    "%Y%m%dT%H%M%S",
    "%m%d %H:%M:%S",
    "%b %d %H:%M:%S",
    "%Y-%m-%d at %H:%M:%S",
)
MOST_STYLES = 8
"""So many styles one log has at the most; then no more are looked for."""

_ZONES = tuple(timezone(timedelta(minutes=15 * n)) for n in range(-48, 57))


def _padded_month(moment: datetime) -> str:
    return f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}"


def _epoch(digits: int) -> Style:
    def write(moment: datetime) -> str:
        micros = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        if digits == 6:
            return f"{micros // 10**6}.{micros % 10**6:06}"
        return str(micros // 10 ** {10: 6, 13: 3, 16: 0}[digits])

    return write


def _strftime(pattern: str) -> Style:
    return lambda moment: moment.strftime(pattern)


STYLES: tuple[Style, ...] = (
    *map(_strftime, _DAYS),
    _padded_month,
    *map(_epoch, (6, 16, 13, 10)),
)


def shifted(log: Log, delta: timedelta) -> bytes | None:
    """
    Return the log as it would be if everything had happened *delta* later; None if the style of
    its stamps is not known here. *delta* is a number of whole days.

    A line may have several stamps of its moment (the carrier's, the program's): all are shifted.
    A record without a stamp of its own stays as it is.
    """
    lines = log.data.decode("utf-8", "surrogateescape").split("\n")
    known: list[tuple[Style, timezone]] = []
    for truth in log.truths:
        time, number = truth.get("time"), truth["line"]
        if not isinstance(time, str) or not isinstance(number, int):
            continue
        moment, line = datetime.fromisoformat(time), lines[number - 1]
        if not any(_fits(each, moment, line) for each in known) and len(known) < MOST_STYLES:
            known += _styles(moment, line)
        for style, zone in known:
            before, after = style(moment.astimezone(zone)), style((moment + delta).astimezone(zone))
            line = line.replace(before, after)
        lines[number - 1] = line
    return "\n".join(lines).encode("utf-8", "surrogateescape") if known else None


def _fits(known: tuple[Style, timezone], moment: datetime, line: str) -> bool:
    style, zone = known
    return style(moment.astimezone(zone)) in line


def _styles(moment: datetime, line: str) -> list[tuple[Style, timezone]]:
    """Return the styles in which the moment stands on the line, each with the first zone."""
    zones = (UTC, *_ZONES)
    found = (
        next(((style, zone) for zone in zones if _fits((style, zone), moment, line)), None)
        for style in STYLES
    )
    return [each for each in found if each is not None]
