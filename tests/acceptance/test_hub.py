"""R43: a running service pushes what it publishes: to a subscriber, to another feedhub, after a crash, from cron."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.feeds import recent, rss
from support.program import Program, until
from support.publisher import Publisher
from support.subscriber import SECRET, Subscriber

_OFTEN = "defaults: {interval: 1s, min_interval: 1s, max_interval: 1s}\n"
_ONCE = "defaults: {interval: 1h, min_interval: 1h}\n"


def test_r43_what_a_poll_finds_is_pushed_within_seconds_and_what_a_crash_left_by_the_next_pass(
    program: Program, publisher: Publisher
) -> None:
    """R43, R51: discover, subscribe, confirm, hear; kill -9; a `poll` brings what came since. No log has a secret."""
    publisher.serve("/tigris", rss(*recent(3)[2:]))
    program.configure(f"{_OFTEN}feeds: [{{id: tigris, url: '{publisher.url('/tigris')}'}}]\n")
    with program.serving() as service:
        service.await_stories(1)
        topic = f"{service.address}feed.atom"
        links = service.get("/feed.atom").headers["Link"]
        assert links == f'<{service.address}websub>; rel="hub", <{topic}>; rel="self"'
        reader = Subscriber(publisher, f"{service.address}websub")
        assert reader.ask(topic).status == 202
        assert reader.ask(topic, callback="").status == 400
        until(lambda: "confirmed" in service.err, "the confirmation")
        publisher.serve("/tigris", rss(*recent(3)[1:]))
        until(lambda: reader.delivered, "the push", within=10)
        assert reader.bodies == [service.get("/feed.atom").body]
        assert str(recent(3)[1].title) in reader.bodies[0].decode()
        service.kill()
        said = service.out + service.err
    publisher.serve("/tigris", rss(*recent(3)))
    exported: list[bytes] = []
    reader.hears = lambda: exported.append(program.files()["feed.atom"])
    passed = program.poll("--all", "--export", "public")
    assert str(recent(3)[0].title) in reader.bodies[-1].decode()
    assert len(reader.bodies) == 2
    assert exported == reader.bodies[-1:], "what is delivered stands at its address by then"
    for text in (said, passed.out, passed.err):
        assert SECRET not in text
        assert reader.path not in text


@pytest.mark.slow
def test_r43_one_hub_subscribes_to_another(program: Program, publisher: Publisher, tmp_path: Path) -> None:
    """R43, both ways: a story travels from outlet to hub to hub with one poll of each document that is pushed."""
    publisher.serve("/tigris", rss(*recent(3)[1:]))
    program.configure(f"{_OFTEN}feeds: [{{id: tigris, url: '{publisher.url('/tigris')}'}}]\n")
    (tmp_path / "second").mkdir()
    second = Program(tmp_path / "second")
    with program.serving() as first:
        first.await_stories(2)
        second.configure(f"{_ONCE}feeds: [{{id: first, url: '{first.address}feed.atom'}}]\n")
        with second.serving() as service:
            service.await_stories(2)
            until(lambda: (second.status()["first"]["push"] or {}).get("state") == "active", "the subscription")
            publisher.serve("/tigris", rss(*recent(3)))
            service.await_stories(3)
            assert service.stories()[0]["title"] == first.stories()[0]["title"]
            push = second.status()["first"]["push"]
            assert (push["delivered"], push["dropped"], push["hub"]) == (1, 0, f"{first.address}websub")
            followed = program.run("status").out
    assert "all: pushed to 1 subscriber\n" in followed
