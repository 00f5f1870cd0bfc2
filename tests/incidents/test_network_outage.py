"""What an outage of the network says in several ways is one incident."""

import pytest

from tests.retellings import read

DNS = (
    "2026-05-19 12:{at} - bot - ERROR - call failed\n"
    "Traceback (most recent call last):\n"
    '  File "/srv/bot/calls.py", line 9, in call\n'
    "    socket.create_connection(address)\n"
    "socket.gaierror: [Errno -3] Temporary failure in name resolution\n"
)
UNREACHABLE = (
    "2026-05-19 12:{at} - bot - ERROR - call failed\n"
    "Traceback (most recent call last):\n"
    '  File "/srv/bot/calls.py", line 9, in call\n'
    "    socket.create_connection(address)\n"
    "OSError: [Errno 101] Network is unreachable\n"
)
"""As CPython 3.12 prints them on Linux."""


def kinds(*records: str) -> list[list[str]]:
    """Return for each incident its failures, the first one first."""
    return [
        [each.first_failure.rule, *(symptom.rule for symptom in each.symptoms)]
        for each in read({"bot.log": "".join(records)}).incidents
    ]


@pytest.mark.parametrize("first_is_dns", [True, False])
def test_no_name_and_no_way_within_a_minute_are_one_outage(first_is_dns: bool) -> None:
    first, then = (DNS, UNREACHABLE) if first_is_dns else (UNREACHABLE, DNS)
    names = ["network-dns-failure", "network-unreachable"]
    expected = names if first_is_dns else names[::-1]
    assert kinds(first.format(at="00:00,100"), then.format(at="00:08,100")) == [expected]


def test_half_an_hour_apart_they_are_not() -> None:
    told = kinds(DNS.format(at="00:00,100"), UNREACHABLE.format(at="30:00,100"))
    assert ["network-dns-failure", "network-unreachable"] not in told
