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
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from laboratory import bot_api, kernel_log
from laboratory.stories import PYTHON, Story, load

UNIT = "bot.service"
DESCRIPTION = "Telegram bot"
RESTART_SEC = 1.0

STARTING = ("7d4958e842da4a758f6c1cdc7b36dcc5", "job_emit_start_message", 6)
STARTED = ("39f53479d3a045ac8e11786248231fbf", "job_emit_done_message", 6)
STOPPING = ("de5b426a63be47a7b6ac3eaac82e2f6f", "job_emit_start_message", 6)
STOPPED = ("9d1aaa27d60140bd96365438aad20286", "job_emit_done_message", 6)
EXITED = ("98e322203f7a4ed290d09fe03c09fe15", "unit_log_process_exit", 4)
FAILED = ("d9b373ed55a64feb8242e02dbe79a49c", "unit_log_failure", 4)
DEACTIVATED = ("7ad2d189f7e94e70a38c781354912448", "unit_log_success", 6)
RESTARTING = ("5eb03494b6584870a536b337290809b3", "service_enter_restart", 6)
OOM = ("fe6faa94e7774663a0da52717891d8ef", "unit_check_oom", 5)


def kill_lines(control_group: int) -> list[tuple[str, tuple[str, str, int]]]:
    """Return what systemd says when the kernel killed the main process of the unit.

    Only a version 2 hierarchy tells systemd of the kernel's kill; on version 1 it sees a signal.
    """
    exited = (f"{UNIT}: Main process exited, code=killed, status=9/KILL", EXITED)
    if control_group == 1:
        return [exited, (f"{UNIT}: Failed with result 'signal'.", FAILED)]
    return [
        (f"{UNIT}: A process of this unit has been killed by the OOM killer.", OOM),
        exited,
        (f"{UNIT}: Failed with result 'oom-kill'.", FAILED),
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

    def now(self) -> float:
        """Return the virtual time, never the same twice, as journald stamps its entries."""
        self.last = max(time.time(), self.last + self.rng.uniform(8e-6, 30e-6))
        return self.last

    def entry(self, source: str, text: str, **fields: Any) -> None:
        """Keep one line for the journal."""
        fields = {"t": round(self.now(), 6), "source": source, "text": text, **fields}
        self.entries.write(json.dumps(fields, ensure_ascii=False) + "\n")

    def output(self, text: bytes, pid: int, invocation: str, ended: bool = True) -> None:
        """One line of the bot, whole or (at its death) cut."""
        if not self.open_line:
            self.lines += 1
        self.log.write(text + (b"\n" if ended else b""))
        self.open_line = not ended
        self.entry(
            "bot", text.decode("utf-8", "replace"), pid=pid, invocation=invocation, line=self.lines
        )


@dataclass
class Supervisor:
    """One service and, in one story, a second one that works on the same database."""

    story: Story
    recorder: Recorder
    facts: bot_api.Record
    rng: random.Random
    kernel: kernel_log.KernelLog
    process: asyncio.subprocess.Process | None = None
    invocation: str = ""
    restarts: int = 0
    stopping: bool = False
    beside: list[asyncio.Task[None]] = field(default_factory=list)

    def systemd(self, text: str, kind: tuple[str, str, int], unit: str = UNIT) -> None:
        """One line of systemd."""
        message_id, function, priority = kind
        self.recorder.entry(
            "systemd",
            text,
            unit=unit,
            invocation=self.invocation if unit == UNIT else "",
            message_id=message_id,
            function=function,
            priority=priority,
        )

    def environment(self) -> dict[str, str]:
        """Return the bot's settings, as its unit file would hold them."""
        return {
            **os.environ,
            "BOT_TOKEN": bot_api.TOKEN,
            "BOT_API": "http://127.0.0.1:8081",
            "BOT_RATES_URL": "http://127.0.0.1:8081/rates",
            "BOT_DATABASE": "/var/lib/bot/bot.db",
            "BOT_CHANNEL": str(bot_api.CHANNEL),
            "MALLOC_ARENA_MAX": "2",
            "PYTHONPATH": "",
            **self.story.bot,
        }

    async def start(self) -> None:
        """Start the bot in its control group."""
        self.invocation = f"{self.rng.getrandbits(128):032x}"
        group = self.kernel.group

        def enter_group() -> None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

        self.process = await asyncio.create_subprocess_exec(
            PYTHON,
            "/opt/bot/bot.py",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd="/opt/bot",
            env=self.environment(),
            preexec_fn=enter_group,
            limit=1 << 22,
        )
        self.systemd(f"Started {UNIT} - {DESCRIPTION}.", STARTED)
        self.facts.write("start", pid=self.process.pid)

    async def pump(self) -> None:
        """Copy the bot's output until it ends."""
        assert self.process is not None
        assert self.process.stdout is not None
        async for chunk in self.process.stdout:
            ended = chunk.endswith(b"\n")
            text = chunk[:-1] if ended else chunk
            self.recorder.output(text, self.process.pid, self.invocation, ended)

    async def serve(self) -> None:
        """Run the bot for ever, restarting it whenever it ends."""
        while True:
            await self.start()
            await self.pump()
            assert self.process is not None
            status = await self.process.wait()
            self.ended(status)
            if not self.stopping:
                await asyncio.sleep(RESTART_SEC + self.rng.uniform(0.01, 0.25))
                self.restarts += 1
                counter = f"restart counter is at {self.restarts}."
                self.systemd(f"{UNIT}: Scheduled restart job, {counter}", RESTARTING)
                self.systemd(f"Stopped {UNIT} - {DESCRIPTION}.", STOPPED)
            self.stopping = False

    def ended(self, status: int) -> None:
        """Say how the bot ended."""
        assert self.process is not None
        if status == -signal.SIGKILL:
            block = self.kernel.block_of(self.process.pid, self.story.control_group)
            for priority, text in block:
                self.recorder.entry("kernel", text, priority=priority)
            self.facts.write("oom-killed" if block else "killed", pid=self.process.pid)
            for text, kind in kill_lines(self.story.control_group):
                self.systemd(text, kind)
        elif self.stopping:
            self.systemd(f"{UNIT}: Deactivated successfully.", DEACTIVATED)
            self.systemd(f"Stopped {UNIT} - {DESCRIPTION}.", STOPPED)
            self.facts.write("stopped", pid=self.process.pid, status=status)
        else:
            exited = f"{UNIT}: Main process exited, code=exited, status={status}/FAILURE"
            self.systemd(exited, (EXITED[0], EXITED[1], 5))
            self.systemd(f"{UNIT}: Failed with result 'exit-code'.", FAILED)
            self.facts.write("crashed", pid=self.process.pid, status=status)

    async def deploy(self, after: float) -> None:
        """`systemctl restart`, as a deploy does."""
        await asyncio.sleep(after)
        assert self.process is not None
        self.stopping = True
        self.systemd(f"Stopping {UNIT} - {DESCRIPTION}...", STOPPING)
        self.facts.write("deploy")
        self.process.send_signal(signal.SIGTERM)

    async def report_job(self) -> None:
        """Another unit, started by a timer, that works on the bot's database for a while."""
        unit, name = "report.service", "Message report"
        for after, length in self.story.reports:
            await asyncio.sleep(max(0.0, self.story.epoch + after - time.time()))
            self.systemd(f"Starting {unit} - {name}...", STARTING, unit)
            job = await asyncio.create_subprocess_exec(
                PYTHON, str(Path(__file__).with_name("report_job.py")), str(length)
            )
            self.facts.write("lock", length=length)
            await job.wait()
            self.facts.write("lock-end")
            self.systemd(f"{unit}: Deactivated successfully.", DEACTIVATED, unit)
            self.systemd(f"Finished {unit} - {name}.", STARTED, unit)

    async def run(self) -> None:
        """Run the whole story."""
        self.beside = [asyncio.create_task(self.deploy(after)) for after in self.story.deploys]
        self.beside.append(asyncio.create_task(self.report_job()))
        serving = asyncio.create_task(self.serve())
        await asyncio.wait({serving}, timeout=self.story.hours * 3600)
        self.facts.write("end")
        serving.cancel()
        if self.process is not None and self.process.returncode is None:
            self.process.kill()


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
        finally:
            kernel.close()


if __name__ == "__main__":
    asyncio.run(_main(load(sys.argv[1]), Path(sys.argv[2])))
