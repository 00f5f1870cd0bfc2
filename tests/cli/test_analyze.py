import gzip
import json
import os
from pathlib import Path

import pytest

from tests.conftest import SAMPLES

ARTICLE = SAMPLES / "article" / "seven-lines.log"
CYCLES = SAMPLES / "article" / "several-cycles.log"
QUIET = SAMPLES / "after-whole-fix" / "bot.log.gz"
TOKEN = "7000000001:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"


@pytest.fixture
def log(tmp_path):
    def write(data: bytes | str, name: str = "bot.log") -> Path:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


def test_an_incident_is_status_1_and_the_report_goes_to_stdout(run):
    ran = run("analyze", ARTICLE)
    assert ran.status == 1
    assert "Telegram flood control   once" in ran.out
    assert ran.err == ""


def test_a_healthy_log_is_status_0(run):
    ran = run("analyze", QUIET)
    assert ran.status == 0
    assert "No incident found: 71 reports seen, all judged harmless, as told below." in ran.out


def test_fail_on_lets_lesser_incidents_pass(run, log):
    path = log("2026-05-19 10:00:00,000 - x - ERROR - it broke\n")
    assert run("analyze", path).status == 1
    assert run("analyze", path, "--fail-on", "error").status == 1
    assert run("analyze", path, "--fail-on", "critical").status == 0


@pytest.mark.parametrize("arguments", [("-",), ()], ids=["dash", "no path"])
def test_a_pipe_is_read_from_standard_input(run, arguments):
    ran = run("analyze", *arguments, stdin=ARTICLE.read_bytes())
    assert ran.status == 1
    assert ran.out.startswith("<stdin>   7 lines")


def test_gzip_is_read_like_the_plain_log(run, log):
    plain = run("analyze", log(ARTICLE.read_bytes())).out
    packed = run("analyze", log(gzip.compress(ARTICLE.read_bytes()), "bot.log.gz")).out
    assert packed.replace("bot.log.gz", "bot.log").split() == plain.split()


def test_several_cycles_of_the_article_give_its_140_minutes(run):
    report = json.loads(run("analyze", CYCLES, "--format", "json").out)
    (cascade,) = report["cascades"]
    assert cascade["first_failure"] == "telegram-flood-control"
    assert cascade["recurrence"]["driver"] == "uptime"
    assert abs(cascade["recurrence"]["period_s"] - 8426.9) < 8426.9 * 0.02


def test_the_report_can_be_written_to_a_file(run, tmp_path):
    target = tmp_path / "incident.md"
    ran = run("analyze", ARTICLE, "--format", "markdown", "--output", target)
    assert ran.status == 1
    assert ran.out == ""
    assert str(target) in ran.err
    assert target.read_text(encoding="utf-8").startswith("# Telegram flood control: once\n")


def test_a_log_is_never_overwritten_by_its_report(run, log):
    path = log(ARTICLE.read_bytes())
    ran = run("analyze", path, "--output", path)
    assert ran.status == 2
    assert "would overwrite a log" in ran.err
    assert path.read_bytes() == ARTICLE.read_bytes()


def test_a_report_that_cannot_be_written_is_said(run, tmp_path):
    ran = run("analyze", ARTICLE, "--output", tmp_path / "no" / "such" / "folder.md")
    assert ran.status == 2
    assert "cannot write the file" in ran.err


def test_secrets_leave_the_report_unless_asked_for(run, log):
    path = log(f"2026-05-19 10:00:00,000 - x - ERROR - failed at bot{TOKEN}/getMe\n")
    for form in ("terminal", "markdown", "json"):
        assert TOKEN not in run("analyze", path, "--format", form).out
        assert TOKEN in "".join(run("analyze", path, "-f", form, "--no-redact").out.split())


def test_the_command_in_a_ticket_has_no_secret_either(run, log):
    path = log(ARTICLE.read_bytes(), f"{TOKEN.replace(':', '%3A')}.log")
    assert TOKEN.split(":")[1] not in run("analyze", path, "-f", "markdown").out


def test_zone_and_date_settle_what_the_log_leaves_open(run):
    ran = run("analyze", ARTICLE, "--zone", "+02:00", "--date", "2026-05-19", "-f", "json")
    source = json.loads(ran.out)["sources"][0]
    assert source["first_time"] == "2026-05-19T12:22:01Z"


def first_times(ran):
    return [source["first_time"] for source in json.loads(ran.out)["sources"]]


def test_each_log_can_have_its_own_zone(run, log):
    line = "2026-05-19 10:00:00,000 - x - ERROR - it broke\n"
    paths = [log(line, "bot.log"), log(line, "syslog"), log(line, "b.log.1")]
    zones = ("--zone", "+02:00", "--zone", "syslog=UTC", "--zone", "*.1=Asia/Tokyo")
    assert first_times(run("analyze", *paths, *zones, "-f", "json")) == [
        "2026-05-19T08:00:00Z",
        "2026-05-19T10:00:00Z",
        "2026-05-19T01:00:00Z",
    ]


def entries(*stamps):
    return "".join(f"{stamp} host bot[7]: ERROR it broke\n" for stamp in stamps)


def test_the_year_of_a_file_is_one_before_it_was_last_written_to(run, log):
    path = log(entries("Dec 30 10:00:00", "Jan  2 10:00:00"))
    os.utime(path, (0, 1_706_000_000))  # 23 January 2024
    ran = run("analyze", path, "-f", "json")
    assert first_times(ran) == ["2023-12-30T10:00:00Z"]
    shown = run("analyze", path).out
    assert "year 2023, the latest by when the log was written, 2024-01-23 (--year gives" in shown
    assert first_times(run("analyze", path, "--year", "2020", "-f", "json")) == [
        "2020-12-30T10:00:00Z"
    ]


def test_a_long_log_whose_end_asks_for_another_year_is_read_with_it(run, log):
    path = log(entries("Feb  1 10:00:00") * 2100 + entries("Dec  1 10:00:00", "Jan  5 10:00:00"))
    os.utime(path, (0, 1_732_500_000))  # 25 November 2024
    report = json.loads(run("analyze", path, "-f", "json").out)
    assert report["sources"][0]["first_time"] == "2023-02-01T10:00:00Z"
    assert report["sources"][0]["last_time"] == "2024-01-05T10:00:00Z"


def test_times_since_boot_are_shown_as_that_until_the_boot_is_known(run, log):
    path = log("[ 1607.206813] Out of memory: Killed process 7 (python3.11) total-vm:1kB\n")
    shown = run("analyze", path).out
    assert "1970" not in shown
    assert "after boot" in shown
    ran = run("analyze", path, "--date", "2026-05-19T07:30", "-f", "json")
    assert first_times(ran) == ["2026-05-19T07:56:47.206813Z"]


WRONG_USE = {
    "unknown option": (["--bogus"], "--bogus"),
    "unknown format": (["--format", "xml"], "xml"),
    "zone": (["--zone", "Mars/Olympus"], "unknown time zone"),
    "zone outside": (["--zone", "../../etc/passwd"], "unknown time zone"),
    "zone of no log": (["--zone", "other.log=UTC"], 'no log is named "other.log"'),
    "zone of nothing": (["--zone", "=UTC"], "names no log"),
    "zone of a log": (["--zone", "seven-lines.log=Mars"], "unknown time zone"),
    "date": (["--date", "yesterday"], "cannot read the date"),
    "date with a zone": (["--date", "2026-05-19T07:30+02:00"], "cannot read the date"),
    "year": (["--year", "twenty"], "--year"),
    "rules": (["--rules", "/no/such/folder"], "no such folder"),
}


@pytest.mark.parametrize(("options", "words"), WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_usage_is_status_2_with_a_word_why(run, options, words):
    ran = run("analyze", ARTICLE, *options)
    assert ran.status == 2
    assert words in ran.err
    assert ran.out == ""


NOT_READABLE = {
    "empty": (b"", "the log is empty"),
    "binary": (bytes(range(256)) * 40, "binary file"),
    "packed otherwise": (b"\x04\x22\x4d\x18" + b"\x01" * 99, "lz4 -dc"),
}


@pytest.mark.parametrize(("data", "words"), NOT_READABLE.values(), ids=NOT_READABLE)
def test_what_is_no_log_is_status_3_with_a_word_why(run, log, data, words):
    ran = run("analyze", log(data))
    assert ran.status == 3
    assert words in ran.err
    assert ran.out == ""


def test_a_missing_file_and_an_empty_folder_are_status_3(run, tmp_path):
    for path, words in ((tmp_path / "no.log", "no such file"), (tmp_path, "it is empty")):
        ran = run("analyze", path)
        assert ran.status == 3
        assert words in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_one_may_not_read_is_status_3(run, log):
    path = log(b"x")
    path.chmod(0)
    assert "permission denied" in run("analyze", path).err


def test_one_unreadable_log_among_many_is_status_4_and_in_the_report(run, tmp_path):
    ran = run("analyze", ARTICLE, tmp_path / "no.log")
    assert ran.status == 4
    assert "no such file" in ran.err
    assert "no.log: not read, no such file" in " ".join(ran.out.split())
    assert "Telegram flood control" in ran.out


def test_a_cut_archive_is_analysed_as_far_as_it_goes_with_status_4(run, log):
    packed = gzip.compress(CYCLES.read_bytes())
    ran = run("analyze", log(packed[: len(packed) // 2], "bot.log.gz"))
    assert ran.status == 4
    assert "the gzip data is cut short" in ran.out


def test_an_empty_log_among_others_leaves_nothing_out(run, log):
    ran = run("analyze", ARTICLE, log(b"", "empty.log"))
    assert ran.status == 1
    assert "the log is empty" in " ".join(ran.out.split())


def test_bytes_that_are_no_text_cost_nothing_but_themselves(run, log):
    ran = run("analyze", log(b"\xfd \x80 caf\xe9 \x00\n" + ARTICLE.read_bytes()))
    assert ran.status == 4
    assert "bot.log:2" in ran.out
    assert "1 NUL byte" in ran.out


def test_a_log_that_ends_inside_a_traceback_is_read(run, log):
    ran = run(
        "analyze",
        log(
            "2026-05-19 10:00:00,000 - x - ERROR - failed\n"
            "Traceback (most recent call last):\n"
            '  File "/opt/bot/main.py", line 3, in main\n'
        ),
    )
    assert ran.status == 1


def test_a_path_given_twice_is_read_once(run):
    ran = run("analyze", ARTICLE, ARTICLE, "--format", "json")
    assert len(json.loads(ran.out)["sources"]) == 1


def test_rules_of_ones_own_win_over_shipped_ones(run, log, tmp_path):
    rules = tmp_path / "mine" / "shop"
    rules.mkdir(parents=True)
    (rules / "shop-stock-lost.toml").write_text(
        'schema = 1\nid = "shop-stock-lost"\ntitle = "Stock lost"\nrole = "failure"\n'
        'severity = "error"\nsummary = "The shop lost count."\n'
        "[match]\nliterals = [\"stock lost\"]\nany = ['''stock lost: (?P<item>\\w+)''']\n"
        "[[example]]\nfrom = \"the shop\"\ntext = '''stock lost: tea'''\n"
        'expect = { item = "tea" }\n'
        "[[example]]\nfrom = \"the shop\"\ntext = '''asked: stock lost?'''\n"
        'matches = false\nwhy = "a question"\n',
        encoding="utf-8",
    )
    path = log("2026-05-19 10:00:00,000 - shop - ERROR - stock lost: tea\n")
    assert "1  Stock lost" in run("analyze", path, "--rules", rules.parent).out


def test_columns_set_the_width_and_a_pipe_gets_a_fixed_one(run):
    narrow = run("analyze", ARTICLE, environment={"COLUMNS": "70"}).out
    fixed = run("analyze", ARTICLE).out
    assert max(map(len, narrow.splitlines())) <= 70
    assert 70 < max(map(len, fixed.splitlines())) <= 100


def test_colours_follow_the_environment(run):
    assert "\x1b[" not in run("analyze", ARTICLE).out
    assert "\x1b[" in run("analyze", ARTICLE, environment={"FORCE_COLOR": "1"}).out
    both = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    assert "\x1b[" not in run("analyze", ARTICLE, environment=both).out


def test_brief_is_one_line_for_each_cascade(run):
    lines = run("analyze", CYCLES, "--brief", environment={"COLUMNS": "140"}).out.splitlines()
    assert lines[-1].startswith("1  Telegram flood control   8 times, every 2 h 20 min")
