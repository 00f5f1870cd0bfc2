"""Labelled logs: one folder a case, ``label.json`` or ``truth.json`` beside the log."""

import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LABELS = ("truth.json", "label.json")

CONFIDENCES = ("high", "medium", "low")
"""How sure a label can be; the bars are for the highest."""

TOLD = ("source", "format", "why", "traps", "expected_remedy", "downstream_kinds", "notes")
"""Keys of a label that explain it."""

REMEDIES = Path(__file__).with_name("remedies.toml")
"""What the labels' words mean in our remedies' ids."""

GZIP_SUFFIX = ".gz"

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
    """Ids of the remedies that fit what happened; ``a|b``: either fits; ``!a``: it does not fit."""
    other_ends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for other units than the one that the label is about, by name."""
    grows: tuple[float, ...] = ()
    """Slopes per hour of the numbers that rise within each run, in any unit; empty: none told."""
    echoes: tuple[int, ...] = ()
    """Lines where an incident is seen again after its restart: one more may begin there."""
    symptoms: tuple[str, ...] = ()
    """Kinds that follow from a root and are none."""
    confidence: str = ""
    """How sure the label is: one of `CONFIDENCES`."""
    collection: str = ""
    """Name of the folder of cases that it stands in."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """The label's own explanations, for a reader: see `TOLD`."""

    @property
    def has_no_root_to_show(self) -> bool:
        """Say whether something failed of which this log shows no line: only that it ended."""
        return not self.healthy and not self.roots and self.most > 0

    def read_lines(self) -> list[str]:
        """Return the log's lines as a line count counts them: cut at newlines only."""
        data = self.log.read_bytes()
        if self.log.suffix == GZIP_SUFFIX:
            data = gzip.decompress(data)
        return data.decode("utf-8", errors="replace").split("\n")


def find_cases(folders: Sequence[Path]) -> Iterator[Case]:
    """Yield the cases below the folders, sorted by name; a folder may itself be a case."""
    for folder in folders:
        own = _label_of(folder)
        inside = [folder] if own else sorted(path for path in folder.iterdir() if path.is_dir())
        for case_folder in inside:
            label_path = _label_of(case_folder)
            if label_path is not None:
                collection = folder.parent.name if own else folder.name
                yield from read_case(label_path, collection)


def read_case(label_path: Path, collection: str = "") -> Iterator[Case]:
    """Yield one case for each log that a label describes."""
    folder = label_path.parent
    label = json.loads(label_path.read_text(encoding="utf-8"))
    files = label.get("files")
    if isinstance(files, Mapping):
        for name in sorted(files):
            own = {**{key: value for key, value in label.items() if key != "files"}, **files[name]}
            yield _make_case(f"{folder.name}/{name}", folder / name, own, label_path, collection)
        return
    logs = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.name not in LABELS and path.suffix != ".md"
    )
    if len(logs) != 1:
        what = f"{label_path}: one log expected beside it, found {len(logs)}"
        raise LabelError(what)
    yield _make_case(folder.name, logs[0], label, label_path, collection)


def _label_of(folder: Path) -> Path | None:
    return next((folder / name for name in LABELS if (folder / name).is_file()), None)


def _make_case(name: str, log: Path, label: Label, label_path: Path, collection: str) -> Case:
    if not log.is_file():
        what = f"{label_path}: {log.name} is not there"
        raise LabelError(what)
    confidence = label.get("confidence")
    if confidence not in CONFIDENCES:
        what = f"{label_path}: confidence is {confidence!r}, not one of {', '.join(CONFIDENCES)}"
        raise LabelError(what)
    low, high = _range(label.get("n_incidents", len(label.get("first_failure_line") or ())))
    period = label.get("restart_period_s") or label.get("period_s")
    ends = _ends_by_unit(label)
    return Case(
        name=name,
        log=log,
        roots=_roots(label, label_path),
        fewest=int(low),
        most=int(high),
        healthy=bool(label.get("healthy", False)),
        period=None if period is None else _range(period),
        recurs=period is not None or label.get("recurrence_s") is not None,
        driver=str(label.get("driver") or ""),
        run_ends=ends.pop("", ()),
        other_ends=ends,
        remedies=_remedies().get(label_path.parent.name, ()) if low else (),
        grows=tuple(label.get("grows_per_hour") or ()),
        echoes=_echoes(label),
        symptoms=tuple(label.get("downstream_kinds") or ()),
        confidence=confidence,
        collection=collection,
        words={key: label[key] for key in TOLD if label.get(key)},
    )


def _echoes(label: Label) -> tuple[int, ...]:
    """Return every line of an echo: of its record, where the label tells it."""
    ranges = label.get("echo_ranges") or [[line, line] for line in label.get("echo_lines") or ()]
    return tuple(line for first, last in ranges for line in range(first, last + 1))


def _ends_by_unit(label: Label) -> dict[str, tuple[str, ...]]:
    """Return how the runs of each unit ended; the one that the label is about has no name."""
    ends: dict[str, tuple[str, ...]] = {}
    for run in label.get("run_ends") or ():
        unit = run.get("unit", "")
        ends[unit] = (*ends.get(unit, ()), run["ended"])
    return ends


@cache
def _remedies() -> Mapping[str, tuple[str, ...]]:
    table = tomllib.loads(REMEDIES.read_text(encoding="utf-8"))
    return {name: tuple(ids) for name, ids in table.items()}


def _roots(label: Label, label_path: Path) -> tuple[Root, ...]:
    lines = label.get("first_failure_line") or []
    kinds: str | list[str] = label.get("first_failure_kind") or []
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
