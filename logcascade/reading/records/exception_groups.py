"""The margins of exception groups: lines with a gutter become lists within a list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

TextLine = tuple[str, int]
"""A line's text and the 1-based line of the source where it stands."""

MAX_GROUP_DEPTH = 20
"""Nested exception groups followed; deeper ones are kept as text only."""

_GUTTER = re.compile(
    r"(?P<indent>(?:  )+)"
    r"(?:\+-\+-+ (?P<first>\d+|\.\.\.) -+|\+-+ (?P<next>\d+|\.\.\.) -+|(?P<end>\+-{8,})"
    r"|\+ (?P<head>Exception Group Traceback.*)|\|(?: (?P<text>.*))?)\s*$"
)


@dataclass(slots=True)
class Group:
    """The members of an exception group, each with its own lines."""

    members: list[list["Item"]]


Item = TextLine | Group


def nest_groups(lines: Sequence[TextLine]) -> list[Item]:
    """Take the margins off exception groups: their members become lists within the list.

    The outermost group's own lines (one step of margin) stay in the list they stand in. Python
    3.11 and 3.12 print the further lines of a member's message without a margin: they stay with
    the member, up to the group's last line.
    """
    if not any(text.startswith(("  +", "  |")) for text, _ in lines):
        return list(lines)
    root: list[Item] = []
    stack: list[list[Item]] = [root]
    for text, number in lines:
        gutter = _GUTTER.match(text) if text.startswith("  ") else None
        if gutter is None:
            if text.startswith(("Traceback (", "The above exception", "During handling")):
                del stack[1:]
            stack[-1].append((text, number))
            continue
        depth = len(gutter["indent"]) // 2
        if gutter["first"] or gutter["next"]:
            _open_member(stack, depth + 1 if gutter["first"] else depth)
        elif gutter["end"]:
            del stack[max(depth - 1, 1) :]
        else:
            del stack[max(depth, 1) :]
            stack[-1].append((gutter["head"] or gutter["text"] or "", number))
    return root


def _open_member(stack: list[list[Item]], depth: int) -> None:
    """Begin the next member of the group whose members stand at `depth` steps of margin."""
    depth = min(depth, MAX_GROUP_DEPTH)
    del stack[max(depth - 1, 1) :]
    parent = stack[-1]
    group = parent[-1] if parent else None
    if not isinstance(group, Group):
        group = Group([])
        parent.append(group)
    member: list[Item] = []
    group.members.append(member)
    stack.append(member)
