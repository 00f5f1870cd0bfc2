"""Rules that installed packages bring: laid out as an installer leaves them."""

import pytest

from tests.cli.own_rule import OWN_RULE


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package whose code must not run, with an entry point and files of rules."""

    def put(value: str, **files: str) -> None:
        about = tmp_path / "shop_rules-1.2.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-rules\nVersion: 1.2\n")
        (about / "entry_points.txt").write_text(f"[logcascade.rules]\nshop = {value}\n")
        for place in ("shop_rules", "shop_rules/known"):
            (tmp_path / place).mkdir()
            (tmp_path / place / "__init__.py").write_text("raise SystemExit('it ran')\n")
        for name, text in files.items():
            (tmp_path / "shop_rules" / "known" / f"{name.replace('_', '-')}.toml").write_text(text)
        (tmp_path / "shop_module.py").write_text("raise SystemExit('it ran')\n")
        monkeypatch.syspath_prepend(tmp_path)

    return put


@pytest.mark.parametrize("value", ["shop_rules", "shop_rules.known"])
def test_rules_of_an_installed_package_are_used_without_running_its_code(run, install, value):
    install(value, own_broken=OWN_RULE)
    listed = run("rules", "list", "--area", "known")
    assert listed.status == 0, listed.err
    assert "known/own-broken.toml, by the package shop-rules 1.2\n" in listed.out
    ran = run("analyze", "-", stdin=b"2026-05-19 14:22:01,123 - bot - ERROR - it broke at home\n")
    assert "It broke" in ran.out
    assert "more rules by the package shop-rules 1.2" in ran.out.replace("\n", " ")


def test_isolated_commands_know_no_rules_of_packages(run, install):
    install("shop_rules", own_broken=OWN_RULE)
    assert 'no area "known"' in run("--isolated", "rules", "list", "--area", "known").err


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("shop_rule", 'there is no package "shop_rule"'),
        ("shop_module", "it is no package with a folder of its own"),
        ("shop_rules.unknown", "it is no package with a folder of its own"),
        ("shop_rules:FOLDER", "it is not the name of a package"),
        ("shop_rules...known", "it is not the name of a package"),
    ],
)
def test_an_entry_point_that_names_no_folder_is_an_error_of_its_package(
    run, install, value, reason
):
    install(value)
    ran = run("remedy")
    assert ran.status == 2
    assert ran.err == (
        "error: the rules of the package shop-rules 1.2 cannot be found\n"
        f"  reason: {reason}\n"
        f'  --> entry point "shop" of logcascade.rules: "{value}"\n'
        "  help: install it anew, remove it, or give --isolated before the command to do without\n"
    )
    assert run("--isolated", "remedy").status == 0


def test_a_wrong_rule_of_a_package_is_an_error_that_names_the_package(run, install):
    install("shop_rules", own_broken=OWN_RULE.replace("schema = 1", "schema = 9"))
    ran = run("remedy")
    assert ran.status == 2
    assert 'error: rule "own-broken" of the package shop-rules 1.2 is not valid' in ran.err
    assert "known/own-broken.toml:2" in ran.err
