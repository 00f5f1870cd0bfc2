"""What tells a text in UTF-16 from a binary file; both opening and cleaning must know."""

import codecs

MIN_BYTES = 16
"""Less says nothing."""

MIN_NUL_SHARE = 0.3
"""Of the characters, at least so many are ASCII: stamps, levels, names, blanks."""

MAX_STRAY_SHARE = 0.02
"""NUL bytes at the other places, for each at the right ones: there are none, but for damage."""

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def utf_16_of(head: bytes) -> str:
    """Return which UTF-16 a text that begins with `head` is in; empty where it is in none.

    Without a byte order mark it is known by NUL bytes at every other place, and nowhere else.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) < MIN_BYTES:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if (
        max(even, odd) < len(head) / 2 * MIN_NUL_SHARE
        or min(even, odd) > max(even, odd) * MAX_STRAY_SHARE
    ):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
