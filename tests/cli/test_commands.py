import json

import jsonschema

from logcascade import __version__
from logcascade.bundled import rules_folder


def test_version_is_said(run):
    assert run("--version").out == f"logcascade {__version__}\n"


def test_without_a_command_help_is_shown_as_wrong_usage(run):
    ran = run()
    assert ran.status == 2
    assert "analyze" in ran.out + ran.err


def test_help_shows_examples_and_the_exit_statuses(run):
    ran = run("analyze", "--help")
    assert ran.status == 0
    assert "journalctl -u bot -o json | logcascade analyze -" in ran.out
    assert "4  analyzed, but something was left out" in ran.out


def test_the_demo_reports_a_real_incident_and_succeeds(run):
    ran = run("demo")
    assert ran.status == 0
    assert "Telegram flood control   11 times, every 2 h 2" in ran.out
    assert "$ logcascade analyze" in ran.err


def test_remedies_are_listed_in_the_order_of_their_application(run):
    ran = run("remedy")
    first = ("outbound-limiter", "throttle-middleware", "close-bot-session")
    places = [ran.out.index(f"\n  {name} ") for name in first]
    assert places == sorted(places)
    assert "cures telegram-flood-control" in ran.out


def test_where_a_remedy_did_not_help_is_said_with_the_figures(run):
    ran = run("remedy", "throttle-middleware")
    assert "Measured without it and with it: it helped in " in ran.out
    told = ran.out[ran.out.index("It did not help: 80 users") :]
    words = [line.split() for line in told.splitlines()[:4]]
    assert ["without", "with"] in words
    assert ["refused", "calls", "50", "50"] in words


def test_a_remedy_is_shown_with_its_code_and_what_it_does_not_cure(run):
    ran = run("remedy", "throttle-middleware")
    assert "--- middleware.py ---" in ran.out
    assert "Does not cure:" in ran.out


def test_remedy_files_are_saved_and_never_over_existing_ones(run, tmp_path):
    folder = tmp_path / "bot"
    assert run("remedy", "throttle-middleware", "--write", folder).status == 0
    saved = folder / "middleware.py"
    assert "class" in saved.read_text(encoding="utf-8")
    saved.write_text("mine", encoding="utf-8")
    ran = run("remedy", "throttle-middleware", "--write", folder)
    assert ran.status == 2
    assert "would overwrite" in ran.err
    assert saved.read_text(encoding="utf-8") == "mine"


def test_an_unknown_id_gets_the_nearest_one(run):
    for command, near in (
        (["remedy", "throttle"], "throttle-middleware"),
        (["rules", "show", "telegram-flod-control"], "telegram-flood-control"),
    ):
        ran = run(*command)
        assert ran.status == 2
        assert f'did you mean "{near}"' in ran.err


def test_rules_are_listed_by_area(run):
    ran = run("rules", "list", "--area", "sqlite")
    assert ran.out.splitlines()[0] == "sqlite"
    assert "sqlite-database-locked" in ran.out
    assert "telegram" not in ran.out


def test_a_rule_is_shown_as_its_file(run):
    ran = run("rules", "show", "telegram-flood-control")
    path = rules_folder() / "telegram" / "telegram-flood-control.toml"
    assert ran.out == path.read_text(encoding="utf-8")


def test_the_shipped_rules_pass_their_own_examples(run):
    ran = run("rules", "test")
    assert ran.status == 0
    assert "all as they say" in ran.out


def test_a_rule_whose_example_does_not_match_is_status_1(run, tmp_path):
    (tmp_path / "shop-wrong.toml").write_text(
        'schema = 1\nid = "shop-wrong"\ntitle = "Wrong"\nrole = "failure"\nseverity = "error"\n'
        'summary = "It is wrong."\n[match]\nliterals = ["stock lost"]\n'
        "any = ['''stock lost: (?P<item>\\w+)''']\n"
        "[[example]]\nfrom = \"x\"\ntext = '''stock lost!'''\nexpect = { item = \"tea\" }\n"
        "[[example]]\nfrom = \"x\"\ntext = '''no stock lost'''\nmatches = false\nwhy = \"x\"\n",
        encoding="utf-8",
    )
    ran = run("rules", "test", tmp_path)
    assert ran.status == 1
    assert "shop-wrong" in ran.err
    assert "1 failed" in ran.out


def test_formats_are_listed_with_an_example_each(run):
    lines = run("formats").out.splitlines()
    assert any(line.startswith("python-logging: ") for line in lines)
    assert any("INFO" in line for line in lines if line.startswith("    "))


def test_the_schema_is_a_json_schema(run):
    schema = json.loads(run("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == "logcascade.report/1"


def test_formats_explain_shows_no_text_of_the_log(run, tmp_path):
    log = tmp_path / "bot.log"
    log.write_text("2026-11-23 19:24:06,032 - app - INFO - password=hunter2 of Ms. Smith\n")
    result = run("formats", "--explain", str(log))
    assert "python-logging   at the beginning of 1 line" in result.out
    assert "Smith" not in result.out
    shown = run("formats", "--explain", str(log), "--show-lines").out
    assert "Smith" in shown
    assert "hunter2" not in shown


LOG_OF_A_SHOP = """\
2026-05-19 14:22:00,000 - shop - INFO - started
2026-05-19 14:22:01,000 - shop - ERROR - payment 4711 refused for ann@example.org
Traceback (most recent call last):
  File "/opt/shop/pay.py", line 3, in pay
    charge(card)
shop.Refused: card 12 is closed
2026-05-19 14:22:02,000 - shop - WARNING - queue length 900 is above 500
"""


def test_a_rule_is_begun_from_any_line_of_a_record_and_passes_the_rules_test(run, tmp_path):
    log = tmp_path / "shop.log"
    log.write_text(LOG_OF_A_SHOP, encoding="utf-8")
    rules = tmp_path / "rules"
    rules.mkdir()
    for line, name in ((4, "shop-refused-card-is-closed"), (7, "queue-length-is-above")):
        file = rules / f"{name}.toml"
        assert run("rules", "new", "--from", f"{log}:{line}", "--output", file).status == 0
    assert "ann@example.org" not in (rules / "shop-refused-card-is-closed.toml").read_text()
    ran = run("rules", "test", rules)
    assert ran.status == 0, ran.err


def test_a_rule_is_not_begun_over_a_file_nor_from_a_line_that_is_not_there(run, tmp_path):
    log = tmp_path / "shop.log"
    log.write_text(LOG_OF_A_SHOP, encoding="utf-8")
    ran = run("rules", "new", "--from", f"{log}:2", "--output", log)
    assert ran.status == 2
    assert log.read_text(encoding="utf-8") == LOG_OF_A_SHOP
    assert "holds line 99" in run("rules", "new", "--from", f"{log}:99").err


def test_a_rule_begun_from_a_line_with_a_secret_knows_that_line_and_does_not_tell_it(run, tmp_path):
    log = tmp_path / "bot.log"
    log.write_text(
        "2026-05-19 10:00:00,000 ERROR shop: order of ann@example.org refused, token=abcdef123456\n"
    )
    file = tmp_path / "rules" / "shop-order-of-refused-token.toml"
    file.parent.mkdir()
    assert run("rules", "new", "--from", log, "--output", file).status == 0
    assert "ann@" not in file.read_text()
    assert run("rules", "test", file).status == 0
    known = run("rules", "explain", f"{log}:1", "--rules", file).out
    assert "known as  shop-order-of-refused-token" in known
