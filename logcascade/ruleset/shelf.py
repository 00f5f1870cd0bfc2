"""What was read under each id, the last on top: what is wrong can be taken off again."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from logcascade.ruleset.collection import RuleFolder
from logcascade.ruleset.sheet import Sheet

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Item]):
    """Something read, the file it stands in, and the folder of that."""

    item: Item
    sheet: Sheet
    folder: RuleFolder


@dataclass(slots=True)
class Shelf(Generic[Item]):
    """All rules, all remedies, or all suspects."""

    wrong: set[str] = field(default_factory=set)
    """Ids of files that could not be read."""
    _stacks: dict[str, list[Entry[Item]]] = field(default_factory=dict)

    def put(self, name: str, item: Item | None, sheet: Sheet, folder: RuleFolder) -> None:
        """Put something over what has its id; None where its file is wrong."""
        if item is None:
            self.wrong.add(name)
        else:
            self._stacks.setdefault(name, []).append(Entry(item, sheet, folder))

    def names(self) -> set[str]:
        """Return all ids, those of wrong files included."""
        return {*self._stacks, *self.wrong}

    def entries(self) -> dict[str, Entry[Item]]:
        """Return what counts under each id, in the order of the ids."""
        return {name: self._stacks[name][-1] for name in sorted(self._stacks)}

    def replaced(self) -> dict[str, Entry[Item]]:
        """Return what would count under an id if the last were not there."""
        return {n: stack[-2] for n, stack in sorted(self._stacks.items()) if len(stack) > 1}

    def drop_wrong(self) -> None:
        """Take off everything whose file is wrong; what it replaced counts again."""
        for name, stack in list(self._stacks.items()):
            good = [entry for entry in stack if not entry.sheet.problems]
            if good:
                self._stacks[name] = good
            else:
                del self._stacks[name]
