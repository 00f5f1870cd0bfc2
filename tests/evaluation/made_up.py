"""Tiny made-up cases and reports, to see what the measure makes of them."""

from pathlib import Path
from typing import Any

from tests.evaluation.cases import Case, Root

LIFE = {"start": None, "end": None}
"""A run of which no time is known."""


def make_failure(rule: str = "sqlite-database-locked", line: int = 10, **more: Any) -> Any:
    return {
        "rule": rule,
        "title": "",
        "line": line,
        "text": "",
        "count": 1,
        "because_of": "",
        "link": "mechanism",
        "delay_s": 1.0,
        **more,
    }


def make_incident(
    name: str = "i1",
    rule: str = "sqlite-database-locked",
    line: int = 10,
    symptoms: tuple[Any, ...] = (),
    certainty: str = "certain",
    coinciding: tuple[Any, ...] = (),
    episodes: int = 1,
    end: int | None = None,
) -> Any:
    first = make_failure(
        rule,
        line,
        record_line=line,
        certainty=certainty,
        reasons=["it is the earliest"],
        rivals=[],
    )
    return {
        "id": name,
        "cascade": f"c-{rule}",
        "component": "bot",
        "start": None,
        "start_line": {"source": "bot.log", "line": line},
        "end_line": {"source": "bot.log", "line": line if end is None else end},
        "episodes": episodes,
        "first_failure": first,
        "symptoms": list(symptoms),
        "coinciding": list(coinciding),
    }


def make_report(*incidents: Any, period_s: float | None = None, driver: str = "too-few") -> Any:
    cascades: dict[str, Any] = {}
    for incident in incidents:
        rule = incident["first_failure"]["rule"]
        cascade = cascades.setdefault(
            incident["cascade"],
            {
                "first_failure": rule,
                "incidents": [],
                "count": 0,
                "recurrence": {"period_s": period_s, "driver": driver},
                "remedies": [{"id": "sqlite-short-transactions"}],
                "ruled_out": [],
                "not_yet": [],
                "id": incident["cascade"],
            },
        )
        cascade["incidents"].append(incident["id"])
        cascade["count"] += 1
    return {
        "incidents": list(incidents),
        "cascades": list(cascades.values()),
        "runs": [
            {"component": "report", "ended": "orderly", **LIFE},
            {"component": "bot", "ended": "oom-killed", **LIFE},
            {"component": "bot", "ended": "running", **LIFE},
        ],
        "restarts": {"period_s": None, "driver": "too-few"},
        "background": [],
        "unknown_failures": [],
        "notes": [],
        "sources": [],
    }


def make_case(**more: Any) -> Case:
    usual: dict[str, Any] = {
        "name": "case",
        "log": Path("input.log"),
        "roots": (Root(10, 8, 12, "sqlite-locked"),),
        "fewest": 1,
        "most": 1,
        "healthy": False,
        "period": None,
        "recurs": False,
        "driver": "",
        "run_ends": (),
        "remedies": (),
        "confidence": "high",
        "collection": "sample_logs",
    }
    return Case(**{**usual, **more})
