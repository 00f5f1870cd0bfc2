"""Letters written as escapes are read as letters; nothing that acts comes of an escape."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.reading.finder import build_record_finder
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from logcascade.reading.records.escapes import unescape

FORMATS = load_formats()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\u041e\u0448\u0438\u0431\u043a\u0430 \u2116 7", "Ошибка № 7"),
        (r"\U0001f600 and \ud83d\ude00", "😀 and 😀"),
        (r"\u000a \u0041 \u0085 \u202e \u2028 \ud83d \udc00", None),
        (r"C:\users\u12 \uZZZZ \u041", None),
    ],
    ids=["letters", "beyond four digits", "what acts or is ASCII", "no escape"],
)
def test_only_printable_characters_beyond_ascii_are_restored(written, read):
    assert unescape(written) == (written if read is None else read)


@given(st.text(max_size=200))
def test_what_was_escaped_is_printable_or_stays_as_it_is(text):
    written = text.encode("ascii", "backslashreplace").decode()
    restored = unescape(written)
    assert restored.count("\n") == written.count("\n")
    assert all(each.isprintable() for each in restored if not each.isascii())


@pytest.mark.parametrize("errors", ["strict", "backslashreplace"])
def test_a_record_reads_the_same_from_an_output_in_ascii_and_in_utf_8(errors):
    line = "2025-07-08 14:18:14,733 - bot - ERROR - Ошибка оплаты: заказ 7\n"
    data = line.encode("utf-8") if errors == "strict" else line.encode("ascii", errors)
    finder = build_record_finder(("Ошибка оплаты",), FORMATS)
    (record,) = Reader(io.BytesIO(data), "log", FORMATS, finder).records()
    assert record.message == "Ошибка оплаты: заказ 7"
    assert record.text == "Ошибка оплаты: заказ 7"
