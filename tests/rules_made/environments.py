"""The libraries that the scenarios are played with, in their oldest and newest versions.

`versions.toml` names them. Each version lives in a virtual environment of its own, made by pip in a
temporary folder and removed after use.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rules_made.scenarios import SCENARIOS

VERSIONS = Path(__file__).with_name("versions.toml")
PIP_LIMIT_S = 600
"""Seconds for pip: an old version without a wheel is built here."""

Key = tuple[str, str, str]
"""A script, its argument, a mark."""


class EnvironmentMissingError(Exception):
    """An environment that cannot be made here; the text says why."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One version of a library: where to play, and what it prints there."""

    library: str
    version: str
    """ "oldest" or "newest"."""
    python: str
    packages: tuple[str, ...]
    """What pip installs. The first is the library; without any it is the interpreter."""
    others: tuple[str, ...]
    """What the scripts need beside it."""
    node_packages: tuple[str, ...]
    """What npm installs. Where pip installs nothing, the first is the library."""
    expected: Mapping[Key, frozenset[str]]


def load_environments(path: Path = VERSIONS) -> list[Environment]:
    """Return the environments of a file, in its order. Raises `KeyError` where a key is missing."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Environment(
            library,
            version,
            table[version]["python"],
            tuple(table[version]["packages"]),
            tuple(table[version].get("with", [])),
            tuple(table[version].get("npm", [])),
            _expected(table, version),
        )
        for library, table in content.items()
        for version in ("oldest", "newest")
        if version in table
    ]


def _expected(table: Mapping[str, Any], version: str) -> dict[Key, frozenset[str]]:
    plays = [tuple(each.split()) for each in table["plays"]]
    expected = {
        key: frozenset(rules) for key, rules in SCENARIOS.items() if tuple(key[:2]) in plays
    }
    for other in table.get("differs", []):
        if other["in"] != version:
            continue
        for key in list(expected):
            if key[2] not in other["marks"]:
                continue
            if "prints" in other:
                expected[key] = frozenset(other["prints"])
            else:
                del expected[key]
    return expected


@contextmanager
def made(environment: Environment) -> Iterator[tuple[str, str]]:
    """Make the environment; yield its interpreter, and the version of the library.

    Raises `EnvironmentMissingError`.
    """
    base = find_python(environment.python)
    folder = Path(tempfile.mkdtemp(prefix="rules-made-"))
    try:
        _run([base, "-m", "venv", str(folder)])
        python = str(folder / "bin" / "python")
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
        if environment.packages or environment.others:
            _run([*pip, *environment.packages, *environment.others])
        if environment.node_packages:
            _run(["npm", "install", "-g", "--prefix", str(folder), *environment.node_packages])
        yield python, _version(python, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_python(version: str) -> str:
    """Return an interpreter of this version: from the PATH, or one that pyenv installed."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted((root / "versions").glob(f"{version}.*/bin/python"))
    found = str(installed[-1]) if installed else shutil.which(f"python{version}")
    if found is None:
        raise EnvironmentMissingError(f"no Python {version} here")
    return found


def _run(command: list[str]) -> str:
    finished = subprocess.run(
        command, capture_output=True, text=True, timeout=PIP_LIMIT_S, check=False
    )
    if finished.returncode:
        last = (finished.stderr.strip() or finished.stdout.strip()).splitlines()[-1:]
        raise EnvironmentMissingError(f"{' '.join(command[1:])[:200]}: {''.join(last)}")
    return finished.stdout


def _version(python: str, environment: Environment) -> str:
    """Return the installed version of the first requirement, such as ``httpx==0.20``."""
    if environment.node_packages and not environment.packages:
        name = environment.node_packages[0].partition("@")[0]
        described = Path(python).parents[1] / "lib" / "node_modules" / name / "package.json"
        return str(json.loads(described.read_text(encoding="utf-8"))["version"])
    if not environment.packages:
        return _run([python, "-c", "import platform; print(platform.python_version())"]).strip()
    name = re.split(r"[\[=<>]", environment.packages[0])[0]
    listed = json.loads(_run([python, "-m", "pip", "list", "--format", "json"]))
    versions = {each["name"].lower().replace("_", "-"): each["version"] for each in listed}
    return str(versions.get(name.lower().replace("_", "-"), "?"))
