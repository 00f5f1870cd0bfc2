"""Chained exceptions -> events: which of them are one failure, and which are several."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from logcascade.model.records import RaisedException
from logcascade.model.rules import Role, Rule


class Recognition(NamedTuple):
    """A rule that knows a text, and the values it took from it."""

    rule: Rule
    values: Mapping[str, str | float]

    @property
    def is_failure(self) -> bool:
        """Tell a failure from what is benign or a mark of a run."""
        return self.rule.role is Role.FAILURE


Recognise = Callable[[RaisedException], Recognition | None]


class Known(NamedTuple):
    """An exception, and the rule that knows it, if one does."""

    exception: RaisedException
    recognition: Recognition | None

    @property
    def is_quiet(self) -> bool:
        """Tell whether a rule says that it is no failure."""
        return self.recognition is not None and not self.recognition.is_failure


@dataclass(eq=False)
class Event:
    """Exceptions that are one failure, the first-raised first; of a group, the known member's."""

    members: list[Known]
    raised_from: "Event | None" = None
    """The event that was being handled when this one began."""
    parents: list["Event"] = field(default_factory=list)
    """While chains are being joined: what the first member was raised during."""

    @property
    def failure(self) -> Recognition | None:
        """The innermost exception that a failure rule knows names the event."""
        return next(
            (known.recognition for known in self.members if _is_failure(known.recognition)), None
        )

    @property
    def quiet(self) -> Recognition | None:
        """The first benign exception or mark of a run, where there is nothing else."""
        return self.members[0].recognition if all(k.is_quiet for k in self.members) else None

    @property
    def first_raised(self) -> RaisedException:
        """Where it began: the first-raised exception that is not benign."""
        return next((k for k in self.members if not k.is_quiet), self.members[0]).exception


def split_into_events(outermost: RaisedException, recognise: Recognise) -> list[Event]:
    """Return the events of one traceback, the first-raised first.

    What was raised *from* another is the same event. What was raised *while handling* another is
    an event of its own only where both are known, by different failure rules. The members of a
    group are separate under the same condition; otherwise the known one stands for the group.
    """
    events: list[Event] = []
    event_of: dict[int, Event] = {}
    for segment in _segments(outermost, recognise):
        parents = list(dict.fromkeys(event_of[id(parent)] for parent in segment.parents))
        target = _join(segment, parents)
        if target is segment:
            events.append(segment)
        for parent in parents:
            if parent is not target and parent.failure is None and parent in events:
                target.members.extend(parent.members)
                events.remove(parent)
                event_of.update({key: target for key, at in event_of.items() if at is parent})
        event_of[id(segment)] = target
    return events


def _join(segment: Event, parents: list[Event]) -> Event:
    """Return the event that the segment belongs to: a parent's, grown by it, or its own."""
    if not parents:
        return segment
    known = [parent for parent in parents if parent.failure is not None]
    mine = segment.failure
    if mine is not None and known:
        same = [p for p in known if p.failure is not None and p.failure.rule is mine.rule]
        if not same:
            segment.raised_from = known[-1]
            return segment
        known = same
    target = (known or parents)[0]
    target.members.extend(segment.members)
    return target


def _segments(outermost: RaisedException, recognise: Recognise) -> list[Event]:
    """Join what was raised from one another; keep what was only being handled as parents."""
    segments: list[Event] = []
    segment_of: dict[int, Event] = {}
    for exception in outermost.in_order_raised():
        known = Known(exception, recognise(exception))
        if exception.cause is not None:
            segment = segment_of[id(exception.cause)]
            segment.members.append(known)
        else:
            earlier = [exception.context, *exception.group]
            segment = Event([known], parents=[segment_of[id(e)] for e in earlier if e is not None])
            segments.append(segment)
        segment_of[id(exception)] = segment
    return segments


def _is_failure(recognition: Recognition | None) -> bool:
    return recognition is not None and recognition.is_failure
