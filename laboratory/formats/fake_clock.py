"""A clock that a program is given, so that it is known what time it read: Debian's faketime."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


class FakeClock:
    """Stands still at the moment it was last set to; read anew at every look."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock"

    def set(self, moment: datetime) -> None:
        """Set the clock; it knows whole seconds only."""
        new = self._path.with_suffix(".new")
        new.write_text(moment.strftime("%Y-%m-%d %H:%M:%S\n"), encoding="ascii")
        new.replace(self._path)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program needs to be told to go by this clock."""
        return {
            **os.environ,
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": str(self._path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
        }
