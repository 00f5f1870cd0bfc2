import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from logcascade.model.analysis import Link
from logcascade.model.records import Location
from logcascade.report.inert import code, fence, prose
from logcascade.report.markdown import render_markdown
from logcascade.report.presentable import presentable
from tests.report.builders import (
    CONTEXT,
    HOSTILE,
    make_analysis,
    make_cascade,
    make_first,
    make_hostile,
    make_incident,
    make_quiet,
    make_symptom,
)

OWN_TAGS = {
    "h1", "h2", "h3", "p", "strong", "code", "pre", "ul", "ol", "li", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
"""What the report is made of."""

ACTS_OUTSIDE_CODE = re.compile(
    r"@\w|#\d|GH-\d|[!$]\d|://|www\.|PROJ-\d|[0-9a-f]{12}", re.IGNORECASE
)


def shown(analysis):
    return render_markdown(presentable(analysis), CONTEXT)


def rendered(text):
    """Return the tokens of a Markdown document, inline ones included, as GitHub would see it."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def assert_inert(text):
    for token in rendered(text):
        assert token.type not in ("html_block", "html_inline", "link_open", "image", "s_open")
        assert not token.tag or token.tag in OWN_TAGS
        if token.type == "text":
            assert not ACTS_OUTSIDE_CODE.search(token.content), token.content


def test_a_ticket_says_verdict_tree_evidence_and_remedy():
    text = shown(make_analysis())
    assert text.startswith("# Telegram flood control: one incident of 3 reports\n")
    assert "**First failure** (certain): Telegram flood control, 12:00:00 UTC, `bot.log:40`" in text
    assert "| +7 s | 2 x | ↳ sqlite database locked | `bot.log:60` |" in text
    assert 'n0 --> n1["+7 s 2 x sqlite database locked"]' in text
    assert "1. **Space calls**: many chats are named (`logcascade remedy outbound-limiter`)" in text
    assert "Made by logcascade 0.0.0 with `logcascade analyze bot.log`." in text


def test_the_tables_are_tables_to_markdown():
    tokens = [token.type for token in rendered(shown(make_analysis()))]
    assert tokens.count("table_open") == 1
    assert tokens.count("fence") == 2


def test_nothing_from_a_log_acts_in_a_ticket():
    assert_inert(shown(make_hostile()))


@pytest.mark.parametrize("part", HOSTILE.split())
def test_no_part_of_a_hostile_text_acts_alone(part):
    assert_inert(shown(make_hostile(part)))


@given(st.text(alphabet="`~|\\<>@#[]()!*_-+=$&:/wx1 \n\t.\"'", max_size=60))
def test_no_mixture_of_signs_acts(text):
    assert_inert(shown(make_hostile(text)))


def test_a_code_span_gives_back_its_text():
    for text in ("plain", "`tick`", "a `` b", " edge ", "``"):
        spans = [token for token in rendered(code(text)) if token.type == "code_inline"]
        assert [span.content for span in spans] == [text]


def test_a_fence_is_longer_than_any_in_its_text():
    text = "a\n```\nb\n`````\n~~~"
    (token,) = rendered(fence(text))
    assert token.content == text + "\n"


def test_words_of_our_own_stay_words():
    assert prose("all 7 s or more after the first failure, in 12 of 12") == (
        "all 7 s or more after the first failure, in 12 of 12"
    )


def test_pipes_in_a_title_do_not_break_the_table():
    symptom = make_symptom("unknown:1", title="a | b \\| c")
    text = shown(make_analysis(incidents=(make_incident(symptoms=(symptom,)),)))
    cells = [token for token in rendered(text) if token.type == "td_open"]
    assert len(cells) == 5


def test_a_diagram_has_no_sign_that_means_something_to_mermaid():
    text = shown(make_hostile())
    (diagram,) = [
        token.content
        for token in rendered(text)
        if token.type == "fence" and token.info == "mermaid"
    ]
    for line in diagram.splitlines()[1:]:
        label = line.split('["', 1)[1].removesuffix('"]')
        assert not set('"<>#;`|[]{}\\@') & set(label)


def test_an_observed_order_is_a_dotted_arrow_and_said():
    symptom = make_symptom(link=Link.OBSERVED_ORDER, how="")
    text = shown(make_analysis(incidents=(make_incident(symptoms=(symptom,)),)))
    assert 'n0 -.-> n1["' in text
    assert "observed order, not a proven cause" in text


def test_an_unknown_first_failure_says_what_is_not_known_and_how_to_write_it_down():
    first = make_first(rule="unknown:ab", location=Location("bot.log", 5))
    cascade = make_cascade(first_failure="unknown:ab", remedies=(), not_yet=())
    text = shown(
        make_analysis(incidents=(make_incident(first_failure=first),), cascades=(cascade,))
    )
    assert "`logcascade rules new --from bot.log:5`" in text
    assert "### What to do\n\nNo remedy is known for it.\n\n" in text


def test_further_cascades_are_named_when_there_are_too_many():
    cascades = tuple(make_cascade(id=f"c{number}") for number in range(8))
    text = shown(make_analysis(cascades=cascades))
    assert "## Further cascades" in text
    assert text.count("**First failure**") == 5


def test_a_healthy_log_makes_a_short_ticket():
    text = shown(make_quiet())
    assert text.startswith("# No incident found: no failure seen\n")
    assert len(text.splitlines()) < 20


def test_a_ticket_fits_where_tickets_go():
    text = "long line " * 40 + "\n"
    symptoms = tuple(
        make_symptom(f"a-{number}", text=text * 20, because_of="telegram-flood-control")
        for number in range(20)
    )
    cascades = tuple(make_cascade(id=f"c{number}") for number in range(50))
    incident = make_incident(symptoms=symptoms)
    ticket = shown(make_analysis(incidents=(incident,), cascades=cascades))
    assert len(ticket) < 65_536
    assert "more cascades not listed here" in ticket
