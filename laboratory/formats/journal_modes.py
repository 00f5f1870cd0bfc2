"""One journal, printed by journalctl 252 in each of its modes, and what each mode can say of it.

The two logs with names of months in another language need the locales: ``localedef -i fr_FR -f
UTF-8 /tmp/locales/fr_FR.UTF-8``, and the same for ``ko_KR``.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from laboratory.formats.journal_entries import (
    BOOTS,
    FIRST,
    Entry,
    Event,
    entries,
    events,
    journalctl,
    store,
)
from laboratory.formats.keep import keep

LEVELS = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
"""By the number of a priority."""
ANSI = re.compile(r"\x1b\[[0-9;]*m")
CURSOR = re.compile(rb'\t?"__CURSOR" ?: ?"[^"]*",?\n?|^__CURSOR=[^\n]*$', re.MULTILINE)
"""Half of the compressed size, and random."""
SECOND = 1_000_000
FIELDS = (
    "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID,_SYSTEMD_UNIT,UNIT,_TRANSPORT,"
    "_SYSTEMD_INVOCATION_ID"
)
"""For the modes whose logs would be large; the other fields change nothing."""


@dataclass
class Mode:
    """A way to print the journal."""

    name: str
    output: str
    format: str
    options: tuple[str, ...] = ()
    zone: str = "UTC"
    locale: str = "C.UTF-8"
    resolution: int = 1
    """Of its stamps, in microseconds; 0 for none that can be told."""
    told: dict[str, Any] = field(default_factory=dict)
    """What a person has to say."""

    @property
    def has_fields(self) -> bool:
        """Whether all fields are printed, not only a line."""
        return self.output in {"verbose", "export"} or self.output.startswith("json")


def short(name: str, output: str, **more: Any) -> Mode:
    """Return a mode without year and zone: both must be told."""
    zone = ZoneInfo(more.get("zone", "UTC"))
    first = datetime.fromtimestamp(FIRST / SECOND, zone)
    told = {"year": first.year, **more.pop("told", {})}
    if first.utcoffset():
        told["zone"] = f"{first:%z}"[:3] + ":" + f"{first:%z}"[3:]
    form = "journal-short-local" if "locale" in more else "journal-short"
    return Mode(name, output, form, told=told, **more)


MODES = (
    short("journal-short", "short", resolution=SECOND),
    short("journal-short-kolkata", "short", resolution=SECOND, zone="Asia/Kolkata"),
    short("journal-short-no-host", "short", resolution=SECOND, options=("--no-hostname",)),
    short("journal-short-fr", "short", resolution=0, locale="fr_FR.UTF-8"),
    short("journal-short-ko", "short", resolution=0, locale="ko_KR.UTF-8"),
    short("journal-short-precise", "short-precise"),
    Mode("journal-short-iso", "short-iso", "journal-iso", resolution=SECOND),
    Mode("journal-short-iso-precise", "short-iso-precise", "journal-iso", zone="Asia/Kolkata"),
    Mode("journal-iso-no-host", "short-iso", "journal-iso", ("--no-hostname",), resolution=SECOND),
    Mode("journal-short-full", "short-full", "journal-full", resolution=SECOND),
    Mode(
        "journal-short-full-moscow",
        "short-full",
        "journal-full",
        zone="Europe/Moscow",
        resolution=SECOND,
    ),
    Mode("journal-with-unit", "with-unit", "journal-full", resolution=SECOND),
    Mode("journal-short-unix", "short-unix", "journal-unix"),
    Mode("journal-short-monotonic", "short-monotonic", "journal-monotonic", resolution=0),
    Mode("journal-short-delta", "short-delta", "journal-monotonic", resolution=0),
    Mode("journal-verbose", "verbose", "journal-json", (FIELDS,)),
    Mode("journal-verbose-berlin", "verbose", "journal-json", (FIELDS,), zone="Europe/Berlin"),
    Mode("journal-json", "json", "journal-json", (FIELDS,)),
    Mode("journal-json-pretty", "json-pretty", "journal-json", (FIELDS,)),
    Mode("journal-json-seq", "json-seq", "journal-json", (FIELDS,)),
    Mode("journal-json-sse", "json-sse", "journal-json", (FIELDS,)),
    Mode("journal-export", "export", "journal-json"),
)


def shown(entry: Entry, mode: Mode) -> tuple[list[str], str | None]:
    """Return the lines of an entry's message, and what stands there instead, if anything does."""
    raw = entry.message
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        if mode.has_fields and mode.output != "verbose":
            return raw.decode("utf-8", "backslashreplace").split("\n"), None
        return [], f"[{len(raw)}B blob data]"
    if mode.output == "verbose":
        # a field is printed only where it has no control characters
        return ([], f"[{len(raw)}B blob data]") if "\x1b" in text else (text.split("\n"), None)
    text = ANSI.sub("", text)
    if not mode.has_fields:
        text = text.replace("\t", " " * 8)
    return text.split("\n"), None


def level(event: Event, mode: Mode, *, is_blob: bool) -> str | None:
    """Return how bad an event is, as far as the mode says."""
    if event.level is not None and not is_blob:
        return event.level
    if mode.has_fields and event.transport != "stdout":
        return LEVELS[event.priority]
    return None


def names(event: Event, mode: Mode) -> dict[str, str | None]:
    """Return program and component, as far as the mode says."""
    if mode.has_fields:
        return {"program": event.program, "component": event.about or event.unit or None}
    component: str | None = event.about or event.program
    if event.program == "kernel":
        component = None
    if mode.output != "with-unit" or event.program not in {"bot", "worker"}:
        return {"program": event.program, "component": component}
    return {"program": None, "component": event.unit}


def truth(made: Sequence[Entry], places: Sequence[int], mode: Mode) -> Iterator[dict[str, Any]]:
    """Yield what is to be read, in the order of first lines.

    `places` has for each entry the line of its message, then one for the line between the boots,
    if there is one.
    """
    of_events: dict[int, list[tuple[Entry, int]]] = {}
    for entry, place in zip(made, places, strict=False):
        of_events.setdefault(id(entry.event), []).append((entry, place))
    found = []
    for own in of_events.values():
        (first, line), event = own[0], own[0][0].event
        texts, blob = shown(first, mode)
        lines = [texts if blob is None else [blob]]
        lines += [shown(entry, mode)[0] for entry, _ in own[1:]]
        one_by_one = mode.has_fields and mode.output != "verbose"
        message = event.message or "\n".join(lines[0])
        if not mode.has_fields:
            message = message.replace("\t", " " * 8)
        each: dict[str, Any] = {
            "line": line,
            "lines": sum(1 if one_by_one else len(texts) for texts in lines),
            "level": level(event, mode, is_blob=blob is not None),
            "logger": event.logger if blob is None else None,
            **names(event, mode),
            "pid": event.pid,
            "message": message if blob is None else blob,
            "exceptions": event.exceptions,
        }
        if event.program == "backup" and mode.format == "journal-iso" and mode.options:
            # a tag without pid and host before it may be a program's own text
            each.update(program=None, component=None, message=f"{event.program}: {message}")
        if mode.resolution:
            time = first.time if mode.has_fields else first.shown_time
            time -= time % mode.resolution
            each["time"] = datetime.fromtimestamp(time // SECOND, UTC).isoformat()
            if time % SECOND:
                each["time"] = each["time"].replace("+", f".{time % SECOND:06}+")
        found.append(each)
    for line in places[len(made) :]:
        boot = f"Boot {BOOTS[1]} --"  # the rule before it is no part of what is said
        found.append({"line": line, "time": None, "level": None, "message": boot})
    yield from sorted(found, key=lambda each: each["line"])


def places_in_lines(made: Sequence[Entry], mode: Mode) -> tuple[list[int], int]:
    """Return where each entry begins and the boots meet, in a mode that prints only messages."""
    places, line, between = [], 1, 0
    for before, entry in zip([made[0], *made], made, strict=False):
        if entry.boot != before.boot:
            between, line = line, line + 1
        places.append(line)
        texts, blob = shown(entry, mode)
        line += 1 if blob is not None else len(texts)
    return [*places, between], line - 1


def places_of_messages(log: bytes, mode: Mode) -> list[int]:
    """Return the lines of the messages, and of the boot, in a mode that prints all fields."""
    if mode.output in {"json", "json-seq"}:
        return list(range(1, log.count(b"\n") + 1))
    marks = {
        "json-sse": rb"^data: ",
        "json-pretty": rb'^\t"MESSAGE" : ',
        "verbose": rb"^    MESSAGE=",
        "export": rb"^MESSAGE[=\n]",
    }
    found = [
        *re.finditer(marks[mode.output], log, re.MULTILINE),
        *re.finditer(rb"^-- Boot [0-9a-f]+ --$", log, re.MULTILINE),
    ]
    return [log.count(b"\n", 0, each.start()) + 1 for each in found]


def write(mode: Mode, made: Sequence[Entry], stored: Path) -> None:
    """Print the journal, and keep it with its truth."""
    log = journalctl(stored, mode.output, *mode.options, zone=mode.zone, locale=mode.locale)
    if mode.has_fields:
        if mode.output != "verbose":
            log = without_cursors(log, mode)
        places = places_of_messages(log, mode)
        assert len(places) == len(made) + (mode.output == "verbose")
    else:
        places, lines = places_in_lines(made, mode)
        assert lines == log.count(b"\n")
    keep(mode.name, log, truth(made, places, mode), {"format": mode.format, **mode.told})


def without_cursors(log: bytes, mode: Mode) -> bytes:
    """Return the log as journalctl printed it, but for the cursors."""
    log = CURSOR.sub(b"", log)
    if mode.output == "export":
        return log.replace(b"\n\n\n", b"\n\n").lstrip(b"\n")
    return log.replace(b",}", b"}").replace(b",\n}", b"\n}")


def write_bare(count: int) -> None:
    """Print one service's messages and nothing else: ``-u bot.service -o cat``."""
    made = entries(events(3, count))
    own = [entry for entry in made if entry.event.unit == "bot.service"]
    with tempfile.TemporaryDirectory() as folder:
        stored = store(made, Path(folder))
        log = journalctl(stored, "cat", "_SYSTEMD_UNIT=bot.service")
    mode = Mode("journal-cat", "cat", "python-basic", resolution=0)
    places = list(range(1, len(own) + 1))
    assert log.count(b"\n") == len(own)
    found = list(truth(own, places, mode))
    for each, event in zip(found, {id(e.event): e.event for e in own}.values(), strict=True):
        each.update(program=None, component=None, pid=None, message=event.message)
    keep(mode.name, log, found, {"format": mode.format})


def main() -> None:
    """Print a journal of a thousand events in all modes."""
    made = entries(events(count=1010))
    with tempfile.TemporaryDirectory() as folder:
        stored = store(made, Path(folder))
        for mode in MODES:
            write(mode, made, stored)
    write_bare(1600)


if __name__ == "__main__":
    main()
