"""Two tasks for celery, sent every minute by its beat: a digest of the orders, and a chart."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from celery import Celery

ORDERS = Path("/var/lib/bot/orders.json")
PORT = 6399

app = Celery("tasks", broker=f"redis://127.0.0.1:{PORT}/0")
app.conf.update(
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule={
        "digest": {"task": "tasks.send_digest", "schedule": 60.0},
        "chart": {"task": "tasks.draw_chart", "schedule": 60.0},
    },
)


def turnover(orders: list[dict[str, Any]]) -> int:
    """Add up the prices."""
    return sum(order["price"] for order in orders)


@app.task
def send_digest() -> int:
    """Tell the day's turnover."""
    orders = json.loads(ORDERS.read_text(encoding="utf-8")) if ORDERS.exists() else []
    total = turnover(orders)
    time.sleep(21)
    return total


@app.task
def draw_chart() -> str:
    """Draw the chart of the day."""
    time.sleep(24)
    return "chart.png"
