"""The text of a JSON object -> its fields, also where it is cut off or not quite JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?P<quote>"?)|[{}\[\],]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_HEX = r"[0-9a-fA-F]"
_ESCAPE = re.compile(
    rf"\\(?:(?P<pair>u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}})"
    rf"|(?P<lone>u[dD][89a-fA-F]{_HEX}{{2}})"
    rf'|(?P<right>["\\/bfnrt]|u{_HEX}{{4}})|)'
    r"|(?P<raw>[\ud800-\udfff])"
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
        bare = text.lstrip(_AROUND).rstrip(_BEHIND)
        bare = bare if bare.endswith("}") else bare.rstrip("] \t\r")
        return _decode(bare) if bare.startswith("{") else None
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


def _decode(text: str) -> Mapping[str, Any] | None:
    """Decode as leniently as the writers of the world ask for: NaN, raw tabs, wrong escapes."""
    try:
        entry = json.loads(_ESCAPE.sub(_right_escape, text), strict=False)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _right_escape(found: re.Match[str]) -> str:
    if found["pair"] or found["right"]:
        return found[0]
    return "\ufffd" if found["lone"] or found["raw"] else r"\\"
