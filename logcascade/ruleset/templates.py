"""Unknown failures: a text or an exception with its changing parts masked, and a stable id."""

import hashlib
import re
from collections.abc import Iterable

from logcascade.model.detections import Template
from logcascade.model.records import Frame, RaisedException
from logcascade.ruleset.masks import mask

_ID_BYTES = 4
"""Eight hexadecimal digits: 10,000 different failures collide with a probability of 1 %."""

_INSTALLED = re.compile(
    r"[\\/](?:site|dist)-packages[\\/]"
    r"|[\\/]lib(?:64)?[\\/](?:python|pypy)\d[\d.]*[\\/]"
    r"|[\\/]python\d+\.zip[\\/]|\.egg[\\/]"
    # Windows: C:\Python311\Lib\asyncio\tasks.py, from the shop, conda, pyenv and uv
    r"|[\\/](?:python[\d.-]*|PythonSoftwareFoundation[^\\/]*|cpython-[^\\/]*|versions[\\/]\d[\d.]*"
    r"|(?:mini|ana)conda\d?|miniforge\d?|envs[\\/][^\\/]+)[\\/]lib[\\/]"
    r"|^<"  # <frozen runpy>, <string>: no file that anybody could look into
    r"|\.p(?:yx|xd)$"  # compiled by Cython: uvloop/loop.pyx
    r"|^/var/runtime/"  # of AWS Lambda
    r"|[\\/]s?bin[\\/](?![^\\/]*\.py$)[^\\/]+$|[\\/]Scripts[\\/][^\\/]+\.exe[\\/]"  # launchers
    # frozen by PyInstaller: asyncio/tasks.py
    r"|^(?:asyncio|concurrent|collections|ctypes|email|encodings|http|importlib|json|logging"
    r"|multiprocessing|sqlite3|tkinter|unittest|urllib|xml|zoneinfo)[\\/]"
    r"|^node:|^internal[\\/]|[\\/]node_modules[\\/]"  # of Node.js
    r"|^(?:java|javax|jdk|sun|kotlin|scala)/"
    r"|^/rustc/|[\\/]\.cargo[\\/]registry[\\/]"
    # of Go, where a module's first folder has a dot: github.com
    r"|[\\/]go[\d.-]*[\\/]src[\\/](?![^\\/]+\.[^\\/]+[\\/])|[\\/]pkg[\\/]mod[\\/]",
    re.IGNORECASE,
)
"""Files that are not the program's own."""

TITLE_MOST = 120
"""Characters of a title that is the failure's own text."""

TITLE_LOOK = 2000
"""Characters of a text in which the first line with words is looked for."""

_WORD = re.compile(r"[^\W\d_]")

_INLINED = ("<listcomp>", "<dictcomp>", "<setcomp>")
"""Frames that there are up to Python 3.11 only."""


def template_of_text(text: str) -> Template:
    """Return the template of a message that no rule knows."""
    masked = mask(text) or "(no words)"
    return Template(id=_stable_id(masked), text=masked, title=_said(text) or masked)


def template_of_exception(exception: RaisedException, message: str = "") -> Template:
    """Return the template of an exception: its type and the innermost frame of the program's own.

    Line numbers are left out, so that it survives an edit. Without a frame of the program's own
    (a library's thread, a cut traceback) the exception's text takes its place, masked; without
    that, the ``message`` that was logged with it.
    """
    frame = innermost_own_frame(exception.frames)
    if frame is not None:
        rest = f" in {frame.function}" * bool(frame.function) + f" ({_base_name(frame.file)})"
        title = exception.type + rest
    else:
        said = mask(exception.message) or mask(message)
        rest = f": {said}" if said else ""
        own = _said(exception.message) or _said(message)
        title = f"{exception.type}: {own}" if own else exception.type
    name = exception.type
    # writers of JSON leave the module out
    id_ = _stable_id(name.rpartition(".")[2] + rest)
    return Template(id_, name + rest, title=title, exception=name)


def _said(text: str) -> str:
    """Return the first line of *text* with words in it, cut after a word."""
    lines = (line.strip(" \t\r:;,-|>") for line in text[:TITLE_LOOK].splitlines())
    line = " ".join(next((line for line in lines if _WORD.search(line)), "").split())
    if len(line) <= TITLE_MOST:
        return line
    whole = line[: TITLE_MOST - 1].rpartition(" ")[0]
    return f"{whole if len(whole) >= TITLE_MOST // 2 else line[: TITLE_MOST - 1]}…"


def innermost_own_frame(frames: Iterable[Frame]) -> Frame | None:
    """Return the last frame that is neither in the standard library nor in an installed package."""
    own = [
        frame
        for frame in frames
        if frame.function not in _INLINED and not _INSTALLED.search(frame.file)
    ]
    return own[-1] if own else None


def _base_name(file: str) -> str:
    return file.replace("\\", "/").rsplit("/", 1)[-1]


def _stable_id(text: str) -> str:
    return hashlib.blake2s(text.encode(errors="replace"), digest_size=_ID_BYTES).hexdigest()
