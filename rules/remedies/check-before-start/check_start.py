"""Checks what a program needs before it starts it, and names everything that is missing at once.

In the unit, in place of `python main.py`:

    ExecStart=/opt/bot/venv/bin/python check_start.py main.py
    RestartPreventExitStatus=78

Status 78 stands for "set up wrongly" (EX_CONFIG of sysexits.h). The check reads the sources and
runs none of them; then it becomes the program: same process, same signals.
"""

import ast
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

SETTINGS = ("BOT_TOKEN",)
"""Variables of the environment without which the program cannot work."""
WRITABLE: tuple[str, ...] = ()
"""Folders in which it writes: where its database is, and its logs."""
LEFT_OUT = frozenset({"venv", ".venv", "tests", "build", "node_modules", ".git"})
"""Folders whose sources are no part of what is started."""
EX_CONFIG = 78


def problems_of(
    folder: Path, environment: Mapping[str, str], settings: Sequence[str], writable: Sequence[str]
) -> list[str]:
    """Return, in words, all that would end the program at its start."""
    problems = [f"the variable {name} is not set" for name in settings if not environment.get(name)]
    problems += [
        f"the folder {folder / name} is missing or may not be written"
        for name in writable
        if not os.access(folder / name, os.W_OK | os.X_OK)
    ]
    for path in _sources(folder):
        problems += _problems_of_source(path, folder)
    return sorted(set(problems))


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if LEFT_OUT.isdisjoint(path.relative_to(folder).parts):
            yield path


def _problems_of_source(path: Path, folder: Path) -> list[str]:
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        return [f"{path.name} is not valid Python: {error}"]
    problems = []
    for module in _imported(tree):
        top = module.partition(".")[0]
        local = (folder / top).is_dir() or (folder / f"{top}.py").is_file()
        if not local and not _is_found(top):
            problems.append(f"the module {top} is not installed (imported by {path.name})")
    return problems


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield what the file imports whenever it is imported; `try` and functions may do without."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _is_found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def main(arguments: Sequence[str]) -> NoReturn:
    """Check, and become the program; end with 78 and the list on stderr if something is missing."""
    if not arguments:
        sys.exit("usage: check_start.py PROGRAM [ARGUMENT...]")
    program = Path(arguments[0]).resolve()
    if program.is_file():
        problems = problems_of(program.parent, os.environ, SETTINGS, WRITABLE)
    else:
        problems = [f"{program} is not there"]
    if problems:
        sys.stderr.write("".join(f"cannot start: {problem}\n" for problem in problems))
        sys.exit(EX_CONFIG)
    command = [sys.executable, str(program), *arguments[1:]]
    os.execv(sys.executable, command)  # noqa: S606 - without a shell is meant


if __name__ == "__main__":
    main(sys.argv[1:])
