"""JSON objects over several lines: entries become one line, what a message shows stays."""

from logcascade.cleaning.pretty_json import PrettyJson

ENTRY = b'{\n  "time": "2026-11-23T19:24:06Z",\n  "level": "info",\n  "msg": "hello"\n}\n'
OTHER = b'{\n  "ok": true,\n  "at": "2026-11-23 19:24:06"\n}\n'


def joined(data):
    return PrettyJson().feed(data, final=True)


def test_objects_on_their_own_become_one_line_whatever_their_keys():
    assert joined(OTHER + OTHER).count(b'{"ok":true') == 2


def test_an_object_below_words_is_part_of_their_message():
    log = b"2026-11-23 19:24:06,032 - app - INFO - a page:\n" + OTHER
    assert joined(log) == log


def test_an_entry_below_a_banner_is_one_line():
    assert b'"level":"info"' in joined(b"Starting up ...\n" + ENTRY + ENTRY)


def test_cuts_decide_nothing():
    log = OTHER + b"words\n" + OTHER + ENTRY + OTHER + b"words\n\n" + OTHER
    whole = joined(log)
    assert whole.count(b"\n") == log.count(b"\n")
    lines = log.splitlines(keepends=True)
    for cut in range(len(lines)):
        step = PrettyJson()
        first = step.feed(b"".join(lines[:cut]), final=False)
        assert first + step.feed(b"".join(lines[cut:]), final=True) == whole
