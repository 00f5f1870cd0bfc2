"""Logs of one stamp style each, rendered as the programs that use it print it."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@dataclass(frozen=True)
class Style:
    """How one kind of program writes the time, in a local time `t`."""

    kind: str
    pattern: str
    """Of the stamp, as a format file would have it."""
    template: str
    """For str.format with the local time as `t` and its parts."""
    step: timedelta = timedelta(seconds=1)
    """Its resolution."""
    has_zone: bool = False
    has_year: bool = True
    has_date: bool = True

    def line(self, local: datetime, text: str = "x") -> str:
        """Return a line with this stamp, as Python's standard parts print it."""
        offset = f"{local:%z}"
        parts = {
            "t": local,
            "ms": f"{local.microsecond // 1000:03}",
            "us": f"{local.microsecond:06}",
            "month": MONTHS[local.month - 1],
            "weekday": DAYS[local.weekday()],
            "offset": offset,
            "colon": f"{offset[:3]}:{offset[3:]}",
            "twelve": (local.hour + 11) % 12 + 1,
            "half": "PM" if local.hour >= 12 else "AM",
        }
        return f"{self.template.format(**parts)} - {text}\n"


MILLI, MICRO = timedelta(milliseconds=1), timedelta(microseconds=1)
_CLOCK = r"\d\d:\d\d:\d\d"
_DASHED = r"\d\d\d\d-\d\d-\d\d"

STYLES = {
    "python": Style("iso", rf"{_DASHED} {_CLOCK},\d\d\d", "{t:%Y-%m-%d %H:%M:%S},{ms}", MILLI),
    "iso with a dot": Style(
        "iso", rf"{_DASHED} {_CLOCK}\.\d{{6}}", "{t:%Y-%m-%d %H:%M:%S}.{us}", MICRO
    ),
    "iso, nine digits": Style(
        "iso", rf"{_DASHED}T{_CLOCK}\.\d{{9}}Z?", "{t:%Y-%m-%dT%H:%M:%S}.{us}987", MICRO
    ),
    "gunicorn": Style(
        "iso", rf"{_DASHED} {_CLOCK} [+-]\d{{4}}", "{t:%Y-%m-%d %H:%M:%S} {offset}", has_zone=True
    ),
    "cri": Style(
        "iso",
        rf"{_DASHED}T{_CLOCK}\.\d{{6}}[+-]\d\d:\d\d",
        "{t:%Y-%m-%dT%H:%M:%S}.{us}{colon}",
        MICRO,
        has_zone=True,
    ),
    "supervisor of Home Assistant": Style(
        "iso", rf"\d\d-\d\d-\d\d {_CLOCK}", "{t:%y-%m-%d %H:%M:%S}"
    ),
    "nginx": Style("iso", rf"\d{{4}}/\d\d/\d\d {_CLOCK}", "{t:%Y/%m/%d %H:%M:%S}"),
    "compact": Style("iso", rf"\d{{8}} {_CLOCK}", "{t:%Y%m%d %H:%M:%S}"),
    "basic iso": Style("iso", r"\d{8}T\d{6}Z?", "{t:%Y%m%dT%H%M%S}"),
    "pm2": Style("iso", rf"{_DASHED}T{_CLOCK}:", "{t:%Y-%m-%dT%H:%M:%S}:"),
    "common log": Style(
        "words",
        rf"\[\d\d/[A-Z][a-z]{{2}}/\d{{4}}:{_CLOCK} [+-]\d{{4}}\]",
        "[{t:%d}/{month}/{t:%Y:%H:%M:%S} {offset}]",
        has_zone=True,
    ),
    "apache error": Style(
        "words",
        rf"\[[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} \d\d {_CLOCK}\.\d{{6}} \d{{4}}\]",
        "[{weekday} {month} {t:%d %H:%M:%S}.{us} {t:%Y}]",
        MICRO,
    ),
    "dmesg -T": Style(
        "words",
        rf"\[[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d {_CLOCK} \d{{4}}\]",
        "[{weekday} {month} {t.day:2} {t:%H:%M:%S} {t:%Y}]",
    ),
    "redis": Style(
        "words",
        rf"\d\d [A-Z][a-z]{{2}} \d{{4}} {_CLOCK}\.\d\d\d",
        "{t:%d} {month} {t:%Y %H:%M:%S}.{ms}",
        MILLI,
    ),
    "days and dots": Style("words", rf"\d\d\.\d\d\.\d{{4}} {_CLOCK}", "{t:%d.%m.%Y %H:%M:%S}"),
    "windows": Style(
        "words",
        r"\d?\d/\d?\d/\d{4} \d?\d:\d\d:\d\d [AP]M",
        "{t.month}/{t.day}/{t:%Y} {twelve}:{t:%M:%S} {half}",
    ),
    "rich": Style("words", rf"\[\d\d/\d\d/\d\d {_CLOCK}\]", "[{t:%m/%d/%y %H:%M:%S}]"),
    "syslog": Style(
        "syslog",
        rf"[A-Z][a-z]{{2}} [ \d]\d {_CLOCK}",
        "{month} {t.day:2} {t:%H:%M:%S}",
        has_year=False,
    ),
    "glog": Style(
        "syslog", rf"\d{{4}} {_CLOCK}\.\d{{6}}", "{t:%m%d %H:%M:%S}.{us}", MICRO, has_year=False
    ),
    "clock": Style("clock", _CLOCK, "{t:%H:%M:%S}", has_year=False, has_date=False),
    "clock with thousandths": Style(
        "clock", rf"{_CLOCK}[.,]\d\d\d", "{t:%H:%M:%S},{ms}", MILLI, has_year=False, has_date=False
    ),
}


def formats_of(folder: Path, styles: dict[str, Style]) -> dict[str, Any]:
    """Return for each style the one format that reads it."""
    found = {}
    for name, style in styles.items():
        place = folder / name.replace(" ", "-").replace(",", "")
        place.mkdir()
        line = style.line(datetime.fromisoformat("2026-11-23T19:24:06.032123+00:00")).rstrip("\n")
        (place / "made.toml").write_text(
            "schema = 1\nid = 'made'\ntitle = 'made'\nkind = 'record'\n"
            f"start = '''(?P<stamp>{style.pattern}) - '''\nstamp = '{style.kind}'\n"
            f"[[sample]]\nline = '''{line}'''\n",
            encoding="utf-8",
        )
        found[name] = load_formats(place)
    return found


def read_with(formats: Any, log: str, options: Any = None, block: int = 1 << 22) -> Any:
    """Return the times of all records, and the summary."""
    stream = io.BytesIO(log.encode())
    reader = Reader(stream, "log", formats, EveryLine(), (), options, block_bytes=block)
    return [record.time for record in reader.records()], reader.summary()
