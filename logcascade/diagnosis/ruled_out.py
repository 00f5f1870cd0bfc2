"""What looks to blame: which suspects the numbers clear, which not, and which nothing shows."""

from collections.abc import Mapping, Sequence

from logcascade.diagnosis.case import Case, Evidence, Side
from logcascade.diagnosis.evidence import weigh
from logcascade.model.analysis import Suspicion, Verdicts
from logcascade.model.rules import Suspect

NOTHING = "nothing in the log speaks for or against it"


def weigh_suspects(case: Case, suspects: Mapping[str, Suspect]) -> Verdicts:
    """
    Return what the numbers say of each plausible suspect, the loudest first.

    What the first failure's own rule speaks for is no suspect: it is the verdict.
    """
    rule = case.rules.get(case.first)
    accused = rule.speaks_for if rule else ()
    known = [
        suspect
        for suspect in suspects.values()
        if suspect.id not in accused and (suspect.always or _is_tempting(suspect, case))
    ]
    ruled_out: list[Suspicion] = []
    suspected: list[Suspicion] = []
    not_shown: list[Suspicion] = []
    for suspect in sorted(known, key=lambda each: _order(each, case)):
        evidence = list(weigh(suspect, case))
        sides = {each.side for each in evidence}
        if Side.FOR in sides:
            suspected.append(_suspicion(suspect, evidence, case))
        elif Side.AGAINST in sides:
            ruled_out.append(_suspicion(suspect, evidence, case))
        else:
            not_shown.append(_suspicion(suspect, evidence, case))
    return Verdicts(tuple(ruled_out), tuple(suspected), tuple(not_shown))


def _is_tempting(suspect: Suspect, case: Case) -> bool:
    """Tell whether a failure of the incidents, or one near them, points to the suspect."""
    kinds = case.kinds[suspect.id].tempting
    return case.first in kinds or case.symptoms_of(kinds) > 0 or bool(case.outside(suspect, kinds))


def _order(suspect: Suspect, case: Case) -> tuple[bool, int, str]:
    """Sort what the first failure itself tempts to blame before what is loud in the incidents."""
    kinds = case.kinds[suspect.id].tempting
    return (case.first not in kinds, -case.symptoms_of(kinds), suspect.id)


def _suspicion(suspect: Suspect, evidence: Sequence[Evidence], case: Case) -> Suspicion:
    speaks_for, against = _words(evidence, Side.FOR), _words(evidence, Side.AGAINST)
    told = "; but ".join("; ".join(each) for each in (speaks_for, against) if each)
    return Suspicion(
        what=suspect.id,
        title=suspect.title,
        because=told or "; ".join(_words(evidence, Side.NEITHER)) or NOTHING,
        speaks_for=speaks_for,
        speaks_against=against,
        is_sure=any(each.is_enough for each in evidence),
        count=case.symptoms_of(case.kinds[suspect.id].own),
    )


def _words(evidence: Sequence[Evidence], side: Side) -> tuple[str, ...]:
    return tuple(each.words for each in evidence if each.side is side)
