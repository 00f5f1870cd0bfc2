"""Labelled logs: one folder a case, ``label.json`` or ``truth.json`` beside the log."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LABELS = ("truth.json", "label.json")

Label = Mapping[str, Any]


class LabelError(Exception):
    """A label cannot be understood; says which file and why."""


@dataclass(frozen=True)
class Root:
    """One labelled first failure."""

    line: int
    low: int
    high: int
    """Any line from `low` to `high` belongs to the record that reports it."""
    kind: str

    def holds(self, *lines: int) -> bool:
        """Say whether one of the lines is this root's."""
        return any(line == self.line or self.low <= line <= self.high for line in lines)


@dataclass(frozen=True)
class Case:
    """One log with what a careful reader says of it."""

    name: str
    log: Path
    roots: tuple[Root, ...]
    fewest: int
    most: int
    """Incidents: from `fewest` to `most`, as repeats of one cause may be grouped."""
    healthy: bool
    period: tuple[float, float] | None
    """Seconds between restarts, as a range; None where the log has none to claim."""
    recurs: bool
    """True where the label says that something comes back, so a claimed period is no invention."""
    driver: str
    """What sets the rhythm; empty where the label does not say."""
    run_ends: tuple[str, ...]
    """How each run ended, in order; empty where the label does not say."""
    remedies: tuple[str, ...]
    """Ids of the remedies that fit what happened; empty where the label only has words."""
    downstream: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def find_cases(folders: Sequence[Path]) -> Iterator[Case]:
    """Yield the cases below the folders, sorted by name; a folder may itself be a case."""
    for folder in folders:
        own = _label_of(folder)
        inside = [folder] if own else sorted(path for path in folder.iterdir() if path.is_dir())
        for case_folder in inside:
            label_path = _label_of(case_folder)
            if label_path is not None:
                yield from read_case(label_path)


def read_case(label_path: Path) -> Iterator[Case]:
    """Yield one case for each log that a label describes."""
    folder = label_path.parent
    label = json.loads(label_path.read_text(encoding="utf-8"))
    files = label.get("files")
    if isinstance(files, Mapping):
        for name in sorted(files):
            own = {**{key: value for key, value in label.items() if key != "files"}, **files[name]}
            yield _make_case(f"{folder.name}/{name}", folder / name, own, label_path)
        return
    logs = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.name not in LABELS and path.suffix != ".md"
    )
    if len(logs) != 1:
        what = f"{label_path}: one log expected beside it, found {len(logs)}"
        raise LabelError(what)
    yield _make_case(folder.name, logs[0], label, label_path)


def _label_of(folder: Path) -> Path | None:
    return next((folder / name for name in LABELS if (folder / name).is_file()), None)


def _make_case(name: str, log: Path, label: Label, label_path: Path) -> Case:
    if not log.is_file():
        what = f"{label_path}: {log.name} is not there"
        raise LabelError(what)
    low, high = _range(label.get("n_incidents", len(label.get("first_failure_line") or ())))
    return Case(
        name=name,
        log=log,
        roots=_roots(label, label_path),
        fewest=int(low),
        most=int(high),
        healthy=bool(label.get("healthy", False)),
        period=None if label.get("restart_period_s") is None else _range(label["restart_period_s"]),
        recurs=any(label.get(key) is not None for key in ("restart_period_s", "recurrence_s")),
        driver=str(label.get("driver") or ""),
        run_ends=tuple(label.get("run_ends") or ()),
        remedies=tuple(label.get("expected_remedies") or ()),
        downstream=tuple(label.get("downstream_kinds") or ()),
    )


def _roots(label: Label, label_path: Path) -> tuple[Root, ...]:
    lines = label.get("first_failure_line") or []
    kinds = label.get("first_failure_kind") or []
    if isinstance(kinds, str):
        kinds = [kinds] * len(lines)
    ranges = label.get("accept_ranges") or [[line, line] for line in lines]
    if not len(lines) == len(kinds) == len(ranges):
        what = (
            f"{label_path}: first_failure_line, first_failure_kind and accept_ranges differ in"
            f" length ({len(lines)}, {len(kinds)}, {len(ranges)})"
        )
        raise LabelError(what)
    return tuple(
        Root(line=line, low=low, high=high, kind=kind)
        for line, (low, high), kind in zip(lines, ranges, kinds, strict=True)
    )


def _range(value: float | Sequence[float]) -> tuple[float, float]:
    if isinstance(value, int | float):
        return float(value), float(value)
    low, high = value
    return float(low), float(high)
