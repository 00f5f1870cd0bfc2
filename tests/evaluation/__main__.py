"""
Score the verdicts on folders of labelled logs.

    python -m tests.evaluation                     # the samples, and the corpus where it is
    python -m tests.evaluation DIR...              # other folders of cases
    python -m tests.evaluation --case article      # all about the cases with this in their name
    python -m tests.evaluation sample_logs --json tests/evaluation/expected.json
    python -m tests.evaluation sample_logs --check tests/evaluation/expected.json
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.evaluation.bars import find_bars
from tests.evaluation.baselines import score_baselines
from tests.evaluation.cases import LabelError, find_cases
from tests.evaluation.kinds import load_kinds
from tests.evaluation.one_case import render_case
from tests.evaluation.scores import Report, Score, broken, regressions, score
from tests.evaluation.table import render, sums
from tests.evaluation.verdicts import LogcascadeError, Verdicts

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_logs"
CORPUS = ROOT.parent / "shared" / "corpus"
"""Real logs kept beside the checkout; not part of it."""

EXIT_REGRESSED = 1
EXIT_USAGE = 2


def evaluate(folders: Sequence[Path], part_of_name: str = "") -> list[tuple[Score, Report | None]]:
    """Score the cases below the folders; with each score what it was made from, if anything."""
    kinds = load_kinds()
    verdicts = Verdicts()
    scored: list[tuple[Score, Report | None]] = []
    for case in find_cases(folders):
        if part_of_name not in case.name:
            continue
        try:
            report = verdicts.report(case)
        except LogcascadeError as error:
            scored.append((broken(case, str(error)), None))
        else:
            scored.append((score(case, report, kinds), report if part_of_name else None))
    return scored


def as_json(scores: Sequence[Score], baselines: Mapping[str, Mapping[str, bool]]) -> dict[str, Any]:
    """Return the scores in a form that can be stored and compared."""
    return {
        "cases": {
            one.case.name: {
                "confidence": one.case.confidence,
                "expected": [f"{root.line} {root.kind}" for root in one.case.roots],
                "found": [found.where for found in one.found],
                "incidents": one.incidents,
                "account": {
                    "split": list(one.account.split),
                    "merged": list(one.account.merged),
                    "invented": list(one.account.invented),
                    "missing": one.account.missing,
                },
                "cascades": list(one.cascades),
                "checks": dict(one.checks),
                "certainty": {name: list(tally) for name, tally in sorted(one.certainty.items())},
                "period_s": one.period_s,
                "driver": one.driver,
                "remedies": list(one.remedies),
                "baselines": dict(baselines[one.case.name]),
            }
            for one in scores
        },
        "sums": sums(scores),
        "bars": [bar.words() for bar in find_bars(scores)],
    }


def default_folders() -> list[Path]:
    """Return the samples, and the corpus where it is; says so where it is not."""
    folders = [SAMPLES]
    if CORPUS.is_dir():
        folders.append(CORPUS)
    else:
        sys.stderr.write("note: no ../shared/corpus beside the checkout; only sample_logs\n")
    return folders


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="folders of cases")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores to FILE")
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help="fail where FILE's scores were better"
    )
    parser.add_argument("--case", default="", metavar="NAME", help="all about one case")
    options = parser.parse_args()
    folders = options.folders or default_folders()
    absent = [folder for folder in folders if not folder.is_dir()]
    if absent:
        sys.stderr.write(f"error: not a folder: {', '.join(map(str, absent))}\n")
        return EXIT_USAGE
    try:
        scored = evaluate(folders, options.case)
    except LabelError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_USAGE
    if options.case:
        sys.stdout.write("\n".join(render_case(one, report) for one, report in scored))
        return 0 if scored else EXIT_USAGE
    scores = [one for one, _ in scored]
    baselines = {one.case.name: score_baselines(one.case) for one in scores}
    sys.stdout.write(render(scores, baselines))
    if options.json:
        text = json.dumps(as_json(scores, baselines), indent=1, ensure_ascii=False, sort_keys=True)
        options.json.write_text(text + "\n", encoding="utf-8")
    if options.check:
        stored = json.loads(options.check.read_text(encoding="utf-8"))
        worse = list(regressions(scores, stored))
        sys.stdout.write("".join(f"worse: {line}\n" for line in worse) or "nothing got worse\n")
        return EXIT_REGRESSED if worse else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
