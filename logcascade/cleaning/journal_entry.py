"""A journal entry's fields -> one line of JSON, as ``journalctl -o json`` prints it."""

import json
from collections.abc import Iterable

MAX_ENTRY_BYTES = 256 * 1024
"""Of a field, or of an entry that is text, no more is looked at: a line is not read further."""

MAX_FIELD_BYTES = 4096
"""Longer fields but the message are left out, as ``journalctl -o json`` does without ``--all``."""

MAX_FIELDS_CHARACTERS = 48 * 1024
"""Of all fields but the message, as JSON: with the message they stay below a line's length."""

MAX_MESSAGE_CHARACTERS = 192 * 1024
"""Of the message as JSON."""

CUT_MESSAGE_BYTES = 32 * 1024
"""A longer message keeps so much: JSON writes a byte with six characters at the most."""

MESSAGE = b"MESSAGE"


def entry_line(fields: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bool]:
    """Return the entry with these names and values as JSON, and whether its message was cut.

    A value that is no UTF-8 becomes the list of its bytes; a name that comes twice has the list
    of its values.
    """
    values: dict[str, list[str]] = {}
    room, is_cut = MAX_FIELDS_CHARACTERS, False
    for name, value in fields:
        if name == MESSAGE:
            text = _as_json(value)
            if len(text) > MAX_MESSAGE_CHARACTERS:
                text, is_cut = _as_json(_cut(value)), True
            values.setdefault("MESSAGE", [text])
            continue
        if len(value) > MAX_FIELD_BYTES:
            continue
        text = _as_json(value)
        room -= len(text) + len(name)
        if room > 0:
            values.setdefault(name.decode("ascii", "replace"), []).append(text)
    members = (
        f'"{name}":{each[0] if len(each) == 1 else "[" + ",".join(each) + "]"}'
        for name, each in values.items()
    )
    return ("{" + ",".join(members) + "}").encode(), is_cut


def _as_json(value: bytes) -> str:
    try:
        return json.dumps(value.decode(), ensure_ascii=False)
    except UnicodeDecodeError:
        return json.dumps(list(value), separators=(",", ":"))


def _cut(value: bytes) -> bytes:
    """Return the beginning of a message, to the end of a character where it is text."""
    short = value[:CUT_MESSAGE_BYTES]
    try:
        value.decode()
    except UnicodeDecodeError:
        return short
    return short.decode("utf-8", "ignore").encode()
