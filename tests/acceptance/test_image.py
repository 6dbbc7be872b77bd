"""The container image: built without a daemon, run read-only and as nobody in particular, as daemon and as one-shot."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedhub import __version__
from support import image
from support.feeds import items, rss
from support.image import Image
from support.internet import closed_port
from support.program import fetch, until
from support.publisher import Publisher
from support.requirements import missing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]  # the first test builds


@pytest.fixture(scope="session")
def built() -> Iterator[Image]:
    if lacking := image.lacking():
        missing(lacking)
    image.build()
    with image.unpacked() as found:
        yield found


def listing(publisher: Publisher) -> str:
    publisher.serve("/f", rss(*items(12)))
    return f"feeds: ['{publisher.url('/f')}']\n"


def test_the_image_says_what_it_is(built: Image) -> None:
    """Labels, a user that is not root, the volume, the port, and a health check that imports nothing of feedhub."""
    config = image.facts()
    labels = {name.rpartition(".")[2]: value for name, value in config["Labels"].items() if "opencontainers" in name}
    assert labels.keys() >= {"title", "description", "version"}
    assert labels["version"] == __version__
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"])
    assert (list(config["Volumes"]), list(config["ExposedPorts"])) == (["/data"], ["8080/tcp"])
    assert (config["Entrypoint"], config["Cmd"]) == (["feedhub"], ["serve"])
    script = Path(config["Healthcheck"]["Test"][-1])
    assert "feedhub" not in re.findall(r"^import (\w+)", (built.root / script.relative_to("/")).read_text(), flags=re.M)


def test_nothing_of_the_build_is_left_in_the_image(built: Image) -> None:
    """Neither pip nor its settings, no tests, no source beside the installed one."""
    assert not (built.root / "etc/pip.conf").exists()
    assert not (built.root / "etc/pip-certificates.pem").exists()
    assert not (built.root / "src").exists()
    programs = {path.name for path in (built.root / "opt/feedhub/bin").iterdir()}
    assert "feedhub" in programs
    assert not {"pip", "hatchling"} & programs
    assert sorted(path.name for path in (built.root / "config").iterdir()) == ["feeds.schema.json", "feeds.yaml"]


def test_it_runs_as_nobody_on_a_root_that_cannot_be_written(built: Image, tmp_path: Path) -> None:
    """The test's own footing: whoever tries to write elsewhere than in /data is refused, and is not root."""
    container = built.container(tmp_path, "feeds: []\n")
    attempt = "import os; print(os.getuid()); open('/data/x', 'w').close(); open('/tmp/x', 'w')"
    ran = container.run("-c", attempt, entrypoint=["python3"])
    assert ran.out == f"{image.facts()['User'].partition(':')[0]}\n"
    assert "Read-only file system: '/tmp/x'" in ran.err
    assert (container.data / "x").exists()


def test_check_reads_the_configuration_that_is_mounted(built: Image, tmp_path: Path) -> None:
    """A mistake is told with its line, and the exit code is the program's."""
    assert built.container(tmp_path, "feeds: [https://a.example/f]\n").run("check").code == 0
    other = tmp_path / "other"
    other.mkdir()
    ran = built.container(other, "feeds: [a]\n").run("check")
    assert (ran.code, ran.err.partition(": ")[0]) == (2, "/config/feeds.yaml:1:9")


def test_r49_one_shot_and_daemon_are_the_same_image(built: Image, publisher: Publisher, tmp_path: Path) -> None:
    """R49: `poll --export` writes into the volume; `serve` goes on from there, and a poll beside it ends with 4."""
    port = closed_port()
    container = built.container(tmp_path, listing(publisher), FEEDHUB_PORT=str(port))
    ran = container.run("poll", "--export", "/data/public")
    assert ran.code == 0, ran
    exported = (container.data / "public" / "feed.atom").read_bytes()
    assert exported.count(b"<entry") == 12
    assert (container.data / "public").stat().st_uid == int(image.facts()["User"].partition(":")[0])
    with container.running() as daemon:
        address = f"http://127.0.0.1:{port}/"
        until(lambda: daemon.popen.poll() is not None or answers(port), "an answer")
        assert daemon.popen.poll() is None, daemon.out + daemon.err
        assert fetch(f"{address}readyz").status == 200
        assert fetch(f"{address}feed.atom").body.count(b"<entry") == 12
        assert daemon.check_health().code == 0
        assert container.run("poll").code == 4
        assert len(publisher.requests_to("/f")) == 1, "what was not due was not asked for again"
        assert daemon.terminate(within=10) == 0
    assert all(line.startswith("{") for line in daemon.err.splitlines()), "JSON in a container"


def test_sigterm_ends_a_one_shot_within_ten_seconds(built: Image, publisher: Publisher, tmp_path: Path) -> None:
    """Though it is the container's first process, for which SIGTERM has no default."""
    publisher.hang("/f")
    container = built.container(tmp_path, f"feeds: ['{publisher.url('/f')}']\n")
    with container.running("poll") as one_shot:
        until(lambda: publisher.requests_to("/f"), "a request")
        assert one_shot.terminate(within=10) == 143
    assert one_shot.err == ""


def test_the_health_check_fails_where_nothing_answers(built: Image, tmp_path: Path) -> None:
    """One line and a status other than 0."""
    command = image.facts()["Healthcheck"]["Test"][1:]
    container = built.container(tmp_path, "feeds: []\n", FEEDHUB_PORT=str(closed_port()))
    ran = container.run(*command[1:], entrypoint=command[:1])
    assert (ran.code, ran.err) == (1, "not ready: [Errno 111] Connection refused\n")


def answers(port: int) -> bool:
    try:
        return fetch(f"http://127.0.0.1:{port}/healthz").status == 200
    except OSError:
        return False


def test_the_image_is_slim(built: Image) -> None:
    """What feedhub adds to its base is below 150 MB."""
    files = [path for path in (built.root / "opt/feedhub").rglob("*") if path.is_file() and not path.is_symlink()]
    added = sum(path.stat().st_size for path in files)
    assert added < 150_000_000, f"{added / 1e6:.0f} MB"
    assert os.access(built.root / "opt/feedhub/bin/feedhub", os.X_OK)
