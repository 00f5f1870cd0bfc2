r"""Logs of containers: lines of services within what Docker, compose and Kubernetes put round.

No container runs here: the lines are written as these programs document and print them.

- Docker's json-file: ``daemon/logger/jsonfilelog`` and ``daemon/logger/copier.go`` of moby: JSON
  escapes as Go's, trailing zeros of the fraction trimmed, a line over 16 KiB in parts.
- ``docker logs -t``: ``RFC3339NanoFixed`` and a blank; ``\r\n`` if the container has a terminal.
- ``docker compose logs``: ``formatter/logs.go`` of compose: the longest name and one blank, ``| ``.
- Kubernetes: "CRI logging" (``<RFC3339Nano> <stream> <P|F> <content>``), and kubectl's ``--prefix``
  (``[pod/<pod>/<container>] ``) and ``--timestamps``.
- ``kubectl get events``: the columns of ``pkg/printers/internalversion/printers.go``.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from laboratory.formats.journal_entries import TRACEBACK
from laboratory.formats.keep import keep

PART_BYTES = 16 * 1024
SECOND = 1_000_000_000
FIRST = int(datetime(2026, 11, 23, 19, 25, 39, tzinfo=UTC).timestamp()) * SECOND


@dataclass
class Said:
    """A record that a service writes."""

    service: str
    stream: str
    lines: list[str]
    level: str | None
    logger: str | None
    message: str
    is_raised: bool = False
    has_own_time: bool = False


@dataclass
class Written:
    """A line of a record, as it arrives."""

    said: Said
    number: int
    """Which of the record's lines it is."""
    time: int
    """In nanoseconds since the epoch."""

    @property
    def text(self) -> str:
        """The line."""
        return self.said.lines[self.number]


def bot(chance: random.Random, number: int, *, long: bool) -> Said:
    """Return what a service logs to stderr with ``basicConfig()``, or prints to stdout."""
    if number % 9 == 4:
        text = f"printed {number}"
        return Said("bot", "stdout", [text], None, None, text)
    level = chance.choice(("DEBUG", "INFO", "INFO", "WARNING", "ERROR", "CRITICAL"))
    logger = chance.choice(("aiogram.event", "root", "app.db"))
    message = chance.choice(
        (
            f"Update id={number} is handled. Duration {chance.randrange(900)} ms by bot id=42",
            f'quoted "{number}" <b>&\\n c:\\new\\',
            f"ошибка {number}",
        )
    )
    if long and number % 100 == 50:
        message = f"long {number} " + f"x{number}" * 9000
    is_raised = number % 20 == 19
    if is_raised:
        level = "ERROR"
    lines = [f"{level}:{logger}:{message}"]
    if is_raised:
        lines += [*TRACEBACK, f"ValueError: {number}"]
    return Said("bot", "stderr", lines, level.lower(), logger, message, is_raised)


def worker(chance: random.Random, number: int) -> Said:
    """Return what a second service logs, with a time of its own that is put in when written."""
    is_raised = number % 5 == 0
    level = "ERROR" if is_raised else chance.choice(("INFO", "WARNING", "ERROR"))
    message = f"job {number} took {chance.randrange(99)} s"
    lines = [f"{{time}} - app.jobs - {level} - {message}"]
    if is_raised:
        lines += [*TRACEBACK, f"ValueError: {number}"]
    return Said("worker", "stderr", lines, level.lower(), "app.jobs", message, is_raised, True)


def written(said: Sequence[Said], seed: int = 5) -> list[Written]:
    """Return the lines in the order they arrive: those of other streams come in between."""
    chance = random.Random(seed)
    waiting, begun = list(reversed(said)), list[tuple[Said, int]]()
    made: list[Written] = []
    now = FIRST
    while waiting or begun:
        streams = {(each.service, each.stream) for each, _ in begun}
        is_free = waiting and (waiting[-1].service, waiting[-1].stream) not in streams
        if begun and not (is_free and chance.random() < 0.3):
            each, number = begun.pop(0)
            now += chance.randrange(20_000, 90_000)
        else:
            each, number = waiting.pop(), 0
            now += chance.choice((1_000_000, 250_000_000, 1_234_567_891, 10 * SECOND))
            if chance.random() < 0.05:
                now -= now % chance.choice((SECOND, SECOND // 10, SECOND // 1000))
                now += SECOND
            stamp = datetime.fromtimestamp(now // SECOND, UTC)
            text = f"{stamp:%Y-%m-%d %H:%M:%S},{now % SECOND // 1_000_000:03}"
            each.lines[0] = each.lines[0].replace("{time}", text)
        if number + 1 < len(each.lines):
            begun.append((each, number + 1))
        made.append(Written(each, number, now))
    return made


def nano(time: int, offset_h: int = 0, *, trimmed: bool = False) -> str:
    """Return a time as Go's ``RFC3339Nano`` or Docker's ``RFC3339NanoFixed`` prints it."""
    zone = timezone(timedelta(hours=offset_h))
    stamp = datetime.fromtimestamp(time // SECOND, zone)
    fraction = f".{time % SECOND:09}"
    if trimmed:
        fraction = fraction.rstrip("0").rstrip(".")
    ending = f"{stamp:%z}"[:3] + ":00" if offset_h else "Z"
    return f"{stamp:%Y-%m-%dT%H:%M:%S}{fraction}{ending}"


def truth(
    lines: Sequence[tuple[Written, int]],
    component: Callable[[Written], str | None],
    *,
    is_stamped: bool = True,
) -> list[dict[str, Any]]:
    """Return what is to be read of `lines`, each with the line of the log it begins on."""
    of_records: dict[int, list[tuple[Written, int]]] = {}
    for line, place in lines:
        of_records.setdefault(id(line.said), []).append((line, place))
    found = []
    for own in of_records.values():
        (line, place), said = own[0], own[0][0].said
        time = line.time // 1000
        if said.has_own_time:
            time -= time % 1000
        moment = datetime.fromtimestamp(time // 1_000_000, UTC).replace(
            microsecond=time % 1_000_000
        )
        found.append(
            {
                "line": place,
                "lines": len(own),
                "time": moment.isoformat() if is_stamped or said.has_own_time else None,
                "level": said.level,
                "logger": said.logger,
                "component": component(line),
                "pid": None,
                "message": said.message,
                "exceptions": ["ValueError"] if said.is_raised else [],
            }
        )
    return found


def go_string(text: str) -> str:
    """Return a JSON string as Go's encoder writes it."""
    written = json.dumps(text, ensure_ascii=False)
    for mark in "<>&":
        written = written.replace(mark, f"\\u{ord(mark):04x}")
    return written


def parts(line: Written) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a long line, and whether each is the last."""
    data = line.text.encode()
    for begin in range(0, len(data), PART_BYTES):
        is_last = begin + PART_BYTES >= len(data)
        yield data[begin : begin + PART_BYTES].decode(), is_last


def in_parts(
    made: Sequence[Written], form: Callable[[Written, str, bool], str]
) -> tuple[str, list[tuple[Written, int]]]:
    """Return a log of all parts, those of two streams interleaved, and where each line begins."""
    queue = [(line, text, is_last) for line in made for text, is_last in parts(line)]
    for place in range(len(queue) - 2):
        before, after = queue[place], queue[place + 1]
        if not before[2] and after[0] is before[0] and queue[place + 2][0] is not before[0]:
            following = queue[place + 2]
            if following[0].said.stream != before[0].said.stream and following[2]:
                queue[place + 1], queue[place + 2] = following, after
    places: dict[int, tuple[Written, int]] = {}
    for number, (line, _, _) in enumerate(queue, 1):
        places.setdefault(id(line), (line, number))
    log = "".join(form(*each) + "\n" for each in queue)
    return log, list(places.values())


def docker_json(line: Written, text: str, is_last: bool) -> str:
    """Return one object of Docker's json-file."""
    attrs = ',"attrs":{"tag":"bot"}' if line.time > FIRST + 3000 * SECOND else ""
    return (
        f'{{"log":{go_string(text + chr(10) if is_last else text)},'
        f'"stream":"{line.said.stream}"{attrs},"time":"{nano(line.time, trimmed=True)}"}}'
    )


def cri(offset_h: int) -> Callable[[Written, str, bool], str]:
    """Return what writes a line for Kubernetes on a node in the zone."""

    def write(line: Written, text: str, is_last: bool) -> str:
        stamp = nano(line.time, offset_h)
        return f"{stamp} {line.said.stream} {'F' if is_last else 'P'} {text}"

    return write


def plain(
    name: str,
    made: Sequence[Written],
    prefix: Callable[[Written], str],
    component: Callable[[Written], str | None],
    form: str,
    *,
    end: str = "\n",
    is_stamped: bool = True,
) -> None:
    """Keep a log in which each line has a prefix."""
    log = "".join(f"{prefix(line)}{line.text}{end}" for line in made)
    lines = [(line, number) for number, line in enumerate(made, 1)]
    options = {"format": form}
    keep(name, log.encode(), truth(lines, component, is_stamped=is_stamped), options)


def compose(name: str, made: Sequence[Written], joint: str, *, is_stamped: bool) -> None:
    """Keep what compose prints of two services: the width grows when the second joins."""
    first_worker = next(n for n, line in enumerate(made) if line.said.service == "worker")
    log, lines, number = [], [], 0
    for index, line in enumerate(made):
        width = len(f"bot{joint}1" if index < first_worker else f"worker{joint}1") + 1
        stamp = nano(line.time) + " " if is_stamped else ""
        log.append(f"{line.said.service + joint + '1':<{width}} | {stamp}{line.text}\n")
        number += 1
        lines.append((line, number))
    log.append(f"bot{joint}1 exited with code 137\n")
    found = truth(lines, lambda each: each.said.service + joint + "1", is_stamped=is_stamped)
    found.append(
        {
            "line": number + 1,
            "lines": 1,
            "time": None,
            "level": None,
            "component": f"bot{joint}1",
            "message": f"bot{joint}1 exited with code 137",
        }
    )
    keep(name, "".join(log).encode(), found, {"format": "docker-compose"})


def kubectl_events(*, is_everywhere: bool) -> None:
    """Keep what ``kubectl get events`` prints, with ``-A`` or without."""
    chance = random.Random(7)
    kinds = (
        ("Normal", "Pulled", 'Container image "bot:1" already present on machine'),
        ("Normal", "Killing", "Stopping container bot"),
        (
            "Warning",
            "BackOff",
            "Back-off restarting failed container bot in pod bot-6c_default(0b)",
        ),
        ("Warning", "Unhealthy", "Liveness probe failed: Get http://10.0.0.7/ok: timeout"),
    )
    rows, found = [], []
    for number in range(1000):
        kind, reason, message = chance.choice(kinds)
        age = chance.choice(("3m2s", "17m", "5h3m", "2d4h", "44s"))
        if number % 3 == 0:
            age += f" (x{chance.randrange(2, 99)} over {chance.choice(('10m', '6d23h'))})"
        name = f"pod/bot-6c7657c859-{number:05}"
        rows.append(["default" if number % 2 else "kube-system", age, kind, reason, name, message])
        found.append(
            {
                "line": number + 2,
                "lines": 1,
                "time": None,
                "level": "info" if kind == "Normal" else "warning",
                "logger": reason,
                "program": name,
                "message": message,
            }
        )
    head = ["NAMESPACE", "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    table = [row[0 if is_everywhere else 1 :] for row in [head, *rows]]
    widths = [max(map(len, column)) + 3 for column in zip(*table, strict=True)]
    widths[-1] = 0
    log = "".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "\n"
        for row in table
    )
    found.insert(0, {"line": 1, "lines": 1, "level": None, "time": None, "message": ""})
    name = "kubectl-events-everywhere" if is_everywhere else "kubectl-events"
    keep(name, log.encode(), found, {"format": "kubectl-events"})


def main() -> None:
    """Write each format's log from the same records."""

    def records(*, long: bool = False, streams: bool = True) -> list[Said]:
        chance = random.Random(4)
        made = [bot(chance, number, long=long) for number in range(1150)]
        return made if streams else [each for each in made if each.stream == "stderr"]

    def nowhere(_: Written) -> None:
        return None

    for name, form, format_id in (
        ("docker-json", docker_json, "docker-json"),
        ("kubernetes-pod", cri(0), "kubernetes-pod"),
        ("kubernetes-pod-offset", cri(7), "kubernetes-pod"),
    ):
        log, lines = in_parts(written(records(long=True)), form)
        keep(name, log.encode(), truth(lines, nowhere), {"format": format_id})
    merged = written(records(streams=False))
    plain("docker-time", merged, lambda each: nano(each.time) + " ", nowhere, "docker-time")
    plain(
        "docker-time-terminal",
        merged,
        lambda each: nano(each.time) + " ",
        nowhere,
        "docker-time",
        end="\r\n",
    )
    label = "com.example.service=bot,tag=a "
    plain(
        "docker-details", merged, lambda each: f"{nano(each.time)} {label}", nowhere,
        "docker-details",
    )  # fmt: skip
    pod = "bot-6c7657c859-66pn6/bot"
    stamps: dict[str, Callable[[Written], str]] = {
        "kubectl-prefix": lambda _: f"[pod/{pod}] ",
        "kubectl-prefix-timestamps": lambda each: f"[pod/{pod}] {nano(each.time)} ",
        "kubectl-timestamps": lambda each: f"{nano(each.time, 3)} ",
    }
    for name, prefix in stamps.items():
        has_prefix, has_time = "prefix" in name, "timestamps" in name
        plain(
            name,
            merged,
            prefix,
            (lambda _: pod) if has_prefix else nowhere,
            "kubectl" if has_prefix else "docker-time",
            is_stamped=has_time,
        )
    for name, joint, is_stamped in (
        ("compose-v1", "_", False),
        ("compose-v2", "-", False),
        ("compose-v2-timestamps", "-", True),
    ):
        chance = random.Random(6)
        both = records(streams=False)
        for number in range(200):
            both.insert(chance.randrange(50, len(both)), worker(chance, number))
        compose(name, written(both), joint, is_stamped=is_stamped)
    for is_everywhere in (False, True):
        kubectl_events(is_everywhere=is_everywhere)


if __name__ == "__main__":
    main()
