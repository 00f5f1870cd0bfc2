"""A bot of python-telegram-bot that answers every message, on the server on loopback."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from telegram import Chat, Message, Update, User
from telegram.ext import ApplicationBuilder, BaseRateLimiter, MessageHandler, TypeHandler, filters

from tests.remedies.bot_api import TOKEN, bot_api
from tests.remedies.trials import Figures


async def answers_to(
    users: Sequence[int],
    *,
    limiter: BaseRateLimiter[Any] | None = None,
    before: Callable[..., Coroutine[Any, Any, None]] | None = None,
) -> Figures:
    """Let *users* write at once, each in a private chat; return what became of the answers."""
    async with bot_api() as api:
        builder = ApplicationBuilder().token(TOKEN).base_url(f"{api.url}/bot")
        builder = builder.concurrent_updates(True).job_queue(None)
        if limiter is not None:
            builder = builder.rate_limiter(limiter)
        application = builder.build()
        if before is not None:
            application.add_handler(TypeHandler(Update, before), group=-1)
        application.add_handler(MessageHandler(filters.ALL, _answer))
        async with application:
            updates = [_message(number, user) for number, user in enumerate(users, start=1)]
            for update in updates:
                update.set_bot(application.bot)
                update.message.set_bot(application.bot)
            await asyncio.gather(*(application.process_update(update) for update in updates))
        return {"refused calls": len(api.refused), "answers sent": len(api.sent)}


async def work_off(
    updates: int, handle: Callable[..., Coroutine[Any, Any, None]], at_once: int
) -> None:
    """Handle *updates* that waited, as many at once as the application is told."""
    async with bot_api() as api:
        builder = ApplicationBuilder().token(TOKEN).base_url(f"{api.url}/bot")
        application = builder.concurrent_updates(at_once).job_queue(None).build()
        application.add_handler(MessageHandler(filters.ALL, handle))
        async with application:
            await application.start()
            for user in range(1, updates + 1):
                await application.update_queue.put(_message(user, user))
            await application.update_queue.join()
            await application.stop()


async def _answer(update: Update, _: Any) -> None:
    await update.effective_message.reply_text("hello")


def _message(number: int, user: int) -> Update:
    message = Message(
        message_id=number,
        date=datetime(2026, 5, 19, 12, tzinfo=UTC),
        chat=Chat(id=user, type="private"),
        from_user=User(id=user, is_bot=False, first_name="U"),
        text="hello",
    )
    return Update(update_id=number, message=message)
