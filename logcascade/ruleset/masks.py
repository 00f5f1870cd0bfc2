"""The changing parts of a text, each replaced by the kind of thing it is."""

import re
from typing import NamedTuple

TEXT_LIMIT = 300
"""Characters of a message that make its template: what tells failures apart stands in front."""

_WORD = re.compile(r"\w")

_LEFT = r"(?<![A-Za-z0-9_])"
_RIGHT = r"(?![A-Za-z0-9_])"
"""The ends of a value. Letters of other scripts may stand right beside a number."""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"

_NAMING = (
    r"(?:\w{1,30}[_.-])?(?:user|username|name|login|nick|owner|author|host|hostname|server|peer"
    r"|addr|address|file|path|dir|bucket|queue|topic|channel|session|phone|title|query|id|key"
    r"|token|hash|value|text)"
)
"""Fields whose value is somebody or something; of others (``state``) it says what failed."""

_DATA_FILES = (
    r"db|sqlite3?|session|jsonl?|ya?ml|toml|ini|conf|cfg|env|csv|tsv|xlsx?|docx?|pdf|txt|log|html?"
    r"|xml|jpe?g|png|gif|webp|svg|mp[34]|og[ga]|opus|wav|webm|mkv|mov|zip|tar|t?gz|bz2|xz|7z|rar"
    r"|tmp|bak|lock|sock|pid|pem|crt|pkl|onnx|bin|dat"
)
"""Endings of files of data; the name of a source file says where in the program."""

_LABELS = r"(?:[a-z0-9-]{1,63}\.)"
_DOMAINS = r"com|org|net|io|ai|eu|xyz|biz|lan|ru|ua|kz|uz|de|fr|uk|cn|jp|ir|cz|internal|localdomain"
_WORDLIKE = (
    r"it|es|nl|pl|me|in|no|be|at|co|by|se|us|ca|fi|ch|su|br|tr|app|dev|info|local|home|cloud"
)
"""Endings of names of hosts. Of the latter kind those with two dots or a port: ``logging.info``."""


class Mask(NamedTuple):
    """One kind of changing part."""

    name: str
    """What stands in its place: ``<name>``."""
    pattern: re.Pattern[str]
    """Its group ``keep``, if it has one, stays in front."""
    needs: str
    """A text without this has none of it: to look is ten times cheaper than to match."""


def _mask(name: str, pattern: str, needs: str = "", flags: int = 0) -> Mask:
    return Mask(name, re.compile(pattern, flags), needs)


# In this order: a later pattern sees what the earlier ones left. Every pattern is linear: no
# nested repetition, and what repeats is bounded or cannot overlap with what follows.
MASKS = (
    # 19:abc of a Telegram bot token; not a time such as 14:22:01
    _mask("token", r"\b(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,64}"),
    # an object as JSON or Python prints it, whatever is within, up to its last bracket
    _mask("data", r"[\[{]{0,4}\{[ ]?(?:'[^'\n]{0,80}'|\"[^\"\n]{0,80}\")[ ]?:(?:.*[}\]]|.*)", "{"),
    _mask("url", r"\b[a-z][a-z0-9+.-]{1,15}://[^\s'\"<>)\]]{0,500}[^\s'\"<>)\].,;:!?]", "://"),
    _mask("email", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", "@"),
    _mask("uuid", r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "-"),
    # with or without a time behind it; not a version such as 3.11.7
    _mask(
        "date",
        r"\b(?:\d{4}[-/.](?:0?[1-9]|1[0-2])[-/.]\d{1,2}|\d{1,2}[-/.](?:0?[1-9]|1[0-2])[-/.]\d{4}"
        rf"|(?:[A-Z][a-z]{{2}}, )?\d{{1,2}}[ -]{_MONTH}[ -]\d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
        r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?\b",
    ),
    _mask("mac", r"(?<![\w:-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\w:-])"),
    _mask("time", r"(?<![\w:.])\d{1,3}:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?![\w:])", ":"),
    # 1h30m, 2m5s, 1d4h
    _mask(
        "time", rf"{_LEFT}\d{{1,6}}[dhm] ?\d{{1,6}}(?:\.\d{{1,9}})?[hms](?: ?\d{{1,6}}s)?{_RIGHT}"
    ),
    _mask("ip", r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\.\d)(?::\d{1,5})?\b", "."),
    # six or more colons, or a double one between hexadecimal groups; not std::vector
    _mask(
        "ip",
        r"(?<![\w:])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
        r"|(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}|::[0-9a-fA-F]{1,4})(?![\w:])",
        ":",
    ),
    # the text within quotes is a value; an apostrophe within a word (can't) opens nothing
    _mask("quoted", r"(?<!\w)b?'(?:[^'\\\n]|\\.){0,200}'(?!\w)"),
    _mask("quoted", r'(?<!\w)b?"(?:[^"\\\n]|\\.){0,200}"(?!\w)'),
    _mask("quoted", r"`[^`\n]{1,200}`"),
    _mask("quoted", "«[^»\n]{0,200}»"),
    _mask("quoted", "[“„][^“”\n]{0,200}[“”]"),
    # the value of a field that names somebody or something
    _mask(
        "name", rf"(?P<keep>{_LEFT}(?:{_NAMING})=)(?!<)[^\s,;()<>\[\]]{{1,200}}", "=", re.IGNORECASE
    ),
    _mask("name", r"(?<![\w.@])@[A-Za-z]\w{2,63}(?![\w/])", "@"),
    # two parts at least, so that "and/or" and "n/a" stay words
    _mask("path", r"(?<![\w.<>/])(?:~|\.{1,2})?(?:/[\w.@+-]{1,255}){2,64}/?", "/"),
    _mask("path", r"(?<!\w)[A-Za-z]:\\[^\s:*?\"<>|(),;]{1,400}", ":\\"),
    # a bare file of data; a source file tells where in the program
    _mask(
        "path",
        rf"(?<![\w./-])[\w-]{{1,100}}(?:\.[\w-]{{1,100}}){{0,3}}\.(?:{_DATA_FILES}){_RIGHT}"
        r"(?:-\w{1,20})?",
        ".",
    ),
    _mask(
        "host",
        rf"(?<![\w.@-]){_LABELS}{{1,6}}(?:(?:{_DOMAINS})(?::\d{{1,5}})?"
        rf"|(?:{_WORDLIKE}):\d{{1,5}})(?![\w-]|\.\w)",
        ".",
    ),
    _mask("host", rf"(?<![\w.@-]){_LABELS}{{2,6}}(?:{_WORDLIKE})(?![\w-]|\.\w)", "."),
    _mask("hex", r"\b0[xX][0-9a-fA-F]+\b", "0"),
    # a digest or an id: eight or more, with a letter and a digit; not a word such as "feedface"
    _mask("hex", r"\b(?=[a-fA-F]*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{8,128}\b"),
    # base64 and the like: long, with a digit, an upper and a lower letter
    _mask(
        "token",
        r"(?<![\w-])(?=[A-Za-z_-]{0,64}\d)(?=[a-z0-9_-]{0,64}[A-Z])(?=[A-Z0-9_-]{0,64}[a-z])"
        r"[A-Za-z0-9_-]{24,512}={0,2}(?![\w-])",
    ),
    _mask(
        "version",
        rf"{_LEFT}v?\d{{1,5}}(?:\.\d{{1,6}}){{2,3}}(?:[.+-]?[a-z]{{1,5}}\d{{0,5}})?"
        rf"(?!\.\d){_RIGHT}",
        ".",
    ),
    # with its sign and unit; a digit within a word (sha256, r1) stays
    _mask(
        "n",
        r"(?<![A-Za-z0-9_.])[-+]?\d+(?:[_,]\d+)*(?:\.\d+)?(?:[eE][-+]?\d+)?"
        rf"(?:{_RIGHT}|(?=[a-zA-Z]{{1,3}}{_RIGHT}))",
    ),
    # the number at the end of a name: Task-12, worker-3, bot_7
    _mask("n", rf"(?<=[A-Za-z][-_#])\d+{_RIGHT}"),
)
"""What counts as changing; `rules/README.md` has examples of each."""

_LIST = re.compile(r"(<\w+>)(?:, ?\1)+")
"""Values of one kind in a row: how many there are changes, too."""


def mask(text: str) -> str:
    """Return the first line that has a word, its changing parts replaced by ``<kind>``.

    >>> mask("update 871234501 took 1.5s for 10.0.3.7:5432")
    'update <n> took <n>s for <ip>'
    """
    return _LIST.sub(r"\1", mask_each(text))


def mask_each(text: str) -> str:
    """Return the same with a mark for each of several values in a row."""
    lines = [line.strip() for line in text[: TEXT_LIMIT * 4].splitlines()]
    line = next((line for line in lines if _WORD.search(line)), "")[:TEXT_LIMIT]
    for kind in MASKS:
        if kind.needs not in line:
            continue
        keep = r"\g<keep>" if "keep" in kind.pattern.groupindex else ""
        line = kind.pattern.sub(f"{keep}<{kind.name}>", line)
    return " ".join(line.split())
