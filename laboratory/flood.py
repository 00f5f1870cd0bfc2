"""The flood control of the Bot API server: how many messages pass, and how long a refusal lasts.

Telegram publishes three limits (30 messages a second for a bot, 1 a second in a chat with short
bursts allowed, 20 a minute in a group) but not what happens beyond them. The policy here is a
model: the call that exceeds the bot's limit starts a penalty of 27 to 32 seconds, during which
every message is refused with the seconds that are left; a chat's own limit refuses for as long as
that chat needs to recover.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field

BOT_PER_SECOND = 30
CHAT_PER_SECOND = 1.0
CHAT_BURST = 4.0
GROUP_PER_MINUTE = 20
PENALTY_S = (27.0, 32.0)


@dataclass
class Bucket:
    """Tokens that refill steadily up to a small burst."""

    rate: float
    burst: float
    tokens: float
    updated: float

    def wait(self, now: float) -> float:
        """Seconds until a token is there (0: there is one now); takes nothing."""
        self.tokens = min(self.burst, self.tokens + (now - self.updated) * self.rate)
        self.updated = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


@dataclass
class FloodControl:
    """Decides for each message of one bot whether it passes."""

    rng: random.Random
    penalty_until: float = 0.0
    recent: deque[float] = field(default_factory=deque)
    chats: dict[int, Bucket] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, now: float, chat_id: int) -> int | None:
        """Count a message to `chat_id`; None if it passes, else `retry_after` in seconds."""
        wait = self._bot_wait(now)
        if wait is None:
            wait = self._chat_wait(now, chat_id)
        if wait is not None:
            return max(1, math.ceil(wait))
        self.recent.append(now)
        self.chats[chat_id].tokens -= 1
        if chat_id < 0:
            self.groups[chat_id].append(now)
        return None

    def _bot_wait(self, now: float) -> float | None:
        if now < self.penalty_until:
            return self.penalty_until - now
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if len(self.recent) < BOT_PER_SECOND:
            return None
        penalty = self.rng.uniform(*PENALTY_S)
        self.penalty_until = now + penalty
        return penalty

    def _chat_wait(self, now: float, chat_id: int) -> float | None:
        bucket = self.chats.setdefault(
            chat_id, Bucket(CHAT_PER_SECOND, CHAT_BURST, CHAT_BURST, now)
        )
        if wait := bucket.wait(now):
            return wait
        if chat_id > 0:
            return None
        sent = self.groups.setdefault(chat_id, deque())
        while sent and sent[0] <= now - 60:
            sent.popleft()
        return sent[0] + 60 - now if len(sent) >= GROUP_PER_MINUTE else None
