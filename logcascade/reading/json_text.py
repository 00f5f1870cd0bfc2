"""The text of a JSON object -> its fields, also where it is cut off or not quite JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?P<quote>"?)|[{}\[\],]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_WRONG_ESCAPE = re.compile(r'\\(?:(?P<right>["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
_SURROGATE = re.compile(
    r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F]..|"
    r"[\ud800-\udfff]"
)
_AROUND = "\x1e[ ,\t\r\n"
_BEHIND = " ,\t\r\n"
_MAX_DEPTH = 100
"""Objects within objects that are closed where the log cuts them off."""


def read_object(text: str) -> Mapping[str, Any] | None:
    """Return the object in `text`, or None; a comma or bracket of an array around it is no part."""
    import msgspec

    try:
        entry = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return _read_carefully(text)
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]
    return entry if isinstance(entry, dict) else None


def read_cut_object(text: str) -> Mapping[str, Any] | None:
    """Return what can be read of an object whose end is missing, or None."""
    start = text.find("{")
    open_brackets: list[str] = []
    last_comma, at_comma = -1, ""
    in_string = False
    for token in _TOKEN.finditer(text, max(start, 0)):
        sign = token[0]
        if sign in _CLOSING:
            open_brackets.append(_CLOSING[sign])
            if len(open_brackets) > _MAX_DEPTH:
                return None
        elif sign in ("}", "]"):
            if not open_brackets or open_brackets.pop() != sign or not open_brackets:
                return None
        elif sign == ",":
            last_comma, at_comma = token.start(), "".join(reversed(open_brackets))
        else:
            in_string = not token["quote"]
    if start < 0 or not open_brackets:
        return None
    text = text.rstrip("\\") if in_string else text
    closing = ('"' if in_string else "") + "".join(reversed(open_brackets))
    found = _decode(text[start:] + closing)
    if found is None and last_comma > 0:
        found = _decode(text[start:last_comma] + at_comma)
    return found


def _read_carefully(text: str) -> Mapping[str, Any] | None:
    text = text.lstrip(_AROUND).rstrip(_BEHIND)
    if not text.startswith("{"):
        return None
    return _decode(text if text.endswith("}") else text.rstrip("] \t\r"))


def _decode(text: str) -> Mapping[str, Any] | None:
    """Decode as leniently as the writers of the world ask for: NaN, raw tabs, wrong escapes."""
    text = _WRONG_ESCAPE.sub(lambda found: found[0] if found["right"] else r"\\", text)
    text = _SURROGATE.sub(lambda found: found["pair"] or "\ufffd", text)
    try:
        entry = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
