"""The remedies' configuration files, read by what reads them for real where that is installed."""

import ast
import json
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.remedies.code import REMEDIES
from tests.remedies.configurations import (
    ini_files,
    seconds,
    sections_of,
    systemd_files,
    yaml_files,
)

NEEDS_SYSTEMD_254 = ("RestartSteps", "RestartMaxDelaySec")
UNIT = REMEDIES / "memory-limit-and-restart-policy" / "bot.service"


def named(path):
    return f"{path.parent.name}/{path.name}"


def test_each_ini_file_is_known_by_its_sections():
    others = [path for path in ini_files() if path not in systemd_files()]
    assert {sections_of(path).sections()[0].partition(":")[0] for path in others} <= {
        "program",
        "Journal",
    }


@pytest.mark.parametrize("path", systemd_files(), ids=named)
def test_comments_in_a_unit_stand_on_lines_of_their_own(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or "#" not in line


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("path", systemd_files(), ids=named)
def test_systemd_accepts_the_unit_or_drop_in(path, tmp_path):
    text = path.read_text(encoding="utf-8")
    text = text.replace("/opt/bot/venv/bin/python", sys.executable)
    unit = tmp_path / "bot.service"
    if path.suffix == ".service":
        unit.write_text(text, encoding="utf-8")
    else:
        unit.write_text(f"[Service]\nExecStart={sys.executable}\n", encoding="utf-8")
        (tmp_path / "bot.service.d").mkdir()
        (tmp_path / "bot.service.d" / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    about_it = [line for line in done.stderr.splitlines() if unit.name in line]
    unexpected = [line for line in about_it if not any(name in line for name in NEEDS_SYSTEMD_254)]
    assert unexpected == []


@pytest.mark.skipif(not shutil.which("logrotate"), reason="logrotate is not installed")
def test_logrotate_rotates_by_the_file(tmp_path):
    text = (REMEDIES / "rotate-logs" / "logrotate.conf").read_text(encoding="utf-8")
    text = text.replace("/var/log/bot/", f"{tmp_path}/logs/").replace("    su bot bot\n", "")
    (tmp_path / "logs").mkdir(mode=0o755)
    log = tmp_path / "logs" / "bot.log"
    with log.open("wb") as file:
        file.truncate(21 * 2**20)  # more than maxsize
    settings = tmp_path / "logrotate.conf"
    settings.write_text(text, encoding="utf-8")
    settings.chmod(0o644)
    command = ["logrotate", "--state", str(tmp_path / "state"), str(settings)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert log.stat().st_size == 0
    assert (tmp_path / "logs" / "bot.log.1").stat().st_size == 21 * 2**20


@pytest.mark.parametrize(
    "path", [path for path in systemd_files() if "StartLimitBurst" in path.read_text()], ids=named
)
def test_a_program_that_dies_at_every_start_reaches_the_start_limit(path):
    """Else the pauses between restarts outlast the interval, and the loop never ends."""
    unit = sections_of(path)
    service = unit["Service"]
    first, last = seconds(service["RestartSec"]), seconds(service["RestartMaxDelaySec"])
    steps = int(service["RestartSteps"])
    starts = int(unit["Unit"]["StartLimitBurst"])
    # the pause before each restart as systemd computes it (service_restart_usec_next)
    pauses = [first * (last / first) ** (n / steps) if n < steps else last for n in range(starts)]
    lives = 50.0
    assert sum(pauses) + starts * lives < seconds(unit["Unit"]["StartLimitIntervalSec"])


def test_the_unit_limits_memory_and_restarts_after_a_failure():
    service = sections_of(UNIT)["Service"]
    assert service["Restart"] == "on-failure"
    assert service["OOMPolicy"] == "stop"
    assert service["MemorySwapMax"] == "0"
    assert megabytes(service["MemoryHigh"]) < megabytes(service["MemoryMax"])
    assert {"RestartSec", "TimeoutStopSec", *NEEDS_SYSTEMD_254} <= set(service)


def megabytes(size):
    assert size.endswith("M")
    return int(size.removesuffix("M"))


@pytest.mark.parametrize("path", yaml_files(), ids=named)
def test_a_yaml_file_is_of_compose_or_of_kubernetes(path):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        assert "services" in document or {"apiVersion", "kind", "spec"} <= document.keys()


def test_a_check_may_fail_for_longer_than_the_oldest_sign_of_life_before_it_ends_the_program():
    """Else one late beat would be enough."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    folder = REMEDIES / "heartbeat-check"
    compose = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))
    check = compose["services"]["bot"]["healthcheck"]
    oldest_s = float(check["test"][-1])
    assert check["retries"] * seconds(check["interval"]) > oldest_s
    deployment = yaml.safe_load((folder / "deployment.yaml").read_text(encoding="utf-8"))
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    probe = container["livenessProbe"]
    assert float(probe["exec"]["command"][-1]) == oldest_s
    assert probe["failureThreshold"] * probe["periodSeconds"] > oldest_s
    assert (
        container["resources"]["requests"]["memory"] == container["resources"]["limits"]["memory"]
    )


def test_compose_limits_memory_and_swap_alike():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    bot = yaml.safe_load((UNIT.parent / "compose.yaml").read_text(encoding="utf-8"))
    bot = bot["services"]["bot"]
    assert bot["mem_limit"] == bot["memswap_limit"]
    assert bot["restart"] == "unless-stopped"
    assert bot["environment"]["PYTHONUNBUFFERED"] == "1"


def settings_of(remedy, file):
    return runpy.run_path(str(REMEDIES / remedy / file))


@pytest.mark.skipif(find_spec("gunicorn") is None, reason="gunicorn is not installed")
def test_gunicorn_accepts_its_settings(tmp_path):
    (tmp_path / "application.py").write_text("def app(environ, start_response): ...\n")
    settings = REMEDIES / "gunicorn-workers" / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "--check-config", "-c", str(settings)]
    done = subprocess.run(
        [*command, "application:app"], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_requests_end_before_the_supervisor_kills_gunicorn():
    settings = settings_of("gunicorn-workers", "gunicorn.conf.py")
    assert settings["graceful_timeout"] < seconds(sections_of(UNIT)["Service"]["TimeoutStopSec"])
    assert settings["max_requests_jitter"] < settings["max_requests"]


def test_a_celery_task_ends_before_the_broker_gives_it_to_somebody_else():
    settings = settings_of("celery-workers", "celeryconfig.py")
    soft, hard = settings["task_soft_time_limit"], settings["task_time_limit"]
    assert soft < hard < settings["broker_transport_options"]["visibility_timeout"]


def test_celery_knows_each_of_its_settings():
    defaults = pytest.importorskip("celery.app.defaults", reason="celery is not installed")
    known = {name.replace(".", "_") for name, _ in defaults.flatten(defaults.NAMESPACES)}
    names = {name for name in settings_of("celery-workers", "celeryconfig.py") if name[0] != "_"}
    assert names
    assert names <= known


@pytest.mark.parametrize("path", sorted(REMEDIES.glob("*/*.json")), ids=named)
def test_json_is_read_as_such(path):
    assert json.loads(path.read_text(encoding="utf-8"))


def test_the_stop_leaves_time_for_the_handlers_to_finish():
    """The unit's SIGKILL must come after the time that main.py gives to handlers."""
    source = (REMEDIES / "close-bot-session" / "main.py").read_text(encoding="utf-8")
    drain = next(
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.targets[0].id == "DRAIN_S"
    )
    assert drain < seconds(sections_of(UNIT)["Service"]["TimeoutStopSec"])
