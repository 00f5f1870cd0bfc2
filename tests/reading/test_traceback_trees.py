"""Any tree of exceptions that this Python prints is read back the same, whatever carries it."""

import io
import json
import traceback

from hypothesis import given, settings
from hypothesis import strategies as st

from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine

FORMATS = load_formats()
MESSAGES = st.sampled_from(
    [
        "",
        "x",
        "a: b",
        "[Errno 28] No space left on device: '/data/bot.db'",
        "two\n  lines",
        "first\n\n  third",
        "ключ 'k' не найден",
        "{'code': 429}",
        "ends with a colon:",
        'like File "a.py", line 3, in f',
    ]
)
TYPES = st.sampled_from([ValueError, KeyError, OSError, RuntimeError, MemoryError, TimeoutError])
NOTES = st.lists(st.sampled_from(["  indented note", "  two\n  lines"]), max_size=2)


class OwnError(Exception):
    """One whose module is printed."""


@st.composite
def exceptions(draw, depth=2):
    """Draw an exception with what it came from; most were raised."""
    if depth and draw(st.booleans()):
        members = draw(st.lists(exceptions(depth=depth - 1), min_size=1, max_size=3))
        error = ExceptionGroup(draw(st.sampled_from(["unhandled errors", "g: h"])), members)
    else:
        error = draw(st.one_of(TYPES, st.just(OwnError)))(draw(MESSAGES))
        for note in draw(NOTES):
            error.add_note(note)
    link = draw(st.sampled_from(["", "", "cause", "context", "suppressed"])) if depth else ""
    if link:
        earlier = draw(exceptions(depth=depth - 1))
        if link == "cause":
            error.__cause__ = earlier
        else:
            error.__context__ = earlier
            error.__suppress_context__ = link == "suppressed"
    return raised(error) if draw(st.integers(0, 3)) else error


def raised(error):
    context, is_suppressed = error.__context__, error.__suppress_context__
    try:
        raise error  # noqa: TRY301 - to have a traceback
    except BaseException as caught:  # noqa: BLE001 - whatever it is, it was made here
        caught.__context__, caught.__suppress_context__ = context, is_suppressed
        return caught


def tree(error):
    """Return what is printed of `error`."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in {"builtins", "__main__"}:
        name = f"{kind.__module__}.{name}"
    message = "\n".join([str(error), *getattr(error, "__notes__", ())])
    context = None if error.__suppress_context__ else error.__context__
    return {
        "type": name,
        "message": message.rstrip(),
        "frames": sum(1 for _ in traceback.walk_tb(error.__traceback__)),
        "cause": error.__cause__ and tree(error.__cause__),
        "context": None if error.__cause__ or not context else tree(context),
        "group": [tree(each) for each in getattr(error, "exceptions", ())],
    }


def as_tree(found):
    """Return the same of what was read."""
    return {
        "type": found.type,
        "message": found.message,
        "frames": len(found.frames),
        "cause": found.cause and as_tree(found.cause),
        "context": found.context and as_tree(found.context),
        "group": [as_tree(each) for each in found.group],
    }


def printed(error):
    """Return its lines; a traceback is drawn around it, as a logger does."""
    return "".join(traceback.format_exception(error)).rstrip("\n").split("\n")


def under_header(lines):
    return ["2026-11-23 19:24:06,032 - app - ERROR - job failed", *lines]


def bare(lines):
    return lines


def journald(lines):
    return [f"Nov 23 19:17:52 host bot[129]: {line}" for line in lines if line]


def compose(lines):
    return [f"bot-1  | {line}" for line in lines]


def docker(lines):
    entries = [{"log": line + "\n", "stream": "stderr", "time": "2026-11-23T19:25:40Z"}
               for line in lines]  # fmt: skip
    return [json.dumps(entry, separators=(",", ":")) for entry in entries]


def records_of(lines):
    data = "\n".join(lines).encode()
    return list(Reader(io.BytesIO(data), "log", FORMATS, EveryLine()).records())


def without_empty_lines(found):
    """Return the tree as a carrier that drops empty lines leaves it."""
    dense = {**found, "message": "\n".join(filter(None, found["message"].split("\n")))}
    dense["group"] = [without_empty_lines(each) for each in found["group"]]
    for key in ("cause", "context"):
        dense[key] = found[key] and without_empty_lines(found[key])
    return dense


@settings(max_examples=80, deadline=None)
@given(exceptions(), st.sampled_from([under_header, bare, journald, compose, docker]))
def test_a_tree_of_exceptions_is_read_back(error, carrier):
    error = raised(error)
    found = [one for each in records_of(carrier(printed(error))) for one in each.exceptions]
    assert [without_empty_lines(as_tree(each)) for each in found] == [
        without_empty_lines(tree(error))
    ]


@settings(max_examples=40, deadline=None)
@given(exceptions(), exceptions(), st.lists(st.booleans(), max_size=400), st.booleans())
def test_two_processes_write_into_each_other(first, second, turns, is_compose):
    first, second = raised(first), raised(second)
    mine, theirs = (
        ("bot-1  | ", "web-1  | ")
        if is_compose
        else ("Nov 23 19:17:52 host bot[129]: ", "Nov 23 19:17:52 host bot[130]: ")
    )
    ours = [mine + line for line in printed(first) if line]
    others = [theirs + line for line in printed(second) if line]
    lines = []
    for turn in turns:
        source = ours if turn else others
        if source:
            lines.append(source.pop(0))
    lines += ours + others
    found = {
        (each.component, each.pid): [without_empty_lines(as_tree(one)) for one in each.exceptions]
        for each in records_of(lines)
    }
    assert sorted(found.values(), key=str) == sorted(
        ([without_empty_lines(tree(each))] for each in (first, second)), key=str
    )


@settings(max_examples=40, deadline=None)
@given(exceptions(), st.data())
def test_what_is_cut_off_is_never_wrong(error, data):
    lines = printed(raised(error))
    begin = data.draw(st.integers(0, len(lines) - 1))
    end = data.draw(st.integers(begin + 1, len(lines)))
    told = {"", *types(tree(error))}
    for record in records_of(lines[begin:end]):
        for found in record.exceptions:
            assert told.issuperset(each.type for each in found.in_order_raised())


def types(found):
    """Yield all types in a tree."""
    yield found["type"]
    for each in (found["cause"], found["context"], *found["group"]):
        if each:
            yield from types(each)
