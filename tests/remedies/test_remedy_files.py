"""The remedies' files: complete, readable by our own loader, clean enough to be pasted."""

import ast
import os
import subprocess
import sys
import tomllib
from importlib.util import find_spec

import pytest

from logcascade.ruleset.load import load_rules
from tests.remedies.code import REMEDIES
from tests.remedies.conftest import REAL_LIBRARIES

ROOT = REMEDIES.parents[1]
REMEDY_IDS = sorted(path.parent.name for path in REMEDIES.glob("*/remedy.toml"))
OTHER_LIBRARIES = ("pytest", "telegram")
"""Which some of the code is for, too; where they are absent, that code is left out."""
SETTINGS = {"gunicorn.conf.py", "celeryconfig.py"}
"""Python that only sets names, for a server to read: test_configuration_files.py has it read."""
CODE = sorted(REMEDIES.glob("*/*.py"))


def sheet(remedy):
    return tomllib.loads((REMEDIES / remedy / "remedy.toml").read_text(encoding="utf-8"))


@pytest.mark.remedies
def test_the_code_was_run_against_the_real_libraries():
    absent = [name for name in REAL_LIBRARIES if find_spec(name) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed: no remedy was run (logcascade[remedies])")


def test_our_loader_reads_every_remedy():
    assert set(load_rules([ROOT / "rules"]).remedies) >= set(REMEDY_IDS)


def test_no_two_remedies_have_the_same_place_in_the_order():
    places = [sheet(remedy)["upstream"] for remedy in REMEDY_IDS]
    assert sorted(places) == sorted(set(places))


def test_a_remedy_speaks_of_rules_that_there_are():
    rules = load_rules([ROOT / "rules"]).rules
    named = {
        (remedy, rule)
        for remedy in REMEDY_IDS
        for key in ("cures", "watch")
        for rule in sheet(remedy)[key]
    }
    assert {(remedy, rule) for remedy, rule in named if rule not in rules} == set()


@pytest.mark.parametrize("remedy", REMEDY_IDS)
def test_a_remedy_says_what_it_does_not_cure_and_what_was_measured(remedy):
    text = sheet(remedy)
    for key in ("does_not_cure", "side_effects", "watch", "references"):
        assert text[key], key
    assert all(address.startswith("https://") for address in text["references"])
    was_tried = (REMEDIES / remedy / "measured.toml").exists()
    assert was_tried or any(character.isdigit() for character in " ".join(text["measured"]))


@pytest.mark.parametrize("remedy", REMEDY_IDS)
def test_a_remedy_lists_every_file_beside_it(remedy):
    beside = {path.name for path in (REMEDIES / remedy).iterdir() if path.is_file()}
    assert beside - {"measured.toml"} == {"remedy.toml", *sheet(remedy)["files"]}


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_code_stands_alone_and_explains_itself(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "logcascade" not in imported
    beside = {other.stem for other in path.parent.glob("*.py")}
    assert imported <= {*sys.stdlib_module_names, *REAL_LIBRARIES, *OTHER_LIBRARIES, *beside}


def libraries_are_here(path):
    """Whether all can be imported that a file imports, or the code that it tests."""
    if "aiogram2" in path.name:
        return False  # tests/remedies/aiogram2.py runs it
    files = {path, path.with_name(path.name.removeprefix("test_"))}
    names = {
        node.module
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module not in {p.stem for p in CODE}
    }
    return all(can_be_imported(name) for name in names)


def can_be_imported(name):
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def run_tool(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff is not installed")
def test_code_passes_the_linter_and_the_formatter():
    assert run_tool("ruff", "check", "rules/remedies")[0] == 0
    assert run_tool("ruff", "format", "--check", "rules/remedies")[0] == 0


@pytest.mark.remedies
@pytest.mark.skipif(
    any(find_spec(name) is None for name in ("mypy", *REAL_LIBRARIES)),
    reason="mypy or the libraries whose types it needs are not installed",
)
def test_code_passes_the_strict_type_checker():
    paths = [str(path.relative_to(ROOT)) for path in CODE if libraries_are_here(path)]
    status, output = run_tool("mypy", "--strict", "--config-file", os.devnull, *paths)
    assert status == 0, output


@pytest.mark.parametrize("remedy", REMEDY_IDS)
def test_each_code_file_comes_with_its_test(remedy):
    files = {name for name in sheet(remedy)["files"] if name.endswith(".py")}
    code = {name for name in files if not name.startswith("test_")}
    assert files - code == {f"test_{name}" for name in code - SETTINGS}


@pytest.mark.remedies
def test_the_tests_that_come_with_the_code_pass_where_they_are_written(tmp_path):
    """As a person runs them: beside the code, without plugins of ours."""
    tests = []
    for remedy, found in load_rules([ROOT / "rules"]).remedies.items():
        folder = tmp_path / remedy
        folder.mkdir()
        for name, text in found.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        tests += [path for path in sorted(folder.glob("test_*.py")) if libraries_are_here(path)]
    if not tests:
        pytest.skip("none of the libraries that the remedies are for is installed")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, tests)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
