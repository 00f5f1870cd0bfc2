"""The wheel works alone: in an environment of its own, far from the checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parent.parent
NO_INDEX = ("No matching distribution", "Could not find a version", "Temporary failure in name")
"""What pip says where there is no package index to ask."""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    """Return a function that runs the installed command outside the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
    done = subprocess.run(pip, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode and any(words in done.stderr for words in NO_INDEX):
        pytest.skip("no package index to install the dependencies from")
    assert done.returncode == 0, done.stderr
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(*arguments):
        command = [str(scripts / "logcascade"), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=folder, env=environment
        )

    return run


def test_rules_formats_and_samples_travel_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {path.name for path in (ROOT / "rules").rglob("*.toml")}
    assert shipped <= {Path(name).name for name in names if "/_bundled/rules/" in name}
    assert "logcascade/formats/python-logging.toml" in names
    assert "logcascade/_bundled/rules/remedies/throttle-middleware/middleware.py" in names
    assert "logcascade/_bundled/sample_logs/article/seven-lines.log" in names
    assert "logcascade/py.typed" in names


def test_tools_for_development_stay_at_home(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("laboratory", "tests"))]
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_installed_demo_prints_the_report(installed):
    done = installed("demo")
    assert done.returncode == 0, done.stderr
    assert "Telegram flood control" in done.stdout


def test_the_installed_rules_and_remedies_are_found(installed):
    assert "telegram-flood-control" in installed("rules", "list").stdout
    assert "throttle-middleware" in installed("remedy").stdout
    assert "all as they say" in installed("rules", "test").stdout
    assert "python-logging" in installed("formats").stdout
