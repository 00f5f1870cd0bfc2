"""Bytes for machines are taken out of a text, and nothing that was said goes with them."""

import pytest

LOGURU = (
    "\x1b[32m2026-11-23 19:24:06.165\x1b[0m | \x1b[31m\x1b[1mERROR   \x1b[0m | a:b:1 - boom [1m]\n"
)
PLAIN = "2026-11-23 19:24:06.165 | ERROR    | a:b:1 - boom [1m]\n"


@pytest.mark.parametrize(
    "code",
    [
        "\x1b[0m", "\x1b[1;31m", "\x1b[38;2;255;0;0m", "\x1b[2K", "\x1b[?25l", "\x1b[1A", "\x1b[m",
        "\x1b]0;a title\x07", "\x1b]8;;https://example.org/x\x1b\\", "\x1b(B", "\x1b)0", "\x1b7",
        "\x1bM", "\x1bP1$r0m\x1b\\",
    ],
)  # fmt: skip
def test_terminal_codes_are_taken_off(clean, code):
    assert clean(f"on{code}e\ntwo{code}\n".encode())[0] == b"one\ntwo\n"


@pytest.mark.parametrize("text", [b"\x1b", b"a \x1b[3", b"\x1b]0;never ends", b"[31m]", b"[5m ago"])
def test_what_is_no_code_stays(clean, text):
    assert clean(text + b"\n")[0] == text + b"\n"


@pytest.mark.parametrize("escape", ["", "^[", "#033", "\\x1b", "\\033", "\\e", "\u241b", "\ufffd"])
def test_colours_whose_escape_was_lost_or_shown_are_taken_off(clean, read, escape):
    log = (LOGURU * 4).replace("\x1b", escape)
    text, notes, _ = clean(log.encode())
    assert text.decode() == PLAIN * 4
    assert notes == ["terminal codes without their escape: taken off"]
    assert len(read(log).records) == 4


def test_what_only_looks_like_a_colour_stays(clean):
    lines = b"uptime [30m] of [120m]\nwait [5m then [0m\n" + b"INFO fine\n" * 20
    assert clean(lines)[0] == lines


def test_a_mark_of_byte_order_is_taken_off_each_file_put_together(clean):
    mark = b"\xef\xbb\xbf"
    data = mark + b"one\n" + mark + b"two " + mark + b"\n"
    assert clean(data)[0] == b"one\ntwo " + mark + b"\n"


def test_a_hole_of_nul_bytes_is_left_out_and_said(clean):
    text, _, problems = clean(b"\0" * 3_000_000 + b"one\0\ntwo\n")
    assert text == b"one\ntwo\n"
    assert problems == ["3000001 NUL bytes left out"]


@pytest.mark.parametrize("sign", ["\u2028", "\x0b", "\x0c", "\x1c", "\x85", "\u2029"])
def test_signs_that_some_take_for_line_breaks_are_none(read, sign):
    line = f"2026-05-19 14:22:00,100 - a - ERROR - one{sign}two\n"
    found = read(line * 3)
    assert [record.location.line for record in found.records] == [1, 2, 3]
    assert found.summary.lines == 3
