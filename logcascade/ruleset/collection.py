"""The rules, remedies and suspects of one analysis, by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from logcascade.model.rules import Remedy, Rule, Suspect


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything the rule files say."""

    rules: Mapping[str, Rule]
    """By id, in the order of their ids."""
    remedies: Mapping[str, Remedy]
    """By id, in the order of their ids."""
    suspects: Mapping[str, Suspect] = field(default_factory=dict)
    """By id, in the order of their ids."""

    def literals(self) -> tuple[str, ...]:
        """Return each text of which one must stand in a record that a rule can match, sorted."""
        return tuple(sorted({text for rule in self.rules.values() for text in rule.literals}))
