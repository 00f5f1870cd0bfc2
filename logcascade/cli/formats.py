"""``logcascade formats``: the line formats that are recognised."""

from logcascade.cli import talk
from logcascade.report.text import cut, safe_line

SAMPLE_COLUMNS = 100


def formats() -> None:
    """List the line formats that are recognised, with an example each."""
    from logcascade.reading.formats import load_formats

    lines = []
    for each in load_formats():
        around = " (around other formats)" if each.is_wrapper else ""
        lines.append(f"{each.id}: {each.title}{around}\n")
        lines += [
            f"    {cut(safe_line(sample.line), SAMPLE_COLUMNS)}\n" for sample in each.samples[:1]
        ]
    talk.say("".join(lines))
