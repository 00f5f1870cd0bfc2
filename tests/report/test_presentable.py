import unicodedata
from dataclasses import fields, is_dataclass

from hypothesis import given
from hypothesis import strategies as st

from logcascade.report.presentable import presentable
from tests.report.builders import HOSTILE, make_analysis, make_first, make_hostile, make_incident

TOKEN = "7000000001:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"


def texts(value):
    if isinstance(value, str):
        yield str(value)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from (key, *texts(part))


def test_no_text_of_an_analysis_escapes():
    shown = presentable(make_hostile())
    for text in texts(shown):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "a@b.example" not in text


def test_an_analysis_without_anything_to_hide_stays_equal():
    assert presentable(make_analysis()) == make_analysis()


def test_one_secret_has_one_mark_in_the_whole_report():
    incident = make_incident(first_failure=make_first(text=f"bot{TOKEN}", title=f"at {TOKEN}"))
    shown = presentable(make_analysis(incidents=(incident,))).incidents[0].first_failure
    assert (shown.title, shown.text) == ("at <bot-token 1>", "bot<bot-token 1>")


def test_without_redaction_secrets_stay_and_control_bytes_do_not():
    incident = make_incident(first_failure=make_first(text=f"\x1b[2J{TOKEN}"))
    shown = presentable(make_analysis(incidents=(incident,)), redact=False)
    assert shown.incidents[0].first_failure.text == f"␛[2J{TOKEN}"


@given(st.text(max_size=200))
def test_whatever_a_log_says_can_be_shown(text):
    for shown in texts(presentable(make_hostile(text + HOSTILE))):
        for line in shown.split("\n"):
            assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in line)
