"""Where the rules and the sample logs are: inside the installed package, or beside a checkout's."""

from importlib.resources import files
from pathlib import Path

_INSIDE = "_bundled"
"""Folder of the package that the wheel's builder fills; a checkout does not have it."""

RULES = "rules"
SAMPLES = "sample_logs"


def bundled(*parts: str) -> Path:
    """Return the path of something bundled, whether it is there or not."""
    package = Path(str(files("logcascade")))
    inside = package / _INSIDE
    root = inside if inside.is_dir() else package.parent
    return root.joinpath(*parts)


def rules_folder() -> Path:
    """Return the folder of the rules that come with the program."""
    return bundled(RULES)
