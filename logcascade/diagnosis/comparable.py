"""What keeps the logs before and after a change from being compared, in words."""

from collections.abc import Iterator

from logcascade.diagnosis.exposure import first_time, last_time
from logcascade.model.analysis import Analysis

UNDATED_YEAR = 1970
"""The year that reading gives logs without dates: each begins on its own first day."""


def differences(before: Analysis, after: Analysis) -> Iterator[str]:
    """Yield why what the two sides show is not the same to begin with."""
    if before.load and not after.load:
        yield "the log after the change does not show the load: it is taken to be the old one"
    old, new = last_time(before), first_time(after)
    if old and new and new < old and UNDATED_YEAR not in (old.year, new.year):
        yield "the two logs overlap in time: what both show counts on both sides"
    formats = _formats(before), _formats(after)
    if formats[0] != formats[1]:
        yield (
            f"the logs are in different formats, {formats[0]} before and {formats[1]} since: "
            "what only one of them can show is missing in the other"
        )
    names = _components(before), _components(after)
    if all(names) and not names[0] & names[1]:
        yield (
            f"the logs name different programs, {', '.join(sorted(names[0]))} before and "
            f"{', '.join(sorted(names[1]))} since"
        )


def _formats(analysis: Analysis) -> str:
    return " and ".join(sorted({each.format for each in analysis.sources if each.lines}))


def _components(analysis: Analysis) -> set[str]:
    """Return the programs that run in the log; a name taken from that of a file is none."""
    files = {each.name.rsplit("/", 1)[-1].split(".", 1)[0] for each in analysis.sources}
    return {run.component for run in analysis.runs} - files - {""}
