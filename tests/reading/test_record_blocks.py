"""The kernel's reports of many lines are one record; their verdicts are records by themselves."""

import gzip
import io
import json
from pathlib import Path

import pytest

from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine

FORMATS = load_formats()
SAMPLES = Path(__file__).parent.parent.parent / "sample_logs"


def memcg_report():
    """Return the texts of a real report: a control group's limit was hit."""
    with gzip.open(SAMPLES / "slow-leak" / "journal.txt.gz", "rt") as stream:
        texts = [line.partition(" kernel: ")[2].rstrip("\n") for line in stream]
    begin = next(index for index, text in enumerate(texts) if "invoked oom-killer" in text)
    end = next(index for index in range(begin, len(texts)) if "Killed process" in texts[index])
    assert end - begin > 60
    return texts[begin : end + 1]


GLOBAL_REPORT = """\
snapd invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=-900
CPU: 0 PID: 1308 Comm: snapd Not tainted 5.15.0-76-generic #83-Ubuntu
Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2 04/01/2014
Call Trace:
 <TASK>
 show_stack+0x52/0x5c
 dump_header+0x4e/0x1ff
 </TASK>
RIP: 0033:0x55a1f5c5b8e0
Code: Unable to access opcode bytes at RIP 0x55a1f5c5b8b6.
RSP: 002b:00007ffd6b2fd0b8 EFLAGS: 00010246
RAX: 0000000000000000 RBX: 000000c000506000 RCX: 0000000000000000
FS:  00007f2b3c5f2740 GS:  0000000000000000
Mem-Info:
active_anon:98 inactive_anon:432160 isolated_anon:0
 active_file:12 inactive_file:31 isolated_file:0
 free:13021 free_pcp:63 free_cma:0
Node 0 active_anon:392kB inactive_anon:1728640kB active_file:48kB all_unreclaimable? yes
Node 0 DMA free:7840kB min:356kB low:444kB high:532kB reserved_highatomic:0KB
lowmem_reserve[]: 0 1932 1932 1932 1932
Node 0 DMA: 2*4kB (UM) 3*8kB (UME) 2*16kB (UM) = 7840kB
Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB
1234 total pagecache pages
0 pages in swap cache
Swap cache stats: add 0, delete 0, find 0/0
Free swap  = 0kB
Total swap = 0kB
524158 pages RAM
0 pages HighMem/MovableOnly
13123 pages reserved
0 pages hwpoisoned
Unreclaimable slab info:
Name                      Used          Total
RAWv6                     15KB         15KB
kmalloc-8k               512KB        512KB
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[    353]     0   353    72304       86    94208        0          -250 systemd-journal
[  44321]  1000 44321   540645    20177  3985408        0             0 python
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/bot.service,task=python,pid=44321,uid=1000
Out of memory: Killed process 44321 (python) total-vm:2162580kB, anon-rss:80708kB, file-rss:2816kB, shmem-rss:0kB, UID:1000 pgtables:3908kB oom_score_adj:0
oom_reaper: reaped process 44321 (python), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB
""".splitlines()  # noqa: E501 - as mm/oom_kill.c and mm/show_mem.c of Linux 5.15 print it

HUNG = """\
INFO: task python3:811 blocked for more than 120 seconds.
      Not tainted 6.1.0-13-amd64 #1 Debian 6.1.55-1
"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
task:python3         state:D stack:0     pid:811   ppid:1      flags:0x00004002
Call Trace:
 <TASK>
 __schedule+0x34d/0x9e0
 schedule+0x5a/0xd0
 </TASK>
""".splitlines()  # as kernel/hung_task.c of Linux 6.1 prints it


def uptime(text, number):
    return f"[65731.{number:06}] {text}"


def with_caller(text, number):
    return f"[65731.{number:06}] [ T1308] {text}"


def journald(text, _number):
    return f"Nov 23 19:17:52 host kernel: {text}"


def syslog(text, number):
    return f"Nov 23 19:17:52 host kernel: [65731.{number:06}] {text}"


def journald_json(text, number):
    return json.dumps(
        {
            "__REALTIME_TIMESTAMP": f"17954614726{number:05}",
            "MESSAGE": text,
            "PRIORITY": "4",
            "SYSLOG_IDENTIFIER": "kernel",
            "_TRANSPORT": "kernel",
        },
        separators=(",", ":"),
    )


CARRIERS = pytest.mark.parametrize(
    "carrier", [uptime, with_caller, journald, syslog, journald_json]
)
REPORTS = pytest.mark.parametrize(
    ("report", "verdicts"),
    [(memcg_report(), 2), (GLOBAL_REPORT, 3), (HUNG, 0)],
    ids=["memcg", "global", "hung task"],
)
USB = "usb 1-1: new high-speed USB device number 2 using xhci_hcd"


def records_of(lines):
    return list(
        Reader(io.BytesIO("\n".join(lines).encode()), "log", FORMATS, EveryLine()).records()
    )


@CARRIERS
@REPORTS
def test_a_report_is_one_record_and_each_verdict_another(report, verdicts, carrier):
    texts = [USB, *report, USB]
    records = records_of(carrier(text, number) for number, text in enumerate(texts))
    whole = len(report) - verdicts
    assert [(each.location.line, each.line_count) for each in records] == [
        (1, 1),
        (2, whole),
        *((2 + whole + index, 1) for index in range(verdicts)),
        (len(texts), 1),
    ]
    assert records[1].text == "\n".join(report[:whole])
    assert {each.program for each in records} == {"kernel"}


@CARRIERS
@REPORTS
def test_a_report_that_is_cut_takes_nothing_else(report, verdicts, carrier):
    texts = [*report[:5], USB, "EXT4-fs (sda1): mounted filesystem", *report[:5], *report]
    records = records_of(carrier(text, number) for number, text in enumerate(texts))
    assert [each.line_count for each in records[:4]] == [5, 1, 1, 5]
    assert records[4].line_count == len(report) - verdicts


@pytest.mark.parametrize("carrier", [journald, syslog])
@REPORTS
def test_lines_of_others_stand_between(report, verdicts, carrier):
    lines = []
    for number, text in enumerate(report):
        lines += [carrier(text, number), f"Nov 23 19:17:52 host bot[7]: line {number}"]
    records = [each for each in records_of(lines) if each.program == "kernel"]
    assert records[0].line_count == len(report) - verdicts
    assert len(records) == 1 + verdicts


def test_another_program_s_words_begin_no_report():
    lines = [f"Nov 23 19:17:52 host bot[7]: {text}" for text in GLOBAL_REPORT[:4]]
    assert len(records_of(lines)) == 4


def test_the_account_counts_a_noticed_report_once(read):
    lines = [journald(text, 0) for text in GLOBAL_REPORT]
    found = read("\n".join(lines), finder=EveryLine())
    assert (found.summary.records, found.summary.record_lines) == (4, len(lines))
