"""A report against a label: what was found, what was missed, what was made up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.evaluation.account import NOTHING, Account, account, episodes
from tests.evaluation.cases import Case, Root
from tests.evaluation.kinds import Kinds, is_of_kind

Report = Mapping[str, Any]

PERIOD_TOLERANCE = 0.01
"""Relative error up to which a period is right."""

SLOPE_TOLERANCE = 0.1
"""Relative error up to which the slope of what grows is right."""

UNSTEADY = frozenset({"load", "irregular", "too-few"})
"""Drivers that give no period to be right about, whatever the median of the gaps is."""

BACK_OFF = "back-off"
"""The driver of a crash loop: it sets the pace of the starts, whatever brings the loops about."""


@dataclass(frozen=True)
class Found:
    """What a report says of one labelled root."""

    root: Root
    incident: bool
    """It is the first failure of an incident."""
    kind: bool
    where: str
    """In words: where the report has it."""


@dataclass(frozen=True)
class Score:
    """One case, scored."""

    case: Case
    found: tuple[Found, ...]
    incidents: int
    cascades: tuple[str, ...]
    """``rule xN`` of each cascade, the worst first."""
    checks: Mapping[str, bool]
    """What is right and what is not, by name; only what the label speaks of."""
    certainty: Mapping[str, tuple[int, int]]
    """Certainty -> how many incidents' first failures are right, and how many there are."""
    ends: tuple[int, int] | None = None
    """Ends of runs classified right, of how many."""
    period_s: float | None = None
    period_error: float | None = None
    driver: str = ""
    remedies: tuple[str, ...] = ()
    account: Account = NOTHING
    """Which incidents are right, split, merged, invented, missing."""
    problem: str = ""
    """Why there is no report, where the analysis broke."""

    @property
    def is_exact(self) -> bool:
        """Say whether every labelled root is the first failure of an incident, and of its kind."""
        return all(found.incident and found.kind for found in self.found)


def score(case: Case, report: Report, kinds: Kinds) -> Score:
    """Compare a report with the label of its log."""
    repeats = episodes(case, report, kinds)
    found = tuple(
        _episode(root, repeats[index]) if index in repeats else _look_for(root, report, kinds)
        for index, root in enumerate(case.roots)
    )
    incidents = report["incidents"]
    cascades = report["cascades"]
    checks: dict[str, bool] = {}
    for number, one in enumerate(found, 1):
        checks[f"root {number}"] = one.incident
        checks[f"kind {number}"] = one.kind
    told = account(case, report, kinds)
    checks["none split"] = not told.split
    checks["none merged"] = not told.merged
    checks["none invented"] = not told.invented
    checks["none missing"] = not told.missing
    checks["incidents"] = case.fewest <= len(incidents) + len(repeats) <= case.most
    if case.roots or case.healthy:
        checks["worst"] = _worst_is_right(case, report)
    if case.healthy:
        checks["silent"] = not incidents
    ends = _score_ends(case, report)
    if ends is not None:
        checks["ends"] = ends[0] == ends[1]
    chosen = _cascade_of_story(case, report)
    period_s, driver = _rhythm(chosen) if case.roots else _rhythm_of_restarts(report)
    if case.driver == BACK_OFF == report["restarts"]["driver"]:
        driver = BACK_OFF
    error = _period_error(case, period_s)
    if case.period is not None and case.driver not in UNSTEADY:
        checks["period"] = error is not None and error <= PERIOD_TOLERANCE
    elif not case.recurs:
        checks["no period"] = not any(_rhythm(cascade)[0] for cascade in cascades)
    if case.driver:
        checks["driver"] = driver == case.driver
    remedies = tuple(remedy["id"] for remedy in chosen["remedies"]) if chosen else ()
    if case.grows:
        checks["growth"] = _names_growth(case, chosen)
    if case.remedies:
        checks["remedies"] = offers(remedies, case.remedies)
    return Score(
        case=case,
        found=found,
        incidents=len(incidents),
        cascades=tuple(f"{cascade['first_failure']} x{cascade['count']}" for cascade in cascades),
        checks=checks,
        certainty=_calibration(case, report, kinds),
        ends=ends,
        period_s=period_s,
        period_error=error,
        driver=driver,
        remedies=remedies,
        account=told,
    )


def broken(case: Case, problem: str) -> Score:
    """Return the score of a case whose analysis gave no report: nothing is right."""
    found = tuple(Found(root, incident=False, kind=False, where="no report") for root in case.roots)
    numbers = range(1, len(found) + 1)
    checks = {f"{what} {number}": False for number in numbers for what in ("root", "kind")}
    checks |= dict.fromkeys(("incidents", "worst", *["silent"] * case.healthy), False)
    none = Account(missing=case.fewest)
    return Score(case, found, 0, (), checks, {}, account=none, problem=problem)


def _episode(root: Root, incident: Mapping[str, Any]) -> Found:
    first = incident["first_failure"]
    return Found(root, True, True, f"an episode of {first['rule']} at {first['line']}")


def _look_for(root: Root, report: Report, kinds: Kinds) -> Found:
    for incident in report["incidents"]:
        first = incident["first_failure"]
        if root.holds(first["line"], first["record_line"]):
            where = f"{first['rule']} ({first['certainty']})"
            return Found(root, True, is_of_kind(first, root.kind, kinds), where)
    for incident in report["incidents"]:
        for role in ("symptoms", "coinciding"):
            for failure in incident[role]:
                if root.holds(failure["line"]):
                    return Found(root, False, False, _demoted(failure, role, incident))
    for failure in report["background"]:
        if root.holds(failure["line"]):
            return Found(root, False, False, f"{failure['rule']}: background")
    for failure in report["unknown_failures"]:
        if root.holds(failure["line"]):
            return Found(root, False, False, "an unknown failure, in no incident's first place")
    same = [
        incident["first_failure"]["line"]
        for incident in report["incidents"]
        if is_of_kind(incident["first_failure"], root.kind, kinds)
    ]
    if same:
        lines = ", ".join(map(str, same[:3]))
        return Found(root, False, False, f"not at its line; the kind is first at {lines}")
    return Found(root, False, False, "nowhere")


def _demoted(failure: Mapping[str, Any], role: str, incident: Mapping[str, Any]) -> str:
    first = incident["first_failure"]
    place = "symptom of" if role == "symptoms" else "coincides with"
    return f"{failure['rule']}: {place} {first['rule']} at {first['line']}"


def _worst_is_right(case: Case, report: Report) -> bool:
    """Say whether the cascade that the report puts on top begins with a labelled root."""
    if not report["cascades"]:
        return case.fewest == 0
    members = set(report["cascades"][0]["incidents"])
    return any(_is_labelled(case, one) for one in report["incidents"] if one["id"] in members)


def _is_labelled(case: Case, incident: Mapping[str, Any]) -> bool:
    first = incident["first_failure"]
    lines = (first["line"], first["record_line"])
    return any(root.holds(*lines) for root in case.roots) or bool(set(case.echoes) & set(lines))


def _cascade_of_story(case: Case, report: Report) -> Mapping[str, Any] | None:
    """Return the worst cascade that begins with a labelled root, or the worst of all."""
    labelled = {one["id"] for one in report["incidents"] if _is_labelled(case, one)}
    cascades: Sequence[Mapping[str, Any]] = report["cascades"]
    for cascade in cascades:
        if labelled & set(cascade["incidents"]):
            return cascade
    return cascades[0] if cascades else None


def offers(remedies: Sequence[str], wanted: Sequence[str]) -> bool:
    """Say whether each wanted remedy or an alternative of it is offered, and no ``!wrong`` one."""
    return all(
        choice[1:] not in remedies
        if choice.startswith("!")
        else set(choice.split("|")) & set(remedies)
        for choice in wanted
    )


def _names_growth(case: Case, cascade: Mapping[str, Any] | None) -> bool:
    slopes = [one["per_hour"] for one in cascade["growth"]] if cascade else []
    return any(
        abs(slope - right) <= SLOPE_TOLERANCE * right for slope in slopes for right in case.grows
    )


def _rhythm(cascade: Mapping[str, Any] | None) -> tuple[float | None, str]:
    if cascade is None:
        return None, ""
    recurrence = cascade["recurrence"]
    return recurrence["period_s"], recurrence["driver"]


def _rhythm_of_restarts(report: Report) -> tuple[float | None, str]:
    """Return what is said of the restarts: all there is where the log shows no first failure."""
    return report["restarts"]["period_s"], report["restarts"]["driver"]


def _period_error(case: Case, period_s: float | None) -> float | None:
    """Return how far the period is outside the label's range, as a part of it."""
    if case.period is None or period_s is None:
        return None
    low, high = case.period
    nearest = min(max(period_s, low), high)
    return abs(period_s - nearest) / nearest


def _score_ends(case: Case, report: Report) -> tuple[int, int] | None:
    if not case.run_ends:
        return None
    found: dict[str, list[str]] = {}
    for run in report["runs"]:
        found.setdefault(run["component"], []).append(run["ended"])
    others = [name for name in found if name not in case.other_ends]
    main = max(others, key=lambda name: (len(found[name]), name in _failing(report)), default="")
    asked = {main: case.run_ends, **case.other_ends}
    got = {name: found.get(name, []) for name in asked}
    right = sum(_common(ends, got[name]) for name, ends in asked.items())
    return right, sum(max(len(ends), len(got[name])) for name, ends in asked.items())


def _failing(report: Report) -> set[str]:
    """Return the components that incidents are about: a label speaks of their runs only."""
    return {incident["component"] for incident in report["incidents"]}


def _common(wanted: Sequence[str], found: Sequence[str]) -> int:
    """Return the length of the longest common subsequence: a lost run shifts nothing."""
    row = [0] * (len(found) + 1)
    for want in wanted:
        before = row
        row = [0]
        for index, got in enumerate(found):
            row.append(before[index] + 1 if want == got else max(row[index], before[index + 1]))
    return row[-1]


def _calibration(case: Case, report: Report, kinds: Kinds) -> dict[str, tuple[int, int]]:
    """
    Return for each certainty how many first failures are right, and how many there are.

    A label lists only the first occurrence of each root. So an incident is right, too, where it
    shares its cascade with one on a labelled line, or is of a kind that the label names. Where the
    label says that the log shows no root, the only right word is that it is not in the log.
    """
    right_cascades = {one["cascade"] for one in report["incidents"] if _is_labelled(case, one)}
    wanted = {root.kind for root in case.roots}
    tally: dict[str, tuple[int, int]] = {}
    for incident in report["incidents"]:
        first = incident["first_failure"]
        right = incident["cascade"] in right_cascades or any(
            is_of_kind(first, kind, kinds) for kind in sorted(wanted)
        )
        if case.has_no_root_to_show:
            right = first["certainty"] == "not-in-log"
        good, total = tally.get(first["certainty"], (0, 0))
        tally[first["certainty"]] = (good + right, total + 1)
    return tally


def regressions(scores: Sequence[Score], stored: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words each thing that the stored evaluation had right and this one has not."""
    now = {one.case.name: one for one in scores}
    for name, before in sorted(stored["cases"].items()):
        if name not in now:
            yield f"{name}: was scored before, is not there any more"
            continue
        for check, was_right in sorted(before["checks"].items()):
            if was_right and not now[name].checks.get(check, False):
                yield f"{name}: {check} was right before, is not any more"
