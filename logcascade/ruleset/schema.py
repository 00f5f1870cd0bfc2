"""The keys of a rule file: a table goes in, a `Rule` comes out, or every problem is noted."""

from collections.abc import Mapping
from typing import Any

import regex

from logcascade.model.patterns import RulePattern, compile_pattern, named_groups
from logcascade.model.records import Severity
from logcascade.model.recurrence import Rhythm
from logcascade.model.rules import (
    Cause,
    Condition,
    Ended,
    Example,
    Marks,
    NotYet,
    RemedyUse,
    Role,
    Rule,
    Tolerated,
    Where,
)
from logcascade.ruleset.fields import Table, parse_span, suggest
from logcascade.ruleset.sheet import Sheet

SCHEMA = 1
"""The version of the rule file's layout that this program reads."""

LITERAL_LEAST = 6
"""Characters. A shorter literal stands in too many healthy lines to save any work."""

SAMPLED_LITERAL_LEAST = 3
"""The same for what only a sample of lines is read for."""

EMPTY_BUDGET_S = 1.0
"""Seconds for a pattern on the empty text: only one that calls itself for ever needs more."""

UNITS = ("seconds", "milliseconds", "bytes", "kilobytes", "megabytes", "count", "attempts")
SAME_KEYS = ("run", "component", "host", "pid")
LATE_WORDS = ("none", "run")
EXAMPLE_FIELDS = ("logger", "severity", "program")
SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_ENDS = [ended.value for ended in Ended if ended is not Ended.RUNNING]
_ID = regex.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_TOP_LEVEL = (
    "schema",
    "id",
    "title",
    "role",
    "severity",
    "summary",
    "printed_by",
    "references",
    "speaks_for",
)


def read_rule(sheet: Sheet, content: Mapping[str, Any], area: str) -> Rule | None:
    """Return the rule that a file describes; None, with the problems noted, if it is wrong."""
    top = Table(sheet, content)
    read_schema(top)
    rule_id = read_id(top, sheet.path.stem)
    role = top.choice("role", Role) or Role.FAILURE
    title, summary = top.text("title"), top.text("summary")
    severity = SEVERITIES.get(top.word("severity", SEVERITIES), Severity.ERROR)
    match = top.table("match", need=True) or Table(sheet, {}, "match")
    patterns = _read_patterns(match) if top.has("match") else ()
    groups = frozenset(name for pattern in patterns for name in pattern.groups)
    units = _read_units(match, groups)
    late, residue, silent, elsewhere = _read_occurred(top, units)
    marks, ended, explains_end, unasked = _read_lifecycle(top, role)
    rule = Rule(
        id=rule_id,
        title=title,
        role=role,
        severity=severity,
        summary=summary,
        area=area,
        path=sheet.path,
        literals=_read_literals(match, role) if top.has("match") else (),
        patterns=patterns,
        where=_read_where(match),
        min_severity=SEVERITIES.get(match.word("severity", SEVERITIES, need=False)),
        loggers=match.texts("loggers"),
        programs=match.texts("programs"),
        units=units,
        late=late,
        causes=tuple(_read_cause(table) for table in top.tables("causes")),
        speaks_for=top.texts("speaks_for"),
        mistaken_for=_read_mistaken_for(top),
        not_yet=tuple(read_not_yet(table) for table in top.tables("not_yet")),
        remedies=tuple(_read_remedy_use(table) for table in top.tables("remedies")),
        tolerated=_read_tolerated(top, units),
        marks=marks,
        ended=ended,
        explains_end=explains_end,
        unasked=unasked,
        printed_by=top.texts("printed_by"),
        references=top.texts("references"),
        examples=tuple(_read_example(table, groups) for table in top.tables("example")),
        residue=residue,
        silent=silent,
        elsewhere=elsewhere,
        tell_apart=_read_tell_apart(match, groups),
        is_carrier=match.flag("carrier"),
    )
    match.finish(_TOP_LEVEL)
    top.finish()
    return None if sheet.problems else rule


def _read_tell_apart(match: Table, groups: frozenset[str]) -> tuple[str, ...]:
    """Return the values by which failures of the rule are told apart; each must be a group."""
    names = match.texts("tell_apart")
    for name in names:
        if name not in groups:
            match.wrong("tell_apart", f'no pattern has a group "{name}"', suggest(name, groups))
    return names


def read_schema(top: Table) -> None:
    """Check the version of the layout."""
    version = top.integer("schema", least=1)
    if version > SCHEMA:
        top.wrong("schema", f"schema {version} is not known", f"this program reads schema {SCHEMA}")


def read_id(top: Table, expected: str) -> str:
    """Return the id, checked against the name of the file or folder."""
    name = top.text("id")
    if name and not _ID.fullmatch(name):
        top.wrong(
            "id",
            f'"{name}" is not an id',
            "write lower-case words joined by hyphens: area-what-failed",
        )
    elif name and name != expected:
        top.wrong("id", f'the id "{name}" differs from the name "{expected}"', "make them equal")
    return name


def _read_literals(match: Table, role: Role) -> tuple[str, ...]:
    literals = match.texts("literals", need=True)
    least = SAMPLED_LITERAL_LEAST if role is Role.GAUGE else LITERAL_LEAST
    for literal in literals:
        if len(literal) < least:
            match.wrong(
                "literals",
                f'the literal "{literal}" is too short',
                f"use at least {least} characters that stand in every record it is for",
                value=literal,
            )
        if not literal.isprintable():
            match.wrong(
                "literals",
                f"the literal {literal!r} holds a line break or a character that is not printed",
                "choose a part of the line without it",
                value=literal,
            )
    return literals


def _read_patterns(match: Table) -> tuple[RulePattern, ...]:
    texts = match.texts("any", need=True)
    if match.sheet.is_proven:
        return tuple(RulePattern(text, named_groups(text)) for text in texts)
    patterns = []
    for text in texts:
        try:
            compiled = compile_pattern(text)
            is_empty = compiled.match("", timeout=EMPTY_BUDGET_S) is not None
        except (regex.error, RecursionError, MemoryError, TimeoutError) as error:
            why = str(error) or "it is too deep"
            match.wrong("any", f"the pattern does not compile: {why}: {text}", value=text)
            continue
        if is_empty:
            match.wrong(
                "any",
                f"the pattern matches the empty text, so it would match every record: {text}",
                "make a part of it that must be there not optional",
                value=text,
            )
        patterns.append(RulePattern(text, frozenset(compiled.groupindex)))
    return tuple(patterns)


def _read_where(match: Table) -> tuple[Where, ...]:
    if not match.has("where"):
        match.texts("where")
        return (Where.MESSAGE,)
    known = [member.value for member in Where]
    places = []
    for word in match.texts("where", need=True):
        if word in known:
            places.append(Where(word))
        else:
            match.wrong("where", f'"where" cannot hold "{word}"', suggest(word, known))
    return tuple(places)


def _read_units(match: Table, groups: frozenset[str]) -> dict[str, str]:
    units = match.mapping("values", (str,), "a unit")
    for name, unit in units.items():
        if name not in groups:
            match.wrong(name, f'no pattern has a group named "{name}"', suggest(name, groups))
        if unit not in UNITS:
            match.wrong(name, f'"{unit}" is not a unit', suggest(unit, UNITS))
    return units


def _read_occurred(top: Table, units: Mapping[str, str]) -> tuple[str, bool, bool, str]:
    table = top.table("occurred")
    if table is None:
        return "none", False, False, ""
    late = table.text("late", need=False) or "none"
    times = [name for name, unit in units.items() if unit in ("seconds", "milliseconds")]
    if late not in LATE_WORDS and late not in times and parse_span(late) is None:
        table.wrong(
            "late",
            f'"late" cannot be "{late}"',
            'write "none", "run", a span such as "5s", or the name of a value in seconds',
        )
    residue, silent = table.flag("residue"), table.flag("silent")
    elsewhere = table.text("elsewhere", need=False)
    table.finish(_TOP_LEVEL)
    return late, residue, silent, elsewhere


def _read_lifecycle(top: Table, role: Role) -> tuple[Marks | None, Ended | None, bool, bool]:
    table = top.table("lifecycle")
    if table is None:
        if role is Role.LIFECYCLE:
            top.wrong("role", 'role = "lifecycle" needs a section [lifecycle] with "marks"')
        return None, None, False, False
    marks = table.choice("marks", Marks, need=role is Role.LIFECYCLE)
    word = table.word("ended", _ENDS, need=False)
    explains_end = table.flag("explains_end")
    unasked = table.flag("unasked")
    table.finish(_TOP_LEVEL)
    is_failure_too = marks in {Marks.WORKER_END, Marks.GIVEN_UP}
    if role is Role.FAILURE and not (explains_end or is_failure_too):
        table.wrong(
            "explains_end",
            'a failure has a section [lifecycle] only with "explains_end = true"',
            'set it where this failure is itself the end of a run, or use role = "lifecycle"',
        )
    elif role not in (Role.FAILURE, Role.LIFECYCLE):
        top.wrong("role", f'role = "{role.value}" cannot have a section [lifecycle]')
    if explains_end and role is not Role.FAILURE:
        table.wrong("explains_end", '"explains_end" is for role = "failure" only')
    is_end = marks in {Marks.END, Marks.WORKER_END} or explains_end
    if not table.has("ended") and is_end:
        table.wrong("ended", 'the end of a run needs "ended"', f"known: {', '.join(_ENDS)}")
    if word and not is_end:
        table.wrong("ended", '"ended" is for marks = "end", "worker-end" or explains_end = true')
    if unasked and word != Ended.ORDERLY.value:
        table.wrong("unasked", '"unasked" is for ended = "orderly" only')
    return marks, Ended(word) if word else None, explains_end, unasked


def _read_tolerated(top: Table, units: Mapping[str, str]) -> Tolerated | None:
    table = top.table("tolerated")
    if table is None:
        return None
    below = table.mapping("below", (int, float), "a number")
    for name in below:
        if name not in units:
            table.wrong(name, f'"below" knows no value "{name}"', suggest(name, units))
    tolerated = Tolerated(
        count=table.integer("count", least=2),
        within=table.span_of("within"),
        below={name: float(bound) for name, bound in below.items()},
    )
    table.finish(_TOP_LEVEL)
    return tolerated


def _read_cause(table: Table) -> Cause:
    cause = Cause(
        rule=table.text("rule"),
        within=table.span_of("within"),
        same=table.texts("same"),
        how=table.text("how"),
        told_before=table.span_of("told_before", need=False),
    )
    table.finish(_TOP_LEVEL)
    return cause


def _read_mistaken_for(top: Table) -> dict[str, str]:
    table = top.table("mistaken_for")
    if table is None:
        return {}
    mistaken_for = {name: table.text(name) for name in table.content}
    table.finish()
    return mistaken_for


def read_not_yet(table: Table) -> NotYet:
    """Return what not to do, and why."""
    not_yet = NotYet(
        what=table.text("what"),
        because=table.text("because"),
        when=tuple(_read_condition(inner) for inner in table.inline_tables("when")),
    )
    table.finish(_TOP_LEVEL)
    return not_yet


def _read_remedy_use(table: Table) -> RemedyUse:
    use = RemedyUse(
        id=table.text("id"),
        when=tuple(_read_condition(inner) for inner in table.inline_tables("when")),
        because=table.text("because"),
    )
    table.finish(_TOP_LEVEL)
    return use


def _read_condition(table: Table) -> Condition:
    condition = Condition(
        field=table.text("field", need=False),
        equals=table.text("equals", need=False),
        is_not=table.text("is_not", need=False),
        distinct_at_least=table.integer("distinct_at_least", need=False, least=1),
        distinct_at_most=table.integer("distinct_at_most", need=False, least=1),
        negative=table.optional_flag("negative"),
        symptom=table.text("symptom", need=False),
        first=table.flag("first"),
        rhythm=table.choice("rhythm", Rhythm, need=False) or "",
    )
    if not table.finish():
        return condition
    tests = ("equals", "is_not", "distinct_at_least", "distinct_at_most", "negative")
    asks = any(table.has(key) for key in tests)
    if asks != bool(condition.field):
        reason = "names no field" if asks else f'asks nothing of "{condition.field}"'
        table.wrong("when", f"a condition of {table.at} {reason}", f"known: {', '.join(tests)}")
    elif not (asks or condition.symptom or condition.first or condition.rhythm):
        help_text = 'give "field", "symptom", "first" or "rhythm"'
        table.wrong("when", f"a condition of {table.at} is empty", help_text)
    return condition


def _read_example(table: Table, groups: frozenset[str]) -> Example:
    matches = table.flag("matches", default=True)
    expect = table.mapping("expect", (str, int, float), "a text or a number")
    for name in expect:
        if name not in groups:
            table.wrong(name, f'no pattern has a group named "{name}"', suggest(name, groups))
    if expect and not matches:
        table.wrong("expect", "an example that must not match cannot expect values")
    example = Example(
        origin=table.text("from"),
        text=table.text("text").rstrip("\n"),
        matches=matches,
        expect=expect,
        why=table.text("why", need=not matches),
        fields=_read_example_fields(table),
    )
    table.finish(_TOP_LEVEL)
    return example


def _read_example_fields(table: Table) -> dict[str, str]:
    fields = table.mapping("fields", (str,), "a text")
    for name, value in fields.items():
        if name not in EXAMPLE_FIELDS:
            table.wrong(name, f'unknown key "{name}" in "fields"', suggest(name, EXAMPLE_FIELDS))
        elif name == "severity" and value and value not in SEVERITIES:
            table.wrong(name, f'"severity" cannot be "{value}"', suggest(value, SEVERITIES))
    return fields
