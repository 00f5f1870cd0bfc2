"""The memory limit: a real control group, and what the kernel prints when it kills there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup/memory")
UNIT_PATH = "/system.slice/bot.service"
PEAK = "memory.max_usage_in_bytes"


@dataclass
class KernelLog:
    """A memory control group and a reader of the kernel's messages since the last look."""

    group: Path
    prefix: str
    messages: int

    @classmethod
    def for_story(cls, name: str, memory_mb: int) -> KernelLog:
        """Make the group with its limit and stand at the end of the kernel's messages."""
        prefix = f"/laboratory-{name}"
        group = ROOT / (prefix + UNIT_PATH).lstrip("/")
        group.mkdir(parents=True, exist_ok=True)
        (group / "memory.limit_in_bytes").write_text(f"{memory_mb}M")
        (group / PEAK).write_text("0")  # the group may be left from a run before
        messages = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(messages, 0, os.SEEK_END)
        return cls(group, prefix, messages)

    def close(self) -> None:
        """Remove the group again, if nothing is left in it."""
        os.close(self.messages)
        for group in (self.group, self.group.parent, self.group.parent.parent):
            try:
                group.rmdir()
            except OSError:
                return

    def peak_bytes(self) -> int:
        """Return the most memory that the group has held at once."""
        return int((self.group / PEAK).read_text())

    def read(self) -> list[tuple[int, str]]:
        """(priority, text) of every message since the last call."""
        found: list[tuple[int, str]] = []
        while True:
            try:
                raw = os.read(self.messages, 8192).decode("utf-8", "replace")
            except BlockingIOError:
                return found
            except BrokenPipeError:  # messages were overwritten before they were read
                continue
            head, _, text = raw.partition(";")
            found.append((int(head.split(",")[0]) & 7, text.split("\n", 1)[0]))

    def block_of(self, pid: int, control_group: int) -> list[tuple[int, str]]:
        """Return the lines of the kernel's kill of `pid`; empty if the kernel did not kill it.

        Where the group is and which kernel it was is replaced by neutral names; all else is as
        printed. For a version 2 hierarchy the statistics are written in that version's form.
        """
        messages = self.read()
        last = _last(messages, rf"Killed process {pid} ")
        if last is None:
            return []
        first = _last(messages[: last + 1], r"invoked oom-killer") or 0
        block = [(p, self._neutral(text)) for p, text in messages[first : last + 1]]
        return block if control_group == 1 else version_2(block)

    def _neutral(self, text: str) -> str:
        text = text.replace(self.prefix + UNIT_PATH, UNIT_PATH)
        return re.sub(r"Not tainted \S+ #\S+", "Not tainted 6.18.0-amd64 #1", text)


def _last(messages: list[tuple[int, str]], pattern: str) -> int | None:
    found = [i for i, (_, text) in enumerate(messages) if re.search(pattern, text)]
    return found[-1] if found else None


# name in version 2 <- name in version 1 (values in bytes or counts); None: this bot has none of it
STATISTICS: list[tuple[str, str | None]] = [
    ("anon", "total_rss"),
    ("file", "total_cache"),
    ("kernel", "kmem"),
    ("kernel_stack", "stacks"),
    ("pagetables", "pgtables"),
    ("sec_pagetables", None),
    ("percpu", None),
    ("sock", None),
    ("vmalloc", None),
    ("shmem", "total_shmem"),
    ("file_mapped", "total_mapped_file"),
    ("file_dirty", "total_dirty"),
    ("file_writeback", "total_writeback"),
    ("swapcached", "total_swapcached"),
    ("anon_thp", "total_rss_huge"),
    ("file_thp", None),
    ("shmem_thp", None),
    ("inactive_anon", "total_inactive_anon"),
    ("active_anon", "total_active_anon"),
    ("inactive_file", "total_inactive_file"),
    ("active_file", "total_active_file"),
    ("unevictable", "total_unevictable"),
    ("slab_reclaimable", None),
    ("slab_unreclaimable", None),
    ("slab", None),
    ("workingset_refault_anon", "total_workingset_refault_anon"),
    ("workingset_refault_file", "total_workingset_refault_file"),
    ("pgfault", "total_pgfault"),
    ("pgmajfault", "total_pgmajfault"),
]


def version_2(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the same block as a host with the version 2 hierarchy prints it."""
    text = "\n".join(line for _, line in block)
    values = {name: int(v) for name, v in re.findall(r"^(\w+) (\d+)$", text, re.MULTILINE)}
    if kmem := re.search(r"^kmem: usage (\d+)kB", text, re.MULTILINE):
        values["kmem"] = int(kmem[1]) * 1024
    if tables := re.search(r"pgtables:(\d+)kB", text):
        values["pgtables"] = int(tables[1]) * 1024
    values["stacks"] = 16384
    result = []
    for priority, line in block:
        if line.startswith("memory+swap:"):
            result.append((priority, "swap: usage 0kB, limit 9007199254740988kB, failcnt 0"))
        elif line.startswith("Memory cgroup stats"):
            result.append((priority, line))
            for name, old in STATISTICS:
                result.append((priority, f"{name} {values.get(old, 0) if old else 0}"))
        elif not line.startswith("kmem:") and not re.fullmatch(r"\w+ \d+", line):
            result.append((priority, line))
    return result
