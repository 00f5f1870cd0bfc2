"""Who may import whom: stages share the vocabulary and nothing else."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "logcascade"

STAGES = {
    "sources",
    "cleaning",
    "reading",
    "ruleset",
    "timeline",
    "incidents",
    "diagnosis",
    "watch",
}

MAY_IMPORT = {
    "model": set(),
    "errors": {"model"},
    "bundled": set(),
    "encodings": set(),
    **{stage: {"model", "errors"} for stage in STAGES},
    "sources": {"model", "errors", "encodings"},
    "cleaning": {"model", "errors", "encodings"},
    "reading": {"model", "errors", "cleaning"},
    "report": {"model", "errors"},
    "scanning": {"model", "errors", *STAGES},
    "pipeline": {"model", "errors", "scanning", *STAGES},
    "live": {"model", "errors", "scanning", "pipeline", *STAGES},
    "cli": {"model", "errors", "bundled", "report", "scanning", "pipeline", "live", *STAGES},
    "__main__": {"cli"},
    "__init__": set(),
}
"""Part -> the parts of ours that it may import; its own modules always.

`reading` gets a stream and has it cleaned: what it reads from cannot be anything else."""

THIRD_PARTY = {
    "model": {"regex"},
    "sources": {"backports", "compression"},
    "reading": {"dateutil", "hyperscan", "msgspec", "numpy", "regex"},
    "ruleset": {"regex", "msgspec"},
    "report": {"rich", "msgspec"},
    "cli": {"typer", "rich"},
}
"""Part -> the packages of others that it may import."""

OF_THE_WORLD = {"locale", "argparse", "getpass", "platform"}
"""Modules of the standard library that only the command line may ask."""

PRODUCTS = ("aiogram", "telegram", "sqlite", "systemd", "asyncio", "aiohttp", "docker")
"""Knowledge that lives in rules and formats."""

PRODUCT_FREE = ("timeline", "incidents", "diagnosis", "model")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_parts_import_only_what_lies_below_them(path):
    part = part_of(path)
    assert part in MAY_IMPORT, f"a new part: say in MAY_IMPORT what {part} may import"
    for name in imports(path):
        ours, _, rest = name.partition(".")
        if ours == "logcascade":
            other = rest.split(".")[0]
            if other in ("__version__", ""):
                continue
            assert other == part or other in MAY_IMPORT[part], f"{part} imports {other}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_packages_of_others_stay_in_the_parts_that_need_them(path):
    allowed = THIRD_PARTY.get(part_of(path), set()) | {"logcascade"}
    for name in imports(path):
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names:
            assert top in allowed, f"{part_of(path)} imports {top}"
        if part_of(path) != "cli":
            assert top not in OF_THE_WORLD


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_only_the_command_line_looks_at_clock_and_environment(path):
    if part_of(path) == "cli":
        return
    text = path.read_text(encoding="utf-8")
    for word in ("datetime.now(", "date.today(", "time.time(", "os.environ", "getenv("):
        assert word not in text, f"{word} in {name_of(path)}"


@pytest.mark.parametrize("part", PRODUCT_FREE)
def test_the_engine_knows_no_product(part):
    for path in (PACKAGE / part).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            said = ""
            if isinstance(node, ast.Constant) and id(node) not in docstrings:
                said = str(node.value)
            elif isinstance(node, ast.Name):
                said = node.id
            assert not any(word in said.lower() for word in PRODUCTS), f"{name_of(path)}: {said}"
