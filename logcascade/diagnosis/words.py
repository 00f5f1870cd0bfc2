"""Numbers in the words of the statements that a diagnosis makes."""


def span(seconds: float) -> str:
    """Return a span in words, two units at most."""
    total = round(seconds)
    if total < 120:
        return f"{total} s"
    minutes, rest = divmod(total, 60)
    if minutes < 120:
        return f"{minutes} min" + (f" {rest} s" if rest and minutes < 10 else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")
