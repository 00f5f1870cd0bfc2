"""Entries of a journal, made up, in the forms that journalctl prints them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st

LINES = st.text("aZé яß=[]{}\"'\\%|<>,.;0", min_size=1, max_size=20).map(lambda text: "m" + text)
MESSAGES = st.lists(LINES, min_size=1, max_size=4).map("\n".join).map(str.rstrip)
CURSOR = "s=63c7e65baa1b4e32bc24c67f5787649d;i=1;b=889c013fe617467590f3b09089f60279;m=6001b7;"


@dataclass(frozen=True)
class Made:
    """An entry."""

    message: str
    program: str
    pid: int
    priority: int
    time: int
    """Microseconds since the epoch."""

    @property
    def fields(self):
        return {
            "__REALTIME_TIMESTAMP": str(self.time),
            "_TRANSPORT": "journal",
            "PRIORITY": str(self.priority),
            "MESSAGE": self.message,
            "SYSLOG_IDENTIFIER": self.program,
            "_PID": str(self.pid),
        }

    @property
    def stamp(self):
        return datetime.fromtimestamp(self.time // 10**6, UTC)


MADE = st.lists(
    st.builds(
        Made,
        message=MESSAGES,
        program=st.sampled_from(["bot", "python3.11", "(sd-pam)"]),
        pid=st.integers(1, 99999),
        priority=st.integers(0, 7),
        time=st.integers(1_600_000_000_000_000, 1_900_000_000_000_000),
    ),
    min_size=1,
    max_size=8,
).map(lambda entries: sorted(entries, key=lambda each: each.time))


def export(entries):
    def field(name, value):
        data = value.encode()
        if "\n" not in value:
            return name.encode() + b"=" + data + b"\n"
        return name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"

    return b"".join(
        b"".join(field(*each) for each in entry.fields.items()) + b"\n" for entry in entries
    )


def verbose(entries):
    out = []
    for entry in entries:
        out.append(f"{entry.stamp:%a %Y-%m-%d %H:%M:%S}.000000 UTC [{CURSOR}t={entry.time:x};x=0]")
        for name, value in entry.fields.items():
            if not name.startswith("__"):
                out.append(f"    {name}=" + value.replace("\n", "\n" + " " * (5 + len(name))))
    return "\n".join([*out, ""]).encode()


def as_json(entries, before="", after="\n", **options):
    lines = (json.dumps(entry.fields, ensure_ascii=False, **options) for entry in entries)
    return "".join(before + line + after for line in lines).encode()


def pretty(entries):
    return as_json(entries, indent="\t", separators=(",", " : "))


def short_iso_precise(entries):
    out = []
    for entry in entries:
        stamp = f"{entry.stamp:%Y-%m-%dT%H:%M:%S}.{entry.time % 10**6:06}+0000"
        prefix = f"{stamp} host {entry.program}[{entry.pid}]: "
        out.append(prefix + entry.message.replace("\n", "\n" + " " * len(prefix)))
    return "\n".join([*out, ""]).encode()


FORMS = {
    "export": export,
    "verbose": verbose,
    "json": as_json,
    "json-pretty": pretty,
    "json-seq": lambda entries: as_json(entries, before="\x1e"),
    "json-sse": lambda entries: as_json(entries, before="data: ", after="\n\n"),
    "short-iso-precise": short_iso_precise,
}
