"""
What CPython prints of exceptions, by every version: each condition is run for real and kept.

    python -m laboratory.formats.tracebacks NAME=PYTHON ...     # tests/reading/tracebacks/NAME.*

PYTHON is an interpreter, or ``pyodide:FOLDER`` for CPython built to WebAssembly, where FOLDER has
the npm package ``pyodide`` installed and ``node`` is on the path; what needs threads or processes
is left out there. The truth comes from the exception objects, within the process that prints them
(`laboratory/formats/noting.py`); our own reader has no part in it. Paths of the machine are
replaced in both, addresses of objects stay.

``NAME.txt.gz`` holds the texts, one after another; ``NAME.json`` what each is:

    {"name": "cause", "line": 1, "lines": 14, "exceptions": [...]}

An exception is ``{"type", "message", "frames": [[file, line, function], ...], "cause", "context",
"group"}``; what is left out is not compared.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laboratory.formats.conditions import Condition, load_conditions

FOLDER = Path(__file__).parent.parent.parent / "tests" / "reading" / "tracebacks"
HOME = "/opt/bot"
"""Where the programs seem to be."""

_NOTING = Path(__file__).with_name("noting.py")
_TIMEOUT_S = 60
_NODE = """
import { loadPyodide } from "pyodide";
import { readFileSync, writeSync } from "fs";
const python = await loadPyodide();
python.setStderr({ write: (data) => writeSync(2, data) });
const { noting, source, files } = JSON.parse(readFileSync(process.argv[2], "utf8"));
python.globals.set("given", python.toPy({ noting, source, files }));
python.runPython(`
import os, sys
os.makedirs("/opt/bot")
os.chdir("/opt/bot")
sys.path.insert(0, "/opt/bot")
programs = {"noting.py": given["noting"], "main.py": given["source"]}
for name, text in {**given["files"], **programs}.items():
    open(name, "w").write(text)
os.environ["NOTES"] = "notes.json"
import noting
noting.run("/opt/bot/main.py")
`);
writeSync(1, python.FS.readFile("/opt/bot/notes.json", { encoding: "utf8" }));
"""


@dataclass(frozen=True)
class Printed:
    """What one condition printed, and what it was."""

    text: str
    exceptions: list[dict[str, Any]]


def main() -> None:
    """Run all conditions under each interpreter named, and keep what they print."""
    for each in sys.argv[1:]:
        name, _, python = each.partition("=")
        keep(name, python, load_conditions())


def keep(name: str, python: str, conditions: Sequence[Condition]) -> None:
    """Write the texts and the truth of what `conditions` print under one interpreter."""
    texts: list[str] = []
    truth: list[dict[str, Any]] = []
    line = 1
    for condition, printed in _all_printed(python, conditions):
        lines = printed.text.count("\n")
        truth.append(
            {
                "name": condition.name,
                "line": line,
                "lines": lines,
                "exceptions": printed.exceptions,
            }
        )
        texts.append(printed.text)
        line += lines
    FOLDER.mkdir(parents=True, exist_ok=True)
    data = gzip.compress("".join(texts).encode(), 9, mtime=0)
    (FOLDER / f"{name}.txt.gz").write_bytes(data)
    rows = ",\n".join(json.dumps(each, ensure_ascii=False) for each in truth)
    (FOLDER / f"{name}.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def _all_printed(
    python: str, conditions: Sequence[Condition]
) -> Iterator[tuple[Condition, Printed]]:
    version = _version(python)
    for condition in conditions:
        if version < condition.since:
            continue
        if python.startswith("pyodide:"):
            if condition.needs_system:
                continue
            printed = _run_in_node(condition, Path(python.partition(":")[2]))
        else:
            printed = _run(condition, python)
        if not printed.text.endswith("\n"):
            raise SystemExit(f"{python}: {condition.name} printed {printed.text!r}")
        yield condition, printed


def _version(python: str) -> tuple[int, ...]:
    if python.startswith("pyodide:"):
        return (3, 14)
    code = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


def _run(condition: Condition, python: str) -> Printed:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, text in {**condition.files, "main.py": condition.source}.items():
            (home / name).write_text(text, encoding="utf-8")
        (home / "noting.py").write_text(_NOTING.read_text(encoding="utf-8"), encoding="utf-8")
        notes = home / "notes.json"
        environment = {
            **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
            "PYTHONPATH": folder,
            "PYTHONDONTWRITEBYTECODE": "1",
            "NOTES": str(notes),
            **condition.environment,
        }
        done = subprocess.run(
            [python, *condition.arguments, str(home / "main.py")],
            env=environment,
            cwd=home,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
        prefixes = [Path(python).parent.parent, Path(python).resolve().parent.parent]
        places = ((folder, HOME), *((str(prefix), "/usr/local") for prefix in prefixes))
        text = _replaced(done.stderr.decode(), places)
        raw = notes.read_text(encoding="utf-8") if notes.exists() else ""
        return Printed(text, _truth(condition, _replaced(raw, places)))


def _run_in_node(condition: Condition, folder: Path) -> Printed:
    with tempfile.TemporaryDirectory() as scratch:
        given = Path(scratch) / "given.json"
        given.write_text(
            json.dumps(
                {
                    "noting": _NOTING.read_text(encoding="utf-8"),
                    "source": condition.source,
                    "files": dict(condition.files),
                }
            )
        )
        script = folder / "run_condition.mjs"
        script.write_text(_NODE)
        done = subprocess.run(
            ["node", str(script), str(given)],
            cwd=folder,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        return Printed(done.stderr.decode(), _truth(condition, done.stdout.decode()))


def _replaced(text: str, places: Sequence[tuple[str, str]]) -> str:
    for real, shown in places:
        text = text.replace(real, shown)
    return text


def _truth(condition: Condition, notes: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in notes.splitlines()]
    return found or [dict(each) for each in condition.exceptions]


if __name__ == "__main__":
    main()
