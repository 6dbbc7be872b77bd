"""R43: a publisher's hub pushes to a running service, and readers have the story without a poll of the feed."""

from __future__ import annotations

import pytest

from support.feeds import recent, rss
from support.hub import PublisherHub, post
from support.program import Program, until
from support.publisher import Publisher

_SLOWLY = "defaults: {interval: 1h, min_interval: 1h}\n"  # nothing is polled a second time here


@pytest.fixture
def hub(publisher: Publisher) -> PublisherHub:
    return PublisherHub(publisher)


@pytest.fixture
def outlet(program: Program, publisher: Publisher, hub: PublisherHub) -> str:
    """A feed with one story that names its hub; its address, which is the topic."""
    topic = publisher.url("/tigris")
    publisher.serve("/tigris", rss(*recent(3)[2:]), headers={"Link": hub.link(topic)})
    program.configure(f"{_SLOWLY}feeds: [{{id: tigris, url: '{topic}'}}]\n")
    return topic


def test_r43_a_signed_push_is_a_story_within_seconds_without_a_poll(
    program: Program, publisher: Publisher, hub: PublisherHub, outlet: str
) -> None:
    """R43: subscribe, confirm, push: the story is in every format, and the feed was asked for once."""
    with program.serving() as service:
        form = hub.until_asked()
        assert hub.until_answered().status == 200
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", outlet)
        assert form["hub.callback"].startswith(f"{service.address}websub/callback/")
        service.await_stories(1)
        assert hub.deliver(rss(*recent(3)[:1])) == 202
        until(lambda: len(service.stories()) == 2, "the pushed story", within=5)
        assert str(recent(1)[0].title) in service.get("/feed.atom").text
        push = program.status()["tigris"]["push"]
        assert (push["state"], push["delivered"], push["dropped"], push["hub"]) == ("active", 1, 0, hub.url)
        assert len(publisher.requests_to("/tigris")) == 1
        assert service.stop() == 0
        said = service.out + service.err
    assert "Traceback" not in said
    assert form["hub.secret"] not in said + program.run("status", "--json").out
    assert form["hub.callback"] not in said + program.run("status", "--json").out


def test_r43_what_is_not_signed_as_it_must_be_is_dropped(program: Program, hub: PublisherHub, outlet: str) -> None:
    """R43: answered as if it were taken, so that nobody learns a signature by trying; counted, and told."""
    with program.serving() as service:
        hub.until_answered()
        service.await_stories(1)
        assert hub.deliver(rss(*recent(2)[:1]), secret="guessed") == 202
        assert hub.deliver(rss(*recent(3)[1:2])) == 202
        until(lambda: len(service.stories()) == 2, "the second, signed delivery")
        assert str(recent(1)[0].title) not in service.get("/feed.atom").text
    assert program.status()["tigris"]["push"]["dropped"] == 1


@pytest.mark.slow
def test_r43_a_restart_keeps_the_subscription(program: Program, hub: PublisherHub, outlet: str) -> None:
    """The hub is not asked a second time, and its next delivery arrives at the callback that it knows."""
    program.environment["FEEDHUB_PORT"] = "0"
    with program.serving() as service:
        hub.until_answered()
        service.await_stories(1)
        program.environment["FEEDHUB_PORT"] = service.address.rstrip("/").rpartition(":")[2]
        assert service.stop() == 0
    with program.serving() as service:
        service.await_stories(1)
        until(lambda: hub.deliver(rss(*recent(3)[:1])) == 202, "a delivery that is taken")
        service.await_stories(2)
    assert len(hub.asked) == 1


def test_r43_no_hub_is_asked_where_it_could_not_reach_us(
    program: Program, publisher: Publisher, hub: PublisherHub, outlet: str
) -> None:
    """Without a web side there is no callback; `status` says that the hub is named and not asked."""
    with program.running("serve", "--no-web"):
        until(lambda: publisher.requests_to("/tigris"), "the poll")
        until(lambda: program.status()["tigris"]["push"], "the hub in the status")
        assert program.status()["tigris"]["push"]["state"] == "offered"
    assert hub.asked == []
    assert "a hub is named and not asked" in program.run("status").out


def test_r43_a_callback_that_nobody_was_given_takes_nothing(program: Program, hub: PublisherHub, outlet: str) -> None:
    """404 for a question, 410 for a delivery: a hub that is answered so gives up."""
    with program.serving() as service:
        form = hub.until_asked() | {"hub.callback": f"{service.address}websub/callback/tigris"}
        assert hub.confirm(form).status == 404
        assert post(form["hub.callback"], b"<rss/>", {}) == 410


@pytest.mark.slow
def test_r43_a_hub_that_is_no_longer_wanted_is_told(program: Program, hub: PublisherHub, outlet: str) -> None:
    """A paused feed: the hub is asked to stop, asks back, and its deliveries are refused."""
    with program.serving() as service:
        form = hub.until_asked()
        hub.until_answered()
        program.environment["FEEDHUB_PORT"] = service.address.rstrip("/").rpartition(":")[2]
        until(lambda: (program.status()["tigris"]["push"] or {}).get("state") == "active", "the subscription")
        service.stop()
    program.configure(f"feeds: [{{id: tigris, url: '{outlet}', paused: true}}]\n")
    with program.serving():
        assert hub.until_asked(2)["hub.mode"] == "unsubscribe"
        assert hub.asked[1]["hub.callback"] == form["hub.callback"]
        assert hub.until_answered(2).text == "rivers meet"
        until(lambda: hub.deliver(rss(*recent(2)), form=form) == 410, "a refusal")
