"""What a person sees who names a folder, an archive, or what cannot be read among what can."""

import gzip
import json
import zipfile

from tests.conftest import SAMPLES

ARTICLE = (SAMPLES / "article" / "seven-lines.log").read_bytes()
BINARY = bytes(range(1, 256)) * 40


def words(text):
    return " ".join(text.split())


def test_a_folder_is_analyzed_and_what_is_no_log_leaves_nothing_out(run, tmp_path):
    (tmp_path / "bot.log.gz").write_bytes(gzip.compress(ARTICLE))
    (tmp_path / "bot.db").write_bytes(BINARY)
    ran = run("analyze", tmp_path)
    assert ran.status == 1
    assert ran.out.startswith("bot.log.gz   7 lines")
    assert "skipped binary: bot.db" in words(ran.out)


def test_what_cannot_be_read_in_a_folder_is_status_4_and_said_once(run, tmp_path):
    (tmp_path / "bot.log").write_bytes(ARTICLE)
    for name in "abcde":
        (tmp_path / f"{name}.log").symlink_to(tmp_path / "gone" / name)
    ran = run("analyze", tmp_path)
    assert ran.status == 4
    assert ran.err.count("error: ") == 1
    assert f"{tmp_path}/a.log, {tmp_path}/b.log, {tmp_path}/c.log and 2 more" in ran.err
    assert "and 2 more: not read, no such file" in words(ran.out)


def test_an_archive_is_analyzed_with_its_members_as_sources(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as packed:
        packed.writestr("var/log/bot.log", ARTICLE)
        packed.writestr("core", BINARY)
    report = json.loads(run("analyze", tmp_path / "bundle.zip", "-f", "json").out)
    name = f"{tmp_path}/bundle.zip:var/log/bot.log"
    assert [source["name"] for source in report["sources"]] == [name]
    assert report["incidents"][0]["component"] == "bot"
    assert report["incidents"][0]["first_failure"]["source"] == name


def test_a_damaged_archive_alone_is_status_3_with_what_and_where(run, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    ran = run("analyze", tmp_path / "a.zip")
    assert ran.status == 3
    assert ran.err.startswith("error: cannot read the log\n  reason: the zip archive is damaged")
    assert f"--> {tmp_path}/a.zip" in ran.err


def test_an_encrypted_or_damaged_member_among_others_is_status_4(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("bot.log", ARTICLE)
        packed.writestr("web.log.gz", gzip.compress(ARTICLE)[:-9])
    ran = run("analyze", tmp_path / "a.zip")
    assert ran.status == 4
    assert "the gzip data is cut short" in words(ran.out)


def test_rotated_names_what_is_missing(run, tmp_path):
    ran = run("analyze", "--rotated", tmp_path / "bot.log")
    assert ran.status == 3
    assert "no such file" in ran.err


def test_no_log_that_was_found_is_overwritten_by_the_report(run, tmp_path):
    for name in ("bot.log", "bot.log.1"):
        (tmp_path / name).write_bytes(ARTICLE)
    for arguments in ([tmp_path], ["--rotated", tmp_path / "bot.log"]):
        ran = run("analyze", *arguments, "--output", tmp_path / "bot.log.1")
        assert ran.status == 2
        assert "would overwrite a log" in ran.err
    assert (tmp_path / "bot.log.1").read_bytes() == ARTICLE
