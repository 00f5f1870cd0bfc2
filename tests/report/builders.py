"""Analyses with defaults: a test shows only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from logcascade.model.analysis import (
    Analysis,
    Cascade,
    Certainty,
    Coinciding,
    FirstFailure,
    Incident,
    Link,
    NotYetChoice,
    RemedyChoice,
    Restarts,
    Run,
    Suspicion,
    Symptom,
    UnknownFailure,
)
from logcascade.model.records import (
    Alignment,
    Confidence,
    Location,
    Severity,
    SourceSummary,
)
from logcascade.model.recurrence import Driver, Recurrence
from logcascade.model.rules import Ended
from logcascade.report.view import Context

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
CONTEXT = Context(
    version="0.0.0",
    command="logcascade analyze bot.log",
    units={"telegram-flood-control": {"retry_after": "seconds"}},
)

HOSTILE = (
    "\x1b[2J\x1b]0;title\x07 \u202eevil\u2066 \u200b [red]x[/red] [/dev/sda1] @admin @org/team "
    "fixes #12, org/repo#3, GH-4, closes PROJ-5, !6 $7 https://evil.example/?q=1 www.evil.example "
    "<script>alert(1)</script> <img src=x onerror=y> [click](javascript:alert(1)) ![i](http://x.y) "
    "``` `code` ```` | pipe \\| two ~~~ **bold** _it_ $\\sqrt{2}$ &lt; 0123abcdef0123 a@b.example"
)
"""What somebody might get a bot to log, hoping that a report is opened."""


def at(seconds: float) -> datetime:
    """Return the time *seconds* after noon of the tests' day."""
    return NOON + timedelta(seconds=seconds)


def make_source(**changes: Any) -> SourceSummary:
    source = SourceSummary(
        name="bot.log",
        format="python-logging",
        lines=1000,
        bytes=50_000,
        records=900,
        record_lines=1000,
        unparsed_lines=0,
        first_time=at(-3600),
        last_time=at(3600),
        assumptions=("zone UTC",),
    )
    return replace(source, **changes)


def make_alignment(**changes: Any) -> Alignment:
    alignment = Alignment(
        offset_s=-7200.0,
        anchors=11,
        spread_s=0.04,
        confidence=Confidence.CERTAIN,
        because="11 kills that journal.txt tells too",
        meaning="zone +02:00",
    )
    return replace(alignment, **changes)


def make_first(**changes: Any) -> FirstFailure:
    failure = FirstFailure(
        rule="telegram-flood-control",
        title="Telegram flood control",
        location=Location("bot.log", 40),
        record_line=38,
        time=at(0),
        occurred_from=at(0),
        occurred_to=at(0),
        certainty=Certainty.CERTAIN,
        values={"retry_after": 28.0, "method": "SendMessage"},
        reasons=("earliest of 3 kinds of failure in the incident",),
        rivals=(),
        text="TelegramRetryAfter: Flood control exceeded. Retry in 28 seconds.",
        count=3,
    )
    return replace(failure, **changes)


def make_symptom(rule: str = "sqlite-database-locked", **changes: Any) -> Symptom:
    symptom = Symptom(
        rule=rule,
        title=rule.replace("-", " "),
        component="bot",
        count=2,
        location=Location("bot.log", 60),
        time=at(7),
        delay_s=7.0,
        because_of="telegram-flood-control",
        link=Link.MECHANISM,
        how="a transaction stays open",
        text="sqlite3.OperationalError: database is locked",
        values={},
    )
    return replace(symptom, **changes)


def make_incident(**changes: Any) -> Incident:
    incident = Incident(
        id="i1",
        cascade="c1",
        component="bot",
        run="r1",
        start=at(0),
        end=at(20),
        start_line=Location("bot.log", 40),
        end_line=Location("bot.log", 90),
        severity=Severity.CRITICAL,
        first_failure=make_first(),
        symptoms=(make_symptom(),),
        coinciding=(),
    )
    return replace(incident, **changes)


def make_recurrence(**changes: Any) -> Recurrence:
    recurrence = Recurrence(
        driver=Driver.TOO_FEW,
        because="it happened once: nothing can be said of a rhythm",
        period_s=None,
        spread_s=None,
        gaps=0,
        p_value=None,
        uptime_s=None,
        time_to_first_failure_s=None,
        cascade_s=20.0,
        down_s=None,
        next_due=None,
    )
    return replace(recurrence, **changes)


def make_cascade(**changes: Any) -> Cascade:
    cascade = Cascade(
        id="c1",
        first_failure="telegram-flood-control",
        title="Telegram flood control",
        incidents=("i1",),
        count=1,
        severity=Severity.CRITICAL,
        recurrence=make_recurrence(),
        ruled_out=(Suspicion("sqlite", "SQLite", "2 x, all 7 s or more after the first failure"),),
        remedies=(RemedyChoice("outbound-limiter", "Space calls", 1, "many chats are named"),),
        not_yet=(NotYetChoice("A rewrite", "it changes nothing"),),
    )
    return replace(cascade, **changes)


def make_analysis(**changes: Any) -> Analysis:
    """Return an analysis with one incident of two kinds of failure."""
    analysis = Analysis(
        sources=(make_source(),),
        runs=(Run("r1", "bot", 811, at(-3600), None, Ended.RUNNING, ()),),
        incidents=(make_incident(),),
        cascades=(make_cascade(),),
        restarts=Restarts(0, 0, (), None, None, Driver.TOO_FEW),
        background=(),
        load=None,
        unknown_failures=(),
    )
    return replace(analysis, **changes)


def make_quiet(**changes: Any) -> Analysis:
    """Return an analysis that found nothing."""
    return make_analysis(incidents=(), cascades=(), **changes)


def make_hostile(text: str = HOSTILE) -> Analysis:
    """Return an analysis with *text* everywhere that a log can put it."""
    rule = "unknown:abc"
    first = make_first(
        rule=rule, title=text, text=f"{text}\n```\n{text}", values={"name": text}, rivals=()
    )
    symptom = make_symptom("unknown:def", title=text, text=f"{text}\r\n~~~", values={"x": text})
    symptom = replace(symptom, because_of=rule)
    location = Location(text, 7)
    incident = make_incident(
        component=text,
        first_failure=replace(first, location=location),
        symptoms=(replace(symptom, location=location),),
        coinciding=(Coinciding("unknown:x", text, 1, location, at(1)),),
        facts=(f"it named {text}",),
    )
    return make_analysis(
        sources=(
            make_source(name=text, problems=(text,), unparsed_lines=1),
            make_source(
                name=f"2 {text}",
                clock="local",
                alignment=make_alignment(because=text, meaning=text),
            ),
        ),
        incidents=(incident,),
        cascades=(make_cascade(title=text, first_failure=rule),),
        unknown_failures=(UnknownFailure("abc", text, 3, location),),
        notes=(text,),
    )
