"""``logcascade.toml`` and ``[tool.logcascade]``: what a project fixes for all its logs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from logcascade.cli import settings
from tests.cli.own_rule import OWN_RULE

ROOT = Path(__file__).resolve().parents[2]

LOG = "2026-05-19 14:22:01,123 - shop.stock - ERROR - it broke at home\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a repository with a log and rules of its own; the command runs in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "bot.log").write_text(LOG)
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "own-broken.toml").write_text(OWN_RULE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_zone_of_the_settings_counts_and_the_report_says_who_named_it(run, project):
    (project / "logcascade.toml").write_text('zone = "+02:00"\n')
    out = run("analyze", "bot.log").out
    assert "12:22:01 UTC" in out
    assert "assumed: zone UTC+02:00, as logcascade.toml says" in out


def test_an_option_wins_over_the_settings(run, project):
    (project / "logcascade.toml").write_text('zone = "+02:00"\n')
    out = run("analyze", "bot.log", "--zone", "+03:00").out
    assert "11:22:01 UTC" in out
    assert "logcascade.toml" not in out


def test_the_settings_may_name_a_log_that_is_not_read_this_time(run, project):
    (project / "logcascade.toml").write_text('zone = ["syslog=UTC", "bot.log=+02:00"]\n')
    ran = run("analyze", "bot.log")
    assert ran.status == 1
    assert "12:22:01 UTC" in ran.out


def test_rules_of_the_settings_lie_beside_them_wherever_the_command_runs(run, project, monkeypatch):
    (project / "logcascade.toml").write_text('rules = "team"\n')
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    ran = run("analyze", "../bot.log")
    assert "It broke" in ran.out
    assert "more rules by ../logcascade.toml" in ran.out
    listed = run("rules", "list", "--area", "team").out
    assert "from ../team/own-broken.toml, by ../logcascade.toml\n" in listed


def test_rules_list_says_what_a_rule_replaces(run, project):
    (project / "logcascade.toml").write_text('rules = ["team"]\n')
    for name in ("own-broken", "sqlite-disk-full"):
        place = project / "mine" / f"{name}.toml"
        place.parent.mkdir(exist_ok=True)
        place.write_text(OWN_RULE.replace("own-broken", name))
    listed = run("rules", "list", "--rules", "mine", "--area", "mine").out
    assert (
        "from mine/own-broken.toml, by the command line, in place of team/own-broken.toml\n"
        in listed
    )
    assert "from mine/sqlite-disk-full.toml, by the command line, in place of ours\n" in listed


def test_settings_can_stand_in_the_file_that_python_projects_share(run, project):
    (project / "pyproject.toml").write_text('[tool.logcascade]\nzone = "+02:00"\n')
    assert "12:22:01 UTC" in run("analyze", "bot.log").out


def test_the_nearest_file_counts_and_no_other(run, project, monkeypatch):
    (project / "logcascade.toml").write_text('rules = "team"\n')
    (project / "sub").mkdir()
    (project / "sub" / "pyproject.toml").write_text('[project]\nname = "about-logcascade"\n')
    monkeypatch.chdir(project / "sub")
    assert "It broke" in run("analyze", "../bot.log").out
    (project / "sub" / "logcascade.toml").write_text('zone = "+02:00"\n')
    out = run("analyze", "../bot.log").out
    assert "12:22:01 UTC" in out
    assert "It broke" not in out


def test_they_are_looked_for_up_to_the_repository_or_the_home_folder_then_in_the_users_own(
    tmp_path,
):
    """Nothing above is anybody's project."""
    here = tmp_path / "home" / "bot" / "logs"
    here.mkdir(parents=True)
    home = tmp_path / "home"
    own = Path(".config/logcascade/logcascade.toml")
    names = [str(each.relative_to(tmp_path)) for each in settings.places(here, home, "")]
    both = ("logcascade.toml", "pyproject.toml")
    assert names == [
        *(f"{place}/{name}" for place in ("home/bot/logs", "home/bot", "home") for name in both),
        f"home/{own}",
    ]
    (home / "bot" / ".git").write_text("gitdir: elsewhere")
    found = list(settings.places(here, home, "/etc/xdg"))
    assert [each.parent for each in found[:-1:2]] == [here, here.parent]
    assert found[-1] == Path("/etc/xdg/logcascade/logcascade.toml")
    assert list(settings.places(here, None, ""))[-1] == here.parent / "pyproject.toml"


def test_a_file_that_another_user_left_in_a_folder_above_is_not_used():
    """Whoever may write to /tmp could otherwise say what a report says."""
    me, root, owner, stranger = 1000, 0, 1001, 1002
    assert settings.is_trusted(me, owner, me)
    assert settings.is_trusted(root, owner, me)
    assert settings.is_trusted(owner, owner, me)
    assert not settings.is_trusted(stranger, owner, me)


WRONG = {
    "unknown key": (
        ("logcascade.toml", '# ours\nzones = "UTC"\n'),
        ['unknown key "zones" in the top of the file', ":2", 'did you mean "zone"?'],
    ),
    "unknown word": (
        ("pyproject.toml", '[project]\nname = "bot"\n\n[tool.logcascade]\nfail-on = "fatal"\n'),
        [
            '"fail-on" in [tool.logcascade] cannot be "fatal"',
            ":5",
            "known: critical, debug, error, info, warning",
        ],
    ),
    "unknown zone": (
        ("logcascade.toml", 'zone = ["UTC", "Berlin"]\n'),
        [
            '"Berlin" is neither an offset nor a zone this machine knows',
            ":1",
            "give an offset such as +02:00, or a name such as Europe/Berlin",
        ],
    ),
    "no TOML": (("logcascade.toml", "zone = \n"), ["this is not TOML: invalid value", ":1", ""]),
    "no table": (
        ("pyproject.toml", 'tool.logcascade = "UTC"\n'),
        ["[tool.logcascade] must be a table", "", ""],
    ),
}
"""Kind of mistake -> a file, and the reason, line and help that are given."""


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_settings_are_explained(run, project, kind):
    (name, text), (reason, line, advice) = WRONG[kind]
    (project / name).write_text(text)
    ran = run("analyze", "bot.log")
    assert ran.status == 2
    assert ran.err == (
        f"error: the settings file is not valid\n  reason: {reason}\n"
        f"  --> {project}/{name}{line}\n" + (f"  help: {advice}\n" if advice else "")
    )


def test_all_that_is_wrong_with_the_settings_is_said_at_once(run, project):
    (project / "logcascade.toml").write_text('zone = "Berlin"\nrules = 7\nfail_on = "error"\n')
    ran = run("analyze", "bot.log")
    assert ran.err.count("error: ") == 3
    assert 'did you mean "fail-on"?' in ran.err


def test_no_file_can_switch_the_redaction_of_secrets_off(run, project):
    """It may lie in a repository that somebody else wrote."""
    (project / "logcascade.toml").write_text("redact = false\n")
    ran = run("analyze", "bot.log")
    assert ran.status == 2
    assert 'unknown key "redact"' in ran.err


def test_a_folder_of_rules_that_is_not_there_is_said_with_who_named_it(run, project):
    (project / "logcascade.toml").write_text('rules = "tem"\n')
    ran = run("analyze", "bot.log")
    assert ran.status == 2
    assert "there is no such folder" in ran.err
    assert f"--> {project}/tem (named by logcascade.toml)" in ran.err


def test_the_settings_say_from_which_severity_on_the_exit_status_tells(run, project):
    (project / "logcascade.toml").write_text('fail-on = "critical"\n')
    assert run("analyze", "bot.log").status == 0
    assert run("analyze", "bot.log", "--fail-on", "error").status == 1


def test_isolated_commands_know_no_settings(run, project):
    (project / "logcascade.toml").write_text('zone = "nowhere"\n')
    ran = run("--isolated", "analyze", "bot.log")
    assert ran.status == 1
    assert "14:22:01 UTC" in ran.out


def test_the_demo_is_the_same_in_every_project(run, project):
    (project / "logcascade.toml").write_text('rules = "not-there"\n')
    assert run("demo", "--brief").status == 0


def test_the_change_that_verify_asks_about_is_in_the_zone_of_the_settings(run, project):
    (project / "logcascade.toml").write_text('zone = "+02:00"\n')
    later = LOG.replace("14:22:01", "15:22:01")
    (project / "bot.log").write_text(LOG + later)
    ran = run("verify", "bot.log", "--changed-at", "2026-05-19T14:30")
    assert ran.status != 2, ran.err
    assert "zones by logcascade.toml" in ran.out
    assert "lies outside" in run("verify", "bot.log", "--changed-at", "2026-05-19T12:30").err


def test_watch_knows_the_zone_and_the_rules_of_the_settings(project):
    (project / "logcascade.toml").write_text('zone = "+02:00"\nrules = "team"\n')
    out = subprocess.run(
        [sys.executable, "-m", "logcascade", "watch"],
        input=LOG,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout
    assert "12:22:01  begins" in out
    assert "It broke" in out


CAUSE = '\n[[causes]]\nrule = "own-worse"\nwithin = "5m"\nhow = "it waits"\n'


def test_bad_rule_files_are_refused_together_or_left_out_on_demand(run, project):
    (project / "team" / "own-broken.toml").write_text(OWN_RULE + CAUSE)
    for name in ("own-worse", "own-worst"):
        (project / "team" / f"{name}.toml").write_text(OWN_RULE.replace("own-broken", "own"))
    refused = run("analyze", "bot.log", "--rules", "team")
    assert refused.status == 2
    assert refused.err.count("error: rule ") == 2
    wayout = "help: mend the files, or give --skip-bad-rules to do without them"
    assert refused.err.rstrip().endswith(wayout)
    ran = run("analyze", "bot.log", "--rules", "team", "--skip-bad-rules")
    assert ran.status == 4
    assert ran.err.split() == refused.err.replace(wayout, "").split()
    assert "It broke" in ran.out
    assert 'team/own-worse.toml: left out, rule "own-worse" is not valid' in ran.out
