"""Incidents come from what was injected; the log only says where they stand."""

from dataclasses import replace

from laboratory.incidents import caused_incidents
from laboratory.samples import cut
from laboratory.story import Cause, Story

CRASH = Cause("bad-release", "python-syntax-error", r"^SyntaxError: ", every_life=True)
STORY = Story("told", "a test", hours=1.0, seed=1, causes=(CRASH,))


def entry(time, text, line=None):
    return {"t": time, "source": "bot", "text": text, "line": line}


def fact(time, what):
    return {"t": time, "what": what}


def found(story, entries, facts):
    incidents = caused_incidents(story, entries, [], facts)
    return [(one.time, one.entry, one.echo) for one in incidents]


def test_later_lives_of_a_crash_loop_are_echoes():
    entries = [entry(10.5, "SyntaxError: x"), entry(16.5, "SyntaxError: x"), entry(90.0, "well")]
    facts = [
        fact(9.0, "bad-release"),
        fact(10.0, "start"),
        fact(16.0, "start"),
        fact(80.0, "start"),
    ]
    assert found(STORY, entries, facts) == [(9.0, 0, False), (16.0, 1, True)]


def test_the_first_crash_of_the_next_fault_is_no_echo_of_the_one_before():
    entries = [entry(10.5, "SyntaxError: x"), entry(70.5, "SyntaxError: x")]
    facts = [fact(9.0, "bad-release"), fact(10.0, "start"), fact(16.0, "start")]
    facts.append(fact(70.0, "bad-release"))
    assert found(STORY, entries, facts) == [(9.0, 0, False), (70.0, 1, False)]


def test_a_cause_that_no_line_tells_of_is_an_incident_without_a_place():
    story = replace(STORY, causes=(Cause("power-loss", "power-lost", ""),))
    assert found(story, [entry(90.0, "well")], [fact(9.0, "power-loss")]) == [(9.0, None, False)]


def test_what_did_no_harm_is_no_incident():
    assert found(STORY, [entry(90.0, "well")], [fact(9.0, "bad-release")]) == []


def test_a_fault_does_not_take_the_line_of_the_next_one():
    entries = [entry(30.5, "SyntaxError: x")]
    facts = [fact(9.0, "bad-release"), fact(30.0, "bad-release")]
    assert found(STORY, entries, facts) == [(30.0, 0, False)]


def test_a_lost_crash_does_not_take_the_next_ones_line():
    story = replace(STORY, causes=(Cause("crashed", "code-bug-KeyError", "^KeyError: "),))
    entries = [entry(49.9, "KeyError: 'x'")]
    facts = [fact(1.0, "start"), fact(20.0, "crashed"), fact(21.0, "start"), fact(50.0, "crashed")]
    assert found(story, entries, facts) == [(50.0, 0, False)]


def test_a_cut_log_has_the_other_lines_numbered_anew():
    story = replace(STORY, lost=((10.0, 20.0),))
    begun = story.epoch
    lines = [entry(begun + at, f"line {at}", n) for n, at in enumerate((1, 12, 30), start=1)]
    entries, log = cut(story, lines, b"line 1\nline 12\nline 30\n")
    assert log == b"line 1\nline 30\n"
    assert [one["line"] for one in entries] == [1, 2]
