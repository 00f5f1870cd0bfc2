"""Whether the number of incidents hangs on the gap that splits them."""

from collections.abc import Callable, Sequence

from logcascade.incidents.grouping import EPISODE_GAP_S
from logcascade.model.analysis import Sensitivity
from logcascade.model.bursts import GroupedIncident

Find = Callable[[float], Sequence[GroupedIncident]]
"""Groups the same bursts with another gap, in seconds."""


def measure_sensitivity(found: Sequence[GroupedIncident], find: Find) -> Sensitivity:
    """Return how many incidents half and twice the gap make of what *found* made of it."""
    return Sensitivity(
        gap_s=EPISODE_GAP_S,
        incidents=_episodes(found),
        with_half=_episodes(find(EPISODE_GAP_S / 2)),
        with_twice=_episodes(find(EPISODE_GAP_S * 2)),
    )


def _episodes(found: Sequence[GroupedIncident]) -> int:
    return sum(item.incident.episodes for item in found)
