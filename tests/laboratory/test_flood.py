"""The flood control of the laboratory's Bot API server."""

import asyncio
import io
import random

import pytest

from laboratory.flood import FloodControl


def control() -> FloodControl:
    return FloodControl(random.Random(1))


def test_thirty_messages_in_a_second_pass_and_the_next_is_refused_for_about_half_a_minute():
    flood = control()
    assert [flood.check(10 + i / 100, chat) for i, chat in enumerate(range(1, 31))] == [None] * 30
    refused = flood.check(10.4, 31)
    assert refused is not None
    assert 27 <= refused <= 32
    later = flood.check(20.4, 32)
    assert later is not None
    assert later == refused - 10, "the penalty does not grow by asking again"
    assert flood.check(10.4 + refused, 33) is None


def test_evenly_spaced_messages_pass():
    flood = control()
    assert all(flood.check(i / 25, i + 1) is None for i in range(500))


def test_one_chat_gets_a_short_burst_and_then_one_a_second():
    flood = control()
    assert [flood.check(5.0, 7) for _ in range(6)] == [None] * 4 + [1, 1]
    assert flood.check(5.0, 8) is None, "another chat is not concerned"
    assert flood.check(6.01, 7) is None
    assert flood.check(6.02, 7) == 1


def test_a_group_gets_twenty_a_minute():
    flood = control()
    assert all(flood.check(i * 2.0, -100) is None for i in range(20))
    assert flood.check(40.0, -100) == 20
    assert flood.check(60.5, -100) is None


def test_the_server_answers_429_with_retry_after():
    pytest.importorskip("aiohttp", reason="the laboratory's server needs aiohttp")
    from laboratory import bot_api

    async def thirty_one() -> bot_api.RefusedError:
        record = bot_api.Record(io.StringIO())
        server = bot_api.Server({"users": 100, "per_day": 1}, record, random.Random(1))
        for chat in range(1, 31):
            server.send_message(chat, "text")
        with pytest.raises(bot_api.RefusedError) as caught:
            server.send_message(31, "text")
        return caught.value

    refused = asyncio.run(thirty_one())
    assert refused.code == 429
    wait = refused.body["parameters"]["retry_after"]
    assert refused.body["description"] == f"Too Many Requests: retry after {wait}"
