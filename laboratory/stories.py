"""The stories: what is injected into which bot, for how long."""

from __future__ import annotations

from dataclasses import replace

from laboratory.cut_stories import cut_stories
from laboratory.other_stories import OTHER_STORIES
from laboratory.remedy_stories import PREFIX, remedy_story
from laboratory.service_stories import SERVICE_STORIES
from laboratory.shop_stories import SHOP_STORIES
from laboratory.story import Story

QUIZ = {"BOT_QUIZ_EVERY": "8400"}
CASCADE = (
    "sqlite-database-locked",
    "asyncio-handler-timeout",
    "aiohttp-unclosed-session",
    "process-oom-killed",
    "service-restarted",
)
SPACE_CALLS = "space and limit the outgoing calls; then short transactions, closed sessions"
BURST = {"burst": [72, 82]}

STORIES = {
    story.name: story
    for story in (
        Story(
            "flood-control-cascade",
            "bursts, flood control, waiting handlers, locks, leaks, out of memory, restart",
            hours=28,
            seed=11,
            bot=QUIZ,
            api=BURST,
            json=True,
            kind="telegram-flood-control",
            downstream=CASCADE,
            driver="uptime",
            remedy=SPACE_CALLS,
            why="A quiz of the bot, 140 minutes after its start, makes many different "
            "users write within a second. The 31st message of that second is refused; "
            "everything else follows from waiting it out.",
        ),
        Story(
            "after-whole-fix",
            "the same bot and load with the whole fix",
            hours=28,
            seed=11,
            bot={**QUIZ, "BOT_REMEDY": "whole"},
            api=BURST,
            start="2026-05-21T08:00:00+00:00",
            kind="telegram-flood-control",
            why="The same bursts arrive; with spaced calls nothing is refused and nothing follows.",
        ),
        Story(
            "after-throttle-alone",
            "the same bot and load with only the throttle per user",
            hours=15,
            seed=12,
            bot={**QUIZ, "BOT_REMEDY": "throttle"},
            api=BURST,
            control_group=1,
            start="2026-05-20T13:00:00+00:00",
            kind="telegram-flood-control",
            downstream=CASCADE,
            driver="uptime",
            remedy=SPACE_CALLS,
            why="The throttle per user drops nothing here: each of the many users writes "
            "once. Same first failure, same cascade.",
        ),
        Story(
            "healthy-day",
            "a busy healthy day with harmless warnings and one deploy",
            hours=24,
            seed=13,
            bot={"BOT_REMEDY": "whole"},
            api={
                "per_day": 5200,
                "blocked_users": 14,
                "refresh": 0.09,
                "rate_changes_s": 3600,
                "faults": [{"what": "drop_poll", "after": 31290.0}],
            },
            deploys=(36420.0,),
            start="2026-05-20T00:00:00+00:00",
            why="Warnings of every day (message is not modified, bot was blocked by the "
            "user, one lost connection whose repetition worked) and one restart for a "
            "deploy.",
        ),
        Story(
            "database-lock-root",
            "another program holds the write lock for a minute at 17 past every hour",
            hours=10,
            seed=14,
            api={"per_day": 6500},
            reports=tuple((1020.0 + 3600 * hour, 45.0 + 7 * (hour % 4)) for hour in range(10)),
            kind="sqlite-database-locked",
            downstream=("aiohttp-unclosed-session",),
            driver="clock",
            remedy="let the report only read; WAL and a longer busy timeout",
            why="report.service begins an exclusive transaction at 17 past the hour and "
            "keeps it; the bot's writes give up after their 5 s. Telegram refuses "
            "nothing in the whole run.",
        ),
        Story(
            "slow-leak",
            "memory kept for every message until the kernel kills the bot",
            hours=30,
            seed=15,
            bot={"BOT_HISTORY_BYTES": "200000"},
            api={"per_day": 6000},
            memory_mb=420,
            control_group=1,
            start="2026-05-19T06:00:00+00:00",
            kind="process-oom-killed",
            downstream=("service-restarted",),
            driver="load",
            remedy="find what grows with every message (tracemalloc), bound it",
            why="Some memory is kept for every message and never given back; the kernel "
            "kills the bot at its limit. No error precedes it, and the bot's own log "
            "shows only that it starts again.",
        ),
        Story(
            "network-outage",
            "the Bot API server is gone for 20 minutes",
            hours=6,
            seed=16,
            api={
                "per_day": 2200,
                "faults": [{"what": "outage", "after": 9130.0, "length": 1210.0}],
            },
            kind="telegram-network-error",
            downstream=(
                "telegram-flood-control",
                "sqlite-database-locked",
                "aiohttp-unclosed-session",
            ),
            remedy="none: the polling recovers by itself; expect the backlog",
            why="The server closes its port and resets every connection for 20 minutes. "
            "Polling backs off and recovers; then the backlog arrives at once.",
        ),
        *OTHER_STORIES,
        *SHOP_STORIES,
        *SERVICE_STORIES,
    )
}
STORIES |= cut_stories(STORIES)


def load(name: str) -> Story:
    """Return a story by its name.

    `trial` is the first story with a quiz every quarter of an hour; `pace` lasts six minutes and is
    there to be run with and without the virtual clock.
    """
    first = STORIES["flood-control-cascade"]
    if name == "trial":
        bot = {"BOT_QUIZ_EVERY": "900"}
        return replace(first, name=name, hours=1.5, bot=bot)
    if name == "pace":
        bot = {"BOT_QUIZ_EVERY": "60"}
        return replace(first, name=name, hours=0.1, bot=bot, json=False)
    if name.startswith(PREFIX):
        return remedy_story(name)
    return STORIES[name]
