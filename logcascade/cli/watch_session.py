"""The course of a watch: when to look, what time it is by the log, whom to tell."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from logcascade.live import Live, Moment
from logcascade.model.happenings import Happening
from logcascade.model.places import as_found
from logcascade.report.words import count
from logcascade.watch.teller import Teller

if TYPE_CHECKING:
    from logcascade.model.analysis import Analysis
    from logcascade.sources.following import Followed

LOOK_SHARE = 5.0
"""After a look that took long the next one waits so many times as long: no more than a sixth of one
processor is spent on looking."""

SILENCE_S = 300.0
"""After so long without a line it is hoped no longer that what may pass by itself has passed.
Seconds; the usual clients wait as long for an answer."""

SILENT_GAPS = 20.0
"""The same in mean gaps between events, if that is more: a quiet service is silent at night."""

UNKNOWN_LINES = 1_000
UNKNOWN_RECORDS = 5
"""So many lines with fewer records are worth a word: the longest tracebacks have 170 lines."""


class Session:
    """One watch, from its first line to its end."""

    def __init__(
        self,
        live: Live,
        followed: "Followed",
        teller: Teller,
        tell: Callable[[Happening], None],
        note: Callable[[str], None],
        now: Callable[[], float],
    ) -> None:
        """*now* gives seconds since any moment, never backwards."""
        self._live, self._followed, self._teller = live, followed, teller
        self._tell, self._note, self._now = tell, note, now
        self._has_past = False
        self._has_news = False
        self._looked_at = self._look_took = 0.0
        self._lines = 0
        self._arrived_at = now()
        self._is_hopeful = True
        self._silence_s = SILENCE_S
        self._understood = (0, 0)
        self._has_said_unknown = False
        self._has_forgotten = False

    def take(self, moment: Moment) -> None:
        """Look at the log if this moment is worth it."""
        self._note_arrival()
        if self._followed.is_history:
            self._has_past = True
            return
        if self._has_past:
            if moment.is_pause:  # until then not all of it has been looked at
                self._has_past = False
                self._know()
            return
        self._has_news = self._has_news or moment.has_news
        if not moment.is_pause:
            self._look(moment.at, moment.at, hopeful=True)
        elif self._is_worth_it():
            self._look(self._log_time(), self._last_time(), hopeful=not self._is_silent())
        self._note_unknown()

    def end(self) -> None:
        """Look for the last time, at a log that has come to its end: it is judged as it stands."""
        self._look(self._log_time(), self._last_time(), hopeful=False)

    def _know(self) -> None:
        """Take what was there before the watch as known."""
        now = self._log_time()
        analysis = self._analysis(now, hopeful=True)
        self._teller.know(analysis, now)
        last = max((i.start for i in analysis.incidents if i.start is not None), default=None)
        words = f"{count(len(analysis.incidents), 'incident')} in what was there before"
        self._note(words + (f", the last at {last:%Y-%m-%d %H:%M:%S}" if last else ""))

    def _is_worth_it(self) -> bool:
        """Return whether to look at a pause: there is news, or an alarm, or hope is given up."""
        now, alarm = self._log_time(), self._teller.alarm
        is_due = now is not None and alarm is not None and now >= alarm
        if not (self._has_news or is_due or (self._is_hopeful and self._is_silent())):
            return False
        return self._now() - self._looked_at >= LOOK_SHARE * self._look_took

    def _look(self, now: float | None, last: float | None, *, hopeful: bool) -> None:
        self._looked_at = self._now()
        self._has_news = False
        self._is_hopeful = hopeful
        analysis = self._analysis(now, hopeful=hopeful)
        happened = self._teller.look(analysis, now, last)
        if self._live.is_full:
            self._live.drop_oldest()
            self._teller.know(self._analysis(now, hopeful=hopeful), now)
            if not self._has_forgotten:
                self._has_forgotten = True
                self._note("more was found than is kept: the oldest of it is known no longer")
        self._look_took = self._now() - self._looked_at
        places = {self._followed.name: self._followed.place}
        for happening in happened:
            self._tell(as_found(happening, places))

    def _analysis(self, now: float | None, *, hopeful: bool) -> "Analysis":
        analysis = self._live.conclude(now, hopeful=hopeful)
        if analysis.load is not None and analysis.load.mean_per_s:
            self._silence_s = max(SILENCE_S, SILENT_GAPS / analysis.load.mean_per_s)
        return analysis

    def _note_arrival(self) -> None:
        if self._live.lines != self._lines:
            self._lines = self._live.lines
            self._arrived_at = self._now()
            self._is_hopeful = True

    def _is_silent(self) -> bool:
        return self._now() - self._arrived_at >= self._silence_s

    def _log_time(self) -> float | None:
        """Return what time it is by the log: that of its last line, and what has passed since."""
        last = self._last_time()
        return None if last is None else last + self._now() - self._arrived_at

    def _last_time(self) -> float | None:
        last = self._live.last_time
        return None if last is None else last.timestamp()

    def _note_unknown(self) -> None:
        """Say it once where lines come that are in none of the formats known from the first."""
        lines, records = self._understood
        if self._has_said_unknown or self._live.lines - lines < UNKNOWN_LINES:
            return
        if self._live.records - records < UNKNOWN_RECORDS:
            self._has_said_unknown = True
            self._note(
                f"of the last {self._live.lines - lines:,} lines hardly one begins a record in a"
                " format known from the first lines: if the format has changed, start the watch"
                " again"
            )
        self._understood = (self._live.lines, self._live.records)
