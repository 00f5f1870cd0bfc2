"""The rules, remedies and suspects of one analysis, by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from logcascade.errors import RuleError
from logcascade.model.rules import Remedy, Rule, Suspect


@dataclass(frozen=True, slots=True)
class RuleFolder:
    """A folder of rule files, and who named it."""

    path: Path
    origin: str = ""
    """In words: ``--rules``, a settings file, an installed package. Empty: it came with us."""
    owner: str = ""
    """Whose files they are, where they are not the user's own: said where one is wrong."""
    is_proven: bool = False
    """Its rules have passed `rules test` as they are: patterns are compiled when first needed."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything the rule files say."""

    rules: Mapping[str, Rule]
    """By id, in the order of their ids."""
    remedies: Mapping[str, Remedy]
    """By id, in the order of their ids."""
    suspects: Mapping[str, Suspect] = field(default_factory=dict)
    """By id, in the order of their ids."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Id of a rule that did not come with the program -> who named its folder."""
    replaced: Mapping[str, Path] = field(default_factory=dict)
    """Id of a rule -> the file of the rule with that id which it replaces."""
    problems: tuple[RuleError, ...] = ()
    """Why files were left out, in their order; only where that was asked for."""

    def literals(self) -> tuple[str, ...]:
        """Return each text of which one must stand in a record that a rule can match, sorted."""
        return tuple(sorted({text for rule in self.rules.values() for text in rule.literals}))
