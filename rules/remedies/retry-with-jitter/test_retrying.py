"""Tests of retrying.py: python -m pytest test_retrying.py."""

import asyncio

import pytest
from retrying import retry


class Peer:
    """Fails so many times, then answers."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.calls = 0

    async def ask(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "answer"


def asked(peer: Peer, tries: int = 4) -> str:
    return asyncio.run(retry(peer.ask, on=(ConnectionError,), tries=tries, first_pause_s=0.001))


def test_a_peer_that_recovers_is_heard() -> None:
    peer = Peer(3, ConnectionResetError())
    assert asked(peer) == "answer"
    assert peer.calls == 4


def test_the_last_error_is_raised_and_no_further_try_made() -> None:
    peer = Peer(9, ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        asked(peer)
    assert peer.calls == 4


def test_an_error_that_is_not_listed_is_raised_at_once() -> None:
    peer = Peer(9, KeyError())
    with pytest.raises(KeyError):
        asked(peer)
    assert peer.calls == 1


def test_one_try_means_none_again() -> None:
    peer = Peer(9, ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        asked(peer, tries=1)
    assert peer.calls == 1
