"""What is recognised in a record -> detections, with all that they keep of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from logcascade.model.detections import UNKNOWN_PREFIX, Detection, Template
from logcascade.model.records import Location, RaisedException, Record, Severity
from logcascade.model.rules import Role
from logcascade.ruleset.chains import Event, Recognition
from logcascade.ruleset.fields import parse_span
from logcascade.ruleset.places import exception_text, keys_of

TEXT_LIMIT = 2_000
"""Characters of a record that a detection keeps as its evidence."""

_OF_MODULES = frozenset({"<module>", "", "_run_module_as_main", "_run_code"})
"""What a frame is in while a program is loaded; a file that does not compile has no name there."""

RAISED_LIMIT = 200
"""Characters of what an exception says that a detection keeps, to know it again elsewhere."""

RAISED_MOST = 8
"""Exceptions of one traceback of which that is kept."""

TEXT_LINES = 12
"""Lines of a record that a detection keeps as its evidence."""


class DetectionBuilder:
    """What every detection of one record has in common."""

    def __init__(self, record: Record, order: int, told_late: str) -> None:
        self._record = record
        self._order = order
        self._told_late = told_late

    def of_events(self, events: Iterable[Event]) -> list[Detection]:
        """Return a detection for each failure; a rule that repeats within a record counts once."""
        found: dict[str, Detection] = {}
        for event in events:
            recognition = event.failure
            if recognition is None or recognition.rule.id in found:
                continue
            first = event.first_raised
            detection = self._known(recognition, first.line, self._text_of(first))
            place = _place(recognition, event.members[0].exception)
            detection = replace(detection, raised=said_of(event), place=place)
            before = event.raised_from.failure if event.raised_from else None
            if before is not None:
                detection = replace(detection, raised_from=before.rule.id)
            found[recognition.rule.id] = detection
        return list(found.values())

    def of_quiet_events(self, events: Iterable[Event], *, with_benign: bool) -> list[Detection]:
        """Return the marks of a run that exceptions set, and benign ones where asked."""
        found: dict[str, Detection] = {}
        for event in events:
            for known in event.members:
                recognition = known.recognition
                if recognition is None or recognition.rule.id in found:
                    continue
                if recognition.rule.role is Role.LIFECYCLE or with_benign:
                    text = self._text_of(known.exception)
                    detection = self._known(recognition, known.exception.line, text)
                    found[recognition.rule.id] = detection
        return list(found.values())

    def of_message(self, recognition: Recognition, line: int) -> Detection:
        """Return the detection of a rule that knows the message."""
        detection = self._known(recognition, line, self._text_of(None))
        return replace(detection, place=_place(recognition, None))

    def of_unknown(self, template: Template, exception: RaisedException | None) -> Detection:
        """Return the detection of a failure that no rule knows."""
        record = self._record
        severity = Severity.ERROR if record.severity is None else record.severity
        return self._detection(
            rule=UNKNOWN_PREFIX + template.id,
            title=template.title,
            template=template.text,
            role=Role.FAILURE,
            severity=max(severity, Severity.WARNING),
            line=exception.line if exception else record.location.line,
            text=self._text_of(exception),
            occurred_from=self._occurred_from("none", {}),
            values={},
        )

    def _known(self, recognition: Recognition, line: int, text: str) -> Detection:
        rule, values = recognition
        return self._detection(
            rule=rule.id,
            title=rule.title,
            role=rule.role,
            severity=rule.severity,
            line=line,
            text=text,
            occurred_from=self._occurred_from(rule.late, values),
            values=values,
        )

    def _occurred_from(self, late: str, values: Mapping[str, str | float]) -> datetime | None:
        """Return the earliest it can have happened, by its rule and by who tells of it."""
        own = earliest(self._record.time, late, values)
        told = earliest(self._record.time, self._told_late, {})
        return None if own is None or told is None else min(own, told)

    def _detection(
        self,
        *,
        rule: str,
        title: str,
        role: Role,
        severity: Severity,
        line: int,
        text: str,
        occurred_from: datetime | None,
        values: Mapping[str, str | float],
        template: str = "",
    ) -> Detection:
        record = self._record
        begin = record.location.line
        return Detection(
            rule=rule,
            title=title,
            role=role,
            severity=severity,
            location=Location(record.location.source, line),
            record_line=begin,
            order=(self._order, line),
            time=record.time,
            occurred_from=occurred_from,
            component=record.component,
            program=record.program,
            pid=record.pid,
            run_key=record.run_key,
            values=values,
            text=text,
            last_line=max(begin + record.line_count - 1, line),
            uncaught=is_uncaught(record),
            while_loading=is_uncaught(record) and is_while_loading(record.exceptions[-1]),
            level=record.severity,
            from_entry=is_uncaught(record) and is_from_entry(record.exceptions[-1]),
            template=template,
            keys=keys_of(record.details, record.message),
        )

    def _text_of(self, exception: RaisedException | None) -> str:
        record = self._record
        if exception is None:
            return _head("\n".join(filter(None, (record.message, record.details))) or record.text)
        shown = exception_text(exception)
        first_line = record.message.split("\n", 1)[0]
        if first_line.strip() and first_line not in shown:
            shown = f"{first_line}\n{shown}"
        return _head(shown)


def _place(recognition: Recognition, exception: RaisedException | None) -> str:
    """Return what tells a failure apart from others of its rule, where the rule asks for it."""
    names = recognition.rule.tell_apart
    if not names:
        return ""
    told = [str(recognition.values.get(name, "")) for name in names]
    if exception is not None and exception.frames:
        inner = exception.frames[-1]
        told.append(f"{inner.file}:{inner.line}")
    return " ".join(told)[:RAISED_LIMIT]


def said_of(event: Event) -> tuple[str, ...]:
    """Return what the exceptions of *event* say, where one of them has a traceback."""
    raised = [known.exception for known in event.members]
    if not any(exception.frames for exception in raised):
        return ()
    texts = (exception.message.partition("\n")[0].strip() for exception in raised)
    return tuple(dict.fromkeys(text[:RAISED_LIMIT] for text in texts if text))[:RAISED_MOST]


def earliest(
    time: datetime | None, late: str, values: Mapping[str, str | float]
) -> datetime | None:
    """Return when a reported failure can have happened at the earliest; None: since the start."""
    if time is None or late == "run":
        return None
    delay = parse_span(late)
    if delay is None:
        seconds = values.get(late)
        delay = timedelta()
        if isinstance(seconds, float) and 0 <= seconds < timedelta.max.total_seconds():
            delay = timedelta(seconds=seconds)
    try:
        return time - delay
    except OverflowError:
        return time


def is_uncaught(record: Record) -> bool:
    """Tell whether no logger printed the traceback: nothing before it, or a level only inherited.

    A journal or a container runtime gives such lines a level of its own, below ERROR.
    """
    if not record.exceptions or record.message.strip() or record.logger:
        return False
    is_stated = record.severity is not None and not record.time_is_inherited
    return not (is_stated and record.severity is not None and record.severity >= Severity.ERROR)


def is_while_loading(exception: RaisedException) -> bool:
    """
    Tell whether the traceback shows nothing but modules being executed, from the outermost on.

    No function of the program ran yet, so that none is there to catch it.
    """
    return bool(exception.frames) and all(
        frame.function in _OF_MODULES or frame.file.startswith("<frozen ")
        for frame in exception.frames
    )


def is_from_entry(exception: RaisedException) -> bool:
    """Tell whether the traceback begins where the program does: no function caught it."""
    return bool(exception.frames) and exception.frames[0].function in _OF_MODULES


def _head(text: str) -> str:
    return "\n".join(text[:TEXT_LIMIT].split("\n", TEXT_LINES)[:TEXT_LINES])
