"""Log text made safe to show: nothing in it can act on a terminal, and nothing stays hidden."""

import re
import unicodedata

ELLIPSIS = "…"

TAB = "    "

MAX_COMBINING = 3
"""Marks stacked on one letter. Written languages need no more; more is meant to cover lines."""

_COLOUR = re.compile(r"(?:\x1b\[|\x9b)[0-9;:]{0,64}m")
"""Colour and weight: they say nothing, and hide nothing once they are gone."""

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
"""Letters and marks by category that nevertheless show nothing."""

_EMOJI_SELECTOR = "\ufe0f"
_SURROGATE_BYTES = range(0xDC80, 0xDD00)
"""Where Python keeps bytes that are not UTF-8."""


def safe_line(text: str) -> str:
    r"""
    Return *text* as one line that can be shown anywhere.

    Control bytes, line ends, direction marks and other invisible characters become visible:
    ``␛[2J``, ``\u202e``. Colours are left out.

    >>> safe_line("red \x1b[31mtext\x1b[0m, then \x1b[2J and \u202e")
    'red text, then ␛[2J and \\u202e'
    """
    if _PLAIN.match(text):
        return text
    return "".join(_visible(_COLOUR.sub("", text)))


def safe_text(text: str) -> str:
    """Return *text* with its lines kept and each of them made safe."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(safe_line(line.replace("\t", TAB)) for line in lines)


def _visible(text: str) -> list[str]:
    shown: list[str] = []
    combining = 0
    before = ""
    for character in text:
        category = unicodedata.category(character)
        combining = combining + 1 if category in ("Mn", "Me") else 0
        if character == _EMOJI_SELECTOR and before.startswith("S"):
            shown.append(character)
        elif character == "\t":
            shown.append(" ")
        elif (
            category in _INVISIBLE_CATEGORIES
            or character in _INVISIBLE
            or _is_selector(character)
            or combining > MAX_COMBINING
        ):
            shown.append(_name(character))
        else:
            shown.append(character)
        before = category
    return shown


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _name(character: str) -> str:
    """Return a visible name of a character that has no shape."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code in _SURROGATE_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def cut(text: str, limit: int) -> str:
    """
    Return *text* with at most *limit* characters, the cut marked.

    >>> cut("database is locked", 11)
    'database i…'
    """
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + ELLIPSIS


def cut_lines(text: str, lines: int, limit: int) -> list[str]:
    """Return the first *lines* lines of *text*, long ones cut; what is left out is counted."""
    every = text.split("\n")
    shown = [cut(line, limit) for line in every[:lines]]
    if len(every) > lines:
        left = len(every) - lines
        shown.append(f"{ELLIPSIS} {left} more line{'s' * (left != 1)}")
    return shown
