"""A Bot API server on loopback: long polling, flood control, and the faults that a story injects.

It also plays the users (they write, press a button, write again when nobody answers) and the small
outside service that the bot asks for a rate. Everything it injects or refuses is written to a
record with the virtual time, so that the truth about a run is known without reading the bot's log.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

from laboratory.flood import FloodControl

TOKEN = "7000000001:AAFakeTokenOfTheLaboratory_0000000"
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Card bot", "username": "card_lab_bot"}
CHANNEL = -1001900000001
FIRST_USER = 410000000
CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WORDS = ["hello", "card", "please", "rate", "today", "thanks", "draw", "one", "quiz", "ok"]


class RefusedError(Exception):
    """An answer of the Bot API that is no success."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters


@dataclass
class Record:
    """What was injected and what was refused, one JSON object a line."""

    out: TextIO

    def write(self, what: str, **values: Any) -> None:
        """Write one fact with the virtual time."""
        self.out.write(json.dumps({"t": round(time.time(), 6), "what": what, **values}) + "\n")
        self.out.flush()


@dataclass
class Server:
    """State of the service: the queue of updates, the sent messages, who waits for an answer."""

    story: dict[str, Any]
    record: Record
    rng: random.Random
    flood: FloodControl = field(init=False)
    updates: list[dict[str, Any]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    next_update: int = 530184000
    next_message: int = 90000
    texts: dict[int, str] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    drop_polls: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    runner: web.AppRunner | None = None
    polled: int = 0
    rates_fault: str = ""
    poll: asyncio.Future[None] | None = None
    """Done when another poll ends the one that waits."""

    def __post_init__(self) -> None:
        self.flood = FloodControl(random.Random(self.rng.random()))

    # -- what users do -----------------------------------------------------------------------

    def push(self, kind: str, body: dict[str, Any]) -> None:
        """Queue an update for the bot."""
        self.updates.append({"update_id": self.next_update, kind: body})
        self.next_update += 1
        self.arrived.set()

    def user(self, user_id: int) -> dict[str, Any]:
        """Return the user as Telegram shows it."""
        return {"id": user_id, "is_bot": False, "first_name": f"User{user_id % 10000}"}

    def message(self, chat_id: int, text: str, sender: dict[str, Any]) -> dict[str, Any]:
        """Return a message as Telegram shows it."""
        self.next_message += 1
        self.texts[self.next_message] = text
        kind = "private" if chat_id > 0 else "channel"
        chat = {"id": chat_id, "type": kind, "title": "News", "first_name": sender["first_name"]}
        return {
            "message_id": self.next_message,
            "date": int(time.time()),
            "chat": chat,
            "from": sender,
            "text": text,
        }

    def start(self, work: Any) -> None:
        """Run something beside, and keep it referenced."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def say(self, user_id: int, patience: int) -> None:
        """Write as a user; one who gets no answer writes again, up to `patience` times."""
        text = " ".join(self.rng.choices(WORDS, k=self.rng.randint(1, 4)))
        if self.story.get("keep_answers"):
            self.record.write("asked", chat=user_id)
        self.push("message", self.message(user_id, text, self.user(user_id)))
        if patience:
            self.start(self.impatient(user_id, patience))

    async def impatient(self, user_id: int, patience: int) -> None:
        """Write again when no answer came."""
        asked = self.waiting[user_id] = self.waiting.get(user_id, 0) + 1
        await asyncio.sleep(self.rng.uniform(*self.story.get("patience_s", (20, 75))))
        if self.waiting.get(user_id) == asked and self.rng.random() < 0.65:
            self.say(user_id, patience - 1)

    async def burst(self) -> None:
        """Many subscribers write to the bot within about a second, one message each."""
        low, high = self.story["burst"]
        count = self.rng.randint(low, high)
        await asyncio.sleep(self.rng.uniform(8, 40))
        users = self.rng.sample(range(self.story["users"]), count)
        self.record.write("burst", users=count)
        start = time.monotonic()
        for number, offset in enumerate(sorted(self.rng.gauss(0.6, 0.25) for _ in users)):
            await asyncio.sleep(max(0.0, start + offset - time.monotonic()))
            self.say(FIRST_USER + users[number], self.story.get("patience", 2))
        self.record.write("burst-end", users=count)

    def rate(self) -> float:
        """Messages a second now: quiet at night, most in the evening."""
        hour = time.time() / 3600 % 24
        shape = 1 + 0.85 * math.sin((hour - 11.5) / 24 * 2 * math.pi)
        return float(self.story["per_day"]) / 86400 * shape

    async def traffic(self) -> None:
        """Ordinary messages as a Poisson process; some users press the button instead."""
        while True:
            await asyncio.sleep(self.rng.expovariate(self.rate()))
            user_id = FIRST_USER + self.rng.randrange(self.story["users"])
            if self.texts and self.rng.random() < self.story.get("refresh", 0.06):
                self.press(user_id)
            else:
                self.say(user_id, 1)

    def press(self, user_id: int) -> None:
        """Press the button under a recent card."""
        number = self.rng.choice(list(self.texts)[-40:])
        if not self.texts[number].startswith("Your card"):
            return
        body = self.message(user_id, self.texts[number], {**BOT})
        self.texts[body["message_id"]] = self.texts[number]
        query = {"id": str(number), "from": self.user(user_id), "chat_instance": "1"}
        self.push("callback_query", {**query, "data": "refresh", "message": body})

    # -- methods of the Bot API -----------------------------------------------------------------

    async def call(self, method: str, data: dict[str, str]) -> Any:
        """Answer one method."""
        if method == "getUpdates":
            return await self.get_updates(data)
        await asyncio.sleep(self.rng.lognormvariate(math.log(0.055), 0.35))
        if method == "getMe":
            return BOT
        if method == "sendMessage":
            return self.send_message(int(data["chat_id"]), data["text"])
        if method == "editMessageText":
            return self.edit_text(int(data["chat_id"]), int(data["message_id"]), data["text"])
        return True

    async def get_updates(self, data: dict[str, str]) -> list[dict[str, Any]]:
        """Long polling: confirm what was read, wait for more; one poll ends another."""
        self.polled += 1
        if self.poll is not None and not self.poll.done():
            self.poll.set_result(None)
        ended = self.poll = asyncio.get_running_loop().create_future()
        offset = int(data.get("offset") or 0)
        self.updates = [u for u in self.updates if u["update_id"] >= offset]
        if not self.updates:
            self.arrived.clear()
            arrived = asyncio.ensure_future(self.arrived.wait())
            seconds = float(data.get("timeout") or 0)
            await asyncio.wait({arrived, ended}, timeout=seconds, return_when="FIRST_COMPLETED")
            arrived.cancel()
            if ended.done():
                raise RefusedError(409, CONFLICT)
        ended.cancel()
        return self.updates[:100]

    def send_message(self, chat_id: int, text: str) -> dict[str, Any]:
        """Deliver a message unless limited or blocked."""
        retry_after = self.flood.check(time.monotonic(), chat_id)
        if retry_after is not None:
            self.record.write("refused", method="SendMessage", chat=chat_id, retry=retry_after)
            text = f"Too Many Requests: retry after {retry_after}"
            raise RefusedError(429, text, retry_after=retry_after)
        if chat_id in self.blocked:
            self.record.write("blocked", chat=chat_id)
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if chat_id == CHANNEL:
            self.record.write("quiz")
            if self.story.get("burst"):
                self.start(self.burst())
        elif text.startswith("Your card"):
            self.waiting.pop(chat_id, None)
            if self.story.get("keep_answers"):
                self.record.write("answered", chat=chat_id)
        return self.message(chat_id, text, BOT)

    def edit_text(self, chat_id: int, message_id: int, text: str) -> dict[str, Any]:
        """Change a message's text; the same text again is refused."""
        if self.texts.get(message_id) == text:
            self.record.write("not-modified", chat=chat_id)
            raise RefusedError(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        self.texts[message_id] = text
        return {**self.message(chat_id, text, BOT), "message_id": message_id}

    # -- HTTP ---------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /bot<token>/<method>."""
        data = {k: str(v) for k, v in (await request.post()).items()}
        if request.match_info["token"] != TOKEN:
            self.record.write("unauthorized")
            body = RefusedError(401, "Unauthorized").body
            return web.json_response(body, status=401)
        if self.drop_polls and request.match_info["method"] == "getUpdates":
            self.drop_polls -= 1
            self.record.write("dropped-poll")
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        try:
            result = await self.call(request.match_info["method"], data)
        except RefusedError as refused:
            if refused.code == 409 and request.transport is not None:
                self.record.write("conflict")  # somebody is still there to be told
            return web.json_response(refused.body, status=refused.code)
        return web.json_response({"ok": True, "result": result})

    async def rates(self, request: web.Request) -> web.Response:
        """Answer as the outside service."""
        await asyncio.sleep(self.rng.uniform(0.05, 0.2))
        if self.rates_fault == "down":
            assert request.transport is not None
            request.transport.abort()
        if self.rates_fault == "schema":
            return web.json_response({"currency": "EUR", "value": 90.1})
        day = time.time() // self.story.get("rate_changes_s", 900)
        return web.json_response({"rate": 90 + (day * 7919 % 300) / 100})

    async def listen(self) -> None:
        """Open the port."""
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self.handle)
        app.router.add_get("/rates", self.rates)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(
            self.runner, "127.0.0.1", self.story.get("port", 8081), reuse_address=True
        ).start()

    async def outage(self, after: float, length: float) -> None:
        """Nobody answers for a while: the port is closed and every connection reset."""
        await asyncio.sleep(after)
        assert self.runner is not None
        assert self.runner.server is not None
        self.record.write("outage", length=length)
        for protocol in list(self.runner.server.connections):
            if protocol.transport is not None:
                protocol.transport.abort()
        await self.runner.cleanup()
        await asyncio.sleep(length)
        await self.listen()
        self.record.write("outage-end")

    async def drop_poll(self, after: float) -> None:
        """Break one long poll."""
        await asyncio.sleep(after)
        self.drop_polls += 1
        self.arrived.set()

    async def break_rates(self, after: float, length: float, how: str) -> None:
        """Let the outside service break connections (down) or answer otherwise (schema)."""
        await asyncio.sleep(after)
        self.rates_fault = how
        self.record.write(f"rates-{how}", length=length)
        await asyncio.sleep(length)
        self.rates_fault = ""
        self.record.write(f"rates-{how}-end")

    async def scheduled_burst(self, after: float) -> None:
        """Send a burst that the bot's quiz did not provoke."""
        await asyncio.sleep(after)
        await self.burst()

    async def rush(self, after: float, length: float, per_minute: float, fact: str) -> None:
        """Let many users write for some minutes, beside the ordinary messages."""
        await asyncio.sleep(after)
        self.record.write(fact, length=length, per_minute=per_minute)
        end = time.monotonic() + length
        while time.monotonic() < end:
            await asyncio.sleep(self.rng.expovariate(per_minute / 60))
            self.say(FIRST_USER + self.rng.randrange(self.story["users"]), 0)

    async def run(self) -> None:
        """Serve until killed."""
        await self.listen()
        users = range(FIRST_USER, FIRST_USER + self.story["users"])
        self.blocked = set(self.rng.sample(users, self.story.get("blocked_users", 0)))
        faults: dict[str, Callable[..., Awaitable[None]]] = {
            "outage": self.outage,
            "drop_poll": self.drop_poll,
            "rates": self.break_rates,
            "burst": self.scheduled_burst,
            "rush": self.rush,
        }
        for fault in self.story.get("faults", []):
            values = {key: value for key, value in fault.items() if key != "what"}
            self.start(faults[fault["what"]](**values))
        while not self.polled:
            await asyncio.sleep(0.2)
        await self.traffic()


def main() -> None:
    """Serve a story: bot_api STORY.json RECORD.jsonl."""
    story = json.loads(Path(sys.argv[1]).read_text())
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        asyncio.run(_serve(story, out))


async def _serve(story: dict[str, Any], out: TextIO) -> None:
    await Server(story, Record(out), random.Random(story["seed"])).run()


if __name__ == "__main__":
    main()
