"""Stories of what surrounds a bot: its servers, workers and containers, its memory and its host."""

from __future__ import annotations

from dataclasses import replace

from laboratory.shop_stories import SHOP, USERS
from laboratory.story import INSTALLED, Cause, Step, Story, Unit

BIN = f"{INSTALLED}/venv/bin"
PORT = "6399"
REDIS = Unit(
    "redis.service",
    "Redis server",
    program="",
    command=("/usr/bin/redis-server", "--port", PORT, "--save", "", "--hz", "1"),
    main=False,
    restart_sec=150.0,
)
WEB = Unit(
    "web.service",
    "Web shop",
    "web.py",
    command=(
        f"{BIN}/gunicorn",
        *("--workers", "3", "--timeout", "30", "--bind", "127.0.0.1:8000"),
        *("--no-control-socket", "--access-logfile", "-", "web:app"),
    ),
)
CELERY = Unit(
    "celery.service",
    "Celery worker",
    "tasks.py",
    command=(
        f"{BIN}/celery",
        *("--quiet", "-A", "tasks", "worker", "--beat", "--hostname", "shop@host"),
        *(
            "--schedule",
            "/var/lib/bot/beat",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
        ),
    ),
    env={"PYTHONWARNINGS": "ignore"},
    after=2.0,
)
REDIS_GONE = r"^(redis\.exceptions\.ConnectionError|ConnectionRefusedError|ConnectionResetError): "

LEAK = Story(
    "leak-told",
    "a feed's pictures are kept for ever; the bot logs its memory every two minutes",
    hours=21.0,
    seed=51,
    bot={"SHOP_TOLD": "120", "SHOP_FEED_BYTES": "600000"},
    api={"per_day": 220, "users": 40},
    units=(SHOP,),
    memory_mb=190,
    kind="process-oom-killed",
    downstream=("service-restarted",),
    driver="uptime",
    grows=(36.0, 36e6, 60.0),
    remedy="forget old pictures; find what grows (tracemalloc)",
    why="Every minute 600 kB are kept, whatever the users do; the kernel kills the bot at its "
    "limit, after the same uptime each time. The lines about its health show the memory grow in "
    "each life.",
)

RUSHES = (5310.0, 22740.0, 39480.0, 46100.0, 71820.0, 97330.0, 103900.0, 128700.0)
SMALL_RUSHES = (13200.0, 31000.0, 58450.0, 84600.0, 117000.0)

SERVICE_STORIES = (
    LEAK,
    replace(
        LEAK,
        name="leak-told-structlog",
        title=f"{LEAK.title}; logged with structlog",
        hours=9.2,
        seed=53,
        bot={**LEAK.bot, "SHOP_LOG_STYLE": "structlog"},
        log_style="structlog, JSON",
        control_group=1,
    ),
    Story(
        "peak-hours",
        "adverts bring many orders at once; cards wait in memory until the kernel kills",
        hours=38.0,
        seed=54,
        bot={"SHOP_KITCHEN": "1.6"},
        api={
            "per_day": 900,
            "users": 400,
            "faults": [
                *(
                    {
                        "what": "rush",
                        "after": at,
                        "length": 100.0,
                        "per_minute": 150,
                        "fact": "rush",
                    }
                    for at in RUSHES
                ),
                *(
                    {"what": "rush", "after": at, "length": 90.0, "per_minute": 35, "fact": "small"}
                    for at in SMALL_RUSHES
                ),
            ],
        },
        units=(SHOP,),
        memory_mb=260,
        causes=(
            Cause(
                "rush",
                "process-oom-killed",
                r"Memory cgroup out of memory: Killed process ",
                "kernel",
                every_life=True,
                backlog=True,
            ),
        ),
        downstream=("service-restarted", "telegram-flood-control"),
        driver="load",
        remedy="bound the queue; refuse or delay orders when it is full",
        why="One card is printed in 1.6 s, so 37 a minute; an advert brings 100 orders a minute, "
        "whose cards wait in memory. Adverts come when somebody pays for them; smaller ones do no "
        "harm.",
    ),
    Story(
        "power-lost",
        "the host loses its power twice and is booted orderly once between",
        hours=11.0,
        seed=55,
        bot={"BOT_REMEDY": "whole"},
        api={"per_day": 700, "users": 200},
        steps=(
            Step(9310.0, "power-loss"),
            Step(21870.0, "reboot"),
            Step(30120.0, "power-loss"),
        ),
        causes=(Cause("power-loss", "power-lost", ""),),
        json=True,
        remedy="look at the host: nothing in the journal ends before the boots",
        why="Twice the machine is simply off for 95 s: no program writes a last word, the next "
        "line is of another boot. The boot between is announced by systemd stopping the bot.",
    ),
    Story(
        "database-server-killed",
        "the server that counts the orders is killed three times; handlers fail meanwhile",
        hours=5.0,
        seed=56,
        bot={"SHOP_REDIS": PORT},
        api={**USERS, "per_day": 5200},
        units=(SHOP, REDIS),
        steps=tuple(
            Step(at, "kill", "redis.service", fact="redis-kill") for at in (4020.0, 7390.0, 14480.0)
        ),
        causes=(
            Cause(
                "redis.service redis-kill",
                "service-killed",
                r"redis\.service: Main process exited, code=killed",
                "systemd",
                in_log=("redis-down", REDIS_GONE),
            ),
        ),
        downstream=("redis-down",),
        json=True,
        remedy="find who kills redis.service; let the bot take orders without it",
        why="SIGKILL ends the server, systemd starts it again after 150 s. Until then each order "
        "fails when it is counted; the bot's own log shows only that.",
    ),
    Story(
        "container-back-off",
        "the database container is killed and stays so; its client crashes at each start",
        hours=6.0,
        seed=57,
        bot={"SHOP_REDIS": PORT},
        api={"per_day": 1, "users": 1},
        units=(
            Unit("collector-1", "Collector", "collector.py", after=1.0),
            replace(REDIS, name="redis-1", restarts=False),
        ),
        containers=True,
        steps=(
            Step(6330.0, "kill", "redis-1", fact="redis-kill"),
            Step(7890.0, "start", "redis-1", fact="redis-start"),
            Step(15420.0, "kill", "redis-1", fact="redis-kill"),
            Step(16500.0, "start", "redis-1", fact="redis-start"),
        ),
        causes=(Cause("redis-1 redis-kill", "redis-down", REDIS_GONE, every_life=True),),
        driver="back-off",
        remedy="give redis a restart policy; let the client wait for it",
        why="Without the server the unguarded client ends; Docker starts it again after "
        "100 ms, twice as long each time up to a minute, until an operator starts the server.",
    ),
    Story(
        "gunicorn-workers",
        "three workers of gunicorn: an export takes longer than the timeout; one worker is killed",
        hours=5.0,
        seed=58,
        visits_per_day=2600.0,
        api={"per_day": 1, "users": 1},
        units=(WEB,),
        steps=(
            *(
                Step(at, "request", "web.service", fact="export", path="/export")
                for at in (3120.0, 5470.0, 12960.0, 13900.0)
            ),
            Step(9800.0, "kill-child", "web.service", fact="worker-kill", child=1),
        ),
        causes=(
            Cause("export", "worker-timeout", r"WORKER TIMEOUT \(pid:\d+\)"),
            Cause("worker-kill", "worker-killed", r"Worker \(pid:\d+\) was sent SIGKILL"),
        ),
        log_style="gunicorn's own layout and its access log",
        remedy="make the export in a task; give gunicorn's timeout some room",
        why="Somebody asks for the export, which waits 45 s for a slow drive: gunicorn's arbiter "
        "aborts the worker after 30 s and starts another. Once a worker is killed from outside. "
        "The parent and the other workers go on all the time.",
    ),
    Story(
        "celery-worker-lost",
        "two workers of celery: an import changes its form; later a worker is killed, twice",
        hours=4.0,
        seed=59,
        api={"per_day": 1, "users": 1},
        units=(
            CELERY,
            REDIS,
        ),
        steps=(
            Step(
                2950.0,
                "write",
                "celery.service",
                "new-form",
                path="/var/lib/bot/orders.json",
                text='[{"article": "card", "cents": 25000}]',
            ),
            Step(
                4750.0,
                "write",
                "celery.service",
                "old-form",
                path="/var/lib/bot/orders.json",
                text='[{"article": "card", "price": 250}]',
            ),
            Step(7934.0, "kill-child", "celery.service", fact="worker-kill", child=0),
            Step(11234.0, "kill-child", "celery.service", fact="worker-kill", child=0),
        ),
        causes=(
            Cause("new-form", "code-bug-KeyError", r"^KeyError: 'price'"),
            Cause("worker-kill", "worker-lost", r"exited with 'signal 9 \(SIGKILL\)'"),
        ),
        json=True,
        log_style="celery's own layout",
        remedy="check the import; find who kills the worker",
        why="Another program writes the orders in a new form, so the digest fails with KeyError "
        "every minute for half an hour, the chart does not. Later a worker is killed from outside, "
        "twice, while it works: its task is lost, the parent starts another worker.",
    ),
    Story(
        "healthy-gunicorn",
        "three workers of gunicorn on a healthy day, with one deploy",
        hours=6.0,
        seed=60,
        visits_per_day=2600.0,
        api={"per_day": 1, "users": 1},
        units=(WEB,),
        steps=(Step(11230.0, "deploy", "web.service"),),
        log_style="gunicorn's own layout and its access log",
        why="Nothing was injected: pages are asked for, one deploy restarts the application.",
    ),
    Story(
        "healthy-celery",
        "two workers of celery and their redis on a healthy day, with one deploy",
        hours=4.0,
        seed=61,
        api={"per_day": 1, "users": 1},
        units=(CELERY, REDIS),
        steps=(Step(7940.0, "deploy", "celery.service"),),
        log_style="celery's own layout",
        why="Nothing was injected: two tasks run every minute, one deploy stops the workers while "
        "they work; they finish first.",
    ),
)
