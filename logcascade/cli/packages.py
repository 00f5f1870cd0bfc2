"""Folders of rules that installed packages bring, found without running a line of theirs.

A package names its folder by an entry point of the group ``logcascade.rules``; the value is the
importable package in which the rule files lie: ``shop = "shop_rules"`` or ``"shop.rules"``.
"""

from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from logcascade.errors import RuleError
from logcascade.ruleset.collection import RuleFolder

GROUP = "logcascade.rules"


def package_folders() -> list[RuleFolder]:
    """Return the folders of all installed packages, in the order of the packages' names.

    Raises:
        RuleError: an entry point names no folder.

    """
    found = [(_distribution(point), point.name, point) for point in entry_points(group=GROUP)]
    ordered = sorted(found, key=lambda each: each[:2])
    return [
        RuleFolder(_folder(point, origin), origin, owner=origin) for origin, _, point in ordered
    ]


def _distribution(point: EntryPoint) -> str:
    """Return in words which package an entry point belongs to."""
    if point.dist is None:
        return "an installed package"
    return f"the package {point.dist.name} {point.dist.version}"


def _folder(point: EntryPoint, origin: str) -> Path:
    """Return the folder of the package that an entry point names; only its place is looked up.

    To find ``shop.rules`` the usual way would run ``shop/__init__.py``, so only the first part is
    looked up, and the others are folders within it.
    """
    first, *rest = point.value.split(".")
    if not all(part.isidentifier() for part in (first, *rest)):
        raise _wrong(point, origin, "it is not the name of a package")
    try:
        spec = find_spec(first)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise _wrong(point, origin, f'there is no package "{first}"')
    places = [Path(place, *rest) for place in spec.submodule_search_locations or ()]
    for place in places:
        if place.is_dir():
            return place
    raise _wrong(point, origin, "it is no package with a folder of its own")


def _wrong(point: EntryPoint, origin: str, reason: str) -> RuleError:
    return RuleError(
        f"the rules of {origin} cannot be found",
        reason,
        f'entry point "{point.name}" of {GROUP}: "{point.value}"',
        "install it anew, remove it, or give --isolated before the command to do without",
    )
