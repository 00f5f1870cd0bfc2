"""A rotated log gives the report of the whole one; only the places are those of its files."""

import gzip
import json

import pytest

from tests.conftest import SAMPLES

WHOLE = (SAMPLES / "network-outage" / "bot.log").read_bytes()


def without_parts(report):
    """Return what must be equal: all but where the lines stand and how it was called."""
    for source in report["sources"]:
        del source["name"], source["parts"]
    return report


def placed(value, place):
    """Return a report on the whole log with each place as *place* has it."""
    if isinstance(value, list):
        return [placed(part, place) for part in value]
    if not isinstance(value, dict):
        return value
    shown = {key: placed(part, place) for key, part in value.items()}
    if isinstance(value.get("line"), int):
        shown["source"], shown["line"], first = place(value["line"])
        if "record_line" in value:
            shown["record_line"] = max(1, value["record_line"] - first + 1)
    return shown


@pytest.mark.parametrize("cuts", [(0.5,), (0.1, 0.11, 0.7, 0.9)], ids=str)
def test_a_rotated_log_gives_the_report_of_the_whole(run, tmp_path, cuts):
    lines = WHOLE.splitlines(keepends=True)
    places = [0, *(round(cut * len(lines)) for cut in cuts), len(lines)]
    names = [f"bot.log.{age}.gz" for age in range(len(cuts), 0, -1)] + ["bot.log"]
    for number, name in enumerate(names):
        text = b"".join(lines[places[number] : places[number + 1]])
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)

    def place(line):
        number = max(index for index, begin in enumerate(places) if begin < line)
        return str(tmp_path / names[number]), line - places[number], places[number] + 1

    (tmp_path / "whole.log").write_bytes(WHOLE)
    whole = run("analyze", tmp_path / "whole.log", "--format", "json")
    rotated = run("analyze", "--rotated", tmp_path / "bot.log", "--format", "json")
    expected, report = json.loads(whole.out), json.loads(rotated.out)
    assert rotated.status == whole.status
    (source,) = report["sources"]
    assert sum(part["lines"] for part in source["parts"]) == source["lines"] == len(lines)
    assert sum(part["bytes"] for part in source["parts"]) == source["bytes"] == len(WHOLE)
    renamed = json.loads(rotated.out.replace('"bot"', '"whole"'))
    assert without_parts(renamed) == placed(without_parts(expected), place)
    assert expected["incidents"]


def test_the_report_names_the_files_of_a_set(run, tmp_path):
    half = WHOLE.index(b"\n", len(WHOLE) // 2) + 1
    (tmp_path / "bot.log.1").write_bytes(WHOLE[:half])
    (tmp_path / "bot.log").write_bytes(WHOLE[half:])
    for form in ("terminal", "markdown"):
        words = " ".join(run("analyze", "--rotated", tmp_path / "bot.log", "-f", form).out.split())
        assert "(2 files: bot.log.1 to bot.log)" in words
    found = json.loads(run("analyze", tmp_path, "-f", "json").out)
    assert [part["name"] for part in found["sources"][0]["parts"]] == [
        f"{tmp_path}/bot.log.1", f"{tmp_path}/bot.log",
    ]  # fmt: skip
