"""What a program itself says of a failure: that it is fatal, or an error each time."""

import re
from collections.abc import Sequence

from logcascade.model.bursts import Burst
from logcascade.model.records import Severity
from logcascade.model.rules import NOT_ORDERLY, Rule

TRACEBACK = "Traceback"

STATED_LEAST = 2
"""A refusal that rules call harmless stands as a fault once the program called it an error so many
times: one refusal is one user's doing."""

_FATAL = re.compile(r"(?<!non-)(?<!not )\b(?:fatal|critical)\b", re.IGNORECASE)
"""How a program says in its own words that it cannot go on."""


def costs_process(burst: Burst, rule: Rule | None) -> bool:
    """
    Tell whether *burst* ends or costs a process, or says so: no rate makes that harmless.

    By its rule (*rule*, None if no rule knows it), its level, a traceback that nothing caught, or
    the words of its first line.
    """
    by_rule = rule is not None and (rule.explains_end or rule.ended in NOT_ORDERLY)
    is_critical = burst.severity >= Severity.CRITICAL
    return by_rule or is_critical or burst.first.uncaught or says_fatal(burst)


def says_fatal(burst: Burst) -> bool:
    """Tell whether the program itself calls *burst* fatal, by its level or in its first line."""
    if burst.first.level is not None and burst.first.level >= Severity.CRITICAL:
        return True
    return _FATAL.search(burst.first.text.split("\n", 1)[0]) is not None


def is_called_error(bursts: Sequence[Burst]) -> bool:
    """
    Tell whether the program caught each of *bursts* itself and reports it as an error all the same.

    A framework that reports what nobody caught prints the traceback; its level says little.
    """
    return len(bursts) >= STATED_LEAST and all(
        burst.first.level is not None
        and burst.first.level >= Severity.ERROR
        and TRACEBACK not in burst.first.text
        for burst in bursts
    )
