"""What reading one source yields: a value, so that scans of many sources can be put together."""

from dataclasses import dataclass, field

from logcascade.model.bursts import Burst
from logcascade.model.records import Confidence, LoadCounts, Place, SourceSummary


@dataclass(frozen=True, slots=True)
class Scan:
    """What one source holds: the account of its lines, and what was recognised in them."""

    summary: SourceSummary
    load: LoadCounts
    bursts: tuple[Burst, ...]
    marks: tuple[Burst, ...]
    left_out: int = 0
    """Reports beyond the limit of what is kept."""
    place: Place | None = None
    """Where a person finds a line, if not at its number: all lines are counted as they are read."""
    load_since: LoadCounts = field(default_factory=LoadCounts)
    """The events from the moment at which the scan was to part them; `load` has the others."""

    @property
    def told(self) -> tuple[Burst, ...]:
        """Everything that was recognised, marks first."""
        return (*self.marks, *self.bursts)

    @property
    def tells(self) -> bool:
        """Whether anything was recognised in it."""
        return bool(self.bursts or self.marks or self.load.events)

    @property
    def is_placed(self) -> bool:
        """Whether it stands on the timeline of the others."""
        alignment = self.summary.alignment
        return alignment is None or alignment.confidence is not Confidence.NONE
