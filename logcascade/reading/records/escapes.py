r"""Letters that a writer could not encode, ``\u044e`` for ``ю``: text as the program meant it.

A program whose output is ASCII writes them so (``errors="backslashreplace"``, ``ascii()``, JSON).
"""

import re

_HEX = "[0-9a-fA-F]"
_ESCAPE = re.compile(
    rf"\\u([dD][89abAB]{_HEX}{{2}})\\u([dD][c-fC-F]{_HEX}{{2}})"
    rf"|\\u({_HEX}{{4}})|\\U(000[1-9a-fA-F]{_HEX}{{4}})"
)


def unescape(text: str) -> str:
    r"""Return `text` with the escapes of printable characters beyond ASCII replaced by those.

    All others stay: an escaped line break or control character must not become a real one.

    >>> unescape(r"\u041d\u0435\u0442 \ud83d\ude00: C:\u0041 \u000a \u202e")
    'Нет 😀: C:\\u0041 \\u000a \\u202e'
    """
    if "\\u" not in text and "\\U" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    high, low, short, long = found.groups()
    if high:
        code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00
    else:
        code = int(short or long, 16)
    character = chr(code)
    return character if code > 0x7F and character.isprintable() else found[0]
