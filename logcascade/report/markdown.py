"""An analysis for a ticket, in GitHub's Markdown: nothing from the log can act in it."""

from collections.abc import Iterator, Sequence

from logcascade.model.analysis import Analysis, Cascade, Incident, Link
from logcascade.model.figures import number
from logcascade.model.records import SourceSummary
from logcascade.report import cascade_words, circumstance_words, source_words
from logcascade.report.growth_words import growth_in_words
from logcascade.report.inert import code, fence, prose
from logcascade.report.mermaid import flowchart
from logcascade.report.redaction import COVERED, NOT_COVERED
from logcascade.report.text import cut, cut_lines
from logcascade.report.view import PROGRAM, Context, View, view_of
from logcascade.report.words import count, delay

WHOLE_CASCADES = 5
NAMED_CASCADES = 30
"""Cascades told in full, and further ones that get a line."""

MOST_CHARACTERS = 50_000
"""Of all cascades told in full. A ticket of GitHub's holds 65,536; the rest is for the numbers."""

SHOWN_TIMES = 20
SHOWN_UNCURED = 2
SHOWN_UNKNOWN = 10
SHOWN_BACKGROUND = 10

TITLE_COLUMNS = 120
"""Characters of a title; what no rule knows is titled by its text."""

EVIDENCE_LINES = 8
EVIDENCE_COLUMNS = 300
"""Lines and columns shown of one record."""


def render_markdown(analysis: Analysis, context: Context) -> str:
    """Return the report as Markdown; *analysis* has been made presentable."""
    view = view_of(analysis, context)
    blocks = [_title(view), *_cascades(view), *_surroundings(view), *_origin(view)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _title(view: View) -> str:
    cascades = view.analysis.cascades
    if not cascades:
        return f"# {source_words.verdict_on_silence(view)}"
    more = f"; and {count(len(cascades) - 1, 'other cascade')}" if len(cascades) > 1 else ""
    often = cascade_words.how_often(cascades[0], view.fullest(cascades[0]))
    return f"# {_name(cascades[0])}: {prose(often)}{more}"


def _cascades(view: View) -> Iterator[str]:
    cascades = view.analysis.cascades
    room = MOST_CHARACTERS
    whole = 0
    for rank, cascade in enumerate(cascades[:WHOLE_CASCADES], 1):
        blocks = list(_cascade(view, cascade))
        if len(cascades) > 1:
            often = prose(cascade_words.how_often(cascade, view.fullest(cascade)))
            blocks.insert(0, f"## {rank}. {_name(cascade)}: {often}")
        room -= sum(len(block) + 2 for block in blocks)
        if whole and room < 0:
            break
        whole = rank
        yield from blocks
    if cascades[whole:]:
        yield "## Further cascades"
        yield _list(
            f"{_name(each)}: {prose(cascade_words.how_often(each, view.fullest(each)))}, "
            f"{code(view.names.place(view.of(each)[0].first_failure.location))}"
            for each in cascades[whole : whole + NAMED_CASCADES]
        )
    left = len(cascades) - whole - NAMED_CASCADES
    if left > 0:
        yield f"{count(left, 'more cascade')} not listed here; the JSON report has all."


def _name(cascade: Cascade) -> str:
    return (
        code(cut(cascade.title, TITLE_COLUMNS))
        if cascade_words.is_unknown(cascade.first_failure)
        else prose(cascade.title)
    )


def _cascade(view: View, cascade: Cascade) -> Iterator[str]:
    shown = view.fullest(cascade)
    yield _verdict(view, cascade, shown)
    if shown.symptoms:
        yield f"### What followed{_which(cascade, shown)}"
        yield _tree_table(view, cascade, shown)
        yield fence(flowchart(shown), "mermaid")
        yield "Dotted arrows: observed order, not a proven cause." if _is_dotted(shown) else ""
    others, more = cascade_words.coinciding(shown)
    if others:
        yield "Near it, but linked to nothing:"
        yield _list(
            f"{code(cut(each.title, TITLE_COLUMNS))} {each.count:,} x, "
            f"{code(view.names.place(each.location))}"
            for each in others
        )
        yield more
    yield f"### Evidence{_which(cascade, shown)}"
    yield fence("\n".join(_evidence(view, shown)))
    yield "### What to do"
    if not cascade.remedies:
        yield "No remedy is known for it."
    if cascade.remedies or cascade.not_yet:
        yield "\n".join(_what_to_do(cascade))
    if cascade.growth:
        yield "### What grows"
        yield _list(prose(growth_in_words(each)) for each in cascade.growth)
    for head, words, suspicions in cascade_words.suspects(cascade, shown):
        yield f"### {head}"
        yield f"{words[:1].upper()}{words[1:]}:" if words else ""
        rows = cascade_words.merged(suspicions).items()
        yield _list(f"**{prose(titles)}**: {prose(because)}" for because, titles in rows)
    yield from _rhythm(view, cascade)


def _which(cascade: Cascade, shown: Incident) -> str:
    total = len(cascade.incidents)
    return f" ({shown.id}, the fullest of {total})" if total > 1 else ""


def _is_dotted(shown: Incident) -> bool:
    return any(one.link is Link.OBSERVED_ORDER for one in shown.symptoms)


def _verdict(view: View, cascade: Cascade, shown: Incident) -> str:
    failure = shown.first_failure
    when = f", {view.clock.at(failure.time)} UTC" if failure.time is not None else ""
    times = f", {count(failure.count, 'report')}" if failure.count > 1 else ""
    label = cascade_words.label_of_first(failure)
    certainty = cascade_words.certainty(failure)
    first = (
        f"**{label}** ({certainty}): {_name(cascade)}"
        f"{when}, {code(view.names.place(failure.location))}{times}."
    )
    lines = [f"- {prose(fact)}" for fact in shown.facts]
    if failure.reasons:
        lines.append(f"- why first: {prose('; '.join(failure.reasons))}")
    lines += [f"- but: {prose(doubt)}" for doubt in cascade_words.doubts(failure)]
    rivals, more = cascade_words.rivals(failure)
    lines += [
        f"- or: {code(rival.title)} at {code(view.names.place(rival.location))}: "
        f"{prose(rival.because)}"
        for rival in rivals
    ]
    lines += [f"- {more}"] if more else []
    if cascade_words.is_unknown(failure.rule):
        command = code(cascade_words.new_rule(failure.location))
        lines.append(f"- not known: {cascade_words.NOT_KNOWN} {command}")
    course = cascade_words.course(view, shown)
    if course and len(cascade.incidents) == 1:
        lines.append(f"- course: {prose(course)}")
    values = cascade_words.values_in_words(failure.rule, failure.values, view.context)
    if values:
        lines.append(f"- it says: {code(values)}")
    due = cascade.recurrence.next_due
    if due is not None:
        lines.append(f"- next due about {view.clock.about(due)} UTC")
    return "\n".join([first, "", *lines])


def _tree_table(view: View, cascade: Cascade, shown: Incident) -> str:
    several = len(cascade.incidents) > 1
    head = ["after", "count", "what", "where", "because", *(["seen in"] if several else [])]
    rows = []
    for depth, symptom in cascade_words.tree(shown):
        unknown = cascade_words.is_unknown(symptom.rule)
        name = cut(symptom.title, TITLE_COLUMNS)
        title = code(name, in_table=True) if unknown else prose(name, in_table=True)
        title += prose(cascade_words.whose(symptom, shown), in_table=True)
        row = [
            delay(symptom.delay_s),
            f"{symptom.count:,} x",
            "↳ " * depth + title,
            code(view.names.place(symptom.location), in_table=True),
            prose(cascade_words.link_in_words(symptom), in_table=True),
        ]
        if several:
            row.append(f"{view.seen_in(cascade, symptom.rule)} of {len(view.main(cascade))}")
        rows.append(row)
    return _table(head, rows)


def _evidence(view: View, shown: Incident) -> Iterator[str]:
    failure = shown.first_failure
    yield f"{view.names.place(failure.location)}   first failure"
    yield from (f"    {line}" for line in cut_lines(failure.text, EVIDENCE_LINES, EVIDENCE_COLUMNS))
    for symptom in shown.symptoms:
        if symptom.text:
            yield f"{view.names.place(symptom.location)}   {delay(symptom.delay_s)}".rstrip()
            lines = cut_lines(symptom.text, EVIDENCE_LINES, EVIDENCE_COLUMNS)
            yield from (f"    {line}" for line in lines)


def _what_to_do(cascade: Cascade) -> Iterator[str]:
    for rank, remedy in enumerate(cascade.remedies, 1):
        because = f": {prose(remedy.because)}" if remedy.because else ""
        command = code(f"{PROGRAM} remedy {remedy.id}")
        what = (
            "" if cascade_words.is_for_first(cascade, remedy) else "against what follows from it, "
        )
        yield f"{rank}. {what}**{prose(remedy.title)}**{because} ({command})"
        uncured = remedy.does_not_cure[:SHOWN_UNCURED]
        yield from (f"   - does not cure: {prose(words)}" for words in uncured)
    if cascade.not_yet:
        yield from ["", "Not yet:", ""] if cascade.remedies else ["Not yet:", ""]
    for item in cascade.not_yet:
        because = f": {prose(item.because)}" if item.because else ""
        yield f"- {prose(item.what)}{because}"


def _rhythm(view: View, cascade: Cascade) -> Iterator[str]:
    words = [cascade_words.rhythm(cascade), cascade_words.aftershocks(cascade)]
    words += [f"not {one.driver.value}: {one.because}" for one in cascade.recurrence.rivals]
    if cascade.count < 2:
        return
    yield "### How often"
    yield _list(prose(each) for each in words if each)
    incidents = view.of(cascade)
    if len(incidents) < 2:
        return
    head = ["incident", "begins", "first failure", "lasts", "ends"]
    rows = [
        [
            each.id,
            view.clock.at(each.start) if each.start else "",
            code(view.names.place(each.first_failure.location), in_table=True),
            cascade_words.lasted(each),
            cascade_words.outcome(view, each),
        ]
        for each in incidents[:SHOWN_TIMES]
    ]
    yield _table(head, rows)
    left = len(incidents) - SHOWN_TIMES
    if left > 0:
        yield f"{count(left, 'further incident')} not listed here; the JSON report has all."


def _surroundings(view: View) -> Iterator[str]:
    yield "## Numbers" if view.analysis.cascades else "## What was checked"
    if not view.analysis.cascades:
        for words in source_words.doubts(view):
            yield f"**{prose(words)}**"
    lines = [
        f"{code(source.name)}{_parts(view, source)}: {prose(source_words.lines_in_words(source))}, "
        f"{count(source.records, 'record')}, format {code(source.format)}"
        for source in view.analysis.sources
    ]
    lines.append(prose(source_words.times_in_words(view)))
    lines += [f"clock of {prose(words)}" for words in source_words.clocks(view)]
    restarts = f"restarts: {circumstance_words.restarts_in_words(view)}"
    if len(view.analysis.runs) > 1:
        restarts += f"; the runs: {circumstance_words.ends_in_words(view)}"
    lines.append(prose(restarts))
    load = circumstance_words.load_in_words(view)
    if load:
        lines.append(f"load: {prose(load)}")
    retold = circumstance_words.retold_in_words(view)
    if retold:
        lines.append(f"told twice: {prose(retold)}")
    sensitivity = circumstance_words.sensitivity_in_words(view)
    if sensitivity:
        lines.append(f"counted: {prose(sensitivity)}")
    for item in view.analysis.background[:SHOWN_BACKGROUND]:
        rate = f", {number(item.per_hour)} an hour" if item.per_hour is not None else ""
        kind = "standing fault" if item.standing else "background"
        lines.append(
            f"{kind}: {code(item.title)} {item.count:,} x{rate}, "
            f"{code(view.names.place(item.location))}: {prose(item.because)}"
        )
    lines += [
        f"no rule knows: {code(cut(unknown.template, EVIDENCE_COLUMNS))} {unknown.count:,} x, "
        f"{code(view.names.place(unknown.location))}; to write one: "
        f"{code(cascade_words.new_rule(unknown.location))}"
        for unknown in circumstance_words.unknown_elsewhere(view)[:SHOWN_UNKNOWN]
    ]
    yield _list(lines)
    taken = [*(f"assumed: {prose(each)}" for each in source_words.assumptions(view))]
    taken += [f"left out: {prose(each)}" for each in source_words.problems(view)]
    if taken:
        yield "## Assumed and left out"
        yield _list(taken)


def _parts(view: View, source: SourceSummary) -> str:
    parts = source_words.parts_in_words(source, view.names)
    return f" ({prose(parts)})" if parts else ""


def _origin(view: View) -> Iterator[str]:
    words = [f"Made by {PROGRAM} {view.context.version}"]
    if view.context.command:
        words.append(f"with {code(view.context.command)}")
    redacted = f"Redacted: {COVERED}. Not: {NOT_COVERED}." if view.context.redacted else ""
    yield "---"
    yield f"{' '.join(words)}. {redacted or 'Nothing was redacted.'}"


def _list(items: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
