"""Stories told again with a part of the lines lost, as a rotated or vacuumed log loses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from laboratory.story import Story

CUTS = (
    (
        "starts-mid-incident",
        "outage-among-bugs",
        ((0.0, 8400.0),),
        "the log begins five minutes into the outage",
    ),
    (
        "missing-restarts",
        "kills-and-deploys",
        ((50000.0, 60000.0),),
        "three kills fall into a piece that is lost",
    ),
    (
        "daily-job-missing-night",
        "daily-job",
        ((145000.0, 170000.0),),
        "one of the nights is lost",
    ),
)


def cut_stories(stories: Mapping[str, Story]) -> dict[str, Story]:
    """Return the cut stories by name."""
    return {
        name: replace(
            stories[of],
            name=name,
            title=f"{of}, cut: {title}",
            cut_from=of,
            lost=lost,
        )
        for name, of, lost, title in CUTS
    }
