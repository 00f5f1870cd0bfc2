"""Recorded lines as Docker keeps them and as compose prints them."""

import gzip
import json

from laboratory import containers, truth

ENTRIES = [
    {"t": 10.0, "source": "bot", "text": "ready", "unit": "redis-1", "pid": 1, "line": None},
    {"t": 11.5, "source": "bot", "text": 'say "hi"', "unit": "shop-1", "pid": 2, "line": 1},
    {"t": 11.5, "source": "bot", "text": "", "unit": "shop-1", "pid": 2, "line": 2},
]


def test_compose_puts_name_and_time_before_each_line_of_all_containers(tmp_path):
    containers.write(ENTRIES, tmp_path)
    lines = gzip.decompress((tmp_path / "compose.log.gz").read_bytes()).decode().splitlines()
    assert lines[0] == "redis-1 | 1970-01-01T00:00:10.000000000Z ready"
    assert lines[1].startswith("shop-1  | 1970-01-01T00:00:11.500000")
    assert lines[1].endswith('Z say "hi"')
    assert len(lines) == len(ENTRIES)


def test_a_json_file_log_holds_the_lines_of_one_container(tmp_path):
    containers.write(ENTRIES, tmp_path)
    lines = gzip.decompress((tmp_path / "bot-json.log.gz").read_bytes()).decode().splitlines()
    assert [json.loads(line)["log"] for line in lines] == ['say "hi"\n', "\n"]


def test_a_journal_as_text_has_a_line_for_each_boot_after_the_first():
    entries = [
        {"t": 1.0, "source": "systemd", "text": "Started"},
        {"t": 2.0, "source": "systemd", "text": "Started", "boot": 1},
        {"t": 3.0, "source": "systemd", "text": "Started", "boot": 1},
    ]
    assert [truth.in_journal(entries, i, tells_boots=True).line for i in range(3)] == [1, 3, 4]
    assert [truth.in_journal(entries, i, tells_boots=False).line for i in range(3)] == [1, 2, 3]
