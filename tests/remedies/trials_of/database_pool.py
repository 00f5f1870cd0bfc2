"""What a pool's size, its look before use and short sessions change, with SQLAlchemy."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

code = load_code("database-pool", "database_pool.py")
HANDLERS = 60
CALL_S = 0.15
WAIT_S = 0.3
"""Scaled: SQLAlchemy waits 30 s for a connection, the remedy 10 s."""


def _engine(**settings: object) -> Engine:
    shared = "sqlite:///file::memory:?uri=true"
    return create_engine(shared, poolclass=QueuePool, pool_timeout=WAIT_S, **settings)


def _holding(engine: Engine) -> None:
    """Handle as handlers are often written: the call is made with the session open."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        time.sleep(CALL_S)
        connection.execute(text("SELECT 2"))


def _letting_go(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    time.sleep(CALL_S)
    with engine.connect() as connection:
        connection.execute(text("SELECT 2"))


def _handled(engine: Engine, handle: Callable[[Engine], None]) -> Figures:
    """Run all handlers at once; return how many got no connection, and how many were open."""
    opened = 0

    def count(*_: object) -> None:
        nonlocal opened
        opened += 1

    def one(_number: int) -> bool:
        together.wait()
        try:
            handle(engine)
        except PoolTimeoutError:
            return False
        return True

    event.listen(engine, "connect", count)
    together = threading.Barrier(HANDLERS)
    with ThreadPoolExecutor(HANDLERS) as pool:
        done = sum(pool.map(one, range(HANDLERS)))
    engine.dispose()
    return {"without a connection": HANDLERS - done, "connections": opened}


def _held_across_a_call(short: bool) -> Figures:
    return _handled(_engine(), _letting_go if short else _holding)


def _slower_than_the_wait(large: bool) -> Figures:
    settings = dict(code.pool_settings(processes=2)) if large else {}
    settings.pop("pool_timeout", None)
    return _handled(_engine(**settings), _holding_for_long)


def _holding_for_long(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        time.sleep(2 * WAIT_S)


def _all_got_one(_without: Figures, with_it: Figures) -> bool:
    return with_it["without a connection"] == 0


TRIALS = [
    Trial(
        "held-across-a-call",
        "60 handlers at once, a pool of 5 + 10, each calls for 0.15 s between two queries",
        ("sqlalchemy",),
        _held_across_a_call,
        _all_got_one,
    ),
    Trial(
        "larger-pool-alone",
        "60 at once that hold a connection for longer than the others wait; 40 in place of 15",
        ("sqlalchemy",),
        _slower_than_the_wait,
        _all_got_one,
        helps=False,
    ),
]
