"""What the check finds, and that it becomes the program if there is nothing to find."""

import os
import subprocess
import sys
from pathlib import Path

import check_start
import pytest


def problems(folder: Path, **environment: str) -> list[str]:
    return check_start.problems_of(folder, environment, ["BOT_TOKEN"], [])


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import surely_not_installed\n")
    (tmp_path / "other.py").write_text("def f(:\n")
    found = "\n".join(problems(tmp_path))
    assert "surely_not_installed is not installed (imported by main.py)" in found
    assert "other.py is not valid Python" in found
    assert "the variable BOT_TOKEN is not set" in found


def test_a_sound_program_has_no_problem(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import json\nimport handlers.start\nfrom . import x\n")
    (tmp_path / "handlers").mkdir()
    (tmp_path / "speedups.py").write_text("try:\n    import not_there\nexcept ImportError: ...\n")
    assert problems(tmp_path, BOT_TOKEN="42:x") == []  # noqa: S106 - no token


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    found = check_start.problems_of(tmp_path, {}, [], ["data"])
    assert found == [f"the folder {tmp_path / 'data'} is missing or may not be written"]


@pytest.mark.parametrize(("token", "status"), [("42:x", 3), ("", 78)])
def test_it_becomes_the_program_or_ends_with_78(tmp_path: Path, token: str, status: int) -> None:
    program = tmp_path / "main.py"
    program.write_text("import sys\nsys.exit(int(sys.argv[1]))\n")
    command = [sys.executable, check_start.__file__, str(program), "3"]
    environment = {**os.environ, "BOT_TOKEN": token}
    assert subprocess.run(command, env=environment, check=False).returncode == status  # noqa: S603 - ours
