"""The tree of an incident as a Mermaid flowchart, which forges draw in a ticket."""

import re

from logcascade.model.analysis import Incident, Link
from logcascade.report.cascade_words import tree, whose
from logcascade.report.text import cut
from logcascade.report.words import delay

_NOT_PLAIN = re.compile(r"[^\w .,:+()/'-]")
"""What could mean something to Mermaid, or end its label. Log text may stand in a title."""

LABEL_MOST = 60
"""Characters of a title in a box."""


def flowchart(incident: Incident) -> str:
    """Return the flowchart's source, without a fence: dotted arrows are observed order only."""
    failure = incident.first_failure
    lines = ["flowchart TD", f'    n0["First failure: {_label(failure.title)}"]']
    nodes = {failure.rule: "n0"}
    for number, (_, symptom) in enumerate(tree(incident), 1):
        name = f"n{number}"
        words = " ".join(
            part
            for part in (
                delay(symptom.delay_s),
                f"{symptom.count:,} x" if symptom.count > 1 else "",
                _label(symptom.title + whose(symptom, incident)),
            )
            if part
        )
        arrow = "-.->" if symptom.link is Link.OBSERVED_ORDER else "-->"
        lines.append(f'    {nodes.get(symptom.because_of, "n0")} {arrow} {name}["{words}"]')
        nodes.setdefault(symptom.rule, name)
    return "\n".join(lines)


def _label(text: str) -> str:
    return _NOT_PLAIN.sub(" ", cut(text, LABEL_MOST)).strip()
