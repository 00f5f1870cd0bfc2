import pytest

from logcascade.errors import FormatError
from logcascade.reading.formats import FORMATS_FOLDER, load_formats

GOOD = """
schema = 1
id = "mine"
title = "Mine"
kind = "record"
start = '''MINE (?P<level>[A-Z]+): '''

[[sample]]
line = "MINE ERROR: it broke"
expect = { severity = "error", message = "it broke" }
"""


def write(folder, text, name="mine.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_shipped_format_reads_its_own_samples():
    formats = load_formats()
    assert {"python-logging", "clock", "journal-json", "journal-short"} <= {f.id for f in formats}
    assert all(each.samples for each in formats)


def test_formats_are_tried_in_their_order():
    orders = [each.order for each in load_formats()]
    assert orders == sorted(orders)


def test_a_format_of_ones_own_is_read(tmp_path):
    assert [each.id for each in load_formats(write(tmp_path, GOOD))] == ["mine"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("it broke" + '" }', "it did not" + '" }'), "expected 'it did not'"),
        (('line = "MINE', 'line = "OURS'), "is read as text"),
        (('id = "mine"', 'id = "other"'), "is not the file's name"),
        (("kind =", "kin ="), "unknown key 'kin'"),
        (("(?P<level>[A-Z]+)", "(?P<level>[^:]+)"), "could run over the end of the line"),
        (("(?P<level>", "(?P<mood>"), "unknown group 'mood'"),
        (("(?P<level>", "(?P<level"), "start:"),
    ],
)
def test_a_wrong_format_is_refused_with_the_reason(tmp_path, change, words):
    with pytest.raises(FormatError) as caught:
        load_formats(write(tmp_path, GOOD.replace(*change)))
    assert words in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    write(tmp_path, GOOD.replace("schema = 1", "schema = 2"))
    write(tmp_path, "id = ", "broken.toml")
    with pytest.raises(FormatError) as caught:
        load_formats(tmp_path)
    assert "schema must be 1" in str(caught.value)
    assert "broken.toml" in str(caught.value)


def test_formats_are_data_only():
    assert {path.suffix for path in FORMATS_FOLDER.iterdir()} == {".toml"}


def test_a_beginning_that_is_another_one_as_bytes_is_refused(tmp_path):
    both = GOOD.replace("'''MINE", "'''[ÄÖ]").replace('"MINE', '"Ä')
    with pytest.raises(FormatError, match="where lines are read as bytes"):
        load_formats(write(tmp_path, both))
