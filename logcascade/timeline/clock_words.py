"""How clocks stand, and what shows it, in words."""

from collections.abc import Mapping

from logcascade.timeline.anchors import About
from logcascade.timeline.offsets import Estimate
from logcascade.timeline.voices import Series

_NOUNS: Mapping[About, tuple[str, str]] = {
    About.KILL: ("kill", "kills"),
    About.END: ("end of a process", "ends of processes"),
    About.START: ("start", "starts"),
    About.REPORT: ("report", "reports"),
}


def tells_too(found: Estimate, series: Series) -> str:
    """Return in words what agrees with which sources."""
    one, several = _NOUNS[found.about]
    noun = one if found.moments == 1 else several
    names = names_of(found, series)
    return f"{found.moments} {noun} that {names} {'tell' if ' and ' in names else 'tells'} too"


def names_of(found: Estimate, series: Series) -> str:
    """Return the sources whose anchors agree."""
    return " and ".join(sorted({series.names[index] for index in found.placed}))


def zone_in_words(seconds: float) -> str:
    """
    Return a zone in words.

    >>> zone_in_words(19800.0), zone_in_words(-3600.0), zone_in_words(0.0)
    ('zone +05:30', 'zone -01:00', 'zone UTC')
    """
    if not seconds:
        return "zone UTC"
    hours, minutes = divmod(round(abs(seconds)) // 60, 60)
    return f"zone {'+' if seconds > 0 else '-'}{hours:02}:{minutes:02}"


def gait_in_words(offset_s: float) -> str:
    """
    Return in words how a clock goes that needs *offset_s* added.

    >>> gait_in_words(-37.04), gait_in_words(90.0), gait_in_words(0.0)
    ('37.0 s ahead', '90.0 s behind', '')
    """
    if not offset_s:
        return ""
    return f"{abs(offset_s):.1f} s {'ahead' if offset_s < 0 else 'behind'}"
