"""What is kept of a log that never ends is bounded, and dropping the oldest tells nothing anew."""

from logcascade.model.happenings import Kind
from tests.watch.test_silence import healthy, written

MOST = 40
NAMES = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "jay", "koi"]


def distinct(number):
    """Return the message of a failure unlike all others."""
    words = "-".join(NAMES[int(digit)] for digit in f"{number:04}")
    return f"- shop - ERROR - the {words} cannot be delivered"


def test_a_flood_of_unlike_failures_keeps_no_more_than_the_bound(watch_lines):
    failing = [written(60 + 20 * n, distinct(n)) for n in range(90)]
    heard = watch_lines(sorted([*healthy(0, 2200), *failing]), seconds=120.0, most_kept=MOST)
    kept = heard.live.conclude(None, hopeful=True)
    assert len(kept.unknown_failures) <= MOST
    assert heard.live.dropped >= 90 - MOST
    begun = [each.location.line for each in heard.of(Kind.BEGINS)]
    assert len(begun) == len(set(begun))
    assert sum("is known no longer" in note for note in heard.notes) == 1


def test_what_is_dropped_is_neither_taken_back_nor_told_again(watch_lines):
    failing = [written(60 + 1200 * n, distinct(n % 3)) for n in range(20)]
    lines = sorted([*healthy(0, 25_000, every=60), *failing])
    unbound = watch_lines(lines, seconds=20.0)
    bound = watch_lines(lines, seconds=20.0, most_kept=8)
    assert bound.live.dropped > 0
    told = [(each.kind, each.location.line) for _, each in bound.told if each.location]
    assert len(told) == len(set(told))
    begun = {each.location.line for each in bound.of(Kind.BEGINS)}
    assert begun >= {each.location.line for each in unbound.of(Kind.BEGINS)}
