"""
Runs beside a program of ``conditions.toml``: notes each exception, then lets it be printed.

Written for every Python from 3.8 on; it is copied next to the program and imported by it.
"""

import json
import os
import sys
import threading
from pathlib import Path

MAX_SHOWN = 3
"""Equal frames in a row that a traceback shows before it only counts."""
MAX_MEMBERS = 15
"""Members of a group that are shown; ``TracebackException(max_group_width=)``."""
MAX_DEPTH = 10
"""Groups in groups that are shown; ``TracebackException(max_group_depth=)``."""


def tree(exception, frames=None, suffix="", depth=0):
    """Return `exception` and all that is printed with it."""
    kind = type(exception)
    name = kind.__name__ if _IN_C and sys.version_info < (3, 9) else kind.__qualname__
    if kind.__module__ != "builtins" and (_IN_C or kind.__module__ != "__main__"):
        name = kind.__module__ + "." + name
    found = {"type": name, "message": message(exception) + suffix}
    found["frames"] = places(exception.__traceback__) if frames is None else frames
    if name.endswith("RemoteTraceback"):
        # What the other process sent is text by now; what it raised is what this one brings.
        return {"type": name, "message": ""}
    if exception.__cause__ is not None:
        found["cause"] = tree(exception.__cause__, depth=depth)
        if found["cause"]["type"].endswith("RemoteTraceback"):
            found["cause"]["cause"] = {"type": name, "message": found["message"]}
    elif exception.__context__ is not None and not exception.__suppress_context__:
        found["context"] = tree(exception.__context__, depth=depth)
    members = getattr(exception, "exceptions", ())
    if isinstance(members, tuple) and members:
        shown = [
            each
            for each in members[:MAX_MEMBERS]
            if depth + 1 < MAX_DEPTH or not hasattr(each, "exceptions")
        ]
        found["group"] = [tree(each, depth=depth + 1) for each in shown]
    if isinstance(exception, SyntaxError) and exception.filename:
        found["frames"].append([exception.filename, exception.lineno, ""])
    return found


def message(exception):
    """Return the text after ``Type: ``, with notes."""
    if isinstance(exception, SyntaxError):
        text = exception.msg or "<no detail available>"
    else:
        try:
            text = str(exception)
        except Exception:  # noqa: BLE001 - so does the interpreter
            text = "<exception str() failed>"
    notes = getattr(exception, "__notes__", None) or ()
    return "\n".join([text, *map(str, notes)])


def places(traceback):
    """Return the frames that are printed."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append([code.co_filename, traceback.tb_lineno, code.co_name])
        traceback = traceback.tb_next
    shown, equal = [], 0
    for index, each in enumerate(found):
        equal = equal + 1 if index and each == found[index - 1] else 1
        if equal <= MAX_SHOWN:
            shown.append(each)
    return shown


def note(exception, suffix="", traceback=None, is_alone=False, frames=True):
    """Write down `exception`, which is about to be printed; alone, if what it came from is not."""
    found = tree(exception, None if traceback is None else places(traceback), suffix)
    if not frames:
        _drop_frames(found)
    if is_alone:
        found.pop("cause", None)
        found.pop("context", None)
    with Path(os.environ["NOTES"]).open("a") as stream:
        stream.write(json.dumps(found) + "\n")


def _drop_frames(found):
    """Take out what another shape than the interpreter's tells in other ways."""
    found.pop("frames", None)
    for each in (found.get("cause"), found.get("context"), *found.get("group", ())):
        if each:
            _drop_frames(each)


def hook(kind, exception, traceback):
    """Note what nothing caught."""
    global _IN_C
    _IN_C = sys.version_info < (3, 11)
    note(exception, SUFFIX, traceback)
    sys.__excepthook__(kind, exception, traceback)


def unraisable(found):
    """Note what could not be raised."""
    note(found.exc_value, "", found.exc_traceback, is_alone=IS_ALONE)
    sys.__unraisablehook__(found)


def in_thread(found):
    """Note what ended a thread."""
    note(found.exc_value, "", found.exc_traceback)
    _thread_hook(found)


def in_logging(handler, record):
    """Note what kept a record from being written."""
    note(sys.exc_info()[1])
    _handle_error(handler, record)


def note_logging_errors():
    """Note what goes wrong while a record is written."""
    global _handle_error
    import logging

    _handle_error = logging.Handler.handleError
    logging.Handler.handleError = in_logging


def asyncio_notes():
    """Note what the event loop is about to report."""
    import asyncio

    report = asyncio.base_events.BaseEventLoop.default_exception_handler

    def handler(loop, context):
        if context.get("exception") is not None:
            note(context["exception"])
        report(loop, context)

    asyncio.base_events.BaseEventLoop.default_exception_handler = handler


def run(path):
    """Run a program in this interpreter, as if it were the only one."""
    source = Path(path).read_text()
    scope = {"__name__": "__main__", "__file__": path}
    try:
        exec(compile(source, path, "exec"), scope)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the program's
        below = error.__traceback__.tb_next
        error.__traceback__ = below
        hook(type(error), error, below)


SUFFIX = ""
IS_ALONE = True
"""Of what cannot be raised any more, no Python up to 3.14 prints what it came from."""
_IN_C = False
"""True where the interpreter itself prints: up to 3.10 it names classes in its own way."""
_thread_hook = threading.excepthook
_handle_error = None
sys.excepthook = hook
sys.unraisablehook = unraisable
threading.excepthook = in_thread
