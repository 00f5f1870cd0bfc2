"""The remedies' configuration files, and which program reads each of them."""

import configparser
from pathlib import Path

from tests.remedies.code import REMEDIES

SYSTEMD_SECTIONS = {"Unit", "Service", "Install"}


def sections_of(path: Path) -> configparser.ConfigParser:
    """Return the sections of an INI file, the names of keys as they are."""
    parser = configparser.ConfigParser(
        interpolation=None, delimiters=("=",), comment_prefixes=("#", ";"), strict=False
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign] # its documented use
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def ini_files() -> list[Path]:
    """Return the INI files: units of systemd and drop-ins, of journald and of supervisord."""
    paths = [path for path in REMEDIES.glob("*/*") if path.suffix in {".conf", ".service"}]
    return sorted(path for path in paths if path.name != "logrotate.conf")


def systemd_files() -> list[Path]:
    """Return the whole units of systemd and the drop-ins to such."""
    return [path for path in ini_files() if set(sections_of(path).sections()) <= SYSTEMD_SECTIONS]


def yaml_files() -> list[Path]:
    """Return the files of Compose and Kubernetes."""
    return sorted(REMEDIES.glob("*/*.yaml"))


def seconds(span: str) -> float:
    """Return a time span of systemd, of one number and one unit."""
    units = {"s": 1.0, "min": 60.0, "h": 3600.0}
    number = span.rstrip("smihn")
    return float(number) * units[span.removeprefix(number)]
