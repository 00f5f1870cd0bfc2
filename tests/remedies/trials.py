"""Trials of remedies: one load upon one program, without the remedy and with it.

A remedy's trials stand in ``tests/remedies/trials_of/<remedy_id>.py`` (hyphens as underscores) as
``TRIALS``. ``python -m tests.remedies [ID...]`` runs them and writes ``measured.toml`` beside the
remedy; ``test_trials.py`` runs them again and compares what they show with what was written.
"""

import importlib
import json
import platform
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.remedies.code import REMEDIES

MODULES = Path(__file__).parent / "trials_of"
MEASURED = "measured.toml"
STORY = "story"
"""What the ids of the laboratory's trials begin with (`laboratory/comparison_pages.py`)."""
HEADER = "# Written by a command from runs without the remedy and with it: see CONTRIBUTING.md.\n"

Figures = Mapping[str, float]
"""What was counted, with its unit where it is no count, in the order in which it is shown."""

Record = Mapping[str, Any]
"""A trial as it stands in ``measured.toml``."""


@dataclass(frozen=True)
class Trial:
    """An experiment that a command can repeat."""

    id: str
    load: str
    """What is injected, in words."""
    needs: tuple[str, ...]
    """The distributions it runs on, the most telling one first."""
    run: Callable[[bool], Figures]
    """Called with whether the remedy is in place; the same load comes both times."""
    better: Callable[[Figures, Figures], bool]
    """Tells from the figures without and with the remedy whether it helped."""
    helps: bool = True
    """Whether it is expected to. Where it is not, the remedy says so."""


def remedies_with_trials() -> list[str]:
    """Return the ids of the remedies that have trials."""
    return sorted(path.stem.replace("_", "-") for path in MODULES.glob("[a-z]*.py"))


def trials_of(remedy: str) -> list[Trial]:
    """Return the trials of a remedy; ImportError where a library that they need is absent."""
    module = importlib.import_module(f"tests.remedies.trials_of.{remedy.replace('-', '_')}")
    trials: list[Trial] = module.TRIALS
    return trials


def absent(trial: Trial) -> list[str]:
    """Return the distributions that the trial needs and that are not installed."""
    missing = []
    for name in trial.needs:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    return missing


def ground_of(trial: Trial) -> str:
    """Return what a trial runs on here: libraries, then the interpreter."""
    python = f"Python {platform.python_version()}"
    return ", ".join([*(f"{name} {version(name)}" for name in trial.needs), python])


def told(trial: Trial) -> Record:
    """Run a trial, and return what it has shown."""
    without, with_it = trial.run(False), trial.run(True)
    return {
        "id": trial.id,
        "load": trial.load,
        "on": ground_of(trial),
        "helped": trial.better(without, with_it),
        "without": without,
        "with": with_it,
    }


def kept(remedy: str) -> dict[str, Record]:
    """Return what was written of a remedy, by the ids of its trials."""
    path = REMEDIES / remedy / MEASURED
    if not path.exists():
        return {}
    return {trial["id"]: trial for trial in tomllib.loads(path.read_text("utf-8")).get("trial", [])}


def keep(remedy: str, records: Iterable[Record]) -> Path:
    """Write the records beside the remedy, the stories first; those of other trials stay."""
    new = {record["id"]: record for record in records}
    all_records = new | {id_: record for id_, record in kept(remedy).items() if id_ not in new}
    path = REMEDIES / remedy / MEASURED
    ordered = sorted(all_records.values(), key=lambda record: not record["id"].startswith(STORY))
    tables = "\n".join(_table(record) for record in ordered)
    path.write_text(f"{HEADER}schema = 1\n\n{tables}", encoding="utf-8")
    return path


def _table(record: Record) -> str:
    lines = ["[[trial]]", *(f"{key} = {_toml(value)}" for key, value in record.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{name}" = {figure:.6g}' for name, figure in value.items()) + " }"
    return json.dumps(value)
