"""Secrets leave a report by kind; the same secret always leaves the same mark."""

import re

COVERED = (
    "bot tokens, passwords and keys in URLs, bearer tokens and other credentials of HTTP headers, "
    "API keys, values named like secrets (password=, token=, key=), private keys, e-mail addresses"
)
"""What is redacted, in words for people."""

NOT_COVERED = "names, phone numbers, ids of users and chats, addresses of hosts"
"""What is not."""

_UNIT_SUFFIXES = (
    "service|socket|timer|target|mount|automount|slice|scope|path|device|swap|local|internal"
)
"""Endings after an ``@`` that systemd gives its units, and hosts that are no mail's."""

_STRONG = (
    r"pass(?:word|wd|phrase|code)|pwd(?!\s*=\s*/)|secret|credentials?|"
    r"(?:api|access|private|secret|signing|encryption|auth|account|shared)[_-]?key|"
    r"(?:auth|access|refresh|bot|api|id|csrf|session|bearer|secret|tg|telegram)[_-]?token|"
    r"token(?=\\?[\"']?=)"
)
"""Names whose values are secrets whatever they look like."""

_WEAK = r"token|key|signature|session(?:[_-]?id)?|auth|sig"
"""Names that have other meanings too: their values must look like secrets."""

_NO_SECRET = re.compile(
    r"(?:none|null|nil|true|false|required|missing|invalid|expired|incorrect|wrong|empty|not|is|"
    r"was|must|should|has|for|the|a|an|unset|set|str|bytes|int|\*+|x+|\.+|<.*)\Z",
    re.IGNORECASE,
)
"""Words that follow ``password:`` in sentences, and values that are already hidden."""


def _pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(source, flags)


_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private-key",
        _pattern(
            r"(?P<secret>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:.*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|.*))",
            re.DOTALL,
        ),
    ),
    ("bot-token", _pattern(r"(?<!\d)(?P<secret>\d{6,20}(?::|%3[aA])[A-Za-z0-9_-]{30,})")),
    (
        "password",
        _pattern(r"://[^\s/?#:@\"'<>]{0,200}:(?P<secret>[^\s/?#\"'<>]{1,200})@(?=[\w.\[-])"),
    ),
    ("key", _pattern(r"://(?P<secret>[^\s/?#:@\"'<>]{16,200})@(?=[\w.\[-])")),
    (
        "key",
        _pattern(
            r"(?<![A-Za-z0-9])(?P<secret>"
            r"sk-[A-Za-z0-9_-]{16,}|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}"
            r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
            r"|xox[abeoprs]-[\w-]{10,}|A(?:KI|SI)A[0-9A-Z]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,}"
            r"|hf_[A-Za-z0-9]{24,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}"
            r"|SG\.[\w-]{16,}\.[\w-]{16,}|dop_v1_[0-9a-f]{32,}"
            r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
        ),
    ),
    (
        "bearer-token",
        _pattern(
            r"\bbearer\s+(?P<secret>(?=[^\s\"',;]{0,400}\d)[A-Za-z0-9._~+/=-]{12,})",
            re.IGNORECASE,
        ),
    ),
    (
        "credential",
        _pattern(
            r"\b(?:proxy-)?authorization\\?[\"']?\s{0,3}[:=,]\s{0,3}(?:b(?=[\"']))?\\?[\"']?"
            r"(?:(?:basic|bearer|token|digest|apikey|negotiate)\s+)?+(?P<secret>[^\s\"'<>,;\\)]{4,})"
            r"|\bbasic\s+(?P<secret2>(?=[^\s\"',;]{0,400}[\d=])[A-Za-z0-9+/]{8,}={0,2})"
            r"|\b(?:set-)?cookie\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?P<secret3>[^\"'\n<>]{8,})",
            re.IGNORECASE,
        ),
    ),
    (
        "secret",
        _pattern(
            rf"(?:{_STRONG})(?:[_-]\w{{1,20}})?"
            r"\\?[\"']?\s{0,3}(?:=>|[=:])\s{0,3}b?"
            r"(?:\\?\"(?P<secret>[^\"\n]{1,400}?)\\?\"|\\?'(?P<secret2>[^'\n]{1,400}?)\\?'"
            r"|(?P<secret3>[^\s\"'<>,;&)}\]]{1,400}))",
            re.IGNORECASE,
        ),
    ),
    (
        "key",
        _pattern(
            rf"(?<![A-Za-z0-9])(?:{_WEAK})"
            r"\\?[\"']?\s{0,3}(?:=>|[=:])\s{0,3}b?\\?[\"']?"
            r"(?P<secret>(?=[^\s\"'<>,;&)}\]]{0,400}\d)(?=[^\s\"'<>,;&)}\]]{0,400}[A-Za-z])"
            r"[A-Za-z0-9_.~+/=%-]{12,400})",
            re.IGNORECASE,
        ),
    ),
    (
        "e-mail",
        _pattern(
            r"(?<![\w.+-])(?P<secret>[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}"
            rf"(?!(?:{_UNIT_SUFFIXES})\b)[^\W\d_]{{2,24}})(?![\w-])"
        ),
    ),
)

_SECRET_NAME = re.compile(rf"(?:\A|[_.-])(?:{_STRONG}|token)\Z", re.IGNORECASE)


class Redactor:
    """Replaces secrets by marks such as ``<bot-token 1>``, numbered as they appear."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many different secrets were replaced."""
        return len(self._marks)

    def redact(self, text: str) -> str:
        """
        Return *text* without secrets.

        >>> Redactor().redact("postgres://bot:hunter2@db/bot")
        'postgres://bot:<password 1>@db/bot'
        """
        for kind, pattern in _KINDS:
            text = self._replace(kind, pattern, text)
        return text

    def redact_value(self, name: str, value: str) -> str:
        """Return the value of a field; a field named like a secret is one as a whole."""
        if _SECRET_NAME.search(name) and not _NO_SECRET.match(value):
            return self._mark("secret", value)
        return self.redact(value)

    def _replace(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        parts: list[str] = []
        done = 0
        for found in pattern.finditer(text):
            name = found.lastgroup
            if name is None or _NO_SECRET.match(found[name]):
                continue
            parts += [text[done : found.start(name)], self._mark(kind, found[name])]
            done = found.end(name)
        return "".join([*parts, text[done:]]) if parts else text

    def _mark(self, kind: str, secret: str) -> str:
        secret = secret.replace("%3A", ":").replace("%3a", ":")
        known = self._marks.get(secret)
        if known is None:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            known = self._marks[secret] = f"<{kind} {self._numbers[kind]}>"
        return known
