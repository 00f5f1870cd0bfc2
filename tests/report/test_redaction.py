import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.report.redaction import Redactor

TOKEN = "7000000001:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"

SECRETS = {
    "bot-token": (TOKEN, "token is {}"),
    "bot-token-in-url": (TOKEN, "POST https://api.telegram.org/bot{}/getMe"),
    "password-in-url": ("hunter2", "postgresql+asyncpg://bot:{}@db:5432/bot"),
    "password-with-at-in-url": ("hun@ter2", "redis://:{}@cache/0"),
    "key-as-user-in-url": ("0123456789abcdef0123", "https://{}@o1.ingest.sentry.io/2"),
    "bearer": ("abc123.DEF456-ghi", "sent Authorization: Bearer {}"),
    "bearer-alone": ("abc123.DEF456-ghi", "using bearer {} for it"),
    "basic": ("dXNlcjpwYXNzd29yZA==", "{{'Authorization': 'Basic {}'}}"),
    "cookie": ("sid=abc123def; theme=dark", "Set-Cookie: {}"),
    "openai": ("sk-" + "proj-abcdefghij0123456789", "key {} refused"),
    "github": ("ghp_" + "abcdefghij0123456789ABCDEFGHIJ012345", "cloning with {}"),
    "aws": ("AKIA" + "IOSFODNN7EXAMPLE", "id {}"),
    "google": ("AIza" + "SyA-0123456789abcdefghijklmnopqrstu", "maps {}"),
    "jwt": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF", "cookie jwt {}"),
    "api-key": ("abc", "GET /v1?api_key={}&page=2"),
    "password": ("hunter2", "login failed password={} user=bob"),
    "password-quoted": ("two words", "connect(password='{}', port=1)"),
    "password-json": ("hunter2", '{{"db_password": "{}"}}'),
    "password-escaped-json": ("hunter2", '{{\\"password\\": \\"{}\\"}}'),
    "environment": ("zzz", "BOT_TOKEN={}"),
    "secret-key": ("s3cr3t", "SECRET_KEY = '{}'"),
    "key": ("9f8e7d6c5b4a3210", "key={}"),
    "e-mail": ("bob.smith+x@mail.example.org", "no user <{}>"),
    "private-key": (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----",
        "loaded\n{}\nok",
    ),
    "private-key-cut": ("-----BEGIN PRIVATE KEY-----\nMIIEow", "loaded\n{}"),
}

HARMLESS = {
    "update": "Update id=530184000 is handled. Duration 242 ms by bot id=7000000001",
    "unit": "Started user@1000.service and getty@tty1.service.",
    "time": "2026-05-19 08:00:09,544 - aiogram.dispatcher - INFO - Run polling",
    "object": "client_session: <aiohttp.client.ClientSession object at 0x7f2a243db910>",
    "frame": '  File "/opt/bot/main.py", line 12, in main',
    "words": "password: required; token is missing; KeyError: 'name'; Invalid token: expired",
    "link": "see https://core.telegram.org/bots/faq#my-bot for more",
    "address": "connect to http://10.0.0.1:8080/path failed",
    "kernel": "oom-kill:constraint=CONSTRAINT_MEMCG,task=python3.11,pid=12043,uid=0",
}


@pytest.mark.parametrize(("secret", "line"), SECRETS.values(), ids=SECRETS)
def test_a_secret_never_stays_in_a_line(secret, line):
    shown = Redactor().redact(line.format(secret))
    assert secret not in shown
    assert " 1>" in shown


@pytest.mark.parametrize("line", HARMLESS.values(), ids=HARMLESS)
def test_ordinary_lines_stay_as_they_are(line):
    assert Redactor().redact(line) == line


def test_the_same_secret_gets_the_same_mark_wherever_it_stands():
    redactor = Redactor()
    other = TOKEN.replace("7000000001", "7000000002")
    assert redactor.redact(f"/bot{TOKEN}/getMe") == "/bot<bot-token 1>/getMe"
    assert redactor.redact(f"token={other}") == "token=<bot-token 2>"
    assert redactor.redact(f"again {TOKEN}") == "again <bot-token 1>"
    assert redactor.count == 2


def test_a_value_named_like_a_secret_is_one_as_a_whole():
    assert Redactor().redact_value("password", "not really two words") == "<secret 1>"
    assert Redactor().redact_value("method", "SendMessage") == "SendMessage"


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text):
    redactor = Redactor()
    once = redactor.redact(text)
    assert redactor.redact(once) == once


def test_a_hostile_line_takes_no_time():
    units = (
        "password",
        "a@",
        "://",
        "a.",
        "key=",
        "-----BEGIN ",
        "eyJa.",
        "0:",
        "bearer ",
        "://a:",
    )
    began = time.process_time()
    for unit in units:
        Redactor().redact(unit * 20_000)
    assert time.process_time() - began < 30
