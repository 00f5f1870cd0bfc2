"""An analysis with what every report for people needs to show it: names, clock, incidents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logcascade.model.analysis import Analysis, Cascade, Incident
from logcascade.model.records import SourceSummary
from logcascade.model.rules import Ended
from logcascade.report.words import Clock, Names, clock_of, short_names

MOMENT_S = 0.1
"""Seconds. What lasted less has no length worth a word."""

PROGRAM = "logcascade"


@dataclass(frozen=True, slots=True)
class Context:
    """What a report says besides the analysis, handed in by who is asking."""

    version: str
    command: str = ""
    """The command that made the report, as it can be repeated."""
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Rule -> value name -> unit, as the rule files say."""
    redacted: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """An analysis with the words to show it in."""

    analysis: Analysis
    context: Context
    clock: Clock
    names: Names
    incidents: Mapping[str, Incident]

    def of(self, cascade: Cascade) -> tuple[Incident, ...]:
        """Return the incidents of a cascade, in order."""
        return tuple(self.incidents[name] for name in cascade.incidents)

    def fullest(self, cascade: Cascade) -> Incident:
        """Return the incident that shows most of a cascade; of equals the first."""
        return max(self.of(cascade), key=lambda each: len({one.rule for one in each.symptoms}))

    def seen_in(self, cascade: Cascade, rule: str) -> int:
        """Return in how many incidents of a cascade a symptom is seen, aftershocks aside."""
        return sum(
            any(one.rule == rule for one in incident.symptoms) for incident in self.main(cascade)
        )

    def main(self, cascade: Cascade) -> Sequence[Incident]:
        """Return a cascade's incidents without its aftershocks."""
        return [incident for incident in self.of(cascade) if not incident.aftershock]

    def ends(self) -> Mapping[Ended, int]:
        """
        Return how the runs ended, and how often each way.

        One without start or end is left out: it stands for a writer of which nothing is known.
        """
        return Counter(
            run.ended for run in self.analysis.runs if run.start_location or run.end_location
        )


def view_of(analysis: Analysis, context: Context) -> View:
    """Return the view of an analysis that is already fit to be shown."""
    return View(
        analysis,
        context,
        clock_of(analysis),
        short_names(name for source in analysis.sources for name in names_in(source)),
        {incident.id: incident for incident in analysis.incidents},
    )


def names_in(source: SourceSummary) -> tuple[str, ...]:
    """Return the names that places in a source are given with, its own first."""
    return (source.name, *(part.name for part in source.parts if part.name != source.name))
