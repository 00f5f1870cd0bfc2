"""A pool of SQLAlchemy that fits its server, and sessions that are not held across slow calls.

One engine for each process, made at its start:

    engine = create_engine(URL, **pool_settings(processes=4))        # or create_async_engine
    sessions = sessionmaker(engine)

A handler reads, lets go, calls, and writes:

    with sessions.begin() as session:
        name = session.scalar(select(User.name).where(User.id == user_id))
    answer(f"Hello {name}")                     # no connection is held while the network answers
    with sessions.begin() as session:
        session.execute(update(User).where(User.id == user_id).values(greeted=True))
"""

from typing import TypedDict

SERVER_CONNECTIONS = 100
"""PostgreSQL's max_connections; three of them are kept for administrators."""
KEPT_FREE = 0.2
"""Of the connections: for you, and for a deploy, when old and new processes run at once."""
WAIT_S = 10.0
"""For a connection of the pool: who waits longer is better told so than kept."""
OLDEST_S = 1_500
"""Shorter than what ends idle connections on the way: firewalls and proxies, often after 30 min."""


class PoolSettings(TypedDict):
    """Arguments of create_engine and create_async_engine."""

    pool_size: int
    max_overflow: int
    pool_timeout: float
    pool_recycle: int
    pool_pre_ping: bool


def pool_settings(processes: int, server_connections: int = SERVER_CONNECTIONS) -> PoolSettings:
    """Return settings with which all processes together leave the server room.

    Args:
        processes: How many processes make such an engine: workers, hosts, schedulers.
        server_connections: What the server allows to all of them.
    """
    share = int(server_connections * (1 - KEPT_FREE)) // processes
    if share < 1:
        raise ValueError(f"{processes} processes cannot share {server_connections} connections")
    size = max(1, share // 2)
    return {
        "pool_size": size,
        "max_overflow": share - size,
        "pool_timeout": WAIT_S,
        "pool_recycle": OLDEST_S,
        "pool_pre_ping": True,  # one round trip; else the first call after a restart fails
    }
