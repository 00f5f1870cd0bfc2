"""Incident by incident: which are labelled, which are told twice, told as one, made up, missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.evaluation.cases import Case
from tests.evaluation.kinds import Kinds, is_of_kind

Incident = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """
    What became of each incident of a report, and of each labelled root, in words.

    An incident is one of four: it begins at a labelled root; it begins with a further occurrence
    of one (labels list the first occurrence only) or with an echo; it is a part that was split
    off a labelled one; or nothing in the label speaks of it, and it is invented.
    """

    right: tuple[str, ...] = ()
    """Begins at a labelled root."""
    again: tuple[str, ...] = ()
    """Begins with a later occurrence of a labelled root, or where the label has an echo of one; or
    the label allows incidents of which it can name no line."""
    split: tuple[str, ...] = ()
    """A part of a labelled incident: begins at a root that another incident has already, or with
    what the label calls a symptom, or is one more repeat than the label allows."""
    invented: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    """Labelled roots that are told within the incident of another labelled root."""
    folded: tuple[str, ...] = ()
    """Labelled roots that are told as later episodes of an incident of their kind: it repeats
    without consequences, and the report counts it."""
    untold: tuple[str, ...] = ()
    """Labelled roots that no incident tells at all."""
    missing: int = 0
    """Incidents the label asks for that are neither told nor merged into others."""

    def words(self) -> str:
        """Return what is wrong in a few words; empty where nothing is."""
        counts = {
            "split": len(self.split),
            "merged": len(self.merged),
            "invented": len(self.invented),
            "missing": self.missing,
        }
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


NOTHING = Account()
"""The account of a report with no incident on a log that has none."""


def account(case: Case, report: Mapping[str, Any], kinds: Kinds) -> Account:
    """Compare the incidents of a report with the labelled ones, one by one."""
    right: list[str] = []
    again: list[str] = []
    split: list[str] = []
    invented: list[str] = []
    begun: set[int] = set()
    for incident in report["incidents"]:
        held = _roots_at_beginning(case, incident)
        if held - begun:
            begun |= held
            right.append(_named(incident))
        elif held:
            split.append(f"{_named(incident)}, where another incident begins")
        elif _is_repeat(case, incident, kinds):
            again.append(_named(incident))
        elif _is_labelled_symptom(case, incident, kinds):
            split.append(f"{_named(incident)}, a symptom by the label")
        else:
            invented.append(_named(incident))
    surplus = max(0, len(right) + len(again) - case.most)
    kept = max(0, len(again) - surplus)
    split += (f"{name}, one more than the label allows" for name in again[kept:])
    merged, inside = _merged(case, report)
    folded = episodes(case, report, kinds)
    untold = set(range(len(case.roots))) - begun - inside - folded.keys()
    short = case.fewest - len(report["incidents"]) - len(merged) - len(folded)
    return Account(
        right=tuple(right),
        again=tuple(again[:kept]),
        split=tuple(split),
        invented=tuple(invented),
        merged=tuple(merged),
        folded=tuple(
            f"{_root(case, index)}, an episode of {_named(incident)}"
            for index, incident in sorted(folded.items())
        ),
        untold=tuple(_root(case, index) for index in sorted(untold)),
        missing=max(len(untold), short, 0),
    )


def episodes(case: Case, report: Mapping[str, Any], kinds: Kinds) -> dict[int, Incident]:
    """
    Return the roots that the report tells as later episodes of an incident, by their index.

    Such an incident begins at a root of the same kind, spans their lines, and counts at least as
    many episodes.
    """
    firsts = [_roots_at_beginning(case, incident) for incident in report["incidents"]]
    told = set().union(*firsts)
    found: dict[int, Incident] = {}
    for incident, own in zip(report["incidents"], firsts, strict=True):
        if not own:
            continue
        first, last = incident["start_line"]["line"], incident["end_line"]["line"]
        later = [
            index
            for index, root in enumerate(case.roots)
            if index not in told
            and first <= root.low <= last
            and is_of_kind(incident["first_failure"], root.kind, kinds)
        ]
        for index in later[: incident["episodes"] - len(own)]:
            found[index] = incident
            told.add(index)
    return found


def _merged(case: Case, report: Mapping[str, Any]) -> tuple[list[str], set[int]]:
    """Return the roots told inside another root's incident, in words; and all told as no first."""
    firsts = [_roots_at_beginning(case, incident) for incident in report["incidents"]]
    begun = set().union(*firsts)
    merged: list[str] = []
    inside: set[int] = set()
    for incident, own in zip(report["incidents"], firsts, strict=True):
        several = sorted(own)[1:] if len(own) > 1 else []
        within = set(_roots_within(case, incident)) - begun - inside
        inside |= within
        if own:
            merged += [
                f"{_root(case, index)}, told in {_named(incident)}"
                for index in (*several, *sorted(within))
            ]
    return merged, inside


def _roots_at_beginning(case: Case, incident: Incident) -> set[int]:
    first = incident["first_failure"]
    lines = (first["line"], first["record_line"])
    return {index for index, root in enumerate(case.roots) if root.holds(*lines)}


def _roots_within(case: Case, incident: Incident) -> Iterator[int]:
    for role in ("symptoms", "coinciding"):
        for failure in incident[role]:
            for index, root in enumerate(case.roots):
                if root.holds(failure["line"]):
                    yield index


def _is_repeat(case: Case, incident: Incident, kinds: Kinds) -> bool:
    first = incident["first_failure"]
    is_echo = first["line"] in case.echoes or first["record_line"] in case.echoes
    return (
        is_echo
        or case.has_no_root_to_show
        or any(is_of_kind(first, root.kind, kinds) for root in case.roots)
    )


def _is_labelled_symptom(case: Case, incident: Incident, kinds: Kinds) -> bool:
    return any(is_of_kind(incident["first_failure"], kind, kinds) for kind in case.symptoms)


def _named(incident: Incident) -> str:
    first = incident["first_failure"]
    return f"{incident['id']} {first['rule']} at {first['line']}"


def _root(case: Case, index: int) -> str:
    root = case.roots[index]
    return f"line {root.line} {root.kind}"
