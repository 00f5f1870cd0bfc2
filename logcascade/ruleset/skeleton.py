"""The beginning of a rule file, made from one record: what a person then completes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from logcascade.errors import LogcascadeError
from logcascade.model.records import RaisedException, Record
from logcascade.model.rules import Where
from logcascade.ruleset.masks import MASKS, mask_each
from logcascade.ruleset.places import exception_text

LITERAL_LEAST = 6
"""Characters of a text that is rare enough to be looked for in every line."""

ID_WORDS = 5
"""Words of a rule's id: enough to tell it from its neighbours."""

_REDACTED = "redacted"

_MARK = re.compile(f"<({'|'.join(sorted({_REDACTED, *(kind.name for kind in MASKS)}))})>")

_HIDDEN = re.compile(r"<[a-z][a-z -]{0,30} <n>>")
"""What stands for a secret, ``<e-mail 1>``, once its number is masked."""

_SPACE = r"\s+"

_ANYTHING = r"\S{1,500}"

_SECRET = rf"(?:<[a-z][a-z -]{{1,30}}\d{{1,6}}>|{_ANYTHING})"
"""What the log holds, or what is shown instead of it. No group: it is nobody's business."""

_LIKE: Mapping[str, str] = {
    "n": r"[-+]?\d[\d_,]*(?:\.\d+)?(?:[eE][-+]?\d+)?",
    "quoted": r"""(?:b?'[^'\n]{0,300}'|b?"[^"\n]{0,300}"|[`«“„][^`»“”\n]{0,300}[`»“”])""",
    "date": r"[\w/.,-]{1,10}(?: \w{1,9},? \d{4})?"
    r"(?:[T ][\d:.,]{4,18}(?: ?(?:Z|UTC|GMT|[+-][\d:]{4,6}))?)?",
    "data": r"[^\n]{1,2000}",
    "time": r"[\d:.,dhms]{2,20}(?: \d{1,6}(?:\.\d{1,9})?[ms]){0,2}",
    "path": r"[^\s:*?\"<>|(),;']{1,500}(?::\\[^\s:*?\"<>|(),;]{1,400})?",
    "url": r"[^\s'\"<>)\]]{1,500}",
}
"""Mask -> pattern of what it stands for; what is not listed is anything without a blank."""

_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")

_WORD = re.compile(r"[^\W\d_]{2,}")

_ID_WORD = re.compile(r"[A-Za-z]{2,}")


def make_skeleton(record: Record, origin: str) -> str:
    """
    Return the text of a rule file that recognises *record*, read from *origin*.

    Raises:
        LogcascadeError: the record has no fixed text to recognise it by.

    """
    exception = _first_raised(record)
    said = exception_text(exception) if exception else record.message.strip() or record.text
    masked = _HIDDEN.sub(f"<{_REDACTED}>", mask_each(said))
    literal = _literal(masked, said)
    if literal is None:
        raise LogcascadeError(
            "the record has no words to recognise it by",
            help="choose a line with a fixed text of six or more characters, a word among them: "
            "that is what a rule is looked for by",
        )
    name = _id_of(masked)
    where = Where.EXCEPTION if exception else Where.MESSAGE
    if not exception and not re.match(rf"\s*{_pattern(masked)}", said):
        where = Where.ANYWHERE
    return "\n".join(_lines(name, masked, literal, where, record, origin)) + "\n"


def _lines(
    name: str, masked: str, literal: str, where: Where, record: Record, origin: str
) -> Iterator[str]:
    severity = record.severity.name.lower() if record.severity else "error"
    yield "schema = 1"
    yield f"id = {_quoted(name)}  # the file's name: {name}.toml"
    yield f"title = {_quoted(_title(masked))}  # a noun phrase"
    yield 'role = "failure"'
    yield f"severity = {_quoted(severity)}"
    yield 'summary = "What happened, in one sentence: to be written."'
    yield 'printed_by = ["Which product, in which versions: to be written."]'
    yield ""
    yield "[match]"
    yield f"literals = [{_quoted(literal)}]  # the longest fixed text; choose a rarer one"
    yield "# name the groups after what they hold; (?:...) where it does not matter"
    yield f"any = [{_literal_string(_pattern(masked))}]"
    yield f"where = [{_quoted(where.value)}]"
    yield ""
    yield "# [[causes]]  what this failure leads to, within what time, and how"
    yield '# rule = "another-rule"'
    yield '# within = "5m"'
    yield '# same = ["run"]'
    yield '# how = "the mechanism in words"'
    yield ""
    yield "[[example]]"
    yield f"from = {_quoted(origin)}"
    fields = _fields(record)
    if fields:
        yield f"fields = {{ {fields} }}"
    yield f"text = {_quoted(record.text)}"
    yield ""
    yield "# [[example]]  a near miss: a line much like it that is not this failure"
    yield '# from = "where it was seen"'
    yield '# text = "..."'
    yield "# matches = false"
    yield '# why = "what it is instead"'


def _first_raised(record: Record) -> RaisedException | None:
    return record.exceptions[0].in_order_raised()[0] if record.exceptions else None


def _pattern(masked: str) -> str:
    """Return a pattern for what *masked* stands for, a named group for each mask."""
    seen: dict[str, int] = {}
    parts = []
    for at, part in enumerate(_MARK.split(masked)):
        if at % 2 == 0:
            parts.append(_SPACE.join(_SPECIAL.sub(r"\\\g<0>", word) for word in part.split(" ")))
            continue
        if part == _REDACTED:
            parts.append(_SECRET)
            continue
        seen[part] = seen.get(part, 0) + 1
        group = part if seen[part] == 1 else f"{part}_{seen[part]}"
        parts.append(f"(?P<{group}>{_LIKE.get(part, _ANYTHING)})")
    return "".join(parts)


def _literal(masked: str, said: str) -> str | None:
    """Return the longest fixed text of *masked* that stands in *said* as it is, blanks and all."""
    runs = [run for part in _MARK.split(masked)[::2] for run in _runs(part.split(" "), said)]
    longest = max(runs, key=len, default="")
    return longest if len(longest) >= LITERAL_LEAST and _WORD.search(longest) else None


def _runs(words: Sequence[str], said: str) -> Iterator[str]:
    run = ""
    for word in words:
        longer = f"{run} {word}" if run else word
        if longer.isprintable() and longer in said:
            run = longer
            continue
        yield run.strip()
        run = word if word.isprintable() else ""
    yield run.strip()


def _id_of(masked: str) -> str:
    words = _ID_WORD.findall(_MARK.sub(" ", masked))
    return "-".join(word.lower() for word in words[:ID_WORDS]) or "new-failure"


def _title(masked: str) -> str:
    return " ".join(_MARK.sub(" ", masked).split())[:60].strip(" :,;-") or "New failure"


def _fields(record: Record) -> str:
    given = {
        "logger": record.logger,
        "severity": record.severity.name.lower() if record.severity else "",
        "program": record.program,
    }
    return ", ".join(f"{key} = {_quoted(value)}" for key, value in given.items() if value)


def _literal_string(pattern: str) -> str:
    """Return *pattern* as a string of TOML in which a backslash is a backslash, if it can be."""
    plain = "'''" not in pattern and not pattern.endswith("'") and pattern.isprintable()
    return f"'''{pattern}'''" if plain else _quoted(pattern)


def _quoted(text: str) -> str:
    """Return *text* as a basic string of TOML, which escapes what JSON does, and DEL."""
    clean = text.encode("utf-8", errors="replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
