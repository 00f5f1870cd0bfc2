"""Faults that stand in the background are judged as cascades are: a change may have mended them."""

from dataclasses import replace

from logcascade.model.analysis import Analysis, Cascade
from logcascade.model.records import Severity
from logcascade.model.recurrence import Driver, Recurrence

BECAUSE = "it stands in the background"


def with_standing(analysis: Analysis) -> Analysis:
    """
    Return *analysis* with each standing fault as a cascade, after the others.

    Such a cascade has no incidents; it comes as often as it is reported.
    """
    known = {each.first_failure for each in analysis.cascades}
    spells = {each.rule: each.spells for each in analysis.occurrences}
    standing = [
        Cascade(
            id="",
            first_failure=each.rule,
            title=each.title,
            incidents=(),
            count=each.count,
            severity=Severity.ERROR,
            recurrence=Recurrence(
                Driver.IRREGULAR,
                BECAUSE,
                None,
                None,
                0,
                None,
                None,
                None,
                None,
                None,
                None,
                spells=spells.get(each.rule),
            ),
            ruled_out=(),
            remedies=(),
            not_yet=(),
        )
        for each in analysis.background
        if each.standing and each.rule not in known
    ]
    return replace(analysis, cascades=(*analysis.cascades, *standing))
