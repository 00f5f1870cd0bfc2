"""
Starts in the program's own words: its first line, where it comes again after what ended it.

Which words these are is learned from the log. A line of ordinary work comes again in other places,
too, and is no start.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from logcascade.model.detections import Detection
from logcascade.model.rules import Role
from logcascade.timeline.bursts import BurstCollector

MAX_WAITING = 100
"""Repetitions kept of a line that is not known yet to be a greeting."""


@dataclass(slots=True)
class _Writer:
    """What is known of the first line of one component."""

    waiting: list[Detection] = field(default_factory=list)
    last_end: int | None = None
    """Last line of its last traceback that nothing caught."""
    ends: int = 0
    proven: int = 0
    """Repetitions right after such a traceback."""
    seen: int = 0

    @property
    def is_start(self) -> bool:
        """Whether the line stands mostly where a program starts, and follows what ends it."""
        elsewhere = self.seen - 1 - self.proven
        return self.proven > 0 and elsewhere <= self.proven and self.proven * 2 >= self.ends


class GreetingJudge:
    """Decides, in the order of the log, which repetitions of a first line are starts."""

    def __init__(self, collector: BurstCollector) -> None:
        """*collector* takes the starts."""
        self._collector = collector
        self._writers: dict[str, _Writer] = defaultdict(_Writer)

    def note(self, detection: Detection) -> None:
        """Take what else the log reports: a failure may end the program."""
        if detection.role is Role.FAILURE and detection.from_entry:
            writer = self._writers[detection.component]
            if writer.last_end != detection.last_line:
                writer.ends += 1
            writer.last_end = detection.last_line

    def add(self, greeting: Detection) -> None:
        """Take a repetition; it is given to the collector once it is known to be a start."""
        writer = self._writers[greeting.component]
        writer.seen += 1
        writer.proven += greeting.record_line - 1 == writer.last_end
        if not writer.is_start:
            if len(writer.waiting) < MAX_WAITING:
                writer.waiting.append(greeting)
            return
        for earlier in writer.waiting:
            self._collector.add_late(earlier)
        writer.waiting.clear()
        self._collector.add(greeting)
