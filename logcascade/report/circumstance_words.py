"""What reports say of all that surrounds the incidents: restarts, load, how they were counted."""

from collections.abc import Sequence

from logcascade.model.analysis import UnknownFailure
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.figures import number
from logcascade.model.recurrence import Driver
from logcascade.model.rules import Ended
from logcascade.report.view import View
from logcascade.report.words import count, listed, span

END_WORDS = {
    Ended.ORDERLY: "orderly",
    Ended.CRASHED: "crashed",
    Ended.KILLED: "killed",
    Ended.OOM_KILLED: "killed (out of memory)",
    Ended.UNKNOWN: "ended without a word",
    Ended.RUNNING: "still running",
}


def restarts_in_words(view: View) -> str:
    """Return how many restarts there were and how the runs before them ended."""
    restarts = view.analysis.restarts
    if not restarts.count:
        return "none"
    orderly = {0: "none orderly", restarts.count: "all orderly"}.get(
        restarts.orderly, f"{restarts.orderly:,} orderly"
    )
    if restarts.count == 1:
        orderly = "orderly" if restarts.orderly else "not orderly"
    in_rushes = restarts.driver is Driver.LOAD and restarts.period_s is None
    return f"{restarts.count:,}, {orderly}" + (", in rushes of load" if in_rushes else "")


def unknown_elsewhere(view: View) -> Sequence[UnknownFailure]:
    """Return the failures that no rule knows and that no cascade begins with."""
    told = {cascade.first_failure for cascade in view.analysis.cascades}
    every = view.analysis.unknown_failures
    return [one for one in every if f"{UNKNOWN_PREFIX}{one.id}" not in told]


def ends_in_words(view: View) -> str:
    """Return how the runs ended."""
    ends = view.ends()
    return listed([f"{ends[ended]:,} {END_WORDS[ended]}" for ended in Ended if ends.get(ended)])


def retold_in_words(view: View) -> str:
    """Return what several sources tell of the same events; empty where none do."""
    retold = view.analysis.retold
    return f"{count(retold, 'report')} of a second source, counted once" if retold else ""


def sensitivity_in_words(view: View) -> str:
    """Return how far the number of incidents hangs on the gap; empty where it does not."""
    found = view.analysis.sensitivity
    if found is None or not found.hangs_on_gap:
        return ""
    return (
        f"{count(found.incidents, 'incident')} where {span(found.gap_s)} of quiet begin a new one; "
        f"with half of that {found.with_half:,}, with twice {found.with_twice:,}"
    )


def load_in_words(view: View) -> str:
    """Return what the healthy lines say of the traffic; empty where they say nothing."""
    load = view.analysis.load
    if load is None:
        return ""
    words = [count(load.events, "event")]
    if load.mean_per_s:
        words.append(f"on average {number(load.mean_per_s)} a second")
    if load.peak_time is not None:
        peak = f"at most {load.peak_1s} in one second"
        words.append(f"{peak} ({view.clock.at(load.peak_time)})")
    if load.peak_concurrency > 1:
        words.append(f"{load.peak_concurrency} at once")
    took = load.durations
    if took is not None and took.slowest_s:
        slowest = f"{_took(took.slowest_s)} ({view.clock.at(took.slowest_time)})"
        words.append(
            f"each took {_took(took.p50_s)} (median), "
            f"one in a hundred {_took(took.p99_s)} or more, "
            f"the slowest {slowest}"
        )
    return ", ".join(words)


def _took(seconds: float) -> str:
    if seconds >= 1:
        return span(seconds)
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "less than 1 ms"
