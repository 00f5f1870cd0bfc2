"""A record and the rules -> what it reports. No text of a log, however made, can stop it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from logcascade.model.detections import Detection, Template
from logcascade.model.records import RaisedException, Record, Severity
from logcascade.model.rules import COUNTED, GREETING_RULE, Role, Rule, Where
from logcascade.ruleset.building import DetectionBuilder, said_of
from logcascade.ruleset.chains import Event, Known, Recognition, split_into_events
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.places import (
    VERDICTS,
    Place,
    errors_told,
    exception_text,
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

_ONLY_A_HEADING = re.compile(
    r"\W{0,20}(?:\w{1,20} )?(?:traceback|stack ?trace|трейсбэк|трассировка)\W{0,20}",
    re.IGNORECASE,
)
"""A record that only announces the next one, which holds the traceback: ``Full traceback:``."""


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
        build = DetectionBuilder(record, order, carrier.late if carrier else "none")
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
            detection = replace(detection, raised=said_of(of_event))
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
        build = DetectionBuilder(record, order, "none")
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
        bare = printed_exceptions(self._record, is_carried=True, with_introduced=False)
        named = [exception for exception in bare if is_error_name(exception.type)]
        return [Event([Known(exception, None)]) for exception in named[-1:]]

    def of_message(
        self, build: DetectionBuilder, before: list[Detection], *, is_settled: bool
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

    def gauges(self, build: DetectionBuilder) -> list[Detection]:
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
                match = pattern.compiled().match(text, timeout=PATTERN_BUDGET_S)
                if match:
                    return match.groupdict(), match.end()
        except TimeoutError:
            self._given_up.add(rule.id)
            self._timeouts[rule.id] = self._timeouts.get(rule.id, 0) + 1
        return None, 0


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
