"""Which property does not apply to which format, and why; each reason is one of a few."""

from collections.abc import Iterable, Mapping


def _each(reason: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), reason)


def _all(*tables: Mapping[str, str]) -> dict[str, str]:
    return {name: reason for table in tables for name, reason in table.items()}


LINE_ENDS = _each(
    "its fields may be binary, told by their lengths in bytes: one byte more is another log",
    "journal-export",
)

CUT_WITHIN_LINES = _all(
    _each(
        "its lines begin with words, so that the rest of a cut line looks like a line of its own;"
        " it is cut at line ends only",
        "dmesg-ctime-decoded dmesg-decoded kubectl-events kubectl-events-everywhere"
        " structlog-logfmt journal-json-seq journal-json-sse",
    ),
)
"""Formats of which a part that ends within a line is not put together with the next."""

_PRINTED_BY_HAND = _each(
    "journalctl prints it to a person's terminal or file: it is no container's output",
    "journal-export journal-iso-no-host journal-json-pretty journal-json-sse journal-short-delta"
    " journal-short-fr journal-short-ko journal-short-monotonic journal-verbose"
    " journal-verbose-berlin",
)
_A_CARRIER_ITSELF = _each(
    "it is a carrier's own format, which no container prints",
    "docker-details docker-json kubernetes-pod kubernetes-pod-offset compose-structlog compose-v1"
    " compose-v2 compose-v2-timestamps",
)
_NOT_YET = _all(
    _each(
        "its right column is not told from the message behind a carrier",
        "rich-handler rich-handler-dated",
    ),
    _each(
        "an object with neither time nor level is taken for text behind a carrier",
        "python-json-logger-bare",
    ),
)

CONTAINER = _all(_PRINTED_BY_HAND, _A_CARRIER_ITSELF, _NOT_YET)
"""Formats that are not read the same behind the prefix of a container."""

QUOTED = dict(LINE_ENDS)

ANOTHER_DAY = _all(
    _each(
        "its stamps have no date",
        "dmesg dmesg-caller dmesg-decoded dmesg-delta dmesg-only-delta dmesg-raw"
        " journal-short-delta journal-short-monotonic rich-handler",
    ),
    _each(
        "it has no stamps",
        "journal-cat kubectl-prefix pm2-logs python-json-logger-bare structlog-json-timeless"
        " syslog-5424-no-time syslog-handler uvicorn",
    ),
    _each(
        "its stamps are relative or rounded",
        "dmesg-relative kubectl-events kubectl-events-everywhere",
    ),
    _each(
        "the stamp stands on another line of the record than the truth names",
        "journal-export journal-json-pretty journal-verbose journal-verbose-berlin",
    ),
    _each("its messages tell the same times as its stamps", "apscheduler"),
    _each("its months are in another language", "journal-short-fr journal-short-ko"),
    _each(
        "it has no year, and begins with the new year of its zone: the day before is in another",
        "journal-short-kolkata",
    ),
)


def without(names: Iterable[str], limits: Mapping[str, str]) -> list[str]:
    """Return the names of the formats to which a property applies."""
    return [name for name in names if name not in limits]
