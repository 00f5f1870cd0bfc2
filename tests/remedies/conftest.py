"""Leaves the modules that need the real libraries alone where those are not installed."""

from importlib.util import find_spec

REAL_LIBRARIES = ("aiogram", "aiohttp", "aiosqlite", "sqlalchemy")

collect_ignore: list[str] = []
if any(find_spec(name) is None for name in REAL_LIBRARIES):
    collect_ignore = [  # test_remedy_files.py says that they were left out
        "test_close_bot_session.py",
        "test_honour_retry_after.py",
        "test_outbound_limiter.py",
        "test_sqlite_short_transactions.py",
        "test_throttle_middleware.py",
    ]
