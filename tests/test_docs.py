"""What the documents say is what the program does."""

import re
import tomllib
from pathlib import Path

import pytest

from logcascade import __version__
from logcascade.errors import ExitStatus

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CUT = "   ..."
"""How the README's report ends: the rest is left out there."""


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README in one language."""
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_readme_opens_with_the_report_that_the_demo_prints(run, request):
    shown = blocks("text")[0].splitlines()
    printed = run("demo").out.splitlines()
    assert shown[-1] == CUT
    end = next(place for place, line in enumerate(printed) if line.startswith("   Rhythm")) - 1
    if request.config.getoption("--update-golden"):
        text = README.read_text(encoding="utf-8")
        fresh = "\n".join([*printed[:end], CUT])
        README.write_text(text.replace("\n".join(shown), fresh), encoding="utf-8")
        return
    assert shown[:-1] == printed[:end]


def test_the_two_set_up_commands_are_one_line_each_and_need_only_python():
    commands = [line for block in blocks("sh") for line in block.splitlines() if "venv" in line]
    assert len(commands) == 2
    first, second = commands
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert first.endswith("logcascade demo")
    assert second.endswith("-m pytest")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m 1 '(.*)' README.md", script)
    assert pattern
    assert re.findall(pattern[1], README.read_text(encoding="utf-8"), re.MULTILINE) == [second]


def test_every_exit_status_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    for status in ExitStatus:
        assert re.search(rf"^\| {int(status)} \| ", text, re.MULTILINE)


@pytest.mark.parametrize("command", ["analyze", "demo", "remedy", "rules", "formats", "schema"])
def test_every_command_is_in_the_readme_and_in_the_help(run, command):
    assert f"`{command}" in README.read_text(encoding="utf-8")
    assert command in run("--help").out


def test_the_readmes_rule_example_is_a_shipped_rule(run):
    for name in re.findall(r"rules show ([a-z-]+)", README.read_text(encoding="utf-8")):
        assert run("rules", "show", name).status == 0


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    optional = project["project"]["optional-dependencies"]
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [each for extra in optional.values() for each in extra]
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Dependencies")[1]
    for requirement in wanted:
        name = re.split(r"[\s<>=;\[~!]", requirement)[0]
        assert name.startswith("types-") or name in reasons, name


def test_the_changelog_knows_this_version():
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_in_the_documents_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)\)", text):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{name}: {target}"


def tables(path):
    """Return each table of a Markdown file: row name -> column -> cell."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", path.read_text(encoding="utf-8"), re.MULTILINE):
        rows = [
            [cell.strip() for cell in line.strip("|\n ").split("|")] for line in block.split("\n")
        ]
        found.append({row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[2:] if row[0]})
    return found


def test_the_readme_tells_of_the_remedies_what_their_page_tells():
    (shown,) = [table for table in tables(README) if "none" in table]
    measured = tables(ROOT / "docs" / "remedies.md")[0]
    assert {"throttle alone", "limiter alone", "all together"} < shown.keys()
    for name, row in shown.items():
        assert row.items() <= measured[name].items()
