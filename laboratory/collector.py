"""A small process without any guard: it keeps the rate in the redis server, every 30 seconds."""

from __future__ import annotations

import json
import logging
import os
import time
import urllib.request

import redis

logger = logging.getLogger("collector")


def fetch() -> float:
    """Ask the outside service."""
    with urllib.request.urlopen(os.environ["BOT_RATES_URL"], timeout=10) as answer:
        return float(json.load(answer)["rate"])


def main() -> None:
    """Collect until killed."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s"
    )
    logger.info("Collector starts")
    server = redis.Redis(port=int(os.environ["SHOP_REDIS"]))
    while True:
        rate = fetch()
        server.set("rate", rate)
        logger.info("Rate %.2f kept", rate)
        time.sleep(30)


if __name__ == "__main__":
    main()
