"""Says what fills a process's descriptors before they run out (Linux).

At the start of an asyncio program:

    raise_limit()
    watching = asyncio.create_task(watch_descriptors())

A warning then names the kinds that are open most, sockets by whom they are connected to:

    descriptors: 716 of 1024 open: 690 x tcp 10.0.0.7:443, 12 x /var/lib/bot/bot.db, 3 x pipe
"""

import asyncio
import ipaddress
import logging
import os
import resource
from collections import Counter
from pathlib import Path

WARN_SHARE = 0.7
"""Of the limit: late enough for a busy hour, early enough to still open the log."""
EVERY_S = 30.0
SHOWN = 5
PROCESS = Path("/proc/self")
LOG = logging.getLogger(__name__)


def raise_limit() -> int:
    """Raise the soft limit to the hard one, as any process may; return the limit that holds."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def open_descriptors() -> Counter[str]:
    """Return how many descriptors of each kind are open: paths, peers of sockets, pipes."""
    peers = _peers()
    found: Counter[str] = Counter()
    for link in (PROCESS / "fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:  # closed since it was listed, as the listing itself is
            continue
        found[peers.get(target) or _without_number(target)] += 1
    return found


def _without_number(target: str) -> str:
    kind = target.partition(":[")[0]
    return target if target.startswith("/") else kind


def _peers() -> dict[str, str]:
    """Return `socket:[inode]` -> whom it is connected to, of all TCP sockets that can be seen."""
    peers = {}
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROCESS / "net" / table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            peers[f"socket:[{fields[9]}]"] = f"tcp {_address(fields[2])}"
    return peers


def _address(text: str) -> str:
    """Return an address of /proc/net/tcp in its usual form: each 4 bytes stand reversed there."""
    digits, _, port = text.partition(":")
    words = (bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8))
    address = ipaddress.ip_address(b"".join(words))
    return "listening" if port == "0000" else f"{address}:{int(port, 16)}"


async def watch_descriptors(share: float = WARN_SHARE, every_s: float = EVERY_S) -> None:
    """Warn when more than *share* of the limit is in use, and again with each tenth more."""
    warn_at = share
    while True:
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        used = len(os.listdir(PROCESS / "fd")) / limit  # noqa: PTH208 - the cheapest count
        if used >= warn_at:
            found = open_descriptors()
            most = ", ".join(f"{count} x {kind}" for kind, count in found.most_common(SHOWN))
            LOG.warning("descriptors: %d of %d open: %s", found.total(), limit, most)
            warn_at = used + 0.1
        elif used < share:
            warn_at = share
        await asyncio.sleep(every_s)
