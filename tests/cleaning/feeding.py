"""Feeds a cleaning step."""


def cleaned(step, data, size=0):
    """Return what a step makes of `data`, fed in pieces of so many lines, or all at once."""
    lines = data.splitlines(keepends=True) if size else [data]
    pieces = [b"".join(lines[n : n + size]) for n in range(0, len(lines), size)] if size else lines
    out = b"".join(step.feed(piece, final=False) for piece in pieces)
    return out + step.feed(b"", final=True)
