"""An unknown failure has the same id through whatever its log was carried and written."""

import io
import json

import pytest

from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.match import Matcher
from logcascade.ruleset.templates import TITLE_MOST, template_of_text
from tests.format_logs.every_line import EveryLine

FORMATS = load_formats()
NO_RULES = Matcher(Ruleset({}, {}))

SAID = "order 4711 of 'Ann' refused by db.example.com"
TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "/app/shop.py", line 12, in save',
    "    return rates[order]",
    "           ~~~~~^^^^^^^",
    "KeyError: 'rate'",
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    '  File "/app/shop.py", line 14, in price',
    "    raise PriceError(order) from error",
    "shop.PriceError: 4711",
]
PLAIN = "2026-05-19 14:22:01,310 - shop - ERROR - "
JOURNAL = "May 19 14:22:01 host bot[811]: "


def docker(line):
    entry = {"log": f"{line}\n", "stream": "stderr", "time": "2026-05-19T14:22:01.310000000Z"}
    return json.dumps(entry, separators=(",", ":"))


def as_json(message, key, traceback):
    told = {"time": "2026-05-19T14:22:01Z", "level": "error", "logger": "shop", "message": message}
    return json.dumps({**told, **({key: "\n".join(traceback)} if traceback else {})})


CARRIERS = {
    "plain": lambda said, traceback: [PLAIN + said, *traceback],
    "journal": lambda said, traceback: [JOURNAL + each for each in (PLAIN + said, *traceback)],
    "docker": lambda said, traceback: [docker(each) for each in (PLAIN + said, *traceback)],
    "compose": lambda said, traceback: [f"bot-1  | {each}" for each in (PLAIN + said, *traceback)],
    "JSON with exc_info": lambda said, traceback: [as_json(said, "exc_info", traceback)],
    "JSON with exception": lambda said, traceback: [as_json(said, "exception", traceback)],
}


def found_in(lines):
    data = "".join(f"{line}\n" for line in lines).encode()
    records = Reader(io.BytesIO(data), "log", FORMATS, EveryLine()).records()
    return [found for record in records for found in NO_RULES.detect(record, 0)]


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS.keys())
def test_a_text_has_one_id(carrier):
    (found,) = found_in(carrier(SAID, []))
    assert found.template == "order <n> of <quoted> refused by <host>"
    assert found.title == "order 4711 of 'Ann' refused by db.example.com"
    assert found.rule == UNKNOWN_PREFIX + "df3c95d2"


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS.keys())
def test_an_exception_has_one_id_and_is_the_first_raised(carrier):
    (found,) = found_in(carrier(SAID, TRACEBACK))
    assert found.title == "KeyError in save (shop.py)"
    assert found.rule == UNKNOWN_PREFIX + "4e38b2b6"
    assert found.text == f"{SAID}\nKeyError: 'rate'"


def test_a_title_is_what_the_failure_says_cut_after_a_word():
    template = template_of_text("\n: 0x1f refused " + "word " * 60)
    assert template.title.startswith("0x1f refused word")
    assert template.title.endswith(" word…")
    assert len(template.title) <= TITLE_MOST


def test_a_title_without_any_words_is_the_template():
    assert template_of_text("--- :").title == template_of_text("--- :").text
