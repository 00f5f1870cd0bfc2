"""A rule begun from a record recognises it, and its like with other numbers."""

import io
import json
from pathlib import Path

import pytest

from logcascade.errors import LogcascadeError
from logcascade.model.records import Severity
from logcascade.reading.finder import build_record_finder
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader, make_record
from logcascade.ruleset import selftest
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher
from logcascade.ruleset.skeleton import make_skeleton

TRACEBACK = """could not save 17
Traceback (most recent call last):
  File "/opt/bot/shop.py", line 12, in save
    store(order)
shop.OrderError: order 4711 of 'Ann' is closed"""

TEXTS = (
    'payment 4711 of user "Ann" failed after 3.5s at /home/ann/shop/pay.py',
    "order [a+b] (c|d) {e} $5 ^x costs? too\\much *",
    "no answer from 10.0.3.7:5432, request 0x7f3a11 of 2026-05-19 14:22:01.5 via https://a.b/c?d=1",
    "=== the cache's lock is gone ===",
    "===\nsecond line tells: failed 3 times",
    "'''quoted''' by three \x7f \x01 signs and more words",
    "ошибка оплаты: payment refused for заказ 12",
    "Не удалось подключиться к серверу 10.0.3.7",
    "数据库连接失败，请稍后重试 (3)",
    "Échec de l’accès  à la base",
    TRACEBACK,
    'status 404 {"message": "Not Found", "n": [1, 2]} from api.telegram.org:443',
    "user=bob and @ann cannot have sent 1, 2, 3 files 'a', 'b' on 20 May 2026, 2m 5s ago",
    "версия 3.11.7 «заказ 7» в bot.db-wal за 15сек",
)


def begun(tmp_path: Path, text: str) -> Ruleset:
    """Return the rule that was begun from *text*, loaded from its file."""
    record = make_record(text, logger="shop", severity=Severity.ERROR)
    skeleton = make_skeleton(record, "bot.log, line 1")
    name = skeleton.split('id = "')[1].split('"')[0]
    (tmp_path / f"{name}.toml").write_text(skeleton, encoding="utf-8")
    return load_rules([tmp_path])


@pytest.mark.parametrize("text", TEXTS)
def test_the_rule_passes_its_own_test_as_it_was_printed(tmp_path, text):
    assert selftest.test_rules(begun(tmp_path, text), make_record) == []


@pytest.mark.parametrize(
    ("text", "like", "known"),
    [
        (TEXTS[0], "payment 9 of user 'Bob' failed after 12s at /srv/pay.py", True),
        (TEXTS[0], "payment 9 of user 'Bob' succeeded after 12s at /srv/pay.py", False),
        (TRACEBACK, TRACEBACK.replace("4711", "5").replace("Ann", "Bob"), True),
        (TRACEBACK, TRACEBACK.replace("is closed", "is open"), False),
    ],
)
def test_the_rule_knows_the_same_failure_with_other_values(tmp_path, text, like, known):
    matcher = Matcher(begun(tmp_path, text))
    record = make_record(like, logger="shop", severity=Severity.ERROR)
    (found,) = matcher.detect(record, 0)
    assert (not found.rule.startswith("unknown:")) is known


def test_what_is_asked_for_stands_in_the_file_as_a_comment():
    skeleton = make_skeleton(make_record("payment 4711 failed"), "bot.log, line 1")
    assert "# matches = false" in skeleton
    assert 'from = "bot.log, line 1"' in skeleton


def test_a_record_without_words_has_no_rule():
    with pytest.raises(LogcascadeError, match="no words"):
        make_skeleton(make_record("4711: 12 %"), "bot.log, line 1")


def test_the_words_of_another_script_are_what_a_record_is_looked_for_by():
    skeleton = make_skeleton(make_record("Не удалось подключиться: 7 раз"), "bot.log, line 1")
    assert 'literals = ["Не удалось подключиться:"]' in skeleton


@pytest.mark.parametrize(
    "line",
    [
        "2026-05-19 14:22:01,310 - bot - WARNING - Не удалось подключиться: 7 раз",
        '{"time": "2026-05-19T14:22:01Z", "level": "WARNING", "message": MESSAGE}',
        "2026-05-19 14:22:01,310 - bot - WARNING - ESCAPED: 7",
    ],
    ids=["UTF-8", "JSON in ASCII", "an output in ASCII"],
)
def test_a_record_in_another_script_is_found_however_its_writer_encoded_it(tmp_path, line):
    text = "Не удалось подключиться: 7 раз"
    line = line.replace("MESSAGE", json.dumps(text))
    line = line.replace("ESCAPED: 7", text.encode("ascii", "backslashreplace").decode())
    found = begun(tmp_path, text)
    (rule,) = found.rules.values()
    formats = load_formats()
    finder = build_record_finder(rule.literals, formats)
    (record,) = Reader(io.BytesIO(f"{line}\n".encode()), "log", formats, finder).records()
    assert [one.rule for one in Matcher(found).detect(record, 0)] == [rule.id]
