"""Figures in statements: as few digits as say something, and never an exponent."""

RARE = 0.001
"""Smaller probabilities are not told apart: nobody acts on the difference."""

WHOLE_FROM = 10.0
"""Numbers from which on a fraction tells nobody anything."""

SMALLEST_DUE, WHOLE_DUE_FROM = 0.1, 100.0
"""Incidents that were due: fewer are not told apart, and of more nobody wants a tenth."""

SMALLEST = 0.0001
"""Smaller numbers are only said to be smaller."""


def number(value: float) -> str:
    """
    Return a number without a fraction that says nothing.

    >>> number(28.0), number(0.0531), number(99.7), number(1234.5), number(2e-7)
    ('28', '0.053', '100', '1,234', 'less than 0.0001')
    """
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= WHOLE_FROM:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) >= SMALLEST else f"less than {SMALLEST}"


def probability(chance: float) -> str:
    """
    Return a probability as it is said.

    >>> probability(1.0), probability(0.0312), probability(5e-13)
    ('1', '0.03', 'below 0.001')
    """
    return f"{chance:.1g}" if chance >= RARE else f"below {RARE}"


def due(expected: float) -> str:
    """
    Return how many incidents were due.

    >>> due(0.04), due(11.44), due(7493.2)
    ('fewer than 0.1', '11.4', '7,493')
    """
    if expected < SMALLEST_DUE:
        return f"fewer than {SMALLEST_DUE}"
    return f"{expected:,.0f}" if expected >= WHOLE_DUE_FROM else f"{expected:.1f}"
