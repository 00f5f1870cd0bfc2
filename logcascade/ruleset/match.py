"""A record and the rules -> what it reports. No text of a log, however made, can stop it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from logcascade.model.detections import UNKNOWN_PREFIX, Detection, Template
from logcascade.model.records import Location, RaisedException, Record, Severity
from logcascade.model.rules import COUNTED, GREETING_RULE, Role, Rule, Where
from logcascade.ruleset.chains import Event, Known, Recognition, split_into_events
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.fields import parse_span
from logcascade.ruleset.places import (
    VERDICTS,
    Place,
    errors_told,
    exception_text,
    keys_of,
    message_places,
)
from logcascade.ruleset.printed import is_error_name, printed_exceptions
from logcascade.ruleset.templates import template_of_exception, template_of_text
from logcascade.ruleset.values import typed_values

PATTERN_BUDGET_S = 0.2
"""Seconds for one call of one pattern. A linear pattern needs under 1 ms for the text it is given
(`SEARCH_LIMIT`); 200 times that is a pattern that backtracks, not a slow machine."""

TIMEOUTS_LIMIT = 20
"""Timeouts after which a rule is left out for the rest of the log: 4 s in all, not 0.2 s a line."""

TEXT_LIMIT = 2_000
"""Characters of a record that a detection keeps as its evidence."""

_ONLY_A_HEADING = re.compile(
    r"\W{0,20}(?:\w{1,20} )?(?:traceback|stack ?trace|трейсбэк|трассировка)\W{0,20}",
    re.IGNORECASE,
)
"""A record that only announces the next one, which holds the traceback: ``Full traceback:``."""

_OF_MODULES = frozenset({"<module>", "", "_run_module_as_main", "_run_code"})
"""What a frame is in while a program is loaded; a file that does not compile has no name there."""

RAISED_LIMIT = 200
"""Characters of what an exception says that a detection keeps, to know it again elsewhere."""

RAISED_MOST = 8
"""Exceptions of one traceback of which that is kept."""

TEXT_LINES = 12
"""Lines of a record that a detection keeps as its evidence."""


class Matcher:
    """Rules made ready for records. Keeps nothing of a record; counts what took too long."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Sort the rules by the literals of which one must stand in a record."""
        self.timeouts: dict[str, int] = {}
        """Rule id -> how often a pattern of it was given up on a record."""
        self._by_literal: dict[str, list[Rule]] = {}
        self._anywhere: dict[str, list[Rule]] = {}
        for rule in ruleset.rules.values():
            is_of_text = Where.ANYWHERE in rule.where or Where.WORD in rule.where
            by_literal = self._anywhere if is_of_text else self._by_literal
            for literal in rule.literals:
                by_literal.setdefault(literal, []).append(rule)

    def notes(self) -> tuple[str, ...]:
        """Return in words what was not tried to its end."""
        return tuple(
            f'rule "{rule_id}" took too long on {count} record{"s" * (count != 1)}'
            + (" and was left out from there on" if count >= TIMEOUTS_LIMIT else "")
            for rule_id, count in sorted(self.timeouts.items())
        )

    def detect(self, record: Record, order: int) -> tuple[Detection, ...]:
        """Return what the record reports; ``order`` is the number of its source.

        Failures first, the first-raised first, then marks of a run. A record with nothing but
        benign exceptions, and a level that says it is no error, reports nothing.
        """
        found = self.recognise(record, order)
        if record.exceptions and record.severity is not None and record.severity < Severity.ERROR:
            return tuple(one for one in found if one.role is not Role.BENIGN)
        return found

    def recognise(self, record: Record, order: int) -> tuple[Detection, ...]:
        """Return what `detect` does, and benign records of any level."""
        attempt = _Attempt(self, record)
        carrier = attempt.carrier()
        tops = [top for each in record.exceptions if (top := _named(each)) is not None]
        events = [event for top in tops for event in split_into_events(top, attempt.exception)]
        if not events:
            events = attempt.printed_events(is_carried=carrier is not None)
        known = [event for event in events if event.failure]
        quiet = [event for event in events if event.quiet]
        is_settled = bool(known) or 0 < len(quiet) == len(events) or bool(carrier and events)
        build = _Builder(record, order, carrier.late if carrier else "none")
        gauges = attempt.gauges(build)
        found = build.of_events(known)
        found += build.of_quiet_events(quiet, with_benign=is_settled and not known)
        found += attempt.of_message(build, found, is_settled=is_settled)
        if any(one.role in VERDICTS for one in found) or (found and not events):
            return (*found, *gauges)
        unknown = _unknown(record, events)
        if unknown is None:
            return (*found, *gauges)
        detection = replace(build.of_unknown(*unknown), manner=attempt.manner())
        of_event = next((event for event in events if event.first_raised is unknown[1]), None)
        if of_event is not None:
            detection = replace(detection, raised=_said(of_event))
        return (detection, *found, *gauges)

    @staticmethod
    def greeting(record: Record, order: int, found: Iterable[Detection]) -> Detection | None:
        """Return the start that `record` may be, as its program's first line come again.

        None where it is no such line, or one of which the rules know more: `found`.
        """
        is_known = any(one.role not in COUNTED for one in found)
        is_quiet = (record.severity or Severity.INFO) <= Severity.INFO and not record.exceptions
        if not record.is_greeting or is_known or not is_quiet:
            return None
        build = _Builder(record, order, "none")
        return build.of_message(Recognition(GREETING_RULE, {}), record.location.line)

    def candidates(self, record: Record) -> tuple[Rule, ...]:
        """Return the rules that the record's literals, level, logger and program allow, by id."""
        told = errors_told(record.details)
        said = "\n".join([record.message, *told, *_exception_texts(record.exceptions)])
        found: dict[str, Rule] = {}
        for literal, rules in self._by_literal.items():
            if literal in said:
                found.update((rule.id, rule) for rule in rules if admits(rule, record))
        for literal, rules in self._anywhere.items():
            if literal in record.text:
                found.update((rule.id, rule) for rule in rules if admits(rule, record))
        return tuple(
            found[name] for name in sorted(found) if self.timeouts.get(name, 0) < TIMEOUTS_LIMIT
        )


class _Attempt:
    """One record against the rules that it can match. A rule that takes too long is tried once."""

    def __init__(self, matcher: Matcher, record: Record) -> None:
        self._record = record
        self._timeouts = matcher.timeouts
        self._rules = matcher.candidates(record)
        self._given_up: set[str] = set()

    def exception(self, exception: RaisedException) -> Recognition | None:
        """Return the rule that knows the exception."""
        rules = [rule for rule in self._rules if Where.EXCEPTION in rule.where]
        if not rules:
            return None
        text = exception_text(exception)
        return self._best((rule, Place(text, exception.line)) for rule in rules)

    def carrier(self) -> Rule | None:
        """Return the rule by which the message only tells of an exception that it prints."""
        rules = [rule for rule in self._rules if rule.is_carrier]
        best = self._best(
            (rule, place) for rule in rules for place in message_places(self._record, rule.where)
        )
        return best.rule if best else None

    def manner(self) -> str:
        """Return the rule by which the message says what is done about a failure, or nothing."""
        hit = self._message((Role.MANNER,))
        return "" if hit is None else hit[0].rule.id

    def printed_events(self, *, is_carried: bool) -> list[Event]:
        """Return the first exception that the message prints and a rule knows.

        Where the message tells of an exception and of nothing else, it may also be an unknown one.
        """
        if not is_carried and not any(Where.EXCEPTION in rule.where for rule in self._rules):
            return []
        printed = printed_exceptions(self._record, is_carried=is_carried)
        for exception in printed:
            events = split_into_events(exception, self.exception)
            if events[0].failure or events[0].quiet:
                return events
        if not is_carried:
            return []
        named = [exception for exception in printed if is_error_name(exception.type)]
        return [Event([Known(exception, None)]) for exception in named[-1:]]

    def of_message(
        self, build: "_Builder", before: list[Detection], *, is_settled: bool
    ) -> list[Detection]:
        """Return what the message says; a failure only where the exceptions have not settled it."""
        found: list[Detection] = []
        for roles in (() if is_settled else VERDICTS, (Role.LIFECYCLE,), (Role.LOAD,)):
            hit = self._message(roles)
            if hit is None or (Role.LOAD in roles and (before or found)):
                continue
            detection = build.of_message(*hit)
            if all(detection.rule != one.rule for one in before):
                found.append(detection)
        return found

    def gauges(self, build: "_Builder") -> list[Detection]:
        """Return the numbers that a healthy program tells of itself in the record."""
        found = []
        for rule in (each for each in self._rules if each.role is Role.GAUGE):
            values: dict[str, str | float] = {}
            for place in message_places(self._record, rule.where):
                told = typed_values(self._match(rule, place.text)[0] or {}, rule.units)
                for name, value in told.items():
                    if value not in values.values():  # a field that repeats the message
                        values.setdefault(name, value)
            if values:
                recognition = Recognition(rule, values)
                found.append(build.of_message(recognition, self._record.location.line))
        return found

    def _message(self, roles: tuple[Role, ...]) -> tuple[Recognition, int] | None:
        tried = [
            (rule, place)
            for rule in self._rules
            if rule.role in roles
            for place in message_places(self._record, rule.where, with_told=rule.role in VERDICTS)
        ]
        line = self._record.location.line
        lines: list[int] = []
        best = self._best(tried, lines)
        return None if best is None else (best, lines[0] if lines else line)

    def _best(
        self, tried: Iterable[tuple[Rule, Place]], lines: list[int] | None = None
    ) -> Recognition | None:
        """Return the rule that knows most of the text: the longest match, then the lowest id."""
        best: tuple[int, Recognition] | None = None
        for rule, place in tried:
            groups, length = self._match(rule, place.text)
            if groups is None or (best is not None and length <= best[0]):
                continue
            best = (length, Recognition(rule, typed_values(groups, rule.units)))
            if lines is not None:
                lines[:] = [place.line]
        return best[1] if best else None

    def _match(self, rule: Rule, text: str) -> tuple[Mapping[str, str | None] | None, int]:
        if rule.id in self._given_up:
            return None, 0
        try:
            for pattern in rule.patterns:
                match = pattern.match(text, timeout=PATTERN_BUDGET_S)
                if match:
                    return match.groupdict(), match.end()
        except TimeoutError:
            self._given_up.add(rule.id)
            self._timeouts[rule.id] = self._timeouts.get(rule.id, 0) + 1
        return None, 0


class _Builder:
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
            detection = replace(detection, raised=_said(event), place=place)
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


def _said(event: Event) -> tuple[str, ...]:
    """Return what the exceptions of *event* say, where one of them has a traceback."""
    raised = [known.exception for known in event.members]
    if not any(exception.frames for exception in raised):
        return ()
    texts = (exception.message.partition("\n")[0].strip() for exception in raised)
    return tuple(dict.fromkeys(text[:RAISED_LIMIT] for text in texts if text))[:RAISED_MOST]


def _named(exception: RaisedException) -> RaisedException | None:
    """Return the outermost exception with a name: the log may be cut before the last one's."""
    named: RaisedException | None = exception
    while named is not None and not named.type:
        named = named.cause or named.context
    return named


def _exception_texts(exceptions: Iterable[RaisedException]) -> Iterator[str]:
    """Yield ``Type: message`` of all exceptions; the frames between hold what no pattern sees."""
    for top in exceptions:
        for exception in top.in_order_raised():
            yield exception_text(exception)


def admits(rule: Rule, record: Record) -> bool:
    """Tell whether what the carrier says of a record leaves the rule possible."""
    severity = record.severity
    if rule.min_severity is not None and severity is not None and severity < rule.min_severity:
        return False
    if rule.programs and record.program and record.program not in rule.programs:
        return False
    if not rule.loggers or not record.logger:
        return True
    return any(
        record.logger == name or record.logger.startswith(f"{name}.") for name in rule.loggers
    )


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


def _unknown(record: Record, events: list[Event]) -> tuple[Template, RaisedException | None] | None:
    for event in events:
        if not event.quiet:
            first = event.first_raised
            return template_of_exception(first, record.message), first
    if record.severity is None or record.severity < Severity.ERROR:
        return None
    if _ONLY_A_HEADING.fullmatch(record.message) and not record.exceptions:
        return None
    for exception in printed_exceptions(record):
        if is_error_name(exception.type):
            return template_of_exception(exception), exception
    return template_of_text(record.message.strip() or record.text), None


def _head(text: str) -> str:
    return "\n".join(text[:TEXT_LIMIT].split("\n", TEXT_LINES)[:TEXT_LINES])
