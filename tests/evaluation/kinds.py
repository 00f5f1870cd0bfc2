"""Whether a first failure is of the kind that a label names."""

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("kinds.toml")

UNKNOWN = "unknown:"
CODE_BUG = "code-bug-"

OF_ANY_BUG = frozenset({"python-code-error"})
"""Rules for every error of a program's own code: which one it is, the text says."""

Kinds = Mapping[str, Mapping[str, Sequence[str]]]


def load_kinds() -> Kinds:
    """Read the table of kinds beside this module."""
    table: dict[str, dict[str, list[str]]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    for kind, entry in table.items():
        unexpected = entry.keys() - {"rules", "words"}
        if unexpected:
            what = f"{TABLE.name}: [{kind}] has unknown keys {sorted(unexpected)}"
            raise ValueError(what)
    return table


def is_of_kind(failure: Mapping[str, Any], kind: str, kinds: Kinds) -> bool:
    """Say whether a failure of a report (rule, title, text) means what the label's kind means."""
    rule = failure["rule"]
    if rule == kind:
        return True
    entry = kinds.get(kind, {})
    if not rule.startswith(UNKNOWN) and rule not in OF_ANY_BUG:
        return any(fnmatchcase(rule, pattern) for pattern in entry.get("rules", ()))
    words = [*entry.get("words", ())]
    if kind.startswith(CODE_BUG):
        words.append(kind.removeprefix(CODE_BUG))
    said = f"{failure.get('title', '')}\n{failure.get('text', '')}".casefold()
    return any(word.casefold() in said for word in words)
