"""A log is read whatever it was written in, and what it was taken for is said."""

import pytest

from logcascade.cleaning.mixed import MAX_UNDECIDED_LINES, MixedEncodings
from logcascade.encodings import utf_16_of
from logcascade.sources import open_source

LOG = (
    "2026-05-19 14:22:00,100 - бот - INFO - Запуск бота\n"
    "2026-05-19 14:22:01,100 - бот - ERROR - Ошибка при проверке подключений\n"
)
RUSSIAN = ("Запуск бота", "Запросил задачу 165656646", "Ошибка: «файл не найден» № 5", "да")


def cleaned(lines, head=b""):
    step = MixedEncodings(head)
    return step.feed(lines, final=True).decode("utf-8", "backslashreplace"), step.notes


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_a_whole_log_in_another_encoding_is_read(read, tmp_path, encoding):
    path = tmp_path / "bot.log"
    path.write_bytes((LOG * 30).encode(encoding))
    with open_source(path).stream as stream:
        found = read(b"", stream=stream)
    assert len(found.records) == 30
    assert found.records[0].message == "Ошибка при проверке подключений"
    assert found.records[0].logger == "бот"
    assert found.summary.lines == 60
    said = [words for words in found.summary.assumptions if words.startswith("read as utf-16")]
    assert bool(said) == encoding.startswith("utf-16")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"I\0", id="too little"),
        pytest.param(b"\0" * 4096 + b"2026-05-19 14:22:00,100 INFO fine\n", id="a hole"),
        pytest.param(b"2026-05-19 14:22:00,100 INFO fine\n" * 9, id="ASCII"),
        pytest.param(b"\x01\0\0\0\x05\0\0\0" * 40, id="numbers of four bytes"),
    ],
)
def test_nul_bytes_alone_make_no_utf_16(head):
    assert utf_16_of(head) == ""


@pytest.mark.parametrize("encoding", ["cp1251", "cp866"])
def test_russian_lines_in_an_old_encoding_are_read(encoding):
    lines = "".join(f"INFO {line}\n" for line in RUSSIAN)
    if encoding == "cp866":
        lines = lines.translate({ord("«"): '"', ord("»"): '"'})  # it has no such marks
    text, notes = cleaned(lines.encode(encoding))
    assert text == lines
    assert notes == [f"4 lines are not UTF-8: read as {encoding}"]


def test_lines_in_two_encodings_are_each_read_in_theirs():
    data = "ok Запуск\n".encode() + "ok Запуск бота\n".encode("cp1251") + "ok ещё\n".encode()
    text, notes = cleaned(data)
    assert text == "ok Запуск\nok Запуск бота\nok ещё\n"
    assert notes == ["1 line is not UTF-8: read as cp1251"]


def test_a_first_line_that_says_little_is_read_by_what_the_head_makes_clear():
    data = "да\n".encode("cp1251") + "Запуск бота\n".encode("cp1251")
    assert cleaned(data, head=data)[0] == "да\nЗапуск бота\n"
    assert cleaned(data)[0] == "\\xe4\\xe0\nЗапуск бота\n"


def test_accented_words_are_read_once_there_are_enough_of_them():
    words = "Connexion refusée: délai dépassé\n"
    assert cleaned(words.encode("latin-1"))[0] == words
    assert cleaned(b"caf\xe9\n") == (
        "caf\\xe9\n",
        ["1 line is in no known encoding: some bytes shown as \\xNN"],
    )


def test_a_character_that_was_cut_stays_visible_also_where_others_are_cp1251():
    cut = "Не удалось подключиться".encode()[:-1] + b"\n"
    data = "Запуск бота\n".encode("cp1251") + cut
    assert cleaned(data)[0] == "Запуск бота\nНе удалось подключитьс\\xd1\n"


def test_bytes_that_are_no_text_stay_visible():
    data = "Запуск бота\n".encode("cp1251") + b"key \x98\xff\x81\x8d\n"
    assert cleaned(data)[0] == "Запуск бота\nkey \\x98\\xff\\x81\\x8d\n"


def test_a_flood_of_bytes_that_are_no_text_is_given_up_on():
    noise = b"\x98\x81\x8d\n" * MAX_UNDECIDED_LINES
    late = "Запуск бота\n".encode("cp1251")
    assert cleaned(noise + late)[0].endswith("\\xe1\\xee\\xf2\\xe0\n")
    assert cleaned(noise[4:] + late)[0].endswith("Запуск бота\n")


@pytest.mark.parametrize("size", [1, 7, 100])
def test_what_was_decided_does_not_depend_on_the_cut(size):
    lines = [line.encode("cp1251") + b"\n" for line in ("да", *RUSSIAN)] * 3
    whole = MixedEncodings()
    text = whole.feed(b"".join(lines), final=True)
    cut = MixedEncodings()
    pieces = [
        cut.feed(b"".join(lines[first : first + size]), final=False)
        for first in range(0, len(lines), size)
    ]
    assert (b"".join(pieces), cut.notes) == (text, whole.notes)
