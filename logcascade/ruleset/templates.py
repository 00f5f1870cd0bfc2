"""Unknown failures: a text or an exception with its changing parts masked, and a stable id."""

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from logcascade.model.detections import Template
from logcascade.model.records import Frame, RaisedException

TEXT_LIMIT = 300
"""Characters of a message that make its template: what tells failures apart stands in front."""

_ID_BYTES = 4
"""Eight hexadecimal digits: 10,000 different failures collide with a probability of 1 %."""

_LIBRARY = re.compile(
    r"[\\/](?:site|dist)-packages[\\/]"
    r"|[\\/]lib(?:64)?[\\/](?:python|pypy)\d[\d.]*[\\/]"
    r"|[\\/]python[\d.-]*[\\/]lib[\\/]"  # Windows: C:\Python311\Lib\asyncio\tasks.py
    r"|[\\/]python\d+\.zip[\\/]"
    r"|^<frozen ",
    re.IGNORECASE,
)

_WORD = re.compile(r"\w")


class Mask(NamedTuple):
    """One kind of changing part."""

    name: str
    """What stands in its place: ``<name>``."""
    pattern: re.Pattern[str]


def _mask(name: str, pattern: str) -> Mask:
    return Mask(name, re.compile(pattern))


# In this order: a later pattern sees what the earlier ones left. Every pattern is linear: no
# nested repetition, and what repeats is bounded or cannot overlap with what follows.
MASKS = (
    # 19:abc of a Telegram bot token; not a time such as 14:22:01
    _mask("token", r"\b(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,64}"),
    _mask("url", r"\b[a-z][a-z0-9+.-]{1,15}://[^\s'\"<>)\]]{0,500}[^\s'\"<>)\].,;:!?]"),
    _mask("email", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    _mask("uuid", r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    # with or without a time behind it; not a version such as 3.11.7
    _mask(
        "date",
        r"\b(?:\d{4}[-/.](?:0?[1-9]|1[0-2])[-/.]\d{1,2}|\d{1,2}[-/.](?:0?[1-9]|1[0-2])[-/.]\d{4})"
        r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?\b",
    ),
    _mask("time", r"(?<![\w:.])\d{1,3}:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?![\w:])"),
    _mask("ip", r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\.\d)(?::\d{1,5})?\b"),
    # six or more colons, or a double one between hexadecimal groups; not std::vector
    _mask(
        "ip",
        r"(?<![\w:])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
        r"|(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}|::[0-9a-fA-F]{1,4})(?![\w:])",
    ),
    # the text within quotes is a value; an apostrophe within a word (can't) opens nothing
    _mask("quoted", r"(?<!\w)'(?:[^'\\\n]|\\.){0,200}'(?!\w)"),
    _mask("quoted", r'(?<!\w)"(?:[^"\\\n]|\\.){0,200}"(?!\w)'),
    _mask("quoted", r"`[^`\n]{1,200}`"),
    # two parts at least, so that "and/or" and "n/a" stay words
    _mask("path", r"(?<![\w.<>/])(?:~|\.{1,2})?(?:/[\w.@+-]{1,255}){2,64}/?"),
    _mask("path", r"(?<!\w)[A-Za-z]:\\[^\s:*?\"<>|(),;]{1,400}"),
    _mask("hex", r"\b0[xX][0-9a-fA-F]+\b"),
    # a digest or an id: eight or more, with a letter and a digit; not a word such as "feedface"
    _mask("hex", r"\b(?=[a-fA-F]*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{8,128}\b"),
    # base64 and the like: long, with a digit, an upper and a lower letter
    _mask(
        "token",
        r"(?<![\w-])(?=[A-Za-z_-]{0,64}\d)(?=[a-z0-9_-]{0,64}[A-Z])(?=[A-Z0-9_-]{0,64}[a-z])"
        r"[A-Za-z0-9_-]{24,512}={0,2}(?![\w-])",
    ),
    # with its sign and unit; a digit within a word (sha256, r1) stays
    _mask(
        "n",
        r"(?<![\w.])[-+]?\d+(?:[_,]\d+)*(?:\.\d+)?(?:[eE][-+]?\d+)?(?=$|[^\w]|[a-zA-Z%]{1,3}\b)",
    ),
    # the number at the end of a name: Task-12, worker-3, bot_7
    _mask("n", r"(?<=[A-Za-z][-_#])\d+\b"),
)


def mask(text: str) -> str:
    """Return the first line that has a word, its changing parts replaced by ``<kind>``.

    >>> mask("update 871234501 took 1.5s for 10.0.3.7:5432")
    'update <n> took <n>s for <ip>'
    """
    lines = [line.strip() for line in text[: TEXT_LIMIT * 4].splitlines()]
    line = next((line for line in lines if _WORD.search(line)), "")[:TEXT_LIMIT]
    for kind in MASKS:
        line = kind.pattern.sub(f"<{kind.name}>", line)
    return " ".join(line.split())


def template_of_text(text: str) -> Template:
    """Return the template of a message that no rule knows."""
    masked = mask(text) or "(no words)"
    return Template(id=_stable_id(masked), text=masked)


def template_of_exception(exception: RaisedException, message: str = "") -> Template:
    """Return the template of an exception: its type and the innermost frame of the program's own.

    Line numbers are left out, so that it survives an edit. Without a frame of the program's own
    (a library's thread, a cut traceback) the exception's text takes its place, masked; without
    that, the ``message`` that was logged with it.
    """
    frame = innermost_own_frame(exception.frames)
    if frame is not None:
        text = f"{exception.type} in {frame.function} ({_base_name(frame.file)})"
    else:
        said = mask(exception.message) or mask(message)
        text = f"{exception.type}: {said}" if said else exception.type
    return Template(id=_stable_id(text), text=text, exception=exception.type)


def innermost_own_frame(frames: Iterable[Frame]) -> Frame | None:
    """Return the last frame that is neither in the standard library nor in an installed package."""
    own = [frame for frame in frames if not _LIBRARY.search(frame.file)]
    return own[-1] if own else None


def _base_name(file: str) -> str:
    return file.replace("\\", "/").rsplit("/", 1)[-1]


def _stable_id(text: str) -> str:
    return hashlib.blake2s(text.encode(errors="replace"), digest_size=_ID_BYTES).hexdigest()
