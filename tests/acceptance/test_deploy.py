"""What stands in deploy/ does what it says: held to the image, the program, and the tools that read it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from feedhub import __version__
from feedhub.cli import faults
from feedhub.cli.app import app
from support.feeds import items, rss
from support.program import Program
from support.publisher import Publisher
from support.requirements import missing

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
UNITS = sorted(DEPLOY.glob("feedhub*.[st]*"))
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # typer's own group, which has them


def instruction(name: str) -> str:
    """The last of an instruction in the Dockerfile, in one line."""
    found = re.findall(rf"^{name} ((?:.*\\\n)*.*)$", DOCKERFILE, flags=re.M)
    return re.sub(r"\\\n\s*", "", found[-1])


def known(words: list[str]) -> None:
    """A command of the program with options that it has."""
    options = {option for param in COMMANDS[words[0]].params for option in param.opts}
    assert {word for word in words[1:] if word.startswith("-")} <= options


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    return found


def settings(unit: str) -> dict[str, list[str]]:
    """A unit's settings by their names."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", (DEPLOY / unit).read_text("utf-8"), flags=re.M):
        found.setdefault(name, []).append(value)
    return found


# --- the image --------------------------------------------------------------------------------------------------------


def test_the_dockerfile_is_of_this_version_and_names_no_host() -> None:
    """The label agrees with the program; no index, mirror or registry stands in what builds the image."""
    assert f'image.version="{__version__}"' in DOCKERFILE
    script = (DEPLOY / "image.sh").read_text("utf-8")
    assert not re.search(r"://|\.(?:com|org|io|net)/", DOCKERFILE + script)


def test_what_the_dockerfile_copies_is_not_ignored() -> None:
    """And nothing else gets to the builder: no data, no secrets of a working copy."""
    first, *others = (ROOT / ".dockerignore").read_text("utf-8").splitlines()[1:]
    assert first == "*"
    sent = {line.removeprefix("!") for line in others if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, flags=re.M)
    assert sent == {source for sources in copied for source in sources.split()}
    assert all((ROOT / source).exists() for source in sent)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_health_check_asks_for_readiness(host: str, publisher: Publisher) -> None:
    """200 is well, all else is not, each in one line; without the site's packages, so without feedhub."""
    script = [sys.executable, "-IS", str(DEPLOY / "healthcheck.py")]
    environment = {"FEEDHUB_HOST": host, "FEEDHUB_PORT": str(publisher.port)}

    def health() -> tuple[int, str]:
        ended = subprocess.run(script, env=environment, capture_output=True, text=True)
        return ended.returncode, ended.stdout + ended.stderr

    assert health() == (1, "not ready: HTTP/1.1 404\n")
    publisher.serve("/readyz", "ready")
    assert health() == (0, "")
    publisher.behave("/readyz", lambda connection, _: connection.answer(503, {}))
    assert health() == (1, "not ready: HTTP/1.1 503\n")
    publisher.reset("/readyz")
    assert health()[0] == 1


# --- compose ----------------------------------------------------------------------------------------------------------


def test_compose_agrees_with_the_image() -> None:
    """Its volume, port and configuration are the image's, and its root is read-only for both services."""
    for service in services().values():
        assert service["image"] == "feedhub"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        mounts = dict(volume.split(":")[:2] for volume in service["volumes"])
        assert mounts["data"] == instruction("VOLUME")
        assert f"FEEDHUB_CONFIG={mounts['../config']}/feeds.yaml" in instruction("ENV")
        assert (DEPLOY / "../config/feeds.yaml").is_file()
    (port,) = services()["feedhub"]["ports"]
    assert port.split(":") == ["127.0.0.1", "8080", instruction("EXPOSE")]


def test_compose_runs_the_service_and_one_pass() -> None:
    """Commands of the program; the pass starts only when asked for, has no health and is not started again."""
    for service in services().values():
        known(service["command"])
    once = services()["poll"]
    assert (once["profiles"], once["restart"], once["healthcheck"]) == (["once"], "no", {"disable": True})
    seconds = int(services()["feedhub"]["stop_grace_period"].removesuffix("s"))
    assert seconds > 10, "more than feedhub needs to end"


# --- cron -------------------------------------------------------------------------------------------------------------


def crontab() -> list[str]:
    (*lines,) = re.findall(r"```crontab\n(.*)\n```", (DEPLOY / "cron.md").read_text("utf-8"))
    return lines


def test_the_crontab_has_nothing_that_cron_reads_otherwise() -> None:
    """Five fields, and no percent sign, which would be a line's end."""
    for line in crontab():
        assert re.match(r"\*/5 \* \* \* \* \S", line)
        assert "%" not in line
    _, command = crontab()[1].split(" feedhub ", 1)
    known(shlex.split(command.partition(" >")[0]))


def test_the_line_for_cron_is_silent_while_all_is_well(tmp_path: Path, publisher: Publisher) -> None:
    """Run by sh with cron's bare environment: files come of it, and a mail only where something needs a hand."""
    folder = tmp_path / "srv"
    program = folder / ".venv" / "bin" / "feedhub"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nFEEDHUB_ALLOW_PRIVATE=1 exec {shlex.quote(sys.executable)} -m feedhub "$@"\n')
    program.chmod(0o755)
    (folder / "config").mkdir()
    publisher.serve("/f", rss(*items(3)))
    (folder / "config" / "feeds.yaml").write_text(f"feeds: ['{publisher.url('/f')}', '{publisher.url('/gone')}']\n")
    line = crontab()[0].split(" ", 5)[5].replace("/srv/feedhub", str(folder))

    def mail() -> str:
        ended = subprocess.run(
            ["/bin/sh", "-c", line], env={"PATH": "/usr/bin:/bin"}, cwd="/", capture_output=True, text=True
        )
        return ended.stdout + ended.stderr

    assert mail() == ""
    assert (folder / "public" / "feed.atom").read_bytes().count(b"<entry") == 3
    (folder / "config" / "feeds.yaml").write_text("feeds: [a]\n")
    assert mail().splitlines()[-1] == "feedhub: 1 mistake in the configuration"


# --- systemd ----------------------------------------------------------------------------------------------------------


def test_the_units_are_such_that_systemd_takes_them(tmp_path: Path) -> None:
    """Without a word, once the program stands where they say."""
    if not shutil.which("systemd-analyze"):
        missing("systemd-analyze")
    assert len(UNITS) == 3
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/feedhub/bin/feedhub", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    ended = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)], capture_output=True, text=True
    )
    about_ours = [line for line in ended.stderr.splitlines() if "feedhub" in line]
    assert (ended.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("unit", ["feedhub.service", "feedhub-poll.service"])
def test_a_unit_runs_a_command_of_the_program_in_its_own_folder(unit: str) -> None:
    """The data stands where systemd makes a folder for it, and the variables are the program's."""
    (command,) = settings(unit)["ExecStart"]
    assert command.startswith("/opt/feedhub/bin/feedhub ")
    known(shlex.split(command)[1:])
    variables = dict(pair.split("=") for pair in settings(unit)["Environment"][0].split())
    assert variables.keys() <= {param.envvar for param in COMMANDS["serve"].params}
    assert variables["FEEDHUB_DATA"] == f"/var/lib/{settings(unit)['StateDirectory'][0]}"
    assert settings(unit)["ProtectSystem"] == ["strict"]


def test_the_units_know_the_programs_exit_codes() -> None:
    """A mistake in the configuration starts nothing anew; no network and a second feedhub are no failure of a pass."""
    assert settings("feedhub.service")["RestartPreventExitStatus"] == [str(faults.CONFIGURATION)]
    assert settings("feedhub-poll.service")["SuccessExitStatus"] == [f"{faults.UNREACHABLE} {faults.LOCKED}"]


def test_a_pass_that_systemd_or_docker_ends_says_so_by_its_status(program: Program, publisher: Publisher) -> None:
    """SIGTERM in the middle of a poll: 143, no traceback, and the next pass needs no repair."""
    publisher.hang("/f")
    program.configure(f"feeds: ['{publisher.url('/f')}']\n")
    with program.running("poll") as poll:
        while not publisher.requests_to("/f"):
            assert poll.popen.poll() is None
        assert (poll.stop(within=10), poll.err) == (143, "")
    publisher.serve("/f", rss(*items(3)))
    assert "3 new entries" in program.poll().out
