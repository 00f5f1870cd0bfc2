"""Lines of a UTF-8 log that are in another encoding: a program writes in what its system speaks."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

CYRILLIC = ("cp1251", "cp866")
"""What Windows and its console write in, where they speak Russian."""

LATIN = "cp1252"
"""Windows in Western Europe; it holds latin-1."""

MIN_WEIGHT = 6
"""So many letters in words of three or more make an encoding certain enough: in another one they
would be signs, or letters in a jumble of cases."""

ACCENTED_WEIGHT = 2
"""What a Latin word with an accented letter counts: three such words decide."""

CLEAR_LEAD = 2
"""So many times the weight of the next encoding the best one must have."""

MIN_READ_SHARE = 0.8
"""Of a line's other characters, so many must be letters of words, or signs of print, to count."""

MAX_UNDECIDED_LINES = 10_000
"""After so many lines that are text in no encoding, none is looked for any more."""

_CYRILLIC_WORD = re.compile(r"\b(?:[А-ЯЁІЇЄҐ]?[а-яёіїєґ]+|[А-ЯЁІЇЄҐ]+)\b")  # noqa: RUF001 - the script
_LATIN_WORD = re.compile(r"\b(?:[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+)\b")
_PRINT = "«»–—„“”‘’…№°§€©®±·\xa0"  # noqa: RUF001 - signs as they are printed
_COMMON = frozenset("оеаинтсрвлкмдпу")
"""The most frequent letters of Russian, nine in ten of a text. Capitals are none of them: they
tell least."""

_ASCII = bytes(range(128))
_OTHERS = bytes(range(128, 256))


class MixedEncodings:
    """
    Reads lines that are not UTF-8 in the one encoding that makes words of them.

    It is chosen once for a source, as soon as enough was seen: by the first lines for all of them,
    else by the line that makes it clear. A line with a byte that is no letter in it stays as it is.
    """

    def __init__(self, head: bytes = b"") -> None:
        self._weights: Counter[str] = Counter()
        self._encoding = ""
        self._readable = b""
        self._read = 0
        self._left = 0
        if not _is_utf_8(head):
            for line in head.split(b"\n"):
                if not _is_utf_8(line):
                    self._weigh(line)

    @property
    def notes(self) -> list[str]:
        """How many lines were read in which encoding, and how many in none."""
        notes = []
        if self._read:
            notes.append(f"{_lines(self._read)} not UTF-8: read as {self._encoding}")
        if self._left:
            notes.append(f"{_lines(self._left)} in no known encoding: some bytes shown as \\xNN")
        return notes

    def problems(self) -> Iterator[str]:
        """Yield nothing: no byte is left out."""
        yield from ()

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines in UTF-8, but for bytes that are text in no encoding."""
        if _is_utf_8(data):
            return data
        lines = data.split(b"\n")
        if self._encoding and self._is_no_other(data):
            self._read += sum(not line.isascii() for line in lines)
            return data.decode(self._encoding).encode()
        for number, line in enumerate(lines):
            if not _is_utf_8(line):
                lines[number] = self._utf_8_of(line)
        return b"\n".join(lines)

    def _is_no_other(self, data: bytes) -> bool:
        """Return whether all of `data` is in the encoding chosen, and nothing in UTF-8."""
        is_readable = not data.translate(None, self._readable)
        return is_readable and data.decode("utf-8", "ignore").isascii()

    def _utf_8_of(self, line: bytes) -> bytes:
        if not self._encoding and self._left < MAX_UNDECIDED_LINES:
            self._weigh(line)
        is_readable = self._encoding and not line.translate(None, self._readable)
        if is_readable and not _is_broken_utf_8(line):
            self._read += 1
            return line.decode(self._encoding).encode()
        self._left += 1
        return line

    def _weigh(self, line: bytes) -> None:
        """Add to each encoding's weight what speaks for it in `line`; choose one if it is clear."""
        if self._encoding or _is_broken_utf_8(line):
            return
        self._weights.update(_weights(line))
        ranked = [*self._weights.most_common(2), ("", 0), ("", 0)]
        (best, weight), (_, next_weight) = ranked[:2]
        if weight >= MIN_WEIGHT and weight >= CLEAR_LEAD * next_weight:
            self._encoding = best
            self._readable = _ASCII + bytes(each for each in _OTHERS if _is_readable(each, best))


def _is_utf_8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_broken_utf_8(line: bytes) -> bool:
    """Return whether `line` is UTF-8 but for some bytes: a character was cut."""
    sound = len(line.decode("utf-8", "ignore").encode())
    return sound - len(line.translate(None, _OTHERS)) > len(line) - sound


def _is_readable(byte: int, encoding: str) -> bool:
    character = bytes([byte]).decode(encoding, "replace")
    return character.isalpha() or character in _PRINT


def _weights(line: bytes) -> Mapping[str, int]:
    """Return for each encoding how much of `line` it makes words of."""
    found = {}
    for encoding in (*CYRILLIC, LATIN):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        words = _words(text, encoding)
        others = sum(character > "\x7f" for character in text)
        letters = sum(not letter.isascii() for word in words for letter in word)
        signs = sum(character in _PRINT for character in text)
        if letters and letters + signs >= MIN_READ_SHARE * others:
            found[encoding] = _weight(words, encoding)
    return found


def _words(text: str, encoding: str) -> list[str]:
    """Return the words beyond ASCII; of Latin ones those that have some accents, as words do."""
    if encoding != LATIN:
        return _CYRILLIC_WORD.findall(text)
    return [
        word
        for word in _LATIN_WORD.findall(text)
        if len(word) > 2 and len(word) / 2 < sum(map(str.isascii, word)) < len(word)
    ]


def _weight(words: list[str], encoding: str) -> int:
    if encoding == LATIN:
        return ACCENTED_WEIGHT * len(words)
    return sum(letter in _COMMON for word in words if len(word) > 2 for letter in word)


def _lines(count: int) -> str:
    return f"{count} line{'s are' if count != 1 else ' is'}"
