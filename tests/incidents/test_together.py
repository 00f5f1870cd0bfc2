"""Ends of several components at one moment, without a cause, are counted once."""

import pytest

from logcascade.model.analysis import Incident
from tests.retellings import read

KILLED = (
    "2024-03-01T10:{at}+00:00 host systemd[1]: {unit}:"
    " A process of this unit has been killed by the OOM killer.\n"
)
"""As systemd 255 says it of each unit that a killed process was in, in the journal's ISO times."""

CRASHED = (
    "2024-03-01T10:{at}+00:00 host systemd[1]: {unit}:"
    " Main process exited, code=exited, status=1/FAILURE\n"
)
"""As systemd 255 says it of a service that ended by itself."""


def incidents(*lines: str) -> tuple[Incident, ...]:
    return read({"journal.log": "".join(lines)}).incidents


def killed(at: str, unit: str) -> str:
    return KILLED.format(at=at, unit=unit)


NESTED = [
    killed("15:02.100001", "user.slice"),
    killed("15:02.100105", "user-1021.slice"),
    killed("15:02.100221", "session-5.scope"),
]


def test_nested_units_killed_at_once_are_one_incident_of_the_innermost() -> None:
    (one,) = incidents(*NESTED)
    assert one.component == "session-5.scope"
    assert one.start_line.line == 1
    assert any(
        "told of 3 components at the same moment: user.slice, user-1021.slice, session-5.scope"
        in fact
        for fact in one.facts
    )


@pytest.mark.parametrize("at", ["15:04.200000", "45:00.000000"])
def test_an_end_at_another_moment_is_another_incident(at: str) -> None:
    found = incidents(*NESTED, killed(at, "shop.service"))
    assert [each.component for each in found] == ["session-5.scope", "shop.service"]


def test_ends_of_another_kind_at_the_same_moment_are_not_joined() -> None:
    crashed = CRASHED.format(at="15:02.100300", unit="shop.service")
    assert len(incidents(*NESTED, crashed)) == 2


def test_many_components_are_counted_and_not_named() -> None:
    (one,) = incidents(*(killed("15:02.100001", f"shop{n}.service") for n in range(12)))
    assert any("told of 12 components at the same moment" in fact for fact in one.facts)
    assert not any("shop3.service" in fact for fact in one.facts)


def test_a_unit_that_ends_twice_within_a_second_has_ended_twice() -> None:
    alone = incidents(killed("15:02.1", "shop.service"))
    twice = incidents(killed("15:02.1", "shop.service"), killed("15:02.6", "shop.service"))
    assert len(alone) == 1
    assert not any("components" in fact for each in twice for fact in each.facts)
