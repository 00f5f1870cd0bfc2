"""Stories of the shop: faults of its code, of its disk, of its neighbours and of the clock."""

from __future__ import annotations

from dataclasses import replace

from laboratory.story import Cause, Step, Story, Unit

SHOP = Unit(program="shop.py", description="Shop bot")
USERS = {"per_day": 2400, "users": 300}

TWO_FAULTS = Story(
    "two-faults-at-once",
    "another program locks the database while the outside service breaks connections",
    hours=2.0,
    seed=32,
    api={
        **USERS,
        "per_day": 6000,
        "faults": [{"what": "rates", "after": 3640.0, "length": 260.0, "how": "down"}],
    },
    units=(SHOP,),
    reports=((3610.0, 270.0),),
    report_table="orders",
    causes=(
        Cause("lock", "sqlite-locked", r"sqlite3\.OperationalError: database is locked"),
        Cause("rates-down", "network-disconnect", r"ServerDisconnectedError: |ClientOSError: "),
    ),
    remedy="let the report only read; answer without the rate while it cannot be had",
    why="The lock hits orders only, the outside service only who asks for the rate: two "
    "causes that share nothing but their time.",
)

SHOP_STORIES = (
    TWO_FAULTS,
    *(
        replace(
            TWO_FAULTS,
            name=f"two-faults-{style}",
            title=f"{TWO_FAULTS.title}; logged with {library}",
            bot={"SHOP_LOG_STYLE": style},
            log_style=library,
        )
        for style, library in (("json", "python-json-logger"), ("loguru", "loguru"))
    ),
    Story(
        "outage-among-bugs",
        "a handler fails on some updates all the time; the Bot API is gone for 15 minutes",
        hours=4.0,
        seed=31,
        bot={"SHOP_UNCHECKED": "1"},
        api={**USERS, "faults": [{"what": "outage", "after": 8110.0, "length": 905.0}]},
        units=(SHOP,),
        causes=(Cause("outage", "telegram-network-error", r"TelegramNetworkError: "),),
        remedy="none: the polling recovers by itself; mend the handler apart from it",
        why="The price of an unknown article is a KeyError at every such message, before, during "
        "and after: background. The outage is the only thing that happens.",
    ),
    Story(
        "blocking-call",
        "a release makes its report in the event loop: 45 s in which nothing else happens",
        hours=3.0,
        seed=33,
        bot={"PYTHONASYNCIODEBUG": "1"},
        api=USERS,
        units=(SHOP,),
        steps=(
            Step(3720.0, "deploy", fact="slow-release", env={"SHOP_REPORT_SECONDS": "45"}),
            Step(8460.0, "deploy", fact="mended", env={"SHOP_REPORT_SECONDS": "0"}),
        ),
        causes=(
            Cause("slow-release", "event-loop-blocked", r"Executing <.* took 4\d", every_time=True),
        ),
        remedy="make the report in a thread (asyncio.to_thread)",
        why="Whoever asks for the report stops the event loop for 45 s; all others wait.",
    ),
    Story(
        "descriptors-exhausted",
        "one file is kept open for each customer until no descriptor is left",
        hours=5.0,
        seed=34,
        bot={"SHOP_ARCHIVE": "1"},
        api=USERS,
        units=(Unit(program="shop.py", description="Shop bot", files=64),),
        deploys=(7900.0,),
        causes=(Cause("start", "fd-exhaustion", r"OSError: \[Errno 24\]"),),
        downstream=("sqlite-cannot-open", "telegram-network-error"),
        remedy="close the files; do not merely raise LimitNOFILE",
        why="Every new customer costs one descriptor for ever, of 64. An operator restarts the "
        "bot once, and it happens again.",
    ),
    Story(
        "disk-full",
        "a backup fills the file system of database and log file for 25 minutes",
        hours=2.0,
        seed=35,
        bot={"SHOP_LOG_FILE": "/var/lib/bot/shop.log"},
        api=USERS,
        units=(SHOP,),
        disk_mb=2,
        steps=(Step(3030.0, "fill", fact="disk-full"), Step(4530.0, "empty", fact="disk-free")),
        causes=(Cause("disk-full", "disk-full", r"disk is full|No space left on device"),),
        downstream=("python-logging-error",),
        remedy="write backups elsewhere; watch the free space",
        why="Another program writes until nothing is left; orders and log lines then fail.",
    ),
    Story(
        "error-in-a-group",
        "an outside answer changes its form; the failure lies deep in a task group, told late",
        hours=4.0,
        seed=36,
        bot={"SHOP_PRICES": "1"},
        api={
            "per_day": 40,
            "users": 20,
            "faults": [{"what": "rates", "after": 6900.0, "length": 2900.0, "how": "schema"}],
        },
        units=(SHOP,),
        causes=(
            Cause("rates-schema", "code-bug-KeyError", r"\| KeyError: 'rate'$", every_time=True),
        ),
        downstream=("asyncio-task-exception-unretrieved",),
        remedy="check the outside answer; await the tasks that are started",
        why="rate() raises KeyError, price() wraps it, the group collects six of them; nobody "
        "awaits the task, so asyncio tells of it when it is forgotten, 40 minutes later.",
    ),
    Story(
        "worker-and-bot",
        "the process that knows the stock is killed twice; the bot's questions fail meanwhile",
        hours=3.0,
        seed=37,
        bot={"SHOP_STOCK": "9301"},
        api={**USERS, "per_day": 6000},
        units=(
            SHOP,
            Unit(
                "stock.service",
                "Stock service",
                "stock.py",
                main=False,
                env={"SHOP_STOCK": "9301"},
                restart_sec=240.0,
            ),
        ),
        steps=(
            Step(3410.0, "kill", "stock.service", fact="worker-kill"),
            Step(7770.0, "kill", "stock.service", fact="worker-kill"),
        ),
        causes=(
            Cause(
                "stock.service worker-kill",
                "service-killed",
                r"stock\.service: Main process exited, code=killed",
                "systemd",
                in_log=("ConnectionRefusedError", r"^ConnectionRefusedError: "),
            ),
        ),
        downstream=("ConnectionRefusedError",),
        remedy="find who kills stock.service; let the bot answer without it",
        why="SIGKILL ends the stock service; until systemd starts it again, 4 minutes later, "
        "each order fails with ConnectionRefusedError. The bot's own log shows only that.",
    ),
    Story(
        "daily-job",
        "a bug in the job of 03:00 ends the bot every night",
        hours=101.0,
        seed=38,
        bot={"SHOP_NIGHTLY": "3"},
        api={"per_day": 40, "users": 20},
        units=(SHOP,),
        causes=(Cause("crashed", "code-bug-KeyError", r"^KeyError: "),),
        downstream=("service-crashed", "service-restarted"),
        driver="clock",
        remedy="group the query; guard the job",
        why="The job counts all orders in one row and then looks up what is not there; the "
        "exception ends the process at 03:00, whatever the uptime and the load.",
    ),
)
