"""A stream that shows how far it has been read, and that Ctrl-C ends instead of tearing it."""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, BinaryIO, Self, cast

from logcascade.sources import Source

SHOW_AFTER_S = 0.7
"""Shorter work needs no progress bar."""

INTERRUPTED = "interrupted: only what had been read until then is in the report"


class Interruption:
    """What Ctrl-C or `kill` means while logs are read: the end of them; a second one means it."""

    def __init__(self) -> None:
        self.happened = False
        self._is_reading = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Take over the signals, where that can be done."""
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self._before[number] = signal.signal(number, self._on_signal)
            except ValueError:  # not the main thread
                break
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, before in self._before.items():
            signal.signal(number, before)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        again = self.happened
        self.happened = True
        if again or self._is_reading:
            raise KeyboardInterrupt

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let a signal break the read that waits for data."""
        self._is_reading = True
        try:
            yield
        except KeyboardInterrupt:
            self.happened = True
        finally:
            self._is_reading = False


class _Watched:
    """The stream of a source: tells a progress bar, and ends when interrupted."""

    def __init__(
        self, stream: BinaryIO, interruption: Interruption, tick: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._interruption = interruption
        self._tick = tick

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes; nothing once there was an interruption."""
        self._tick()
        parts: list[bytes] = []
        wanted = size
        while wanted and not self._interruption.happened:
            with self._interruption.reading():
                part = self._read_some(wanted)
                parts.append(part)
                if not part:
                    break
                wanted = wanted - len(part) if size >= 0 else -1
        return b"".join(parts)

    def _read_some(self, size: int) -> bytes:
        read1 = getattr(self._stream, "read1", None)
        return cast("bytes", read1(size) if read1 else self._stream.read(size))

    def seekable(self) -> bool:
        """Return whether it can be read again: not once there was an interruption."""
        seekable = getattr(self._stream, "seekable", None)
        return seekable is not None and seekable() and not self._interruption.happened

    def seek(self, offset: int) -> int:
        """Go to a place in the stream."""
        return self._stream.seek(offset)

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


def watch(sources: Sequence[Source], interruption: Interruption, *, show: bool) -> "Progress":
    """Make the sources' streams tell how far they are; show it if *show* says so."""
    progress = Progress(sources, show=show)
    for source in sources:
        watched = _Watched(source.stream, interruption, progress.tick)
        source.stream = cast("BinaryIO", watched)
    return progress


class Progress:
    """A progress bar on standard error, for work that takes long enough to wonder."""

    def __init__(self, sources: Sequence[Source], *, show: bool) -> None:
        self._sources = sources
        self._show = show
        self._began = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Begin; nothing is shown yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def tick(self) -> None:
        """Show how far reading has come."""
        if not self._show:
            return
        if self._bar is None:
            if time.monotonic() - self._began < SHOW_AFTER_S:
                return
            self._begin()
        self._bar.update(self._task, completed=sum(each.position() for each in self._sources))

    def _begin(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        sizes = [source.size for source in self._sources]
        total = None if None in sizes else sum(size or 0 for size in sizes)
        self._bar = Bar(
            TextColumn("reading"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._task = self._bar.add_task("reading", total=total)
        self._bar.start()
