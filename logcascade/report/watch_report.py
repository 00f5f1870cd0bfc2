"""What a watch tells, for programs: one JSON object for each thing. Keys are only ever added."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from logcascade.model.happenings import Happening
from logcascade.report.contract import CascadeReport, IncidentReport, Place
from logcascade.report.json_report import plain, schema_of
from logcascade.report.view import Context

WATCH_SCHEMA_ID = "logcascade.watch/1"
"""Name and major version of the contract."""


class WatchEvent(Struct, frozen=True):
    """One thing that `logcascade watch` tells; `--on-incident` gives it to its command, too."""

    schema: str
    version: str
    event: Annotated[
        str,
        Meta(description="begins, cascade, ended, due, overdue, recovered or corrected"),
    ]
    text: Annotated[str, Meta(description="the line for people")]
    time: Annotated[datetime | None, Meta(description="by the clock of the log")]
    component: str
    place: Annotated[
        Place | None, Meta(description="the line that shows it; null where time alone does")
    ]
    number: Annotated[
        int,
        Meta(description="equal in all events of one incident; 0 where it began before the watch"),
    ]
    began: Annotated[
        Place | None, Meta(description="where the incident, or its latest episode, began")
    ]
    ended: Annotated[
        str | None, Meta(description="how a process ended: crashed, killed, oom-killed or unknown")
    ]
    because: Annotated[str, Meta(description="what there is to add, in words")]
    quiet_s: Annotated[
        float | None, Meta(description="for what has recovered, for how long nothing failed")
    ]
    due: Annotated[datetime | None, Meta(description="when the next one is, or was, due")]
    incident: Annotated[
        IncidentReport | None,
        Meta(description="as it is known now; ids hold within this object only"),
    ]
    cascade: Annotated[
        CascadeReport | None, Meta(description="the incidents of its shape, it is the last of them")
    ]
    was: Annotated[IncidentReport | None, Meta(description="for a correction, what was told")]
    redacted: Annotated[bool, Meta(description="whether secrets were replaced by marks")]


def watch_schema() -> str:
    """Return the JSON Schema of what a watch tells, made from its type."""
    return schema_of(WatchEvent, WATCH_SCHEMA_ID)


def event_json(happening: Happening, text: str, context: Context) -> bytes:
    """Return *happening*, which has been made presentable, as JSON on one line."""
    shown = plain(happening, context.units)
    began = happening.began
    event = {
        **{key: shown[key] for key in ("time", "component", "number", "ended", "because")},
        **{key: shown[key] for key in ("due", "quiet_s")},
        **{key: shown[key] for key in ("incident", "cascade", "was")},
        "schema": WATCH_SCHEMA_ID,
        "version": context.version,
        "event": happening.kind.value,
        "text": text,
        "place": plain(happening.location, {}),
        "began": None if began is None else plain(began.location, {}),
        "redacted": context.redacted,
    }
    return msgspec.json.encode(msgspec.convert(event, WatchEvent)) + b"\n"
