"""Stories of other faults: at the start, of a deploy, of the host, of the bot's own code."""

from __future__ import annotations

from laboratory.story import Cause, Step, Story, Unit

PATIENT = Unit(restart_sec=5.0, start_limit=(5, 120.0))
"""A unit whose five starts in two minutes are all it gets."""
QUIET = {"per_day": 1500, "users": 300}
NEVER_STARTS = ("service-crashed", "service-restarted", "service-start-limit-hit")

OTHER_STORIES = (
    Story(
        "crash-loop-bad-token",
        "a deploy with a revoked token: each start fails, up to systemd's start limit",
        hours=1.5,
        seed=21,
        bot={"BOT_REMEDY": "whole"},
        api=QUIET,
        units=(PATIENT,),
        steps=(
            Step(2110.0, "deploy", fact="bad-token", env={"BOT_TOKEN": "7000000001:AAErevoked"}),
            Step(
                3890.0,
                "start",
                fact="mended",
                env={"BOT_TOKEN": "7000000001:AAFakeTokenOfTheLaboratory_0000000"},
            ),
        ),
        causes=(
            Cause(
                "bad-token",
                "telegram-unauthorized",
                r"TelegramUnauthorizedError: ",
                every_life=True,
            ),
        ),
        downstream=NEVER_STARTS,
        driver="back-off",
        remedy="put the token that BotFather gives into the unit's environment",
        why="From the deploy on the Bot API answers 401 to every call; the bot ends in its first "
        "one, is started again after 5 s, and systemd gives up after five starts. The paces are "
        "RestartSec and the time a start takes.",
    ),
    Story(
        "crash-loop-syntax-error",
        "a deploy of a file that Python cannot read, up to systemd's start limit",
        hours=1.0,
        seed=22,
        bot={"BOT_REMEDY": "whole"},
        api=QUIET,
        units=(PATIENT,),
        steps=(
            Step(
                1680.0,
                "deploy",
                fact="syntax-error",
                patch=(
                    ("bot.py", "async def quiz(bot: Bot) -> None:", "async def quiz(bot: Bot)"),
                ),
            ),
            Step(
                2460.0,
                "start",
                fact="mended",
                patch=(
                    ("bot.py", "async def quiz(bot: Bot)", "async def quiz(bot: Bot) -> None:"),
                ),
            ),
        ),
        causes=(Cause("syntax-error", "python-syntax-error", r"^SyntaxError: ", every_life=True),),
        downstream=NEVER_STARTS,
        driver="back-off",
        remedy="correct the file; compile before a deploy",
        why="The new release lacks a colon; Python ends before its first line of log.",
    ),
    Story(
        "crash-loop-missing-module",
        "a deploy that imports what is not installed, up to systemd's start limit",
        hours=1.0,
        seed=23,
        bot={"BOT_REMEDY": "whole"},
        api=QUIET,
        units=(PATIENT,),
        steps=(
            Step(
                1320.0,
                "deploy",
                fact="missing-module",
                patch=(("bot.py", "import aiosqlite\n", "import aiosqlite\nimport orjson\n"),),
            ),
            Step(2700.0, "start", fact="mended", patch=(("bot.py", "import orjson\n", ""),)),
        ),
        causes=(
            Cause(
                "missing-module",
                "python-module-not-found",
                r"^ModuleNotFoundError: ",
                every_life=True,
            ),
        ),
        downstream=NEVER_STARTS,
        driver="back-off",
        remedy="install the requirements with the release",
        why="The new release imports a package that nobody installed.",
    ),
    Story(
        "two-pollers",
        "a deploy starts the new release under another unit and leaves the old one running",
        hours=1.5,
        seed=24,
        bot={"BOT_REMEDY": "whole"},
        api=QUIET,
        units=(
            Unit(),
            Unit(
                "bot-2.service",
                "Telegram bot (release 2)",
                main=False,
                env={"BOT_REMEDY": "whole", "BOT_DATABASE": "/var/lib/bot/bot2.db"},
                after=2405.0,
            ),
        ),
        steps=(Step(4130.0, "stop", fact="old-stopped"),),
        causes=(Cause("bot-2.service start", "telegram-conflict", r"TelegramConflictError: "),),
        remedy="stop the old release when the new one starts: one poller a token",
        json=True,
        why="Two processes poll with one token: each poll ends the other's, and both are told so, "
        "until the old unit is stopped 29 minutes later.",
    ),
    Story(
        "two-bots",
        "two bots on one host: another program locks the database of one, the other is well",
        hours=4.6,
        seed=26,
        api={"per_day": 7000, "users": 300},
        second_api={"per_day": 1500, "users": 300},
        units=(
            Unit(),
            Unit(
                "shop.service",
                "Shop bot",
                "shop.py",
                main=False,
                env={"BOT_DATABASE": "/var/lib/bot/shop.db"},
                api_port=8082,
            ),
        ),
        reports=tuple((1320.0 + 3600 * hour, 90.0) for hour in range(4)),
        causes=(Cause("lock", "sqlite-locked", r"^sqlite3\.OperationalError: database is locked"),),
        downstream=("aiohttp-unclosed-session",),
        driver="clock",
        remedy="let the report only read; WAL and a longer busy timeout",
        why="report.service locks the database of bot.service at 22 past the hour; shop.service "
        "has its own and takes no part.",
    ),
    Story(
        "kills-and-deploys",
        "SIGKILL from outside at random times, orderly deploys among them",
        hours=36.0,
        seed=25,
        bot={"BOT_REMEDY": "whole"},
        api={"per_day": 400, "users": 100},
        steps=(
            *(
                Step(at, "kill", fact="sigkill")
                for at in (7260.0, 9480.0, 31210.0, 52320.0, 55700.0, 58110.0, 96830.0, 113400.0)
            ),
            *(Step(at, "deploy") for at in (20400.0, 43990.0, 88020.0)),
        ),
        causes=(
            Cause("sigkill", "service-killed", r"Main process exited, code=killed", "systemd"),
        ),
        downstream=("service-restarted",),
        driver="irregular",
        remedy="find who sends SIGKILL: nothing in the bot's log precedes it",
        why="Somebody kills the process at times drawn from a Poisson process (mean 4 hours); "
        "nothing precedes a kill, the kernel is not concerned. Deploys are orderly.",
    ),
)
