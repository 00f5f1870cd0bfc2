"""All processes together stay below what the server allows, and the settings are accepted."""

import pytest
from database_pool import pool_settings
from sqlalchemy import QueuePool, create_engine


@pytest.mark.parametrize("processes", [1, 4, 16, 80])
def test_all_processes_together_leave_the_server_room(processes: int) -> None:
    settings = pool_settings(processes, server_connections=100)
    assert settings["pool_size"] >= 1
    assert processes * (settings["pool_size"] + settings["max_overflow"]) <= 80


def test_more_processes_than_connections_are_refused() -> None:
    with pytest.raises(ValueError, match="101 processes cannot share 100 connections"):
        pool_settings(101, server_connections=100)


def test_the_settings_are_those_of_an_engine() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool, **pool_settings(4))
    assert isinstance(engine.pool, QueuePool)
    assert engine.pool.size() == 10
    engine.dispose()
