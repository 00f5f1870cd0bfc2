"""The text of a logfmt line -> its fields: ``level=info msg="two words"``."""

import re
from collections.abc import Mapping

MAX_FIELDS = 200
"""Fields taken from one line; what follows is not looked at."""

_PAIR = re.compile(
    r'(?P<key>[^\s="]+)(?:=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<plain>[^\s"]\S*)?))?(?:\s+|$)',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_SURROGATES = range(0xD800, 0xE000)


def read_logfmt(text: str) -> Mapping[str, str] | None:
    """Return the fields of `text`, or None where it is no logfmt line from its first word on.

    A word without a value is true, as a flag is; of a key that comes twice the first counts.
    """
    found: dict[str, str] = {}
    place = values = 0
    while place < len(text) and len(found) < MAX_FIELDS:
        pair = _PAIR.match(text, place)
        if pair is None:
            return None
        quoted, plain = pair["quoted"], pair["plain"]
        if quoted is not None:
            value = _ESCAPE.sub(_unescaped, quoted) if "\\" in quoted else quoted
        else:
            value = plain or ("" if "=" in pair[0] else "true")
        values += "=" in pair[0]
        found.setdefault(pair["key"], value)
        place = pair.end()
    return found if values * 2 > len(found) else None


def _unescaped(found: re.Match[str]) -> str:
    number = found[1] or found[2]
    if number is None:
        return _ESCAPED.get(found[3], found[3])
    code = int(number, 16)
    return "\ufffd" if code in _SURROGATES else chr(code)
