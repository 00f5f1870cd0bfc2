"""Folders of rules as they are found on disks: links, pipes, other encodings, far too much."""

import os
from pathlib import Path

import pytest

from logcascade.errors import RuleError
from logcascade.ruleset import rule_files
from logcascade.ruleset.collection import RuleFolder
from logcascade.ruleset.load import load_rules
from tests.ruleset.test_bad_rules import GOOD, REMEDY, message_of, put

RULE = GOOD.format(id="db-refused")
CAUSE = '\n[[causes]]\nrule = "db-lost"\nwithin = "5m"\nhow = "it waits"\n'


def rules_in(folder: Path) -> list[str]:
    return list(load_rules([folder]).rules)


def test_links_to_folders_and_files_are_followed_and_never_round_in_a_circle(tmp_path):
    put(tmp_path / "team" / "db-refused.toml", RULE)
    put(tmp_path / "rules" / "a" / "db-lost.toml", GOOD.format(id="db-lost"))
    (tmp_path / "rules" / "team").symlink_to(tmp_path / "team")
    (tmp_path / "rules" / "a" / "up").symlink_to(tmp_path / "rules")
    assert rules_in(tmp_path / "rules") == ["db-lost", "db-refused"]


def test_a_single_file_can_stand_for_a_folder(tmp_path):
    path = put(tmp_path / "rules" / "db-refused.toml", RULE)
    put(tmp_path / "rules" / "db-lost.toml", "wrong")
    assert rules_in(path) == ["db-refused"]


def test_a_link_that_leads_to_itself_is_said(tmp_path):
    (tmp_path / "rules").symlink_to(tmp_path / "rules")
    assert "reason: too many levels of symbolic links" in message_of(tmp_path / "rules")


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbf" + RULE.encode(), RULE.replace("\n", "\r\n").encode()],
    ids=["byte order mark", "CRLF"],
)
def test_files_of_other_editors_are_read(tmp_path, data):
    put(tmp_path / "rules" / "a" / "db-refused.toml", "").write_bytes(data)
    assert rules_in(tmp_path / "rules") == ["db-refused"]


def test_lines_are_counted_as_toml_counts_them(tmp_path):
    text = RULE.replace("The database", "The\u2028data\u0085base").replace("\n", "\r\n")
    put(tmp_path / "rules" / "a" / "db-refused.toml", "").write_bytes(f"{text}colour = 1".encode())
    assert f"db-refused.toml:{text.count(chr(10)) + 1}\n" in message_of(tmp_path / "rules")


def test_a_pipe_is_not_waited_for(tmp_path):
    (tmp_path / "rules").mkdir()
    os.mkfifo(tmp_path / "rules" / "db-refused.toml")
    assert "this is a folder, a device or a pipe" in message_of(tmp_path / "rules")


def test_a_file_that_is_too_long_for_a_rule_is_not_read(tmp_path):
    with put(tmp_path / "rules" / "db-refused.toml", "").open("wb") as file:
        file.truncate(10**12)
    message = message_of(tmp_path / "rules")
    assert "the file has 1,000,000,000,000 bytes, more than any such file needs" in message


@pytest.mark.parametrize(
    ("limit", "reason"),
    [("MOST_ENTRIES", "more than"), ("MOST_FILES", "more than 3 rule files")],
)
def test_a_disk_is_not_searched_for_rules(tmp_path, monkeypatch, limit, reason):
    monkeypatch.setattr(rule_files, limit, 3)
    for number in range(4):
        put(tmp_path / "rules" / "a" / f"db-refused-{number}.toml", RULE)
    assert reason in message_of(tmp_path / "rules")


def test_without_what_is_bad_the_others_count_and_what_it_would_replace(tmp_path):
    put(tmp_path / "ours" / "a" / "db-refused.toml", RULE)
    put(tmp_path / "ours" / "a" / "db-lost.toml", GOOD.format(id="db-lost"))
    put(tmp_path / "theirs" / "db-refused.toml", RULE.replace("schema = 1", "schema = 2"))
    put(tmp_path / "theirs" / "db-lost.toml", GOOD.format(id="db-lost").replace("could", "can"))
    put(
        tmp_path / "theirs" / "db-gone.toml", GOOD.format(id="db-gone") + CAUSE.replace("lost", "x")
    )
    remedy = REMEDY.format(id="start-it", cures="db-gone", files='["start.py"]')
    put(tmp_path / "theirs" / "remedies" / "start-it" / "remedy.toml", remedy)
    folders = [tmp_path / "ours", tmp_path / "theirs", tmp_path / "nowhere"]
    with pytest.raises(RuleError) as refused:
        load_rules(folders)
    ruleset = load_rules(folders, skip_bad=True)
    assert "\n\n".join(map(str, ruleset.problems)) == str(refused.value)
    assert [problem.what for problem in ruleset.problems] == [
        "the rules cannot be read",
        'rule "db-gone" is not valid',
        'rule "db-refused" is not valid',
        'remedy "start-it" is not valid',
    ]
    assert list(ruleset.rules) == ["db-lost", "db-refused"]
    assert ruleset.rules["db-refused"].path == tmp_path / "ours" / "a" / "db-refused.toml"
    assert ruleset.rules["db-lost"].path == tmp_path / "theirs" / "db-lost.toml"
    assert ruleset.replaced == {"db-lost": tmp_path / "ours" / "a" / "db-lost.toml"}
    assert not ruleset.remedies


def test_a_rule_that_replaces_a_proven_one_is_not_blamed_on_those_that_name_it(tmp_path):
    """They were right when they were proven, and nobody can change them."""
    proven = (RULE + CAUSE + 'same = ["peer"]\n').replace("?P<host>", "?P<peer>")
    put(tmp_path / "ours" / "a" / "db-refused.toml", proven)
    lost = GOOD.format(id="db-lost")
    put(tmp_path / "ours" / "a" / "db-lost.toml", lost.replace("?P<host>", "?P<peer>"))
    put(tmp_path / "theirs" / "db-lost.toml", lost)
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    assert 'unknown value of both rules: "peer"' in message_of(*folders)
    ours = RuleFolder(folders[0], is_proven=True)
    assert load_rules([ours, folders[1]]).rules["db-lost"].patterns[0].groups == {"host"}
