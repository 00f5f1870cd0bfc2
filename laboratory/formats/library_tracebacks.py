"""
What libraries make of a traceback: each prints it for real, and it is kept with its truth.

    PYTHON -m laboratory.formats.library_tracebacks      # tests/reading/tracebacks/libraries.*

PYTHON has the packages of `REQUIREMENTS`. Every case runs in a process of its own; the truth is
written by `laboratory/formats/noting.py` from the exception objects. The files are as those of
`laboratory/formats/tracebacks.py`.
"""

import sys
from collections.abc import Mapping
from textwrap import dedent

from laboratory.formats.conditions import Condition
from laboratory.formats.tracebacks import keep

REQUIREMENTS = (
    "aiogram aiosqlite anyio apscheduler better-exceptions httpx loguru pydantic rich sqlalchemy "
    "starlette structlog uvicorn"
)

_FAIL = """
def read(rows):
    return [1 / row for row in rows]
def job(name):
    try:
        read([1, 0])
    except ZeroDivisionError as error:
        raise RuntimeError(f"job {name} failed") from error
"""

_CASES: Mapping[str, str] = {
    "loguru": """
        from loguru import logger
        try:
            job("x")
        except RuntimeError as error:
            noting.note(error, frames=False)
            logger.exception("handler failed")
        logger.info("fine")
        """,
    "loguru without diagnosis": """
        from loguru import logger
        import sys
        logger.remove()
        logger.add(sys.stderr, diagnose=False, backtrace=False)
        try:
            job("x")
        except RuntimeError as error:
            noting.note(error)
            logger.exception("handler failed")
        """,
    "loguru catch": """
        from loguru import logger
        @logger.catch
        def main():
            try:
                job("x")
            except RuntimeError as error:
                noting.note(error, frames=False)
                raise
        main()
        """,
    "rich": """
        import rich.traceback
        from rich.console import Console
        try:
            job("x")
        except RuntimeError as error:
            noting.note(error)
            Console(stderr=True).print_exception()
        """,
    "rich with locals": """
        from rich.console import Console
        try:
            job("x")
        except RuntimeError as error:
            noting.note(error)
            Console(stderr=True).print_exception(show_locals=True)
        """,
    "structlog": """
        import structlog, sys
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr), processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S"),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback)])
        try:
            job("x")
        except RuntimeError as error:
            noting.note(error)
            structlog.get_logger().exception("handler failed", update_id=7)
        """,
    "structlog with rich": """
        import structlog, sys
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr), processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S"),
            structlog.dev.ConsoleRenderer(colors=False)])
        try:
            job("x")
        except RuntimeError as error:
            noting.note(error)
            structlog.get_logger().exception("handler failed", update_id=7)
        """,
    "better exceptions": """
        import better_exceptions, logging
        better_exceptions.SUPPORTS_COLOR = False
        logging.basicConfig(format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
        better_exceptions.hook()
        logging._loggerClass = logging.Logger
        try:
            read([0])
        except ZeroDivisionError as error:
            noting.note(error)
            lines = better_exceptions.format_exception(type(error), error, error.__traceback__)
            noting.sys.stderr.write("".join(lines))
        """,
    "sqlalchemy": """
        import logging
        import sqlalchemy
        logging.basicConfig(format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
        engine = sqlalchemy.create_engine("sqlite://")
        try:
            with engine.begin() as connection:
                statement = sqlalchemy.text("INSERT INTO users (name)\\nVALUES (:name)")
                connection.execute(statement, {"name": "bob"})
        except sqlalchemy.exc.OperationalError as error:
            noting.note(error)
            logging.getLogger("app.db").exception("not saved")
        """,
    "sqlalchemy to the top": """
        import sqlalchemy
        engine = sqlalchemy.create_engine("sqlite://")
        with engine.begin() as connection:
            statement = sqlalchemy.text("INSERT INTO users (name) VALUES (:name)")
            connection.execute(statement, {"name": "bob"})
        """,
    "pydantic": """
        import pydantic
        class Settings(pydantic.BaseModel):
            bot_token: str
            limits: dict[str, int]
        Settings.model_validate({"limits": {"a": "x"}})
        """,
    "pydantic logged": """
        import logging
        import pydantic
        logging.basicConfig(format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
        class Settings(pydantic.BaseModel):
            bot_token: str
            limits: dict[str, int]
        try:
            Settings.model_validate({"limits": {"a": "x"}})
        except pydantic.ValidationError as error:
            noting.note(error)
            logging.getLogger("app").exception("bad settings")
        """,
    "httpx": """
        import httpx
        httpx.get("http://127.0.0.1:9/")
        """,
    "anyio": """
        import anyio
        async def fail(n):
            await anyio.sleep(0)
            read([n])
        async def main():
            async with anyio.create_task_group() as group:
                group.start_soon(fail, 0)
                group.start_soon(fail, 0)
        anyio.run(main)
        """,
    "uvicorn": """
        import asyncio, threading, urllib.request, time
        import uvicorn
        async def app(scope, receive, send):
            try:
                job("x")
            except RuntimeError as error:
                noting.note(error, frames=False)
                raise
        server = uvicorn.Server(uvicorn.Config(app, port=8917, lifespan="off"))
        def ask():
            time.sleep(1)
            try:
                urllib.request.urlopen("http://127.0.0.1:8917/").read()
            except OSError:
                pass
            server.should_exit = True
        threading.Thread(target=ask).start()
        server.run()
        """,
    "apscheduler": """
        import logging, time
        from apscheduler.schedulers.background import BackgroundScheduler
        logging.basicConfig(format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
        def tick():
            try:
                job("x")
            except RuntimeError as error:
                noting.note(error, frames=False)
                raise
        scheduler = BackgroundScheduler()
        scheduler.add_job(tick)
        scheduler.start()
        time.sleep(1)
        scheduler.shutdown()
        """,
    "aiogram": """
        import asyncio, logging
        from datetime import datetime, timezone
        from aiogram import Bot, Dispatcher
        from aiogram.types import Chat, Message, Update
        from aiogram.exceptions import TelegramServerError
        from aiogram.methods import GetMe
        logging.basicConfig(format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
        dispatcher = Dispatcher()
        @dispatcher.message()
        async def handle(message):
            try:
                try:
                    job("x")
                except RuntimeError as error:
                    raise TelegramServerError(method=GetMe(), message="Bad Gateway") from error
            except TelegramServerError as error:
                noting.note(error, frames=False)
                raise
        async def main():
            bot = Bot("42:TEST")
            chat, now = Chat(id=1, type="private"), datetime.now(timezone.utc)
            message = Message(message_id=1, date=now, chat=chat, text="hi")
            await dispatcher._process_update(bot, Update(update_id=7, message=message))
            await bot.session.close()
        asyncio.run(main())
        """,
}


def main() -> None:
    """Run all cases under this interpreter, and keep what they print."""
    conditions = tuple(
        Condition(name, "import noting\n" + _FAIL + dedent(source), needs_system=True)
        for name, source in _CASES.items()
    )
    keep("libraries", sys.executable, conditions)


if __name__ == "__main__":
    main()
