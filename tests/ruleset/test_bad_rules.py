"""Ways to get a rule file wrong, and the exact words a person then reads."""

import shutil
from pathlib import Path

import pytest

from logcascade.errors import RuleError
from logcascade.ruleset.collection import RuleFolder
from logcascade.ruleset.load import load_rules

BAD_RULES = Path(__file__).parent / "bad_rules"


def message_of(folder: Path, *more: Path) -> str:
    """Return the message of the error, with paths relative to the folder that holds the rules."""
    with pytest.raises(RuleError) as caught:
        load_rules([folder, *more])
    return str(caught.value).replace(f"{folder.parent}/", "")


@pytest.mark.parametrize("name", sorted(path.stem for path in BAD_RULES.glob("*.toml")))
def test_a_wrong_rule_file_is_explained(name, tmp_path):
    area = tmp_path / "rules" / "database"
    area.mkdir(parents=True)
    shutil.copy(BAD_RULES / f"{name}.toml", area)
    expected = (BAD_RULES / f"{name}.txt").read_text(encoding="utf-8")
    assert message_of(tmp_path / "rules") + "\n" == expected


def test_each_wrong_rule_has_its_message_beside_it():
    assert {path.stem for path in BAD_RULES.glob("*.toml")} == {
        path.stem for path in BAD_RULES.glob("*.txt")
    }


GOOD = """
schema = 1
id = "{id}"
title = "A client could not connect"
role = "failure"
severity = "error"
summary = "The database did not take a connection."

[match]
literals = ["connection refused"]
any = ['''connect to (?P<host>\\S+): connection refused''']
"""

REMEDY = """
schema = 1
id = "{id}"
title = "Start it"
summary = "Starts the database."
upstream = 10
fits = "It is stopped."
cures = ["{cures}"]
watch = ["{cures}"]
files = {files}
"""


def put(path: Path, text: str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_problems_of_all_files_are_listed_in_one_error(tmp_path):
    put(tmp_path / "rules" / "b" / "b-two.toml", "schema = ]")
    put(tmp_path / "rules" / "a" / "a-one.toml", "title = ]")
    message = message_of(tmp_path / "rules")
    assert message.index("rules/a/a-one.toml:1") < message.index("rules/b/b-two.toml:1")
    assert message.count("error: ") == 2


def test_a_rule_that_exists_twice_in_one_folder_is_an_error(tmp_path):
    put(tmp_path / "rules" / "a" / "db-refused.toml", GOOD.format(id="db-refused"))
    put(tmp_path / "rules" / "b" / "db-refused.toml", GOOD.format(id="db-refused"))
    assert message_of(tmp_path / "rules") == (
        'error: rule "db-refused" is not valid\n'
        '  reason: the rule "db-refused" exists twice in one folder: also as '
        "rules/a/db-refused.toml\n"
        "  --> rules/b/db-refused.toml\n"
        "  help: keep one, or give the other an id of its own"
    )


def test_a_later_folder_replaces_a_rule_by_its_id(tmp_path):
    put(tmp_path / "ours" / "a" / "db-refused.toml", GOOD.format(id="db-refused"))
    theirs = GOOD.format(id="db-refused").replace("could not", "cannot")
    put(tmp_path / "theirs" / "db-refused.toml", theirs)
    rules = load_rules([tmp_path / "ours", tmp_path / "theirs"]).rules
    assert rules["db-refused"].title == "A client cannot connect"


def test_rules_are_sorted_by_id_and_give_their_literals_once(tmp_path):
    for area, name in (("z", "a-one"), ("a", "b-two")):
        put(tmp_path / "rules" / area / f"{name}.toml", GOOD.format(id=name))
    ruleset = load_rules([tmp_path / "rules"])
    assert list(ruleset.rules) == ["a-one", "b-two"]
    assert ruleset.literals() == ("connection refused",)
    assert ruleset.rules["a-one"].area == "z"


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    assert message_of(tmp_path / "rules") == (
        "error: the rules cannot be read\n"
        "  reason: there is no such folder\n"
        "  --> rules\n"
        "  help: name a folder that holds <area>/<rule-id>.toml files"
    )


def test_a_folder_without_rules_is_an_error(tmp_path):
    put(tmp_path / "rules" / "README.md", "how to write a rule")
    assert "there is no rule file in the folder" in message_of(tmp_path / "rules")


def test_a_file_that_lies_too_deep_is_not_overlooked(tmp_path):
    put(tmp_path / "rules" / "a" / "b" / "db-refused.toml", GOOD.format(id="db-refused"))
    message = message_of(tmp_path / "rules")
    assert "the file lies too deep to be read" in message
    assert "help: move it to rules/a/db-refused.toml" in message


def test_a_file_that_is_not_utf_8_is_an_error(tmp_path):
    path = put(tmp_path / "rules" / "a" / "db-refused.toml", "")
    path.write_bytes(b'title = "caf\xe9"')
    assert "the file is not UTF-8: byte 0xe9 at 12" in message_of(tmp_path / "rules")


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path):
    text = (
        GOOD.format(id="db-refused")
        .replace("(?P<host>", "\\u001b[31m(?P<host")
        .replace("'''", '"""')
        .replace("\\S", "\\\\S")
    )
    put(tmp_path / "rules" / "a" / "db-refused.toml", text)
    message = message_of(tmp_path / "rules")
    assert "\x1b" not in message
    assert "\\x1b[31m" in message


def test_one_file_can_be_tried_without_what_it_refers_to(tmp_path):
    cause = '\n[[causes]]\nrule = "not-there"\nwithin = "5m"\nhow = "it waits"\n'
    put(tmp_path / "rules" / "a" / "db-refused.toml", GOOD.format(id="db-refused") + cause)
    assert load_rules([tmp_path / "rules"], check_references=False).rules["db-refused"].causes


def test_a_remedy_brings_its_files(tmp_path):
    put(tmp_path / "rules" / "a" / "db-refused.toml", GOOD.format(id="db-refused"))
    remedy = REMEDY.format(id="start-it", cures="db-refused", files='["start.py"]')
    put(tmp_path / "rules" / "remedies" / "start-it" / "remedy.toml", remedy)
    put(tmp_path / "rules" / "remedies" / "start-it" / "start.py", "print('started')\n")
    remedies = load_rules([tmp_path / "rules"]).remedies
    assert remedies["start-it"].files == {"start.py": "print('started')\n"}
    assert remedies["start-it"].upstream == 10


def test_a_wrong_remedy_is_explained(tmp_path):
    put(tmp_path / "rules" / "a" / "db-refused.toml", GOOD.format(id="db-refused"))
    remedy = REMEDY.format(id="start-it", cures="db-refuse", files='["start.py"]')
    put(tmp_path / "rules" / "remedies" / "start-it" / "remedy.toml", remedy)
    escape = REMEDY.format(id="stop-it", cures="db-refused", files='["../secret.py"]')
    put(tmp_path / "rules" / "remedies" / "stop-it" / "remedy.toml", escape)
    (tmp_path / "rules" / "remedies" / "wait-for-it").mkdir()
    assert message_of(tmp_path / "rules") == (
        'error: remedy "start-it" is not valid\n'
        '  reason: "start.py" is listed, but the file cannot be read: No such file or directory\n'
        "  --> rules/remedies/start-it/remedy.toml:10\n"
        "\n"
        'error: remedy "stop-it" is not valid\n'
        '  reason: "../secret.py" is not the name of a file in the same folder\n'
        "  --> rules/remedies/stop-it/remedy.toml:10\n"
        "\n"
        'error: remedy "wait-for-it" is not valid\n'
        "  reason: the file cannot be read: No such file or directory\n"
        "  --> rules/remedies/wait-for-it/remedy.toml"
    )


def test_a_remedy_that_names_an_unknown_rule_is_an_error(tmp_path):
    put(tmp_path / "rules" / "a" / "db-refused.toml", GOOD.format(id="db-refused"))
    remedy = REMEDY.format(id="start-it", cures="db-refuse", files="[]")
    put(tmp_path / "rules" / "remedies" / "start-it" / "remedy.toml", remedy)
    message = message_of(tmp_path / "rules")
    assert '"cures" names an unknown rule: "db-refuse"' in message
    assert 'help: did you mean "db-refused"?' in message


SUSPECT = """
schema = 1
id = "disk"
title = "Disk"
always = true
"""


def test_a_suspect_is_read_from_its_file_and_a_rule_may_speak_for_it(tmp_path):
    put(tmp_path / "rules" / "suspects" / "disk.toml", SUSPECT)
    rule = GOOD.format(id="disk-full").replace("[match]", 'speaks_for = ["disk"]\n\n[match]')
    put(tmp_path / "rules" / "a" / "disk-full.toml", rule)
    ruleset = load_rules([tmp_path / "rules"])
    assert ruleset.suspects["disk"].always
    assert ruleset.rules["disk-full"].speaks_for == ("disk",)
    assert list(ruleset.rules) == ["disk-full"]


def test_a_wrong_suspect_is_explained_and_counts_as_there(tmp_path):
    wrong = SUSPECT.replace('"disk"', '"disc"') + "limit_per_s = 0\n"
    put(tmp_path / "rules" / "suspects" / "disk.toml", wrong)
    rule = GOOD.format(id="disk-full").replace("[match]", 'speaks_for = ["disk"]\n\n[match]')
    put(tmp_path / "rules" / "a" / "disk-full.toml", rule)
    assert message_of(tmp_path / "rules") == (
        'error: suspect "disk" is not valid\n'
        '  reason: the id "disc" differs from the name "disk"\n'
        "  --> rules/suspects/disk.toml:3\n"
        "  help: make them equal\n\n"
        'error: suspect "disk" is not valid\n'
        '  reason: "limit_per_s" in the top of the file must be above 0, not 0\n'
        "  --> rules/suspects/disk.toml:6"
    )


def test_a_proven_folder_is_read_without_compiling_its_patterns(tmp_path):
    """Hundreds of patterns take longer to compile than a short log takes to be analyzed."""
    wrong = GOOD.format(id="db-refused").replace(r"(?P<host>\S+)", r"(?P<host>\S+))")
    put(tmp_path / "rules" / "a" / "db-refused.toml", wrong)
    folder = tmp_path / "rules"
    pattern = load_rules([RuleFolder(folder, is_proven=True)]).rules["db-refused"].patterns[0]
    assert pattern.groups == {"host"}
    assert "the pattern does not compile" in message_of(folder)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (r"connect to", "(" * 3000 + "connect" + ")" * 3000, "does not compile"),
        (r"connect to (?P<host>\S+): connection refused", r"(?R)|connect", "does not compile"),
        ("schema = 1", "schema = " + "[" * 5000, "nested too deep"),
        ("schema = 1", "schema = " + "9" * 5000, "a number has no end"),
        ("[match]", '[occurred]\nlate = "999999999d"\n\n[match]', '"late" cannot be "999999999d"'),
        ("[match]", "[match]\nvalues = { host = 1e300 }", "must be a unit"),
    ],
    ids=["deep pattern", "endless pattern", "deep list", "long number", "long span", "no unit"],
)
def test_what_is_beyond_all_bounds_is_explained(tmp_path, old, new, reason):
    put(
        tmp_path / "rules" / "a" / "db-refused.toml", GOOD.format(id="db-refused").replace(old, new)
    )
    assert reason in message_of(tmp_path / "rules")


MEASURED = """
schema = 1
{more}
[[trial]]
id = "a-load"
load = "80 clients connect at once"
on = "a server, version 1"
helped = true
without = {without}
with = {with_it}
"""


@pytest.mark.parametrize(
    ("more", "without", "with_it", "told"),
    [
        ("", "{ lost = 5 }", "{ locks = 0 }", '"lost" was counted only with the remedy, or only'),
        ("", '{ lost = "5" }', "{ lost = 0 }", '"lost" in "without" must be a number'),
        ("when = 5", "{ lost = 5 }", "{ lost = 0 }", 'unknown key "when"'),
        ("", "{ lost = 5 }", "{ lost = 0 }\nsince = 3", 'unknown key "since"'),
    ],
)
def test_figures_that_cannot_be_read_are_explained(more, without, with_it, told, tmp_path):
    area = tmp_path / "rules" / "database"
    area.mkdir(parents=True)
    (area / "database-refused.toml").write_text(GOOD.format(id="database-refused"))
    remedy = tmp_path / "rules" / "remedies" / "start-database"
    remedy.mkdir(parents=True)
    (remedy / "remedy.toml").write_text(
        REMEDY.format(id="start-database", cures="database-refused", files="[]")
    )
    text = MEASURED.format(more=more, without=without, with_it=with_it)
    (remedy / "measured.toml").write_text(text)
    message = message_of(tmp_path / "rules")
    assert told in message
    assert "start-database/measured.toml" in message
