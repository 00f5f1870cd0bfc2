"""The remedies' files: complete, readable by our own loader, clean enough to be pasted."""

import ast
import configparser
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec

import pytest

from logcascade.ruleset.load import load_rules
from tests.remedies.code import REMEDIES
from tests.remedies.conftest import REAL_LIBRARIES
from tests.remedies.trials import kept

ROOT = REMEDIES.parents[1]
REMEDY_IDS = (
    "one-poller",
    "outbound-limiter",
    "drop-stale-updates",
    "throttle-middleware",
    "honour-retry-after",
    "answer-callback-first",
    "bounded-handler-concurrency",
    "retry-with-jitter",
    "sqlite-short-transactions",
    "keep-background-tasks",
    "close-bot-session",
    "memory-limit-and-restart-policy",
)
"""In the order of application, the nearest to the origin first."""
OTHER_LIBRARIES = ("pytest", "telegram")
"""Which some of the code is for, too; where they are absent, that code is left out."""
CODE = sorted(REMEDIES.glob("*/*.py"))
UNIT = REMEDIES / "memory-limit-and-restart-policy" / "bot.service"
COMPOSE = UNIT.parent / "compose.yaml"
NEEDS_SYSTEMD_254 = ("RestartSteps", "RestartMaxDelaySec")


def sheet(remedy):
    return tomllib.loads((REMEDIES / remedy / "remedy.toml").read_text(encoding="utf-8"))


@pytest.mark.remedies
def test_the_code_was_run_against_the_real_libraries():
    absent = [name for name in REAL_LIBRARIES if find_spec(name) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed: no remedy was run (logcascade[remedies])")


def test_our_loader_reads_every_remedy():
    assert set(load_rules([ROOT / "rules"]).remedies) >= set(REMEDY_IDS)


def test_remedies_are_applied_in_the_order_of_the_pressure():
    order = [sheet(remedy)["upstream"] for remedy in REMEDY_IDS]
    assert order == sorted(set(order))


@pytest.mark.parametrize("remedy", REMEDY_IDS)
def test_a_remedy_says_what_it_does_not_cure_and_what_was_measured(remedy):
    text = sheet(remedy)
    for key in ("does_not_cure", "side_effects", "watch", "references"):
        assert text[key], key
    assert all(address.startswith("https://") for address in text["references"])
    assert kept(remedy) or any(letter.isdigit() for letter in " ".join(text["measured"]))


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
    """Whether all that a file imports can be: some are for a library's older major version."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        node.module
        for node in ast.walk(tree)
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


def unit_file():
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    parser.optionxform = str
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


def test_the_unit_limits_memory_and_restarts_after_a_failure():
    unit = unit_file()
    service = unit["Service"]
    assert service["Restart"] == "on-failure"
    assert service["OOMPolicy"] == "stop"
    assert service["MemorySwapMax"] == "0"
    assert megabytes(service["MemoryHigh"]) < megabytes(service["MemoryMax"])
    assert {"RestartSec", "TimeoutStopSec", *NEEDS_SYSTEMD_254} <= set(service)
    assert {"StartLimitIntervalSec", "StartLimitBurst"} <= set(unit["Unit"])


def megabytes(size):
    assert size.endswith("M")
    return int(size.removesuffix("M"))


def test_a_bot_that_dies_at_every_start_reaches_the_start_limit():
    """Else the pauses between restarts outlast the interval, and the loop never ends."""
    unit = unit_file()
    first, last = 5.0, 120.0
    assert (unit["Service"]["RestartSec"], unit["Service"]["RestartMaxDelaySec"]) == ("5s", "2min")
    steps = int(unit["Service"]["RestartSteps"])
    starts = int(unit["Unit"]["StartLimitBurst"])
    # the pause before each restart as systemd computes it (service_restart_usec_next)
    pauses = [first * (last / first) ** (n / steps) if n < steps else last for n in range(starts)]
    assert unit["Unit"]["StartLimitIntervalSec"] == "10min"
    lives = 50.0
    assert sum(pauses) + starts * lives < 600


def test_comments_in_the_unit_stand_on_lines_of_their_own():
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or "#" not in line


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path):
    text = UNIT.read_text(encoding="utf-8")
    text = text.replace("/opt/bot/venv/bin/python", sys.executable)
    copy = tmp_path / UNIT.name
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    about_it = [line for line in done.stderr.splitlines() if UNIT.name in line]
    unexpected = [line for line in about_it if not any(name in line for name in NEEDS_SYSTEMD_254)]
    assert unexpected == []


def test_compose_limits_memory_and_swap_alike():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    bot = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["bot"]
    assert bot["mem_limit"] == bot["memswap_limit"]
    assert bot["restart"] == "unless-stopped"
    assert bot["environment"]["PYTHONUNBUFFERED"] == "1"


@pytest.mark.remedies
def test_the_stop_leaves_time_for_the_handlers_to_finish():
    """The unit's SIGKILL must come after the time that main.py gives to handlers."""
    source = (REMEDIES / "close-bot-session" / "main.py").read_text(encoding="utf-8")
    drain = next(
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.targets[0].id == "DRAIN_S"
    )
    assert drain < int(unit_file()["Service"]["TimeoutStopSec"].removesuffix("s"))
