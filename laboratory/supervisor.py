"""Starts the bot, captures its output with the virtual time, and restarts it as systemd would.

The bot runs in a real memory control group; when the kernel kills it there, the kernel's own lines
are read from /dev/kmsg. systemd's lines are rendered here, in the words of systemd 252 (see
`systemd_lines`). Nothing else is added to what the bot wrote.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from laboratory import bot_api, kernel_log
from laboratory.deeds import FILLER, fill, kill_child, visit
from laboratory.stories import load
from laboratory.story import INSTALLED, PYTHON, Step, Story, Unit

STARTING = ("7d4958e842da4a758f6c1cdc7b36dcc5", "job_emit_start_message", 6)
STARTED = ("39f53479d3a045ac8e11786248231fbf", "job_emit_done_message", 6)
STOPPING = ("de5b426a63be47a7b6ac3eaac82e2f6f", "job_emit_start_message", 6)
STOPPED = ("9d1aaa27d60140bd96365438aad20286", "job_emit_done_message", 6)
EXITED = ("98e322203f7a4ed290d09fe03c09fe15", "unit_log_process_exit", 4)
FAILED = ("d9b373ed55a64feb8242e02dbe79a49c", "unit_log_failure", 4)
DEACTIVATED = ("7ad2d189f7e94e70a38c781354912448", "unit_log_success", 6)
NOT_STARTED = ("be02cf6855d2428ba40df7e9d022f03d", "job_emit_done_message", 3)
TOO_QUICK = ("", "unit_test_start_limit", 4)
RESTARTING = ("5eb03494b6584870a536b337290809b3", "service_enter_restart", 6)
OOM = ("fe6faa94e7774663a0da52717891d8ef", "unit_check_oom", 5)


def kill_lines(unit: str, control_group: int) -> list[tuple[str, tuple[str, str, int]]]:
    """Return what systemd says when the main process of the unit was killed by SIGKILL.

    Only a version 2 hierarchy tells systemd of the kernel's kill; on version 1, and where another
    process sent it, it sees a signal.
    """
    exited = (f"{unit}: Main process exited, code=killed, status=9/KILL", EXITED)
    if control_group == 1:
        return [exited, (f"{unit}: Failed with result 'signal'.", FAILED)]
    return [
        (f"{unit}: A process of this unit has been killed by the OOM killer.", OOM),
        exited,
        (f"{unit}: Failed with result 'oom-kill'.", FAILED),
    ]


@dataclass
class Recorder:
    """The log file of the bot, and every line of every writer with its time."""

    log: BinaryIO
    entries: TextIO
    rng: random.Random
    last: float = 0.0
    lines: int = 0
    open_line: bool = False
    boot: int = 0

    def now(self) -> float:
        """Return the virtual time, never the same twice, as journald stamps its entries."""
        self.last = max(time.time(), self.last + self.rng.uniform(8e-6, 30e-6))
        return self.last

    def entry(self, source: str, text: str, **fields: Any) -> None:
        """Keep one line for the journal."""
        fields = {"t": round(self.now(), 6), "source": source, "text": text, **fields}
        if self.boot:
            fields["boot"] = self.boot
        self.entries.write(json.dumps(fields, ensure_ascii=False) + "\n")

    def output(self, text: bytes, ended: bool = True, main: bool = True, **fields: Any) -> None:
        """One line of a service, whole or (at its death) cut; only the `main` one has bot.log."""
        if main:
            self.lines += not self.open_line
            self.log.write(text + (b"\n" if ended else b""))
            self.open_line = not ended
        line = self.lines if main else None
        self.entry("bot", text.decode("utf-8", "replace"), line=line, **fields)


@dataclass
class Service:
    """One unit: starts its program, and starts it again whenever it ends by itself."""

    unit: Unit
    story: Story
    recorder: Recorder
    facts: bot_api.Record
    rng: random.Random
    kernel: kernel_log.KernelLog
    process: asyncio.subprocess.Process | None = None
    invocation: str = ""
    restarts: int = 0
    stopping: bool = False
    wanted: bool = True
    """False after `systemctl stop`: it is not started again."""
    started: list[float] = field(default_factory=list)
    again: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by an operator's `systemctl start`."""
    env: dict[str, str] = field(default_factory=dict)
    dark_s: float = 0.0
    """How long the host is off after this life."""
    lost_power: bool = False
    delay_s: float = 0.0
    """What Docker waited before the last start."""

    @property
    def shown(self) -> str:
        """The unit as systemd names it in the messages of its jobs."""
        return f"{self.unit.name} - {self.unit.description}"

    def systemd(self, text: str, kind: tuple[str, str, int]) -> None:
        """One line of systemd about this unit; Docker writes none."""
        if self.story.containers:
            return
        systemd(self.recorder, self.unit.name, text, kind, self.invocation)

    def fact(self, what: str, **values: Any) -> None:
        """Keep a fact; those of other units are kept under their name."""
        own = what if self.unit.main else f"{self.unit.name} {what}"
        self.facts.write(own, **values)

    def environment(self) -> dict[str, str]:
        """Return the program's settings, as its unit file would hold them."""
        return {
            **os.environ,
            "BOT_TOKEN": bot_api.TOKEN,
            "BOT_API": f"http://127.0.0.1:{self.unit.api_port}",
            "BOT_RATES_URL": "http://127.0.0.1:8081/rates",
            "BOT_DATABASE": "/var/lib/bot/bot.db",
            "BOT_CHANNEL": str(bot_api.CHANNEL),
            "MALLOC_ARENA_MAX": "2",
            "PYTHONPATH": "",
            **(self.story.bot if self.unit.main else {}),
            **self.unit.env,
            **self.env,
        }

    async def start(self) -> None:
        """Start the program; the main one in its control group."""
        self.invocation = f"{self.rng.getrandbits(128):032x}"
        group, main, files = self.kernel.group, self.unit.main, self.unit.files

        def limit() -> None:
            if main:
                (group / "cgroup.procs").write_text(str(os.getpid()))
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        command = self.unit.command or (PYTHON, f"{INSTALLED}/{self.unit.program}")
        self.process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=INSTALLED,
            env=self.environment(),
            preexec_fn=limit,
            limit=1 << 22,
        )
        self.started.append(time.time())
        self.systemd(f"Started {self.shown}.", STARTED)
        self.fact("start", pid=self.process.pid)

    async def pump(self) -> None:
        """Copy the program's output until it ends."""
        assert self.process is not None
        assert self.process.stdout is not None
        about = {"pid": self.process.pid, "unit": self.unit.name, "main": self.unit.main}
        about["comm"] = self.unit.comm
        async for chunk in self.process.stdout:
            ended = chunk.endswith(b"\n")
            text = chunk[:-1] if ended else chunk
            self.recorder.output(text, ended, invocation=self.invocation, **about)

    async def serve(self) -> None:
        """Run the program for ever, as `Restart=always` with the unit's limit of starts does."""
        await asyncio.sleep(self.unit.after)
        while True:
            await self.start()
            await self.pump()
            assert self.process is not None
            status = await self.process.wait()
            self.ended(status)
            if self.dark_s:
                await self.boot()
            elif not self.stopping:
                await (self.restart_container() if self.story.containers else self.restart())
            elif not self.wanted:
                return
            self.stopping = False

    async def boot(self) -> None:
        """Wait until the host runs again."""
        await asyncio.sleep(self.dark_s)
        self.recorder.boot += 1
        self.dark_s, self.lost_power, self.restarts = 0.0, False, 0

    async def restart_container(self) -> None:
        """Wait as Docker's restart manager: 100 ms, twice as long each time, at most a minute."""
        if not self.unit.restarts:
            await self.again.wait()
            self.again.clear()
            return
        if time.time() - self.started[-1] >= 10:
            self.delay_s = 0.0
        self.delay_s = min(2 * self.delay_s, 60.0) or 0.1
        await asyncio.sleep(self.delay_s)

    async def restart(self) -> None:
        """Wait `RestartSec`; where the limit of starts is reached, wait for an operator."""
        await asyncio.sleep(self.unit.restart_sec + self.rng.uniform(0.01, 0.25))
        self.restarts += 1
        counter = f"restart counter is at {self.restarts}."
        self.systemd(f"{self.unit.name}: Scheduled restart job, {counter}", RESTARTING)
        self.systemd(f"Stopped {self.shown}.", STOPPED)
        burst, interval = self.unit.start_limit
        if sum(at > time.time() - interval for at in self.started) < burst:
            return
        self.systemd(f"{self.unit.name}: Start request repeated too quickly.", TOO_QUICK)
        self.systemd(f"{self.unit.name}: Failed with result 'exit-code'.", FAILED)
        self.systemd(f"Failed to start {self.shown}.", NOT_STARTED)
        self.fact("start-limit-hit")
        await self.again.wait()
        self.again.clear()
        self.restarts = 0

    def ended(self, status: int) -> None:
        """Say how the program ended."""
        assert self.process is not None
        name, pid = self.unit.name, self.process.pid
        if self.lost_power:
            self.fact("power-lost", pid=pid)
        elif status == -signal.SIGKILL:
            block = self.kernel.block_of(pid, self.story.control_group)
            for priority, text in block:
                self.recorder.entry("kernel", text, priority=priority)
            self.fact("oom-killed" if block else "killed", pid=pid)
            for text, kind in kill_lines(name, self.story.control_group if block else 1):
                self.systemd(text, kind)
        elif self.stopping:
            self.systemd(f"{name}: Deactivated successfully.", DEACTIVATED)
            self.systemd(f"Stopped {self.shown}.", STOPPED)
            self.fact("stopped", pid=pid, status=status)
        else:
            exited = f"{name}: Main process exited, code=exited, status={status}/FAILURE"
            self.systemd(exited, (EXITED[0], EXITED[1], 5))
            self.systemd(f"{name}: Failed with result 'exit-code'.", FAILED)
            self.fact("crashed", pid=pid, status=status)

    def stop(self, wanted: bool) -> None:
        """`systemctl restart`, or `stop` where it is not wanted any more."""
        assert self.process is not None
        self.stopping, self.wanted, self.restarts = True, wanted, 0
        self.systemd(f"Stopping {self.shown}...", STOPPING)
        self.process.send_signal(signal.SIGTERM)


def systemd(
    recorder: Recorder, unit: str, text: str, kind: tuple[str, str, int], invocation: str = ""
) -> None:
    """One line of systemd."""
    message_id, function, priority = kind
    recorder.entry(
        "systemd",
        text,
        unit=unit,
        invocation=invocation,
        message_id=message_id,
        function=function,
        priority=priority,
    )


@dataclass
class Supervisor:
    """The services of a story and what is done to them."""

    story: Story
    recorder: Recorder
    facts: bot_api.Record
    rng: random.Random
    kernel: kernel_log.KernelLog
    beside: list[asyncio.Task[None]] = field(default_factory=list)

    async def step(self, service: Service, step: Step) -> None:
        """Do one thing of the story at its time."""
        await asyncio.sleep(step.after)
        for file, old, new in step.patch:
            path = Path(INSTALLED) / file
            text = path.read_text(encoding="utf-8")
            assert old in text, old
            path.write_text(text.replace(old, new), encoding="utf-8")
        service.env.update(step.env)
        service.fact(step.fact or step.what)
        assert service.process is not None
        if step.what == "fill":
            fill(FILLER)
        elif step.what == "empty":
            FILLER.unlink()
        elif step.what == "kill":
            service.process.kill()
        elif step.what == "kill-child":
            kill_child(service.process.pid, step.child)
        elif step.what == "request":
            await visit(step.path)
        elif step.what == "write":
            Path(step.path).write_text(step.text, encoding="utf-8")
        elif step.what == "power-loss":
            service.dark_s, service.lost_power = 95.0, True
            service.process.kill()
        elif step.what == "reboot":
            service.dark_s = 40.0
            service.stop(wanted=True)
        elif step.what == "start":
            service.again.set()
        else:
            service.stop(wanted=step.what == "deploy")

    async def visits(self) -> None:
        """Visitors of a web application, as a Poisson process."""
        pages = ("/", "/prices", "/orders", "/help")
        asking: set[asyncio.Task[None]] = set()
        while self.story.visits_per_day:
            await asyncio.sleep(self.rng.expovariate(self.story.visits_per_day / 86400))
            one = asyncio.create_task(visit(self.rng.choice(pages)))
            asking.add(one)
            one.add_done_callback(asking.discard)

    async def report_job(self) -> None:
        """Another unit, started by a timer, that works on the bot's database for a while."""
        unit, name = "report.service", "Message report"
        for after, length in self.story.reports:
            await asyncio.sleep(max(0.0, self.story.epoch + after - time.time()))
            systemd(self.recorder, unit, f"Starting {unit} - {name}...", STARTING)
            job = await asyncio.create_subprocess_exec(
                PYTHON,
                str(Path(__file__).with_name("report_job.py")),
                str(length),
                self.story.report_table,
            )
            self.facts.write("lock", length=length)
            await job.wait()
            self.facts.write("lock-end")
            systemd(self.recorder, unit, f"{unit}: Deactivated successfully.", DEACTIVATED)
            systemd(self.recorder, unit, f"Finished {unit} - {name}.", STARTED)

    async def run(self) -> None:
        """Run the whole story."""
        services = {
            unit.name: Service(unit, self.story, self.recorder, self.facts, self.rng, self.kernel)
            for unit in self.story.units
        }
        steps = [*(Step(after, "deploy") for after in self.story.deploys), *self.story.steps]
        work = [self.step(services[step.unit], step) for step in steps]
        work += [service.serve() for service in services.values()]
        self.beside = [
            asyncio.create_task(one) for one in [*work, self.report_job(), self.visits()]
        ]
        done, _ = await asyncio.wait(
            self.beside, timeout=self.story.hours * 3600, return_when=asyncio.FIRST_EXCEPTION
        )
        self.facts.write("end")
        for task in self.beside:
            task.cancel()
        for service in services.values():
            if service.process is not None and service.process.returncode is None:
                service.process.kill()
        for task in done:
            task.result()


async def _main(story: Story, folder: Path) -> None:
    rng = random.Random(story.seed + 1)
    with (
        (folder / "bot.log").open("wb", buffering=0) as log,
        (folder / "entries.jsonl").open("w", encoding="utf-8", buffering=1) as entries,
        (folder / "supervisor.jsonl").open("w", encoding="utf-8") as facts,
    ):
        kernel = kernel_log.KernelLog.for_story(story.name, story.memory_mb)
        try:
            recorder = Recorder(log, entries, rng)
            await Supervisor(story, recorder, bot_api.Record(facts), rng, kernel).run()
            await asyncio.sleep(2)
            (folder / "peak-memory").write_text(str(kernel.peak_bytes()))
        finally:
            kernel.close()


if __name__ == "__main__":
    asyncio.run(_main(load(sys.argv[1]), Path(sys.argv[2])))
