"""Text that cannot act in Markdown: not as markup, not as a mention, not as a reference."""

import re

_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~$&]")
"""Signs that act anywhere in a line: emphasis, links, HTML, entities, tables, formulas."""

_LINE_START = re.compile(r"\A(\d{0,9})([.)+=-])")
"""What makes a list or a heading of a line."""

_DANGEROUS = re.compile(
    r"\S*(?:"
    r"@[\w\"]"  # a mention, an e-mail address
    r"|#\w|\bGH-\d"  # an issue
    r"|[!$&%~^]\d"  # GitLab: merge request, snippet, epic, milestone
    r"|://|\bwww\."  # a link
    r")\S*"
    r"|\b(?=[0-9a-f]*\d)(?=[0-9]*[a-f])[0-9a-f]{7,64}\b"  # a commit
    r"|\b(?-i:[A-Z][A-Z0-9]+)-\d+\b",  # an issue of Jira
    re.IGNORECASE,
)
"""Words that a forge turns into links or notifications even where Markdown sees plain text."""

_BACKTICKS = re.compile(r"`+")

LEAST_FENCE = 3


def code(text: str, *, in_table: bool = False) -> str:
    """
    Return *text* as a code span, in which nothing acts.

    >>> code("a `tick` and @name")
    '``a `tick` and @name``'
    """
    text = " ".join(text.splitlines()) or " "
    if in_table:
        text = text.replace("\\|", "\\ |").replace("|", "\\|")
    ticks = "`" * (_longest_run(text) + 1)
    edge = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{ticks}{edge}{text}{edge}{ticks}"


def prose(text: str, *, in_table: bool = False) -> str:
    r"""
    Return *text* as plain words; what a forge could turn into a link stands in a code span.

    >>> prose("asked by @admin, see #12: <b>")
    'asked by `@admin,` see `#12:` \\<b\\>'
    """
    text = " ".join(text.splitlines())
    parts: list[str] = []
    done = 0
    for found in _DANGEROUS.finditer(text):
        parts += [_escape(text[done : found.start()]), code(found[0], in_table=in_table)]
        done = found.end()
    parts.append(_escape(text[done:]))
    return _LINE_START.sub(r"\1\\\2", "".join(parts))


def _escape(text: str) -> str:
    return _ACTIVE.sub(lambda found: "\\" + found[0], text)


def fence(text: str, language: str = "text") -> str:
    """Return *text* in a fence that none of its lines can close."""
    ticks = "`" * max(LEAST_FENCE, _longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
