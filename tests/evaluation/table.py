"""Scores as text: a table of cases, sums, and naive readings of the same logs beside them."""

from collections.abc import Iterator, Mapping, Sequence

from tests.evaluation.bars import find_bars
from tests.evaluation.baselines import BASELINES
from tests.evaluation.calibration import calibrate
from tests.evaluation.cases import CONFIDENCES
from tests.evaluation.scores import Found, Score

COLUMNS = (
    "case",
    "label",
    "roots",
    "kinds",
    "worst",
    "incidents",
    "told wrongly",
    "ends",
    "period",
    "driver",
    "growth",
    "remedies",
)

# In the column of incidents, "2+3 (5)" is two incidents that count three more of the labelled five
# as later episodes of their own.

SHOWN = 4
"""So many incidents of a sort are named of each case; `--case` names all."""


def render(scores: Sequence[Score], baselines: Mapping[str, Mapping[str, bool]]) -> str:
    """Return the whole evaluation as text."""
    parts = [
        _cases(scores),
        _details(scores),
        _sums(scores),
        _calibration(scores),
        _baselines(scores, baselines),
        "Bars\n" + "\n".join(f"  {bar.words()}" for bar in find_bars(scores)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def sums(scores: Sequence[Score]) -> dict[str, str]:
    """Return what was asked of the program over the cases, as `right of all` in words."""
    sick = [one for one in scores if one.case.roots]
    well = [one for one in scores if one.case.healthy]
    roots = [found for one in scores for found in one.found]
    ends = [one.ends for one in scores if one.ends is not None]
    told = [one.account for one in scores]
    exact = [one.is_exact for one in sick]
    return {
        "logs": str(len(scores)),
        "first failures found": _of(sum(found.incident for found in roots), len(roots)),
        "  of the right kind": _of(sum(found.kind for found in roots), len(roots)),
        "logs with every first failure": _of(sum(exact), len(exact)),
        "worst cascade is a labelled root": _check(sick, "worst"),
        "number of incidents as labelled": _check(scores, "incidents"),
        "incidents split": _in_logs([len(one.split) for one in told]),
        "incidents merged": _in_logs([len(one.merged) for one in told]),
        "incidents invented": _in_logs([len(one.invented) for one in told]),
        "incidents missing": _in_logs([one.missing for one in told]),
        "healthy logs silent": _check(well, "silent"),
        "healthy logs within the label": _check(well, "incidents"),
        "ends of runs classified": _of(sum(end[0] for end in ends), sum(end[1] for end in ends)),
        "periods within 1 %": _check(scores, "period"),
        "no period made up": _check(scores, "no period"),
        "growth named": _check(scores, "growth"),
        "drivers": _check(scores, "driver"),
        "remedies": _check(scores, "remedies"),
    }


def _in_logs(counts: Sequence[int]) -> str:
    return f"{sum(counts)} in {sum(count > 0 for count in counts)} logs"


def _of(right: int, total: int) -> str:
    return f"{right} of {total}"


def _check(scores: Sequence[Score], name: str) -> str:
    asked = [one.checks[name] for one in scores if name in one.checks]
    return _of(sum(asked), len(asked))


def _cases(scores: Sequence[Score]) -> str:
    rows = [COLUMNS, *(_row(one) for one in scores)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _row(one: Score) -> tuple[str, ...]:
    case = one.case
    roots = len(one.found)
    asked = f"{case.fewest}" if case.fewest == case.most else f"{case.fewest}-{case.most}"
    told = f"{one.incidents}+{len(one.account.folded)}" if one.account.folded else one.incidents
    period = ""
    if case.period is not None:
        period = "none" if one.period_error is None else f"{one.period_error:.1%} off"
        if "period" not in one.checks:
            period = f"({period})"
    elif "no period" in one.checks:
        period = "" if one.checks["no period"] else "made up"
    return (
        case.name,
        case.confidence,
        f"{sum(found.incident for found in one.found)}/{roots}" if roots else "-",
        f"{sum(found.kind for found in one.found)}/{roots}" if roots else "-",
        _answer(one, "worst", ""),
        f"{told} ({asked}){'' if one.checks['incidents'] else ' !'}",
        one.account.words(),
        f"{one.ends[0]}/{one.ends[1]}" if one.ends else "",
        period,
        _answer(one, "driver", one.driver),
        _answer(one, "growth", ""),
        _answer(one, "remedies", ""),
    )


def _answer(one: Score, check: str, found: str) -> str:
    if check not in one.checks:
        return ""
    return "yes" if one.checks[check] else f"NO {found}".rstrip()


def _details(scores: Sequence[Score]) -> str:
    lines: list[str] = []
    for one in scores:
        wrong = [name for name, right in one.checks.items() if not right]
        if wrong or one.problem:
            lines += _detail(one)
    return "Not as labelled\n" + "\n".join(lines) if lines else ""


def _detail(one: Score) -> Iterator[str]:
    yield f"  {one.case.name}"
    if one.problem:
        yield f"    {one.problem}"
        return
    for found in one.found:
        if not found.incident or not found.kind:
            yield f"    {_expected(found)}: {found.where}"
    checks = one.checks
    told = one.account
    for name in ("split", "merged", "invented"):
        yield from _some(name, getattr(told, name))
    if told.missing:
        yield f"    missing: {told.missing}"
    if not all(checks.get(name, True) for name in ("incidents", "worst", "silent")):
        listed = ", ".join(one.cascades[:6]) or "none"
        more = f" and {len(one.cascades) - 6} more" if len(one.cascades) > 6 else ""
        yield f"    found {one.incidents} incidents in {len(one.cascades)} cascades: {listed}{more}"
    if not checks.get("ends", True) and one.ends is not None:
        yield f"    ends of runs: {one.ends[0]} of {one.ends[1]}"
    if not checks.get("period", True):
        yield f"    period: expected {one.case.period}, found {one.period_s}"
    if not checks.get("driver", True):
        yield f"    driver: expected {one.case.driver}, found {one.driver or 'none'}"
    if not checks.get("growth", True):
        yield f"    growth: expected a slope of {' or '.join(map(str, one.case.grows))} an hour"
    if not checks.get("remedies", True):
        found_ids = ", ".join(one.remedies) or "none"
        yield f"    remedies: expected {', '.join(one.case.remedies)}; found {found_ids}"


def _some(name: str, items: Sequence[str]) -> Iterator[str]:
    for words in items[:SHOWN]:
        yield f"    {name}: {words}"
    if len(items) > SHOWN:
        yield f"    {name}: {len(items) - SHOWN} more"


def _expected(found: Found) -> str:
    return f"line {found.root.line} {found.root.kind}"


def _sums(scores: Sequence[Score]) -> str:
    """Return the sums over all cases, and beside them by the confidence of the labels."""
    columns = {"all": sums(scores)}
    for confidence in CONFIDENCES:
        columns[confidence] = sums([one for one in scores if one.case.confidence == confidence])
    lines = [f"{'':<34}" + "".join(f"{name:<16}" for name in columns)]
    lines += (
        f"{name:<34}" + "".join(f"{column[name]:<16}" for column in columns.values())
        for name in columns["all"]
    )
    return "In sum, and by the confidence of the label\n" + "\n".join(
        f"  {line}".rstrip() for line in lines
    )


def _calibration(scores: Sequence[Score]) -> str:
    """Say what each certainty was worth; the interval is that of the share of logs."""
    lines = [f"{'':<14}{'incidents right':<18}{'logs all right':<18}95 % interval of the logs"]
    for row in calibrate([one.certainty for one in scores]):
        low, high = row.interval()
        lines.append(
            f"{row.certainty:<14}{_of(row.right, row.total):<18}"
            f"{_of(row.cases_right, row.cases):<18}{low:.1%} to {high:.1%}"
        )
    return "How often it is right, by what it says of its certainty\n" + "\n".join(
        f"  {line}" for line in lines
    )


def _baselines(scores: Sequence[Score], baselines: Mapping[str, Mapping[str, bool]]) -> str:
    """Say how often one look at the log gives a labelled root, and how often it cries wolf."""
    sick = [one for one in scores if one.case.roots]
    well = [one for one in scores if one.case.healthy]
    all_roots = sum(len(one.found) for one in scores)
    found = sum(root.incident for one in scores for root in one.found)
    rows = [
        ("", "names a first failure", "of all of them", "silent on healthy logs"),
        (
            "logcascade, its worst cascade",
            _check(sick, "worst"),
            f"{_of(found, all_roots)} (all incidents)",
            _check(well, "silent"),
        ),
    ]
    for name in BASELINES:
        named = sum(baselines[one.case.name][name] for one in sick)
        silent = sum(baselines[one.case.name][name] for one in well)
        rows.append((name, _of(named, len(sick)), _of(named, all_roots), _of(silent, len(well))))
    return "One answer a log, beside naive readings\n" + "\n".join(
        f"  {row[0]:<32}{row[1]:<24}{row[2]:<28}{row[3]}".rstrip() for row in rows
    )
