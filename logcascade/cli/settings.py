"""Settings files: what a project fixes for all its logs, so that nobody has to remember it."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from logcascade.cli import talk
from logcascade.cli.options import FailOn, parse_zones
from logcascade.errors import LogcascadeError

if TYPE_CHECKING:
    from logcascade.ruleset.fields import Table

FILE = "logcascade.toml"
SHARED_FILE = "pyproject.toml"
_TABLE = "tool.logcascade"
"""Where settings stand in a file that they share with other programs'."""

_REPOSITORY = ".git"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file says; a key has the name and the meaning of the option."""

    path: Path | None = None
    rules: tuple[Path, ...] = ()
    zone: tuple[str, ...] = ()
    fail_on: FailOn | None = None

    @property
    def name(self) -> str:
        """The file as people here would name it."""
        return "" if self.path is None else shown(self.path)


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of times without one."""

    of_all: tzinfo | None = None
    named: tuple[tuple[str, tzinfo], ...] = ()
    because: str = ""
    """The settings file that says so; empty where the command line does."""


NO_ZONES = Zones()

_isolated = ContextVar("isolated", default=False)
_known: ContextVar[Settings | None] = ContextVar("known", default=None)
"""The settings of this command, once they have been asked for."""


def isolate(*, wanted: bool) -> None:
    """Have this command know no settings and no rules but those that came with the program."""
    _isolated.set(wanted)
    _known.set(None)


def is_isolated() -> bool:
    """Tell whether `isolate` was asked for."""
    return _isolated.get()


def current() -> Settings:
    """Return the settings of the folder that the command runs in.

    Raises:
        LogcascadeError: the file is wrong; the text lists everything that is.

    """
    known = _known.get()
    if known is None:
        known = _find()
        _known.set(known)
    return known


def _find() -> Settings:
    if is_isolated():
        return Settings()
    try:
        here = Path.cwd()
    except OSError:  # somebody has removed it
        return Settings()
    for path in places(here, _home(), os.environ.get("XDG_CONFIG_HOME", "")):
        found = _read(path, here)
        if found is not None:
            return found
    return Settings()


def zones(given: Sequence[str] | None) -> Zones:
    """Return the zones of ``--zone``; where it is not given, those of the settings."""
    if given:
        return Zones(*parse_zones(given))
    settings = current()
    return Zones(*parse_zones(settings.zone), settings.name if settings.zone else "")


def _home() -> Path | None:
    """Return the user's home folder; None for a user without one, as containers have."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def places(here: Path, home: Path | None, config_home: str) -> Iterator[Path]:
    """
    Yield the files that can hold settings: the first that does counts, and no other.

    They are looked for in the current folder and those above it, up to the root of the repository
    or the home folder, then in the user's folder for configuration.
    """
    for folder in (here, *here.parents):
        yield folder / FILE
        yield folder / SHARED_FILE
        if folder == home or _status(folder / _REPOSITORY) is not None:
            break
    if Path(config_home).is_absolute():
        yield Path(config_home, "logcascade", FILE)
    elif home is not None:
        yield home / ".config" / "logcascade" / FILE


def shown(path: Path) -> str:
    """Return a path as seen from the current folder, or from the home folder if that is shorter."""
    names = [str(path), os.path.relpath(path)]
    home = _home()
    if home is not None and path.is_relative_to(home):
        names.append(f"~/{path.relative_to(home)}")
    return min(names, key=len)


def _read(path: Path, here: Path) -> Settings | None:
    """Return what a file says; None where it is not there, or holds no settings."""
    from logcascade.ruleset.rule_files import UnreadableError, read_text

    status = _status(path)
    if status is None or not stat.S_ISREG(status.st_mode):
        return None
    if path.name == SHARED_FILE:
        try:
            if "logcascade" not in read_text(path):
                return None
        except UnreadableError:
            return None
    if not is_trusted(status.st_uid, here.stat().st_uid, getattr(os, "getuid", int)()):
        talk.note(f"{shown(path)} is not used: it belongs to another user")
        return None
    return _read_file(path)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def is_trusted(owner: int, owner_of_here: int, user: int) -> bool:
    """Tell whether a file belongs to the user, to root, or to the owner of the current folder.

    Others can put one into a folder above that all may write to, such as /tmp. With rules of their
    own choice a report would say what they like.
    """
    return owner in (user, 0, owner_of_here)


def _read_file(path: Path) -> Settings | None:
    from logcascade.ruleset.fields import Table
    from logcascade.ruleset.sheet import InvalidFiles, Sheet

    sheet = Sheet(path, "the settings file")
    content = sheet.read()
    settings: Settings | None = None
    if content is not None and path.name == SHARED_FILE:
        tool = content.get("tool")
        own = tool.get("logcascade") if isinstance(tool, dict) else None
        if own is None:
            return None
        if isinstance(own, dict):
            settings = _read_table(Table(sheet, own, _TABLE), path)
        else:
            sheet.problem(f"[{_TABLE}] must be a table")
    elif content is not None:
        settings = _read_table(Table(sheet, content), path)
    if sheet.problems:
        raise InvalidFiles(sheet.problems)
    return settings


def _read_table(table: "Table", path: Path) -> Settings:
    folders = [_folder(table, words, path.parent) for words in table.text_or_texts("rules")]
    words = table.text_or_texts("zone")
    for each in words:
        try:
            parse_zones([each])
        except LogcascadeError as error:
            table.wrong("zone", error.reason, error.help, value=each)
    fail_on = table.choice("fail-on", FailOn, need=False)
    table.finish()
    return Settings(path, tuple(folders), words, fail_on)


def _folder(table: "Table", words: str, within: Path) -> Path:
    try:
        return within / Path(words).expanduser()
    except RuntimeError:
        table.wrong("rules", f'nobody knows the home folder of "{words}"', value=words)
        return within
