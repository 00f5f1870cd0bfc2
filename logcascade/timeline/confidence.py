"""How far an offset between two clocks can be believed."""

from logcascade.model.records import Confidence
from logcascade.timeline.anchors import About
from logcascade.timeline.offsets import Estimate

CERTAIN_MOMENTS = 5
CERTAIN_CHANCE = 1e-6
"""So many independent moments, which unrelated sources would show less than once in a million
times, leave no doubt."""

CERTAIN_NAMED = 2
"""So many processes that both name by their ids when they end leave no doubt either."""

LIKELY_MOMENTS = 2
LIKELY_CHANCE = 1e-2
"""One moment alone fits anywhere; a few may agree by chance, but not so rarely."""

SERIES_MOMENTS = 3
"""Events without a name show an offset only by their intervals: two intervals at the least."""

FITTING_CHANCE = 1e-3
"""Where no event is told by both, and only the gaps between ends fit those between starts, chance
has to be less, and no number of them makes it certain."""


def confidence_in(found: Estimate) -> Confidence | None:
    """Return how far an estimate can be believed; None where it cannot."""
    if found.moments >= CERTAIN_MOMENTS and found.chance <= CERTAIN_CHANCE:
        return Confidence.CERTAIN
    if found.named >= CERTAIN_NAMED and found.about in (About.KILL, About.END):
        return Confidence.CERTAIN
    if found.named or (found.moments >= LIKELY_MOMENTS and found.chance <= LIKELY_CHANCE):
        return Confidence.LIKELY
    return None


def is_series(found: Estimate) -> bool:
    """Tell whether there are enough moments for their intervals to show something."""
    return found.moments >= SERIES_MOMENTS


def is_fitting(found: Estimate) -> bool:
    """Tell whether ends and starts, of which no two are one event, show an offset."""
    return is_series(found) and found.chance <= FITTING_CHANCE
