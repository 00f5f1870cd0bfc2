"""Folders of rule files -> the rules; or one error that lists everything wrong with them."""

import logging
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from logcascade.errors import RuleError
from logcascade.model.rules import Remedy, Rule, Suspect
from logcascade.ruleset.collection import RuleFolder, Ruleset
from logcascade.ruleset.references import (
    Known,
    check_remedy_names,
    check_rule_names,
    groups_of,
)
from logcascade.ruleset.remedies import REMEDY_FILE, read_remedy
from logcascade.ruleset.rule_files import TooManyFilesError, folders_in, rule_files
from logcascade.ruleset.schema import read_rule
from logcascade.ruleset.sheet import InvalidFiles, Sheet, visible
from logcascade.ruleset.shelf import Shelf
from logcascade.ruleset.suspects import read_suspect

_REMEDIES = "remedies"
_SUSPECTS = "suspects"
_RULE_DEPTH = 2
"""Parts of a rule's path below its folder: ``<area>/<id>.toml``."""

_log = logging.getLogger(__name__)


def load_rules(
    folders: Sequence[Path | RuleFolder], *, check_references: bool = True, skip_bad: bool = False
) -> Ruleset:
    """Return the rules and remedies of the folders; a later folder replaces earlier ones by id.

    A rule is ``<folder>/<area>/<id>.toml`` (or ``<folder>/<id>.toml``), a remedy
    ``<folder>/remedies/<id>/remedy.toml``, a suspect ``<folder>/suspects/<id>.toml``; the file of
    a rule can stand for a folder. Without
    ``check_references``, a rule may name rules, remedies and suspects that are not there, so that
    one file can be tried alone. With ``skip_bad``, what is wrong is left out, and what it would
    have replaced counts; the ruleset says what was wrong.

    Raises:
        RuleError: anything is wrong; its text lists every problem of every file.

    """
    loader = _Loader()
    for folder in folders:
        loader.read_folder(folder if isinstance(folder, RuleFolder) else RuleFolder(folder))
    if check_references:
        loader.check_references()
    problems = loader.problems
    if problems and not skip_bad:
        raise InvalidFiles(problems)
    ruleset = loader.ruleset(problems)
    _log.debug("%d rules, %d remedies", len(ruleset.rules), len(ruleset.remedies))
    return ruleset


class _Loader:
    """What has been read so far, and where each came from."""

    def __init__(self) -> None:
        self._rules: Shelf[Rule] = Shelf()
        self._remedies: Shelf[Remedy] = Shelf()
        self._suspects: Shelf[Suspect] = Shelf()
        self._loose: list[RuleError] = []
        self._sheets: list[Sheet] = []

    @property
    def problems(self) -> list[RuleError]:
        """Everything wrong, in the order of the files."""
        return self._loose + [problem for sheet in self._sheets for problem in sheet.problems]

    def ruleset(self, problems: Sequence[RuleError]) -> Ruleset:
        """Return what is right."""
        shelves = (self._rules, self._remedies, self._suspects)
        if problems:
            for shelf in shelves:
                shelf.drop_wrong()
        entries = self._rules.entries()
        return Ruleset(
            rules=MappingProxyType({name: each.item for name, each in entries.items()}),
            remedies=MappingProxyType({n: e.item for n, e in self._remedies.entries().items()}),
            suspects=MappingProxyType({n: e.item for n, e in self._suspects.entries().items()}),
            origins={n: e.folder.origin for n, e in entries.items() if e.folder.origin},
            replaced={n: e.sheet.path for n, e in self._rules.replaced().items()},
            problems=tuple(problems),
        )

    def read_folder(self, folder: RuleFolder) -> None:
        """Read every rule, suspect and remedy below one folder."""
        try:
            paths = rule_files(folder.path, apart=_REMEDIES)
            if not paths and not (folder.path / _REMEDIES).is_dir():
                self._unreadable(folder, "there is no rule file in the folder")
            first_places: dict[str, Path] = {}
            for path in paths:
                self._read_file(path, folder, first_places)
            self._read_remedies(folder)
        except FileNotFoundError:
            self._unreadable(folder, "there is no such folder")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._unreadable(folder, f"{reason[:1].lower()}{reason[1:]}")
        except TooManyFilesError as error:
            self._unreadable(folder, str(error))

    def _unreadable(self, folder: RuleFolder, reason: str) -> None:
        by = f" (named by {folder.origin})" if folder.origin else ""
        self._loose.append(
            RuleError(
                what="the rules cannot be read",
                reason=visible(reason),
                where=visible(f"{folder.path}{by}"),
                help="name a folder that holds <area>/<rule-id>.toml files",
            )
        )

    def _read_file(self, path: Path, folder: RuleFolder, first_places: dict[str, Path]) -> None:
        parts = path.relative_to(folder.path).parts or (path.name,)
        if parts[0] == _SUSPECTS and len(parts) > 1:
            sheet = self._sheet(path, f'suspect "{path.stem}"', folder)
            content = sheet.read()
            suspect = None if content is None else read_suspect(sheet, content)
            self._suspects.put(path.stem, suspect, sheet, folder)
        elif len(parts) > _RULE_DEPTH:
            self._sheet(path, f'rule "{path.stem}"', folder).problem(
                "the file lies too deep to be read",
                help=f"move it to {folder.path / parts[0] / path.name}",
            )
        else:
            self._read_rule(path, folder, first_places)

    def _read_rule(self, path: Path, folder: RuleFolder, first_places: dict[str, Path]) -> None:
        sheet = self._sheet(path, f'rule "{path.stem}"', folder)
        content = sheet.read()
        rule = None if content is None else read_rule(sheet, content, path.parent.name)
        if path.stem in first_places:
            sheet.problem(
                f'the rule "{path.stem}" exists twice in one folder: '
                f"also as {first_places[path.stem]}",
                help="keep one, or give the other an id of its own",
            )
        first_places.setdefault(path.stem, path)
        self._rules.put(path.stem, rule, sheet, folder)

    def _read_remedies(self, folder: RuleFolder) -> None:
        for place in folders_in(folder.path / _REMEDIES):
            sheet = self._sheet(place / REMEDY_FILE, f'remedy "{place.name}"', folder)
            content = sheet.read()
            remedy = None if content is None else read_remedy(sheet, content)
            self._remedies.put(place.name, remedy, sheet, folder)

    def _sheet(self, path: Path, what: str, folder: RuleFolder) -> Sheet:
        of = f" of {folder.owner}" if folder.owner else ""
        sheet = Sheet(path, f"{what}{of}", is_proven=folder.is_proven)
        self._sheets.append(sheet)
        return sheet

    def check_references(self) -> None:
        """
        Note every name that nothing has, but in folders whose rules are proven.

        Their references were checked, too: where one leads nowhere now, another rule has taken the
        place of what it names, and a value that no longer exists asks nothing.
        """
        rules = {name: entry.item for name, entry in self._rules.entries().items()}
        known = Known(
            self._rules.names(),
            self._remedies.names(),
            self._suspects.names(),
            None if self._rules.wrong else groups_of(rules.values()),
        )
        for entry in self._rules.entries().values():
            if not entry.sheet.is_proven:
                check_rule_names(entry.sheet, entry.item, known, rules)
        for remedy in self._remedies.entries().values():
            if not remedy.sheet.is_proven:
                check_remedy_names(remedy.sheet, remedy.item, known)
