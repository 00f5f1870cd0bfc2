"""What each scenario of the scripts here prints: the rules that recognise it.

A scenario is a script, the argument that it is given, and the mark that stands before what it
prints; a script without marks has its argument as the mark.
"""

BOT = {
    "flood": {"telegram-flood-control"},
    "flood-group": {"telegram-flood-control"},
    "flood-returned": {"telegram-flood-control"},
    "flood-polling": {"telegram-flood-control"},
    "conflict": {"telegram-conflict"},
    "unauthorized-start": {"telegram-unauthorized"},
    "unauthorized-polling": {"telegram-unauthorized"},
    "bad-gateway": {"telegram-server-error"},
    "restart": {"telegram-server-error"},
    "html": {"telegram-server-error"},
    "drop": {"telegram-network-error"},
    "drop-send": {"network-connection-lost"},
    "hang-send": {"asyncio-handler-timeout"},
    "not-modified": {"telegram-message-not-modified"},
    "too-old": {"telegram-query-too-old"},
    "blocked": {"telegram-bot-blocked"},
    "chat-not-found": {"telegram-chat-not-found"},
    "handler-timeout": {"asyncio-handler-timeout"},
    "locked": {"sqlite-database-locked"},
    "cancelled": set(),
    "group": {"asyncio-handler-timeout"},
    "not-handled": set(),
    "refused-start": {"network-connection-refused"},
    "sigterm": {"bot-stop-requested"},
    "stranger": {"telegram-webhook-refused"},
    "ok": set(),
}

FAULTS = {
    "unclosed_session": {"aiohttp-unclosed-session", "aiohttp-unclosed-connector"},
    "total_timeout": {"asyncio-handler-timeout"},
    "refused": {"network-connection-refused"},
    "refused_plain": {"network-connection-refused"},
    "no_such_host": {"network-dns-failure"},
    "no_such_host_plain": {"network-dns-failure"},
    "reset": {"network-connection-lost"},
    "never_retrieved": {
        "sqlite-database-locked",
        "ValueError in broken (library_faults.py)",
        "RuntimeError: x",
    },
    "never_awaited": {"asyncio-never-awaited"},
    "destroyed_pending": {"asyncio-task-destroyed-pending"},
    "slow_callback": {"asyncio-slow-callback"},
    "closed_loop": {"asyncio-event-loop-closed"},
    "cancelled": set(),
    "descriptors": {"too-many-open-files", "sqlite-cannot-open"},
    "accept_storm": {"too-many-open-files"},
    "memory": {"python-memory-error"},
    "recursion": {"python-recursion-error"},
    "no_thread": {"python-cannot-start-thread"},
    "sqlite_faults": {
        "sqlite-database-locked",
        "sqlite-schema-mismatch",
        "sqlite-readonly",
        "sqlite-disk-full",
        "sqlite-cannot-open",
        "sqlite-database-corrupt",
    },
    "aiosqlite_locked": {"sqlite-database-locked"},
    "sqlalchemy_locked": {"sqlite-database-locked"},
    "disk_full": {"no-space-left"},
    "logging_error": {"no-space-left"},
    "bad_module": {"python-module-not-found"},
    "bad_syntax": {"python-syntax-error"},
    "fatal": {"python-fatal-error"},
}

REFUSALS = {
    "cannot-delete": {"telegram-message-locked"},
    "cannot-edit": {"telegram-message-locked"},
    "edit-gone": {"telegram-message-gone"},
    "delete-gone": {"telegram-message-gone"},
    "reply-gone": {"telegram-message-gone"},
    "no-rights": {"telegram-right-missing"},
    "need-admin": {"telegram-right-missing"},
    "not-member": {"telegram-right-missing"},
    "button": {"telegram-button-invalid"},
    "button-url": {"telegram-button-invalid"},
    "too-long": {"telegram-message-too-long"},
    "caption-too-long": {"telegram-message-too-long"},
    "empty": {"telegram-message-empty"},
    "entities": {"telegram-markup-invalid"},
    "file-id": {"telegram-file-refused"},
    "file-url": {"telegram-file-refused"},
    "file-too-big": {"telegram-file-refused"},
    "too-large": {"telegram-upload-too-large"},
    "upgraded": {"telegram-group-upgraded"},
    "gone": {"telegram-bot-blocked"},
    "blocked": {"telegram-bot-blocked"},
    "chat-not-found": {"telegram-chat-not-found"},
    "not-modified": {"telegram-message-not-modified"},
    "too-old": {"telegram-query-too-old"},
    "flood": {"telegram-flood-control"},
    "unauthorized": {"telegram-unauthorized"},
    "bad-gateway": {"telegram-server-error"},
}

POLLING = {
    "ok": set(),
    "flood": {"telegram-flood-control"},
    "blocked": {"telegram-bot-blocked"},
    "chat-not-found": {"telegram-chat-not-found"},
    "hang-send": {"network-timeout"},
    "conflict": {"telegram-conflict"},
    "webhook": {"telegram-webhook-active"},
    "bad-gateway": {"telegram-server-error"},
    "unauthorized": {"telegram-unauthorized"},
}

USER_ERRORS = {
    "FLOOD_WAIT_81": {"telegram-flood-control"},
    "SLOWMODE_WAIT_30": {"telegram-slow-mode"},
    "PEER_FLOOD": {"telegram-account-limited"},
    "AUTH_KEY_UNREGISTERED": {"telegram-session-revoked"},
    "AUTH_KEY_DUPLICATED": {"telegram-session-revoked"},
    "SESSION_REVOKED": {"telegram-session-revoked"},
    "CHAT_WRITE_FORBIDDEN": {"telegram-right-missing"},
    "CHAT_ADMIN_REQUIRED": {"telegram-right-missing"},
    "PEER_ID_INVALID": {"telegram-peer-unknown"},
    "MESSAGE_NOT_MODIFIED": {"telegram-message-not-modified"},
    "MESSAGE_ID_INVALID": {"telegram-message-gone"},
    "CHANNEL_PRIVATE": {"telegram-peer-unknown"},
    "USER_IS_BLOCKED": {"telegram-bot-blocked"},
    "MESSAGE_TOO_LONG": {"telegram-message-too-long"},
}

DISCORD = {
    "unknown-message": {"discord-object-gone"},
    "unknown-channel": {"discord-object-gone"},
    "unknown-interaction": {"discord-interaction-late"},
    "acknowledged": {"discord-interaction-late"},
    "permissions": {"discord-permission-missing"},
    "access": {"discord-permission-missing"},
    "cannot-dm": {"discord-user-closed"},
    "form": {"discord-message-invalid"},
    "empty": {"discord-message-invalid"},
    "too-large": {"discord-message-invalid"},
    "unauthorized": {"discord-token-refused"},
    "webhook-token": {"discord-webhook-token-refused"},
    "unavailable": {"discord-server-error"},
}

HTTP = {
    "refused": {"network-connection-refused"},
    "no-name": {"network-dns-failure"},
    "unreachable": {"network-unreachable"},
    "hung-up": {"network-connection-lost"},
    "short": {"network-connection-lost"},
    "round": {"http-redirects-endless"},
    "self-signed": {"tls-certificate-refused"},
    "not-tls": {"tls-failed"},
    "502": {"http-upstream-failed"},
    "503": {"http-upstream-failed"},
    "429": {"http-calls-limited"},
}

POSTGRES = {
    "postgres-authentication-failed",
    "postgres-connection-lost",
    "postgres-constraint-failed",
    "postgres-deadlock",
    "postgres-schema-mismatch",
    "postgres-statement-timeout",
    "postgres-too-many-clients",
}
"""The text of a closed connection, without its class, could be that of any connection: unknown."""
PSYCOPG = POSTGRES | {
    "network-dns-failure",
    "postgres-connection-refused",
    "postgres-serialization-failed",
    "postgres-starting-up",
    "postgres-transaction-aborted",
}

HOST = {
    "no_input": {"python-no-input"},
    "address_in_use": {"address-in-use"},
    "permission": {"permission-denied"},
    "no_process": {"process-not-started"},
    "input_output": {"device-io-error"},
    "encodings": {"python-output-encoding", "python-input-encoding"},
    "mistakes": {"python-code-error"},
    "not_json": {"python-json-invalid"},
    "recursions": {"python-recursion-error"},
    "setting": {"setting-missing"},
    "program": {"python-program-missing"},
    "module": {"python-program-missing"},
    "warned": {"python-deprecated"},
    "unclosed": {"python-resource-unclosed"},
    "interrupted": {"python-interrupted"},
    "logging_misused": {"python-logging-error"},
}

GUNICORN = {"gunicorn-started", "gunicorn-worker-started"}
GUNICORN_ENDS = {"gunicorn-stop-requested", "gunicorn-stopped", "gunicorn-worker-stopped"}
SERVED = {"uvicorn-started", "uvicorn-stopped"}
PARENT = {"uvicorn-parent-started", "uvicorn-parent-stopped"}
CELERY = {"celery-banner", "celery-started"}

LIVES = {
    "gunicorn_killed": GUNICORN | GUNICORN_ENDS | {"gunicorn-worker-killed"},
    "gunicorn_hung": GUNICORN
    | GUNICORN_ENDS
    | {"gunicorn-worker-timeout", "gunicorn-request-aborted"},
    "gunicorn_reloaded": GUNICORN | GUNICORN_ENDS,
    "gunicorn_port_taken": {"gunicorn-started", "address-in-use"},
    "gunicorn_no_app": GUNICORN
    | {
        "gunicorn-boot-failed",
        "gunicorn-master-ends",
        "gunicorn-worker-exited",
        "gunicorn-worker-stopped",
        "python-module-not-found",
    },
    "uvicorn_stopped": SERVED,
    "uvicorn_workers": SERVED | PARENT | {"stop-signal-received"},
    "uvicorn_reload": SERVED | PARENT,
    "uvicorn_killed": SERVED | PARENT | {"stop-signal-received", "uvicorn-worker-gone"},
    "uvicorn_no_start": {
        "uvicorn-parent-started",
        "uvicorn-parent-stopped",
        "uvicorn-started",
        "asgi-startup-failed",
        "uvicorn-boot-failed",
        "RuntimeError in app (shop.py)",
    },
    "uvicorn_port_taken": {"uvicorn-started", "address-in-use"},
    "fastapi_served": SERVED
    | {
        "asyncio-cancelled",
        "fastapi-answer-invalid",
        "http-request-served",
        "uvicorn-request-invalid",
        "uvicorn-tasks-cancelled",
    },
    "celery_stopped": CELERY | {"celery-stop-requested", "celery-pool-process-ended"},
    "celery_dropped": CELERY | {"celery-stop-requested"},
    "celery_killed": CELERY | {"celery-worker-lost"},
    "celery_beat": {"celery-beat-started"},
    "supervisord_all": {
        "supervisord-cannot-start",
        "supervisord-crashed",
        "supervisord-finished",
        "supervisord-gave-up",
        "supervisord-killed",
        "supervisord-no-authentication",
        "supervisord-runs-as-root",
        "supervisord-started",
        "supervisord-stop-timeout",
        "supervisord-stopped",
    },
    "pm2_all": {
        "pm2-exited",
        "pm2-gave-up",
        "pm2-killed",
        "pm2-memory-limit",
        "pm2-started",
        "pm2-stop-requested",
        "pm2-stop-timeout",
        "pm2-stopped",
    },
}

KEY_ERROR = "KeyError in {} (server_faults.py)"

SCENARIOS: dict[tuple[str, str, str], set[str]] = {
    **{("aiogram_bot.py", "all", name): expected for name, expected in BOT.items()},
    **{("library_faults.py", name, name): expected for name, expected in FAULTS.items()},
    **{
        ("telegram_clients.py", library, f"{library} {name}"): expected
        for library in ("aiogram", "telegram", "telebot")
        for name, expected in REFUSALS.items()
    },
    **{
        ("telegram_clients.py", library, f"{library} {name}"): expected
        for library in ("telethon", "pyrogram")
        for name, expected in USER_ERRORS.items()
    },
    **{
        ("polling_bots.py", library, f"{library} life {name}"): expected
        for library in ("telegram", "telebot")
        for name, expected in POLLING.items()
    },
    ("polling_bots.py", "telegram", "telegram life ok"): {
        "bot-api-called",
        "bot-polling-started",
        "bot-polling-stopped",
        "bot-stop-requested",
    },
    ("polling_bots.py", "telegram", "telegram life pool"): {"telegram-pool-exhausted"},
    ("polling_bots.py", "telegram", "telegram life drop"): {"network-connection-lost"},
    ("polling_bots.py", "telebot", "telebot life drop"): {"telegram-network-error"},
    ("telegram_clients.py", "pyrogram", "pyrogram life"): {"pyrogram-started", "pyrogram-stopped"},
    ("telegram_clients.py", "telegram", "telegram unauthorized"): {
        "Failed to send to 5551234: Unauthorized",
        "telegram-unauthorized",
    },
    ("telegram_clients.py", "telegram", "telegram bad-gateway"): {
        "Failed to send to 5551234: Bad Gateway",
        "telegram-server-error",
    },
    ("telegram_clients.py", "telethon", "telethon refused"): {"telegram-network-error"},
    ("telegram_clients.py", "telethon", "telethon unknown-constructor"): {"telethon-layer-too-old"},
    **{
        ("discord_client.py", "calls", f"discord {name}"): expected
        for name, expected in DISCORD.items()
    },
    ("discord_client.py", "login", "login"): {"discord-token-refused"},
    ("discord_client.py", "bad_token", "bad_token"): {"discord-token-refused"},
    ("discord_client.py", "intents", "intents"): {"discord-intents-missing"},
    ("discord_client.py", "gateway_gone", "gateway_gone"): {"network-connection-refused"},
    ("discord_client.py", "gateway_down", "gateway_down"): {"http-upstream-failed"},
    ("discord_client.py", "blocked", "blocked"): {"asyncio-heartbeat-blocked"},
    ("discord_client.py", "command_error", "command_error"): {
        "KeyError: 'rate'",
        "discord-command-not-found",
    },
    ("discord_client.py", "event_error", "event_error"): {
        "KeyError in on_ping (discord_client.py)"
    },
    **{
        ("http_faults.py", f"with_{library}", f"{library} {name}"): expected
        for library in ("aiohttp", "httpx", "requests")
        for name, expected in HTTP.items()
    },
    ("http_faults.py", "with_aiohttp", "aiohttp closed"): {"aiohttp-session-closed"},
    ("http_faults.py", "with_aiohttp", "aiohttp not-http"): {"http-answer-invalid"},
    ("http_faults.py", "with_requests", "requests not-http"): {"http-answer-invalid"},
    ("http_faults.py", "with_requests", "requests slow"): {"network-timeout"},
    ("http_faults.py", "with_requests", "requests proxy-password"): {"network-proxy-failed"},
    ("http_faults.py", "with_requests", "requests no-proxy"): {"network-connection-refused"},
    ("http_faults.py", "with_aiohttp", "aiohttp slow"): {"network-timeout"},
    ("http_faults.py", "with_httpx", "httpx slow"): {
        "Failed to load: timed out",
        "network-timeout",
    },
    ("http_faults.py", "with_urllib3", "urllib3 retried"): {
        "http-call-retried",
        "network-connection-refused",
    },
    ("http_faults.py", "unverified", "unverified"): {"http-certificate-unchecked"},
    ("http_faults.py", "with_openai", "openai key"): {"openai-key-refused"},
    ("http_faults.py", "with_openai", "openai region"): {"openai-region-refused"},
    ("http_faults.py", "with_openai", "openai quota"): {"openai-quota-spent"},
    ("http_faults.py", "with_openai", "openai rate"): {"openai-calls-limited"},
    ("database_faults.py", "sqlite_constraint", "sqlite_constraint"): {"sqlite-constraint-failed"},
    ("database_faults.py", "sqlite_thread", "sqlite_thread"): {"sqlite-wrong-thread"},
    ("database_faults.py", "sqlite_closed", "sqlite_closed"): {"sqlite-connection-closed"},
    ("database_faults.py", "sqlite_table_locked", "sqlite_table_locked"): {"sqlite-table-locked"},
    ("database_faults.py", "aiosqlite_closed", "aiosqlite_closed"): {"sqlite-connection-closed"},
    ("database_faults.py", "sqlalchemy_pending", "sqlalchemy_pending"): {
        "sqlite-constraint-failed",
        "sqlalchemy-session-rolled-back",
    },
    ("database_faults.py", "sqlalchemy_detached", "sqlalchemy_detached"): {"sqlalchemy-detached"},
    ("database_faults.py", "sqlalchemy_stale", "sqlalchemy_stale"): {"sqlalchemy-stale-row"},
    ("database_faults.py", "sqlalchemy_greenlet", "sqlalchemy_greenlet"): {
        "sqlalchemy-missing-greenlet"
    },
    ("database_faults.py", "sqlalchemy_collected", "sqlalchemy_collected"): {
        "sqlalchemy-connection-leaked"
    },
    ("database_faults.py", "sqlalchemy_pool", "sqlalchemy_pool"): {"sqlalchemy-pool-exhausted"},
    ("database_faults.py", "redis_unreachable", "redis_unreachable"): {
        "network-connection-refused",
        "network-dns-failure",
    },
    ("database_faults.py", "redis_faults", "redis_faults"): {
        "network-connection-lost",
        "network-connection-refused",
        "redis-cannot-persist",
        "redis-out-of-memory",
        "redis-readonly",
        "redis-too-many-clients",
    },
    ("database_faults.py", "redis_password", "redis_password"): {"redis-authentication-failed"},
    ("database_faults.py", "redis_loading", "redis_loading"): {"redis-loading"},
    ("database_faults.py", "redis_log", "redis_log"): {"redis-cannot-save", "redis-started"},
    ("database_faults.py", "redis_pool", "redis_pool"): {
        "Failed to save: Too many connections",
        "redis-pool-exhausted",
    },
    ("database_faults.py", "mongo_unreachable", "mongo_unreachable"): {"mongo-no-server"},
    ("database_faults.py", "postgres_killed", "postgres_killed"): {"postgres-process-killed"},
    ("database_faults.py", "postgres_psycopg", "postgres_psycopg"): PSYCOPG
    | {"Failed to save: the connection is closed"},
    ("database_faults.py", "postgres_psycopg2", "postgres_psycopg2"): PSYCOPG
    | {"Failed to save: connection already closed"},
    ("database_faults.py", "postgres_asyncpg", "postgres_asyncpg"): POSTGRES
    | {
        "Failed to save: connection is closed",
        "network-connection-refused",
        "postgres-connection-shared",
    },
    ("server_faults.py", "aiohttp_server", "aiohttp_server"): {KEY_ERROR.format("broken")},
    ("server_faults.py", "uvicorn_server", "uvicorn_server"): {KEY_ERROR.format("broken")},
    ("server_faults.py", "flask_server", "flask_server"): {KEY_ERROR.format("broken")},
    ("server_faults.py", "gunicorn_timeout", "gunicorn_timeout"): {
        "gunicorn-request-aborted",
        "gunicorn-worker-timeout",
    },
    ("server_faults.py", "gunicorn_exit", "gunicorn_exit"): {"gunicorn-worker-exited"},
    ("server_faults.py", "gunicorn_broken", "gunicorn_broken"): {"KeyError in app (shop.py)"},
    ("server_faults.py", "gunicorn_boot", "gunicorn_boot"): {
        "gunicorn-boot-failed",
        "gunicorn-master-ends",
        "gunicorn-worker-exited",
        "python-module-not-found",
    },
    ("server_faults.py", "apscheduler_jobs", "apscheduler_jobs"): {
        "apscheduler-job-late",
        KEY_ERROR.format("send_report"),
    },
    ("server_faults.py", "celery_refused", "celery_refused"): {"network-connection-refused"},
    ("server_faults.py", "celery_broker_lost", "celery_broker_lost"): {
        "celery-broker-lost",
        "network-connection-refused",
    },
    ("server_faults.py", "celery_tasks", "celery_tasks"): {
        "KeyError in broken (shop.py)",
        "ValueError in retried (shop.py)",
        "celery-task-succeeded",
        "celery-task-time-limit",
    },
    ("server_faults.py", "celery_drift", "celery_drift"): {"celery-clock-drift"},
    ("server_faults.py", "uvicorn_startup", "uvicorn_startup"): {
        "asgi-startup-failed",
        KEY_ERROR.format("__aenter__"),
    },
    ("server_faults.py", "django_server", "django_server"): {KEY_ERROR.format("broken")},
    ("server_faults.py", "no_loop", "no_loop"): {"asyncio-loop-misused"},
    ("server_faults.py", "pika_refused", "pika_refused"): {"amqp-connection-failed"},
    ("server_faults.py", "kombu_refused", "kombu_refused"): {"network-connection-refused"},
    ("server_faults.py", "port_in_use", "port_in_use"): {"address-in-use"},
    ("server_faults.py", "other_loop", "other_loop"): {"asyncio-loop-mismatch"},
    ("server_faults.py", "nested_loop", "nested_loop"): {"asyncio-loop-misused"},
    ("server_faults.py", "failed_callback", "failed_callback"): {KEY_ERROR.format("send_report")},
    ("server_faults.py", "full_queue", "full_queue"): {"asyncio-queue-full"},
    ("server_faults.py", "lost_peer", "lost_peer"): {"asyncio-peer-gone"},
}

SCENARIOS.update(
    {("host_faults.py", name, name): expected for name, expected in HOST.items()}
    | {("service_lives.py", name, name): expected for name, expected in LIVES.items()}
)

NEEDS = {
    "aiogram_bot.py": ["aiogram"],
    "discord_client.py": ["discord"],
    "library_faults.py": ["aiohttp"],
    "aiogram": ["aiogram"],
    "telegram": ["telegram"],
    "telebot": ["telebot"],
    "telethon": ["telethon"],
    "pyrogram": ["pyrogram"],
    "aiosqlite_locked": ["aiosqlite"],
    "sqlalchemy_locked": ["sqlalchemy"],
    "aiosqlite_closed": ["aiosqlite"],
    "sqlalchemy_pending": ["sqlalchemy"],
    "sqlalchemy_detached": ["sqlalchemy"],
    "sqlalchemy_stale": ["sqlalchemy"],
    "sqlalchemy_pool": ["sqlalchemy"],
    "sqlalchemy_greenlet": ["sqlalchemy", "aiosqlite", "greenlet"],
    "sqlalchemy_collected": ["sqlalchemy", "aiosqlite", "greenlet"],
    "redis_unreachable": ["redis"],
    "redis_faults": ["redis", "redis-server"],
    "redis_pool": ["redis", "redis-server"],
    "redis_loading": ["redis", "redis-server"],
    "redis_log": ["redis", "redis-server"],
    "postgres_killed": ["initdb", "psql"],
    "celery_drift": ["celery"],
    "redis_password": ["redis", "redis-server"],
    "mongo_unreachable": ["pymongo"],
    "postgres_psycopg": ["psycopg", "initdb"],
    "postgres_psycopg2": ["psycopg2", "initdb"],
    "postgres_asyncpg": ["asyncpg", "initdb"],
    "with_requests": ["requests", "openssl"],
    "with_urllib3": ["urllib3"],
    "with_httpx": ["httpx", "openssl"],
    "with_aiohttp": ["aiohttp", "openssl"],
    "unverified": ["requests", "openssl"],
    "with_openai": ["openai"],
    "aiohttp_server": ["aiohttp"],
    "uvicorn_server": ["uvicorn", "starlette"],
    "uvicorn_startup": ["uvicorn", "starlette"],
    "django_server": ["django"],
    "celery_tasks": ["celery", "redis", "redis-server"],
    "flask_server": ["flask"],
    "gunicorn_timeout": ["gunicorn"],
    "gunicorn_exit": ["gunicorn"],
    "gunicorn_broken": ["gunicorn"],
    "gunicorn_boot": ["gunicorn"],
    "apscheduler_jobs": ["apscheduler"],
    "celery_refused": ["celery", "redis"],
    "celery_broker_lost": ["celery", "redis", "redis-server"],
    "pika_refused": ["pika"],
    "kombu_refused": ["kombu"],
    **{name: [name.partition("_")[0]] for name in LIVES},
    "fastapi_served": ["fastapi", "uvicorn"],
    "supervisord_all": ["supervisor"],
    "pm2_all": ["pm2", "node"],
}
"""Modules and programs without which a script or a scenario cannot run."""

PROGRAMS = {"initdb", "node", "openssl", "pm2", "psql", "redis-server"}

LIFE = {
    "bot-api-called",
    "bot-stop-requested",
    "celery-task-succeeded",
    "celery-banner",
    "celery-started",
    "celery-stop-requested",
    "discord-client-started",
    "gunicorn-started",
    "gunicorn-stop-requested",
    "gunicorn-stopped",
    "gunicorn-worker-started",
    "gunicorn-worker-stopped",
    "http-request-served",
    "uvicorn-started",
    "uvicorn-stopped",
    "apscheduler-job-executed",
    "telegram-polling-backoff",
    "telegram-polling-recovered",
    "aiogram-update-handled",
    "bot-polling-started",
    "bot-polling-stopped",
}
"""Rules of lines that surround others in a program's life: what few scenarios are about."""

CARRIERS = {
    ("server_faults.py", "celery_broker_lost", "celery_broker_lost"): {"celery-broker-lost"},
    ("server_faults.py", "failed_callback", "failed_callback"): {"asyncio-callback-failed"},
    ("server_faults.py", "apscheduler_jobs", "apscheduler_jobs"): {
        "apscheduler-job-failed",
        "apscheduler-job-late",
    },
    ("server_faults.py", "aiohttp_server", "aiohttp_server"): {"web-request-failed"},
    ("server_faults.py", "uvicorn_server", "uvicorn_server"): {"web-request-failed"},
    ("server_faults.py", "flask_server", "flask_server"): {"web-request-failed"},
    ("server_faults.py", "django_server", "django_server"): {"web-request-failed"},
    ("discord_client.py", "event_error", "event_error"): {"discord-event-failed"},
    ("discord_client.py", "gateway_gone", "gateway_gone"): {"discord-gateway-lost"},
    ("discord_client.py", "gateway_down", "gateway_down"): {"discord-gateway-lost"},
}
"""The same, by a formatter that leaves tracebacks out: then what carried the exception is known."""
