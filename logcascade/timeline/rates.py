"""
Whether a rate is steady, and from when to when it is not.

Reports are counted in equal or known exposures and compared exactly, so that three of them claim
no more than three can. What is searched is a stretch of time that holds many times the reports
that the rest of the log makes one expect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, fsum, lgamma, log, log1p
from statistics import mean, median

JUMP_TIMES = 5.0
"""A rate this many times that of the rest of the log is a jump. The busiest hour of a day has
three to four times the mean traffic, and what fails with the traffic follows it."""

JUMP_LEAST = 3
"""The rest of the log must hold so many bursts: of fewer no usual rate is known."""

JUMP_CHANCE = 0.001
"""Most that chance may make of a jump, all stretches that were looked at counted. Probability."""

MOST_JUMPS = 50
"""Stretches looked for in one kind of failure; a log with more has no usual rate."""

NEAR_S = 900.0
"""What is this near to an incident is no healthy time. Seconds: as long a quiet ends an episode."""

LIKE_THE_REST = 0.9
"""Share of bursts whose size is usual: reports of one burst come together and count as one event
as far as such a burst does."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A stretch in which a failure comes many times as often as in the rest of the log."""

    begin: float
    """Epoch seconds of its first report."""
    end: float
    times: float
    """Its rate over that of the rest."""
    usual_per_hour: float

    def holds(self, at: float) -> bool:
        """Tell whether the moment *at* lies in it."""
        return self.begin <= at <= self.end


@dataclass(frozen=True, slots=True)
class Event:
    """Reports that came together: when, until when, how many."""

    start: float
    end: float
    count: int


def chance_of_more(count: int, exposure: float, others: int, other_exposure: float) -> float:
    """
    Return the probability of *count* or more, were the rate the same in both exposures.

    Given the sum, the count is binomial with the share of the exposure (the conditional test of
    two Poisson means: Przyborowski and Wilenski, Biometrika 31, 1940). Exact for any counts.

    >>> round(chance_of_more(3, 1.0, 0, 1.0), 3)
    0.125
    """
    total = count + others
    share = exposure / (exposure + other_exposure)
    if count <= 0 or share >= 1.0:
        return 1.0
    if share <= 0.0:
        return 0.0
    hit, miss = log(share), log1p(-share)
    terms = []
    for k in range(count, total + 1):
        ways = lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1)
        terms.append(exp(ways + k * hit + (total - k) * miss))
        if k > total * share and terms[-1] < 1e-12 * terms[0]:
            break
    return min(1.0, fsum(terms))


def around(
    spans: Sequence[tuple[float, float]], log: tuple[float, float] | None
) -> list[tuple[float, float]]:
    """
    Return the times within NEAR_S of *spans*, without overlap, in order and within the *log*.

    >>> around([(5000.0, 5100.0), (6000.0, 6100.0)], (4500.0, 90000.0))
    [(4500.0, 7000.0)]
    """
    if log is None:
        return []
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        wide = (max(begin - NEAR_S, log[0]), min(end + NEAR_S, log[1]))
        if wide[0] >= wide[1]:
            continue
        if merged and wide[0] <= merged[-1][1]:
            wide = (merged[-1][0], max(merged.pop()[1], wide[1]))
        merged.append(wide)
    return merged


def find_jumps(events: Sequence[Event], begin: float, end: float) -> list[Jump]:
    """
    Return the stretches in which *events*, in order, come many times as often as in the rest.

    *begin* and *end* are the epoch seconds of the log's first and last line. Empty where there is
    no usual rate to compare with.
    """
    if len(events) < JUMP_LEAST or end <= begin:
        return []
    size = max(1.0, sorted(event.count for event in events)[ceil(LIKE_THE_REST * len(events)) - 1])
    weights = [max(1.0, event.count / size) for event in events]
    for usual in _usual_rates(events, weights, begin, end):
        stretches = [
            _sharpened(stretch, events, weights, usual)
            for stretch in _stretches(events, weights, usual)
        ]
        jumps = _tested(stretches, events, weights, end - begin)
        if jumps:
            return jumps
    return []


def _usual_rates(
    events: Sequence[Event], weights: Sequence[float], begin: float, end: float
) -> list[float]:
    """Return guesses of the rate of healthy times, per second; the lowest first."""
    bins = min(max(len(events) // 10, 4), 50)
    width = (end - begin) / bins
    held = [0.0] * bins
    for event, weight in zip(events, weights, strict=True):
        held[min(max(int((event.start - begin) / width), 0), bins - 1)] += weight
    low = sorted(held)[bins // 4]
    return [rate / width for rate in sorted({low, median(held), mean(held)}) if rate > 0]


def _stretches(
    events: Sequence[Event], weights: Sequence[float], usual: float
) -> list[tuple[int, int]]:
    """
    Return the stretches that a rate of JUMP_TIMES *usual* explains better, as first and last event.

    The cumulative sum of the log-likelihood ratio (Page, Biometrika 41, 1954): it starts anew where
    it falls to nothing, and a stretch ends where it stood highest. One event alone is none.
    """
    gain, cost = log(JUMP_TIMES), (JUMP_TIMES - 1) * usual
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(events) and len(found) < MOST_JUMPS:
        first, best, score, highest = at, at, gain * weights[at], gain * weights[at]
        for later in range(at + 1, len(events)):
            score -= cost * (events[later].start - events[later - 1].start)
            if score <= 0:
                break
            score += gain * weights[later]
            if score > highest:
                best, highest = later, score
        if highest > gain:
            found.append((first, best))
        at = best + 1
    return found


def _sharpened(
    stretch: tuple[int, int], events: Sequence[Event], weights: Sequence[float], usual: float
) -> tuple[int, int]:
    """
    Return the part of *stretch* that its own rate explains best, not merely JUMP_TIMES the usual.

    It begins where the jump is, and not at a report of the usual rate that stands a little before.
    """
    first, last = stretch
    rate = fsum(weights[first : last + 1]) / _length(events, first, last)
    times = max(rate / usual, JUMP_TIMES)
    gain, cost = log(times), (times - 1) * usual
    best, highest = (first, first), gain * weights[first]
    begun, score = first, highest
    for at in range(first + 1, last + 1):
        score -= cost * (events[at].start - events[at - 1].start)
        if score <= 0:
            begun, score = at, 0.0
        score += gain * weights[at]
        if score > highest:
            best, highest = (begun, at), score
    return best


def _tested(
    stretches: Sequence[tuple[int, int]],
    events: Sequence[Event],
    weights: Sequence[float],
    span_s: float,
) -> list[Jump]:
    """Return those of *stretches* that chance does not make, given how many there could be."""
    looked_at = len(events) ** 2 / 2
    kept = [one for one in stretches if _is_jump([one], one, events, weights, span_s, looked_at)]
    kept = [one for one in kept if _is_jump(kept, one, events, weights, span_s, looked_at)]
    outside, rest_s = _rest(kept, events, weights, span_s)
    jumps = []
    for first, last in kept:
        inside_s = _length(events, first, last)
        rate = sum(event.count for event in events[first : last + 1]) / inside_s
        reports = sum(event.count for index, event in enumerate(events) if index in outside)
        usual = reports / rest_s
        jumps.append(Jump(events[first].start, events[last].end, rate / usual, usual * 3600))
    return jumps


def _is_jump(
    kept: Sequence[tuple[int, int]],
    stretch: tuple[int, int],
    events: Sequence[Event],
    weights: Sequence[float],
    span_s: float,
    looked_at: float,
) -> bool:
    outside, rest_s = _rest(kept, events, weights, span_s)
    if len(outside) < JUMP_LEAST or rest_s <= 0:
        return False
    first, last = stretch
    # the first event opened the stretch and is no evidence of its rate
    inside = int(fsum(weights[first : last + 1])) - 1
    inside_s = _length(events, first, last)
    others = ceil(fsum(outside.values()))
    if inside <= 0 or inside / inside_s < JUMP_TIMES * others / rest_s:
        return False
    return looked_at * chance_of_more(inside, inside_s, others, rest_s) <= JUMP_CHANCE


def _rest(
    stretches: Sequence[tuple[int, int]],
    events: Sequence[Event],
    weights: Sequence[float],
    span_s: float,
) -> tuple[dict[int, float], float]:
    """Return the weights outside of *stretches* by index, and the seconds outside of them."""
    inside = {at for first, last in stretches for at in range(first, last + 1)}
    outside = {at: weight for at, weight in enumerate(weights) if at not in inside}
    return outside, span_s - sum(_length(events, first, last) for first, last in stretches)


def _length(events: Sequence[Event], first: int, last: int) -> float:
    """Return the seconds of a stretch; a lone burst lasts a second at least."""
    return max(events[last].end - events[first].start, 1.0)
