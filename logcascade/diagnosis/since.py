"""What the log since a change shows of one cascade before it: again, changed, or quiet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from logcascade.diagnosis.chance import at_most
from logcascade.diagnosis.exposure import QUIET_CHANCE, Exposure, last_time, members, span_of
from logcascade.diagnosis.tallies import main_rules
from logcascade.model.analysis import Analysis, Cascade, Incident
from logcascade.model.figures import due
from logcascade.model.rules import Remedy
from logcascade.model.verification import (
    Outcome,
    RemedyCheck,
    RemedyState,
    Remnant,
    Tally,
    Verdict,
)

MAIN_SHARE = 0.5
"""Share of a cascade's incidents that a consequence must be part of to be one of its marks."""


@dataclass(frozen=True, slots=True)
class Since:
    """Both logs, and what was found out about them, to judge each cascade by."""

    before: Analysis
    after: Analysis
    leftovers: frozenset[str]
    """Ids of incidents that only end in the log since."""
    tallies: Mapping[str, Tally]
    """By rule."""
    remedies: Mapping[str, Remedy]
    """By id."""

    def judge(self, cascade: Cascade, exposure: Exposure) -> Verdict:
        """Return what became of *cascade*, which has been put to *exposure*."""
        again = sum(map(self.count, self._same(cascade)))
        successor = None if again else self._successor(cascade, exposure)
        chance: float | None = None
        reported = self.tallies.get(cascade.first_failure)
        if again:
            outcome = Outcome.NOT_FIXED
            because, chance = self._still(cascade, again)
        elif successor is None and reported is not None and self._comes(reported):
            outcome = Outcome.NOT_FIXED
            again, because = reported.after, "it still comes, and begins no incident of its own"
        elif successor is not None:
            outcome = Outcome.CHANGED
            times = self.count(successor)
            because = f"what followed from it follows from another failure now, {times} x"
        else:
            outcome, because = quiet(exposure)
            chance = None if exposure.missing else exposure.chance
        is_open = outcome is Outcome.NOT_YET_EXERCISED
        return Verdict(
            cascade=cascade.id,
            first_failure=cascade.first_failure,
            title=cascade.title,
            outcome=outcome,
            because=because,
            before=cascade.count,
            after=again,
            expected=exposure.expected,
            p_value=chance,
            decidable=exposure.decidable if is_open and not exposure.missing else None,
            now=successor.title if successor else "",
            no_longer=self._no_longer(cascade) if again else (),
            remains=() if again or successor else tuple(self._remains(cascade)),
            remedies=tuple(map(self._check, self._advised(cascade))),
        )

    def count(self, cascade: Cascade) -> int:
        """Return how often a cascade since came; what only ended since did not."""
        left = sum(each.id in self.leftovers for each in members(cascade, self.after))
        return max(cascade.count - left, 0)

    def incidents(self, cascade: Cascade) -> list[Incident]:
        """Return the incidents of a cascade since that began since."""
        return [each for each in members(cascade, self.after) if each.id not in self.leftovers]

    def _same(self, cascade: Cascade) -> list[Cascade]:
        """Return the cascades since with the same first failure."""
        return [each for each in self.after.cascades if each.first_failure == cascade.first_failure]

    def _still(self, cascade: Cascade, again: int) -> tuple[str, float | None]:
        """Return in words how often it comes now, and the probability of so few by chance."""
        old_s, new_s = span_of(self.before), span_of(self.after)
        if old_s is None or new_s is None:
            return "it is there again", None
        old, new = _spells([cascade]), min(again, _spells(self._same(cascade)))
        chance = at_most(new, old + new, new_s / (old_s + new_s))
        if new / new_s < old / old_s and chance <= QUIET_CHANCE:
            return "it comes less often than before, and it still comes", chance
        return "it comes as often as before, as far as the counts tell", None

    def _marks(self, cascade: Cascade) -> set[str]:
        return main_rules(members(cascade, self.before), MAIN_SHARE)

    def _successor(self, cascade: Cascade, exposure: Exposure) -> Cascade | None:
        """
        Return the worst cascade since that has taken its place.

        It leads to what the old one led to, and to as bad an end. Where the old one is known to be
        gone, a lesser one is no change: it was hidden, and is what remains.
        """
        is_gone = quiet(exposure)[0] is Outcome.FIXED
        known = {each.first_failure for each in self.before.cascades}
        marks = self._marks(cascade) | {cascade.first_failure}
        for each in self.after.cascades:
            if each.first_failure in known or (is_gone and each.severity < cascade.severity):
                continue
            if marks & main_rules(self.incidents(each), MAIN_SHARE):
                return each
        return None

    def _no_longer(self, cascade: Cascade) -> tuple[str, ...]:
        """Return the titles of its marks that none of its incidents since has, if it is milder."""
        if not all(each.severity < cascade.severity for each in self._same(cascade)):
            return ()
        has = {
            symptom.rule
            for each in self._same(cascade)
            for incident in self.incidents(each)
            for symptom in incident.symptoms
        }
        return self._titles(self._marks(cascade) - has)

    def _remains(self, cascade: Cascade) -> Iterator[Remnant]:
        """Yield its consequences that come by themselves now."""
        marks = self._marks(cascade)
        for each in self.after.cascades:
            if each.first_failure not in marks or not self.count(each):
                continue
            follows = main_rules(self.incidents(each), MAIN_SHARE)
            tally = self.tallies.get(each.first_failure)
            count = tally.after if tally else each.count
            gone = {rule for rule in marks if rule in self.tallies and not self.tallies[rule].after}
            yield Remnant(
                each.first_failure, each.title, count, self._titles(follows), self._titles(gone)
            )

    def _titles(self, rules: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self.tallies[rule].title for rule in rules if rule in self.tallies))

    def _advised(self, cascade: Cascade) -> list[Remedy]:
        return [self.remedies[each.id] for each in cascade.remedies if each.id in self.remedies]

    def _comes(self, tally: Tally) -> bool:
        """Tell whether a failure was reported after what is left over of incidents before."""
        ends = [each.end for each in self.after.incidents if each.id in self.leftovers and each.end]
        end = last_time(self.after)
        if not ends or end is None or tally.quiet_s is None:
            return bool(tally.after)
        return bool(tally.after) and tally.quiet_s < (end - max(ends)).total_seconds()

    def _check(self, remedy: Remedy) -> RemedyCheck:
        """Return whether what *remedy* must silence is silent."""
        watched = [self.tallies[rule] for rule in remedy.watch if rule in self.tallies]
        still = tuple(each for each in watched if self._comes(each))
        silent = tuple(each for each in watched if each.before and each not in still)
        state = RemedyState.QUIET if silent else RemedyState.NOT_TOLD
        if still:
            state = RemedyState.OPEN
        return RemedyCheck(remedy.id, remedy.title, state, silent, still)


def _spells(cascades: Sequence[Cascade]) -> int:
    return sum((each.recurrence.spells or each).count for each in cascades)


def quiet(exposure: Exposure) -> tuple[Outcome, str]:
    """Return what the silence of a cascade is worth, and why."""
    if exposure.missing:
        return Outcome.NOT_YET_EXERCISED, exposure.missing
    if exposure.expected is None:
        return Outcome.NOT_YET_EXERCISED, exposure.words
    told = f"none where {due(exposure.expected)} were due at the old rate ({exposure.words})"
    if exposure.is_enough:
        return Outcome.FIXED, told
    if exposure.expected < exposure.rate.needed:
        return Outcome.NOT_YET_EXERCISED, f"{told}; it takes {due(exposure.rate.needed)} to tell"
    return Outcome.NOT_YET_EXERCISED, f"{told}; but it was quiet for as long before"


def in_sum(verdicts: Sequence[Verdict], decisive: int) -> tuple[Outcome, str]:
    """
    Return the verdict on the change, by the cascades that came *decisive* times or oftener.

    One that still comes decides, then one that cannot be told yet. What came less often does not
    weigh while others do: nothing can be told of it.
    """
    if not verdicts:
        return Outcome.NOT_YET_EXERCISED, "the log before the change shows no incident"
    telling = [each for each in verdicts if each.before >= decisive] or verdicts
    worst_first = (
        (Outcome.NOT_FIXED, verdicts),
        (Outcome.CHANGED, verdicts),
        (Outcome.NOT_YET_EXERCISED, telling),
        (Outcome.FIXED, telling),
    )
    return next(
        (outcome, f"{found.title}: {found.because}")
        for outcome, several in worst_first
        for found in several
        if found.outcome is outcome
    )
