"""Rules that fail their own examples, rules that an expert would object to, and near matches."""

import pytest
import regex

from logcascade.ruleset import check, match, nearly, selftest

RULE = """
schema = 1
id = "db-refused"
title = "A client could not connect"
role = "failure"
severity = "error"
summary = "The database did not take a connection."
printed_by = ["api 2.0 to 2.3"]

[match]
literals = ["connect to"]
any = ['''connect to (?P<host>\\S+):(?P<port>\\d+) refused$''']
values = { port = "count" }
"""

HIT = """
[[example]]
from = "api 2.3 against a stopped PostgreSQL 16"
text = "connect to 10.0.3.7:5432 refused"
"""

NEAR_MISS = """
[[example]]
from = "the same run, later"
text = 'retry 1, last error "connect to 10.0.3.7:5432 refused"'
matches = false
why = "quotes an earlier error"
"""

OLDER = """
[[example]]
from = "api 2.0 against a stopped PostgreSQL 16"
text = "connect to db.local:5432 refused"
"""


@pytest.fixture
def make_record(record):
    """Stand in for reading: a message without tracebacks."""

    def make(text, *, logger="", severity=None, program=""):
        return record(text, logger=logger, severity=severity, program=program)

    return make


@pytest.fixture
def failures(rules, make_record, tmp_path):
    """Return what the self-test of one rule says, the folder left out."""

    def run(text):
        ruleset = rules(text)
        found = selftest.test_rules(ruleset, make_record)
        return [str(one).replace(f"{tmp_path}/", "") for one in found]

    return run


def test_a_rule_whose_examples_behave_has_no_failures(failures):
    assert failures(RULE + HIT + "expect = { host = '10.0.3.7', port = 5432 }" + NEAR_MISS) == []


def test_an_example_that_no_pattern_matches_shows_how_far_it_got(failures):
    text = RULE + HIT.replace("5432 refused", "5432: connection refused")
    assert failures(text)[0] == (
        'error: rule "db-refused" fails its own test\n'
        "  reason: example 1 should match, but no pattern matches it\n"
        "  --> more/db-refused.toml:15\n"
        "    pattern   connect to (?P<host>\\S+):(?P<port>\\d+) refused$\n"
        "    example   connect to 10.0.3.7:5432: connection refused\n"
        "                                       ^ matched up to here\n"
        "  help: change the pattern or the example; `logcascade rules test` tries it again"
    )


def test_an_example_that_must_not_match_but_does_is_a_failure_with_its_reason(failures):
    text = RULE + NEAR_MISS.replace("""'retry 1, last error "connect""", """'connect""").replace(
        """refused"'""", "refused'"
    )
    assert failures(text)[0].split("\n")[1:3] == [
        "  reason: example 1 must not match, but does: quotes an earlier error",
        "  --> more/db-refused.toml:15",
    ]


def test_a_wrong_value_is_a_failure(failures):
    text = RULE + HIT + "expect = { host = 'db', port = 5432 }"
    assert "reason: example 1 should give host = 'db', but gives '10.0.3.7'" in failures(text)[0]


def test_an_example_without_a_literal_says_that_the_pattern_is_not_tried(failures):
    text = RULE.replace('"connect to"', '"connection"') + HIT
    assert "but none of the rule's literals stands in it" in failures(text)[0]


def test_an_example_that_the_rule_does_not_allow_says_so(failures):
    text = RULE.replace("values =", 'severity = "error"\nvalues =') + HIT
    text += 'fields = { severity = "info" }'
    assert "its level, logger or program is not one that the rule allows" in failures(text)[0]


def test_an_example_that_another_rule_takes_names_it(failures):
    text = RULE.replace(
        "literals = [", 'where = ["exception"]\nliterals = [\n    "OperationalError",'
    )
    text = text.replace("any = ['''connect to", "any = ['''OperationalError: |connect to")
    text += HIT.replace("connect to 10.0.3.7:5432 refused", "OperationalError: database is locked")
    assert 'the record is recognised as "sqlite-database-locked"' in failures(text)[0]


def test_a_benign_example_below_error_counts_as_recognised(failures):
    text = RULE.replace('"failure"', '"benign"') + HIT + 'fields = { severity = "info" }'
    assert failures(text) == []


@pytest.mark.parametrize(
    ("pattern", "text", "upto"),
    [
        (r"abc", "abd", 2),
        (r"abc", "abc", 3),
        (r"abc", "", 0),
        (r"abc", "xbc", 0),
        (r"a\d+ b", "a12345 c", 7),
    ],
)
def test_the_mark_stands_where_the_pattern_stops(pattern, text, upto):
    assert nearly.matched_upto(regex.compile(pattern), text) == upto


def test_an_excerpt_of_hostile_text_is_short_and_harmless(rules, make_record):
    ruleset = rules(RULE)
    record = make_record("connect to " + "x" * 10_000 + "\x1b[31m\n" + "y" * 1_000)
    excerpt = nearly.nearest(ruleset.rules["db-refused"], record).excerpt()
    assert "\x1b" not in excerpt
    assert max(map(len, excerpt.split("\n"))) < 200


@pytest.fixture
def issues(rules, make_record):
    """Return the reasons of the issues of one rule."""

    def run(text):
        rule = rules(text).rules["db-refused"]
        return [issue.reason for issue in check.check_rule(rule, make_record)]

    return run


def test_a_rule_with_a_real_line_and_a_near_miss_has_no_issues(issues):
    assert issues(RULE + HIT + OLDER + NEAR_MISS) == []


def test_two_examples_are_too_few(issues):
    assert issues(RULE + HIT + NEAR_MISS) == ["it has fewer than 3 examples"]


def test_a_failure_that_nobody_is_said_to_print_is_an_issue(issues):
    text = RULE.replace('printed_by = ["api 2.0 to 2.3"]', "")
    assert issues(text + HIT + OLDER + NEAR_MISS) == ["it does not say who prints it"]


def test_what_is_no_failure_need_not_say_who_prints_it(issues):
    text = RULE.replace('printed_by = ["api 2.0 to 2.3"]', "").replace('"failure"', '"load"')
    assert issues(text + HIT + OLDER + NEAR_MISS) == []


def test_a_rule_without_examples_has_issues(issues):
    assert issues(RULE) == ["no example matches it", "it has no near miss"]


def test_a_pattern_that_no_example_uses_is_an_issue(issues):
    text = RULE.replace("any = [", "any = ['''connect to nowhere''', ")
    found = issues(text + HIT + OLDER + NEAR_MISS)
    assert found == ["no example uses the pattern connect to nowhere"]


def test_a_pattern_that_an_earlier_one_hides_is_an_issue(issues):
    text = RULE.replace("refused$'''", "refused$''', '''connect to 10''' ")
    found = issues(text + HIT + OLDER + NEAR_MISS)
    assert found == ["no example uses the pattern connect to 10"]


def test_an_example_that_only_repeats_its_pattern_is_an_issue(issues):
    text = RULE.replace("(?P<host>\\S+):(?P<port>\\d+) refused$", "\\S+ refused").replace(
        'values = { port = "count" }', ""
    )
    hit = HIT.replace("10.0.3.7:5432 ", "")
    assert "example 1 only repeats its pattern, so it proves nothing" in issues(text + hit)


def test_a_pattern_that_begins_anywhere_is_an_issue(issues):
    text = RULE.replace("'''connect", "'''.*connect")
    assert [reason for reason in issues(text + HIT) if "anywhere" in reason]


def test_a_pattern_that_is_slow_on_a_hostile_line_is_an_issue(issues, monkeypatch):
    monkeypatch.setattr(check, "PATTERN_BUDGET_S", 0.05)
    text = RULE.replace("'''connect", "'''(?:a|aa|aaa)*(?:a|aa)*connect")
    assert [reason for reason in issues(text + HIT) if "too long" in reason]


def test_issues_say_where_and_what_to_do(rules, make_record, tmp_path):
    ruleset = rules(RULE + HIT)
    issue = check.check_rule(ruleset.rules["db-refused"], make_record)[0]
    assert str(issue).replace(f"{tmp_path}/", "") == (
        'warning: rule "db-refused": it has no near miss\n'
        "  --> more/db-refused.toml\n"
        "  help: add a record that looks like it and must not match, with the reason why"
    )


def test_the_budget_of_a_pattern_is_one_for_all():
    assert check.PATTERN_BUDGET_S == match.PATTERN_BUDGET_S
