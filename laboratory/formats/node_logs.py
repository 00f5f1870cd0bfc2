"""pino and bunyan: ``python -m laboratory.formats.node_logs`` with both installed for node 20."""

import json
import subprocess
from pathlib import Path
from typing import Any

from laboratory.formats.events import Asked, asked
from laboratory.formats.keep import keep

SCRIPT = Path(__file__).parent / "node_logs.js"
WORDS = {"warning": "warn", "critical": "fatal"}
FAULTS = {"plain": "typed", "caused": "typed", "handling": "causing", "grouped": "causing"}
CLASSES = {"typed": ["TypeError"], "causing": ["Error"]}


def order(each: Asked) -> dict[str, Any]:
    """Return what the script is asked for."""
    return {
        "ms": round(each.time * 1000),
        "word": WORDS.get(each.level, each.level),
        "logger": each.logger,
        "message": each.message,
        "fields": each.fields,
        "fault": FAULTS.get(each.fault, ""),
    }


def main() -> None:
    """Write the logs of both."""
    events = list(asked(step_us=1000))
    orders = "".join(json.dumps(order(each)) + "\n" for each in events)
    for name in ("pino", "bunyan"):
        argv = ["node", str(SCRIPT), name]
        done = subprocess.run(argv, input=orders.encode(), capture_output=True, check=True)
        truth = []
        for each in events:
            classes = CLASSES.get(FAULTS.get(each.fault, ""), [])
            logger = each.logger if name == "pino" else "bot"
            first = classes[0] if classes else None
            told = each.truth(logger=logger, pid=4711, exceptions=classes, first_raised=first)
            truth.append(told)
        keep(name, done.stdout, truth, {"format": name})


if __name__ == "__main__":
    main()
