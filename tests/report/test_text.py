import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.report.text import cut_lines, safe_line, safe_text

SHOWN_CONTROLS = {
    "escape": ("a\x1b[2Jb", "a␛[2Jb"),
    "bell": ("\x07", "␇"),
    "carriage-return": ("secret\rshown", "secret␍shown"),
    "delete": ("\x7f", "␡"),
    "c1": ("\x9b2J", "\\x9b2J"),
    "right-to-left": ("\u202egnp.exe", "\\u202egnp.exe"),
    "isolate": ("\u2066x\u2069", "\\u2066x\\u2069"),
    "zero-width": ("pass\u200bword", "pass\\u200bword"),
    "byte-order-mark": ("\ufeffx", "\\ufeffx"),
    "tag": ("\U000e0041", "\\U000e0041"),
    "line-separator": ("a\u2028b", "a\\u2028b"),
    "undecodable-byte": ("\udcff", "\\xff"),
    "lone-surrogate": ("\ud800", "\\ud800"),
    "braille-blank": ("\u2800", "\\u2800"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN_CONTROLS.values(), ids=SHOWN_CONTROLS)
def test_what_has_no_shape_is_made_visible(text, shown):
    assert safe_line(text) == shown


def test_colours_are_left_out_and_nothing_else_of_a_line():
    assert safe_line("\x1b[1;31mERROR\x1b[0m disk \x9b4mfull\x9bm") == "ERROR disk full"


def test_letters_of_every_language_and_emoji_stay_as_they_are():
    text = "Ошибка в чате «Привет» 日本語 é ñ ⚠️ 🔥 ✓ [red]x[/red]"
    assert safe_line(text) == text


def test_marks_stacked_on_a_letter_are_counted_out():
    assert safe_line("a" + "\u0301" * 5) == "a" + "\u0301" * 3 + "\\u0301" * 2


def test_lines_of_a_record_are_kept_and_tabs_become_spaces():
    assert safe_text("one\r\n\ttwo\nthree\x0b") == "one\n    two\nthree␋"


def test_lines_that_are_left_out_are_counted():
    assert cut_lines("a\nbbbbbb\nc\nd", 2, 4) == ["a", "bbb…", "… 2 more lines"]


@given(st.text())
def test_no_safe_line_can_act_on_a_terminal(text):
    shown = safe_line(text)
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp") for each in shown)
    assert safe_line(shown) == shown
