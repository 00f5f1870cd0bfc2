"""Folders of rule files -> the rules; or one error that lists everything wrong with them."""

import logging
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType

from logcascade.errors import RuleError
from logcascade.model.rules import Remedy, Rule, Suspect
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.fields import suggest
from logcascade.ruleset.remedies import REMEDY_FILE, read_remedy
from logcascade.ruleset.schema import SAME_KEYS, read_rule
from logcascade.ruleset.sheet import InvalidRules, Sheet, visible
from logcascade.ruleset.suspects import read_suspect

_REMEDIES = "remedies"
_SUSPECTS = "suspects"
_RULE_DEPTH = 2
"""Parts of a rule's path below its folder: ``<area>/<id>.toml``."""

_log = logging.getLogger(__name__)


def load_rules(
    folders: Sequence[Path], *, proven: Path | None = None, check_references: bool = True
) -> Ruleset:
    """Return the rules and remedies of the folders; a later folder replaces earlier ones by id.

    A rule is ``<folder>/<area>/<id>.toml`` (or ``<folder>/<id>.toml``), a remedy
    ``<folder>/remedies/<id>/remedy.toml``, a suspect ``<folder>/suspects/<id>.toml``. Without
    ``check_references``, a rule may name rules, remedies and suspects that are not there, so that
    one file can be tried alone. The patterns of the folder ``proven`` are compiled when they are
    first needed: rules that passed `rules test` hold no wrong one.

    Raises:
        RuleError: anything is wrong; its text lists every problem of every file.

    """
    loader = _Loader()
    for folder in folders:
        loader.read_folder(folder, is_proven=folder == proven)
    if check_references:
        loader.check_references()
    if loader.problems:
        raise InvalidRules(loader.problems)
    _log.debug("%d rules, %d remedies", len(loader.rules), len(loader.remedies))
    return Ruleset(
        rules=MappingProxyType({name: loader.rules[name] for name in sorted(loader.rules)}),
        remedies=MappingProxyType({n: loader.remedies[n] for n in sorted(loader.remedies)}),
        suspects=MappingProxyType({n: loader.suspects[n] for n in sorted(loader.suspects)}),
    )


class _Loader:
    """What has been read so far, and where each came from."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self.remedies: dict[str, Remedy] = {}
        self.suspects: dict[str, Suspect] = {}
        self._is_proven = False
        self._loose: list[RuleError] = []
        self._sheets: list[Sheet] = []
        self._by_path: dict[Path, Sheet] = {}
        self._remedy_sheets: dict[str, Sheet] = {}
        self._broken_rules: set[str] = set()
        self._broken_remedies: set[str] = set()
        self._broken_suspects: set[str] = set()

    @property
    def problems(self) -> list[RuleError]:
        """Everything wrong, in the order of the files."""
        return self._loose + [problem for sheet in self._sheets for problem in sheet.problems]

    def read_folder(self, folder: Path, *, is_proven: bool = False) -> None:
        """Read every rule and remedy below one folder."""
        self._is_proven = is_proven
        if not folder.is_dir():
            self._nothing_in(folder, "there is no such folder")
            return
        first_places: dict[str, Path] = {}
        paths = list(_toml_files(folder))
        if not paths:
            self._nothing_in(folder, "there is no rule file in the folder")
        for path in paths:
            parts = path.relative_to(folder).parts
            if parts[0] == _REMEDIES:
                continue
            if parts[0] == _SUSPECTS:
                self._read_suspect(path)
            elif len(parts) > _RULE_DEPTH:
                self._sheet(path, f'rule "{path.stem}"').problem(
                    "the file lies too deep to be read",
                    help=f"move it to {folder / parts[0] / path.name}",
                )
            else:
                self._read_rule(path, first_places)
        self._read_remedies(folder / _REMEDIES)

    def _nothing_in(self, folder: Path, reason: str) -> None:
        self._loose.append(
            RuleError(
                what="the rules cannot be read",
                reason=reason,
                where=visible(str(folder)),
                help="name a folder that holds <area>/<rule-id>.toml files",
            )
        )

    def _read_rule(self, path: Path, first_places: dict[str, Path]) -> None:
        sheet = self._sheet(path, f'rule "{path.stem}"')
        content = sheet.read()
        rule = None if content is None else read_rule(sheet, content, path.parent.name)
        if path.stem in first_places:
            sheet.problem(
                f'the rule "{path.stem}" exists twice in one folder: '
                f"also as {first_places[path.stem]}",
                help="keep one, or give the other an id of its own",
            )
        first_places.setdefault(path.stem, path)
        if rule is None:
            self._broken_rules.add(path.stem)
        else:
            self.rules[rule.id] = rule

    def _read_remedies(self, folder: Path) -> None:
        if not folder.is_dir():
            return
        for place in sorted(folder.iterdir()):
            if not place.is_dir() or place.name.startswith((".", "__")):
                continue
            sheet = self._sheet(place / REMEDY_FILE, f'remedy "{place.name}"')
            content = sheet.read()
            remedy = None if content is None else read_remedy(sheet, content)
            if remedy is None:
                self._broken_remedies.add(place.name)
            else:
                self.remedies[remedy.id] = remedy
                self._remedy_sheets[remedy.id] = sheet

    def _read_suspect(self, path: Path) -> None:
        sheet = self._sheet(path, f'suspect "{path.stem}"')
        content = sheet.read()
        suspect = None if content is None else read_suspect(sheet, content)
        if suspect is None:
            self._broken_suspects.add(path.stem)
        else:
            self.suspects[suspect.id] = suspect

    def _sheet(self, path: Path, what: str) -> Sheet:
        sheet = Sheet(path, what, is_proven=self._is_proven)
        self._sheets.append(sheet)
        self._by_path[path] = sheet
        return sheet

    def check_references(self) -> None:
        """Note every name that no rule, remedy or value has. Files already wrong count as there."""
        rules = self.rules.keys() | self._broken_rules
        values = {name for rule in self.rules.values() for name in _groups(rule)}
        for rule in self.rules.values():
            sheet = self._by_path[rule.path]
            self._check_causes(sheet, rule, rules)
            self._check_advice(sheet, rule, rules, values)
            self._check_suspects(sheet, rule)
        for name, remedy in self.remedies.items():
            sheet = self._remedy_sheets[name]
            for key, ids in (("cures", remedy.cures), ("watch", remedy.watch)):
                for rule_id in ids:
                    _check_name(sheet, ("", 0), "rule", key, rule_id, rules)

    def _check_advice(
        self, sheet: Sheet, rule: Rule, rules: AbstractSet[str], values: AbstractSet[str]
    ) -> None:
        """Check the remedies that a rule names, and the conditions of its advice."""
        remedies = self.remedies.keys() | self._broken_remedies
        for index, use in enumerate(rule.remedies):
            _check_name(sheet, ("remedies", index), "remedy", "id", use.id, remedies)
        conditions = [
            *(("remedies", index, use.when) for index, use in enumerate(rule.remedies)),
            *(("not_yet", index, item.when) for index, item in enumerate(rule.not_yet)),
        ]
        for section, index, condition in (
            (section, index, condition) for section, index, when in conditions for condition in when
        ):
            at = (section, index)
            if condition.symptom:
                _check_name(sheet, at, "rule", "symptom", condition.symptom, rules)
            if condition.field and not self._broken_rules:
                _check_name(sheet, at, "value", "field", condition.field, values)

    def _check_suspects(self, sheet: Sheet, rule: Rule) -> None:
        known = self.suspects.keys() | self._broken_suspects
        for name in rule.speaks_for:
            _check_name(sheet, ("", 0), "suspect", "speaks_for", name, known)
        for name in rule.mistaken_for:
            _check_name(sheet, ("mistaken_for", 0), "suspect", "mistaken_for", name, known)

    def _check_causes(self, sheet: Sheet, rule: Rule, rules: AbstractSet[str]) -> None:
        for index, cause in enumerate(rule.causes):
            at = ("causes", index)
            _check_name(sheet, at, "rule", "rule", cause.rule, rules)
            target = self.rules.get(cause.rule)
            if target is None:
                continue
            shared = _groups(rule) & _groups(target)
            for key in cause.same:
                if key not in SAME_KEYS:
                    _check_name(sheet, at, "value of both rules", "same", key, shared)


def _toml_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.toml")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _groups(rule: Rule) -> set[str]:
    return {name for pattern in rule.patterns for name in pattern.groups}


def _check_name(
    sheet: Sheet, at: tuple[str, int], kind: str, key: str, name: str, known: AbstractSet[str]
) -> None:
    if name in known:
        return
    span = sheet.section(*at)
    line = sheet.line_of_value(f'"{name}"', span)
    line = line or sheet.line_of_key(name, span) or sheet.line_of_key(key, span)
    sheet.problem(
        f'"{key}" names an unknown {kind}: "{name}"', line=line, help=suggest(name, known)
    )
