"""R43: subscribing at real hubs, good and lying, with the clock passed in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from feedhub.hub import open_hub
from feedhub.models import FailureKind, HubOffer
from feedhub.settings import Settings
from feedhub.store import feeds
from feedhub.store.database import Store
from feedhub.store.polls import record
from feedhub.store.tables import FeedRow
from feedhub.websub.subscription import CONFIRMATION, GRACE, PROOF
from support.feeds import NOON, item, items, late, rss
from support.following import Following, following
from support.hub import PublisherHub, post
from support.polls import an_entry, news_poll
from support.program import until
from support.publisher import Publisher

pytestmark = pytest.mark.anyio


@dataclass
class Outlet:
    """A publisher whose feed names a hub, and what it takes to follow it."""

    publisher: Publisher
    hub: PublisherHub
    store: Store
    folder: Path

    @property
    def topic(self) -> str:
        return self.publisher.url("/tigris")

    def publish(self, document: str, *, links: str | None = None, **headers: Any) -> None:
        """What a poll of the feed finds from now on."""
        link = self.hub.link(self.topic) if links is None else links
        self.publisher.serve("/tigris", document, headers={"Link": link} if link else {}, **headers)

    def follow(
        self, more: str = "", url: str | None = None, environment: dict[str, str] | None = None
    ) -> AbstractAsyncContextManager[Following]:
        feeds_yaml = f"feeds: [{{id: tigris, url: '{url or self.topic}'{more}}}]\n"
        return following(self.store, self.folder, feeds_yaml, NOON, environment=environment or {})

    @asynccontextmanager
    async def subscribed(self, more: str = "") -> AsyncIterator[Following]:
        """The feed polled once, its hub asked, and the hub's question answered."""
        async with self.follow(more) as it:
            await it.poll()
            await it.tick()
            answer = await it.hear(self.hub.until_answered)
            assert (answer.status, answer.text) == (200, "rivers meet")
            yield it


@pytest.fixture
def outlet(publisher: Publisher, sqlite: Store, tmp_path: Path) -> Outlet:
    return _outlet(publisher, sqlite, tmp_path)


@pytest.fixture
def outlet_on_both(publisher: Publisher, store: Store, tmp_path: Path) -> Outlet:
    return _outlet(publisher, store, tmp_path)


def _outlet(publisher: Publisher, store: Store, folder: Path) -> Outlet:
    outlet = Outlet(publisher, PublisherHub(publisher), store, folder)
    outlet.publish(rss(*items(3)), etag='"3"')
    return outlet


def fresh(*numbers: int) -> str:
    """A document of articles published after noon, when all subscriptions begin."""
    return rss(*(item(number, published=NOON + timedelta(minutes=number)) for number in numbers))


# --- subscribing ------------------------------------------------------------------------------------------------------


async def test_r43_subscribe_confirm_deliver(outlet_on_both: Outlet) -> None:
    """R43: what is asked is what section 5.1 says, and a signed delivery is the feed's news, on both databases."""
    hub = outlet_on_both.hub
    async with outlet_on_both.subscribed() as it:
        (request,) = outlet_on_both.publisher.requests_to("/hub")
        assert request.method == "POST"
        assert request.header("Content-Type") == "application/x-www-form-urlencoded"
        assert (request.header("User-Agent") or "").startswith("feedhub/")
        assert request.header("Cookie") is None
        form = hub.asked[0]
        assert form.keys() == {"hub.mode", "hub.topic", "hub.callback", "hub.secret", "hub.lease_seconds"}
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", outlet_on_both.topic)
        assert 32 <= len(form["hub.secret"].encode()) < 200
        assert "tigris" not in form["hub.callback"]
        assert it.push().state == "active"
        assert await it.hear(hub.deliver, fresh(7)) == 202
        assert (it.entries(), it.push().delivered) == (4, 1)
        assert it.status().last_poll == NOON


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_r43_every_method_of_the_recommendation_signs(outlet: Outlet, method: str) -> None:
    """Section 7.1."""
    async with outlet.subscribed() as it:
        assert await it.hear(outlet.hub.deliver, fresh(7), method=method) == 202
        assert it.entries() == 4


async def test_r43_a_hub_may_ask_back_before_it_answers(outlet: Outlet) -> None:
    """The answer to the request then changes nothing any more."""
    outlet.hub.first = True
    async with outlet.subscribed() as it:
        assert it.push().state == "active"
        await it.tick(minutes=CONFIRMATION / timedelta(minutes=1) + 1)
        assert it.push().state == "active"
    assert len(outlet.hub.asked) == 1


async def test_r43_a_redirected_request_stays_a_post(outlet: Outlet) -> None:
    """Section 5.1.2: 307 and 308 are followed."""
    outlet.publisher.redirect("/moved", "/hub", 307)
    outlet.publish(rss(*items(3)), links=f"<{outlet.publisher.url('/moved')}>; rel=hub, <{outlet.topic}>; rel=self")
    async with outlet.subscribed() as it:
        assert it.push().state == "active"


async def test_r43_any_other_redirect_is_a_refusal(outlet: Outlet) -> None:
    """A 301 would make a GET of it."""
    outlet.publisher.redirect("/moved", "/hub", 301)
    outlet.publish(rss(*items(3)), links=f"<{outlet.publisher.url('/moved')}>; rel=hub, <{outlet.topic}>; rel=self")
    async with outlet.follow() as it:
        await it.poll()
        await it.tick()
        assert it.push().state == "failing"
        assert "answered 301" in it.push().message
    assert outlet.hub.asked == []


async def test_r43_a_hub_that_refuses_is_asked_ever_more_rarely(outlet: Outlet) -> None:
    """One sentence, then later; its Retry-After is kept (R22)."""
    outlet.hub.status = 503
    outlet.hub.headers = {"Retry-After": "3600"}
    async with outlet.follow() as it:
        await it.poll()
        await it.tick()
        assert it.push().state == "failing"
        assert it.push().message == "its hub cannot be asked: 127.0.0.1 answered 503; it is asked again later"
        await it.tick(minutes=59)
        assert len(outlet.hub.asked) == 1
        outlet.hub.status, outlet.hub.headers = 202, {}
        await it.tick(minutes=2)
        await it.hear(outlet.hub.until_answered)
        assert it.push().state == "active"


async def test_r43_the_next_hub_is_tried_with_secrets_of_its_own(outlet: Outlet) -> None:
    """What the first hub was told is of no use to it."""
    outlet.hub.status = 500
    other = PublisherHub(outlet.publisher, "/other")
    link = f"<{outlet.hub.url}>; rel=hub, <{other.url}>; rel=hub, <{outlet.topic}>; rel=self"
    outlet.publish(rss(*items(3)), links=link)
    async with outlet.follow() as it:
        await it.poll()
        await it.tick()
        await it.tick(minutes=1)
        await it.hear(other.until_answered)
        assert (it.push().state, it.push().hub) == ("active", other.url)
        assert other.asked[0]["hub.secret"] != outlet.hub.asked[0]["hub.secret"]
        assert (await it.hear(outlet.hub.confirm, outlet.hub.asked[0])).status == 404
        assert await it.hear(outlet.hub.deliver, fresh(7), form=outlet.hub.asked[0]) == 410
        assert it.entries() == 3


async def test_r31_a_hub_at_a_private_address_is_not_asked(store: Store, tmp_path: Path, publisher: Publisher) -> None:
    """R31: a feed can name any address as its hub: it passes the same guard as a feed's."""
    hub = PublisherHub(publisher)
    config = "site: {url: 'https://news.example.org/'}\nfeeds: [{id: tigris, url: 'https://tigris.example.org/f'}]\n"
    topic = "https://tigris.example.org/f"
    async with following(store, tmp_path, config, NOON, allow_private=False) as it:
        poll = news_poll(it.memory().number, an_entry(), now=NOON)
        assert poll.news
        offer = HubOffer(topic, (hub.url,), topic, (topic,))
        with store.writing() as session:
            record(session, replace(poll, news=replace(poll.news, offer=offer)))
        await it.tick()
        assert it.push().state == "failing"
        assert "is not a public address" in it.push().message
    assert publisher.requests == []


async def test_r43_a_hub_is_told_no_secret(outlet: Outlet) -> None:
    """A feed whose address holds one has no topic that a stranger may know."""
    link = f"<{outlet.hub.url}>; rel=hub"
    outlet.publish(rss(*items(3)), links=link)
    async with outlet.follow(url=f"{outlet.topic}?token=${{TOKEN}}", environment={"TOKEN": "s3cret"}) as it:
        await it.poll()
        await it.tick()
        assert (it.entries(), it.status().push) == (3, None)
    assert outlet.hub.asked == []


# --- hubs that lie ----------------------------------------------------------------------------------------------------


async def test_r43_a_question_about_another_topic_is_answered_404(outlet: Outlet) -> None:
    """The topic is compared letter by letter (section 5.3.1)."""
    outlet.hub.confirms = False
    async with outlet.follow() as it:
        await it.poll()
        await it.tick()
        form = outlet.hub.asked[0]
        for topic in (outlet.topic + "/", outlet.topic.upper(), ""):
            assert (await it.hear(outlet.hub.confirm, form, topic=topic)).status == 404
        assert it.push().state == "asked"
        assert "asks about a topic that it was not asked for" in it.push().message


@pytest.mark.parametrize("mode", ["unsubscribe", "publish", ""])
async def test_r43_a_question_about_what_was_not_asked_is_answered_404(outlet: Outlet, mode: str) -> None:
    """Nobody else can end a subscription."""
    async with outlet.subscribed() as it:
        assert (await it.hear(outlet.hub.confirm, outlet.hub.asked[0], mode=mode)).status == 404
        assert it.push().state == "active"
        assert "asks to confirm what it was not asked for" in it.push().message


async def test_r43_a_hub_that_never_asks_back_has_failed(outlet: Outlet) -> None:
    """It accepted, and half an hour later that counts for nothing."""
    outlet.hub.confirms = False
    async with outlet.follow() as it:
        await it.poll()
        await it.tick()
        assert it.push().state == "asked"
        await it.tick(minutes=CONFIRMATION / timedelta(minutes=1))
        assert it.push().state == "failing"
        assert "its hub accepted the request and never confirmed it" in it.push().message


async def test_r43_a_hub_may_deny_at_any_time(outlet: Outlet) -> None:
    """Section 5.2: its reason is told on one line, and it is not asked again for a day."""
    async with outlet.subscribed() as it:
        answer = await it.hear(outlet.hub.deny, outlet.hub.asked[0], "only\npaying subscribers")
        assert answer.status == 200
        assert it.push().state == "failing"
        assert "its hub denies the subscription: only paying subscribers" in it.push().message
        await it.tick(hours=23)
        assert len(outlet.hub.asked) == 1
        await it.tick(hours=8)
        assert len(outlet.hub.asked) == 2


_LIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "another feed's document": (rss(item(9)), {"topic": "https://zagros.example/rss"}, "the document is another one"),
    "rubbish": ("\x00\x01 no feed", {}, "a signed delivery was dropped: answered with something"),
    "a page": ("<!DOCTYPE html><html><title>Hub</title></html>", {}, "a signed delivery was dropped: answered with a"),
    "another secret": (rss(item(9)), {"secret": "guessed"}, "a delivery with a wrong signature was dropped"),
    "no signature": (rss(item(9)), {"signature": ""}, "a delivery with no signature was dropped"),
    "a weak method": (rss(item(9)), {"signature": "md5=00"}, "a delivery with a wrong signature was dropped"),
    "letters beyond ASCII": (rss(item(9)), {"signature": "sha1=\xe9"}, "a delivery with a wrong signature was dropped"),
    "the signature of nothing": (rss(item(9)), {"signature": "sha256="}, "a delivery with a wrong signature was"),
}


@pytest.mark.parametrize("lie", _LIES)
async def test_r43_what_cannot_be_believed_or_read_is_dropped_and_told(outlet: Outlet, lie: str) -> None:
    """R43: answered as taken, counted, said in one sentence; the next good delivery is taken."""
    document, wrong, sentence = _LIES[lie]
    async with outlet.subscribed() as it:
        assert await it.hear(outlet.hub.deliver, document, **wrong) == 202
        assert sentence in it.push().message
        assert (it.push().dropped, it.push().delivered, it.entries()) == (1, 0, 3)
        assert (it.status().state, it.status().message) == ("ok", "")
        await it.hear(outlet.hub.deliver, fresh(7))
        assert (it.push().delivered, it.entries()) == (1, 4)
        assert sentence not in it.push().message


async def test_r43_a_document_that_calls_itself_another_feeds_is_dropped(outlet: Outlet) -> None:
    """Also where the Link header claims the topic."""
    own = '<link rel="self" href="https://zagros.example/rss" xmlns="http://www.w3.org/2005/Atom"/><item>'
    async with outlet.subscribed() as it:
        await it.hear(outlet.hub.deliver, fresh(7).replace("<item>", own, 1))
        assert it.entries() == 3
        assert "the document is another one" in it.push().message


async def test_r43_a_delivery_of_more_than_max_size_is_not_read_to_its_end(outlet: Outlet) -> None:
    """The bound is the feed's own; one byte less is taken."""
    document = fresh(7).ljust(2_000)
    async with outlet.subscribed(", max_size: 2KB") as it:
        assert await it.hear(outlet.hub.deliver, document + " ") == 413
        assert "a delivery of more than 2000 bytes, the feed's max_size, was dropped" in it.push().message
        assert await it.hear(outlet.hub.deliver, document) == 202
        assert it.entries() == 4


async def test_r43_a_delivery_that_comes_slowly_is_given_up(outlet: Outlet) -> None:
    """It holds up nobody: there is one deadline for the whole of it."""
    async with outlet.subscribed() as it:
        status = await it.hear(_dribble, outlet.hub.asked[0]["hub.callback"])
        assert status.startswith(b"HTTP/1.1 408")
        assert "a delivery that took more than 1 seconds was dropped" in it.push().message


async def test_r43_a_compressed_delivery_is_refused(outlet: Outlet) -> None:
    """RFC 9110 section 15.5.16: it is said what would do."""
    async with outlet.subscribed() as it:
        assert await it.hear(outlet.hub.deliver, fresh(7), headers={"Content-Encoding": "gzip"}) == 415
        assert it.entries() == 3


async def test_r43_deliveries_beyond_the_queue_are_put_off(outlet: Outlet) -> None:
    """A hub is told to come again, and what was taken is read."""
    async with outlet.subscribed() as it:
        async with it.hub._turns.hold([it.memory().number]):  # as a poll of the feed would
            answers = [await asyncio.to_thread(outlet.hub.deliver, fresh(number)) for number in range(20, 40)]
        assert answers == [202] * 18 + [503] * 2  # two are in hand and sixteen wait
        await it.pushes.settle()
        assert it.entries() == 3 + 18


def _dribble(callback: str) -> bytes:
    """A delivery that begins and never ends; the beginning of the answer."""
    parts = urlsplit(callback)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as sock:
        sock.sendall(f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<rss".encode())
        return sock.recv(100)


# --- what a delivery changes ------------------------------------------------------------------------------------------


async def test_r43_a_part_of_the_document_changes_nothing_for_polls(outlet: Outlet) -> None:
    """R20, R21: validators and hash are the polled document's; what the part lacks stays; its items are known then."""
    async with outlet.subscribed() as it:
        before = it.memory()
        it.now += timedelta(minutes=1)
        await it.hear(outlet.hub.deliver, rss(item(7), title="Updates"))
        after = it.memory()
        assert len(after.delivered) == 1
        assert replace(after, delivered=()) == before
        assert (it.entries(), it.status().title, it.status().state) == (4, "Tigris Daily", "ok")
        (poll,) = (await it.poll(minutes=15)).polls.values()
        assert poll.outcome == "unchanged"
        assert outlet.publisher.requests_to("/tigris")[-1].header("If-None-Match") == '"3"'
        outlet.publish(rss(item(7), *items(3)))
        (poll,) = (await it.poll(minutes=15)).polls.values()
        assert (poll.outcome, poll.news and poll.news.arrivals) == ("fetched", ())
        assert it.entries() == 4


async def test_r43_a_delivery_waits_for_the_poll_of_its_feed(outlet: Outlet) -> None:
    """The same new item in both is one entry: neither meets the other half way."""
    outlet.publish(rss(*items(3)))
    async with outlet.subscribed() as it:
        outlet.publisher.behave("/tigris", late(fresh(7), 1))
        polling = asyncio.create_task(it.poll(minutes=15))
        await asyncio.to_thread(until, lambda: len(outlet.publisher.requests_to("/tigris")) == 2, "the poll")
        assert await it.hear(outlet.hub.deliver, fresh(7)) == 202
        await polling
        assert it.entries() == 4


async def test_a_feed_that_is_let_go_while_it_is_looked_for_is_not_polled_twice(outlet: Outlet) -> None:
    """What the database said was due before its poll was recorded is not due any more."""
    async with outlet.follow() as it, it.hub._turns.hold([it.memory().number]) as let_go:
        looking = asyncio.create_task(it.hub.due(it.now))
        await asyncio.sleep(0)  # it has begun to look
        let_go(it.memory().number)
        assert await looking == []
        assert await it.due() == ["tigris"]


async def test_r3_an_edit_that_is_delivered_is_an_edit(outlet: Outlet) -> None:
    """R3: a pushed headline replaces the stored one, in the same entry."""
    async with outlet.subscribed() as it:
        await it.hear(outlet.hub.deliver, rss(item(1, title="A new headline for the same article")))
        assert it.entries() == 3
        with it.store.reading() as session:
            titles = {title for title, _content in feeds.wordings(session, [1, 2, 3]).values()}
        assert "A new headline for the same article" in titles


async def test_r3_a_late_delivery_does_not_undo_a_correction(outlet: Outlet) -> None:
    """R3: signed as it may be, an older wording holds until the next poll alone."""
    async with outlet.subscribed() as it:
        corrected, older = "A corrected headline, quite another", "The headline before it"
        outlet.publish(rss(item(1, title=corrected)), etag='"4"')
        await it.poll(minutes=30)
        await it.hear(outlet.hub.deliver, rss(item(1, title=older)))
        with it.store.reading() as session:
            assert older in {title for title, _content in feeds.wordings(session, [1, 2, 3]).values()}
        await it.poll(minutes=30)
        with it.store.reading() as session:
            assert corrected in {title for title, _content in feeds.wordings(session, [1, 2, 3]).values()}


async def test_r29_a_feed_whose_hub_delivers_is_not_stale(outlet_on_both: Outlet) -> None:
    """R29, R27: what came by push belongs to the feed's rhythm, though its polls find nothing new."""
    outlet_on_both.publish(rss(*items(3)))
    async with outlet_on_both.subscribed() as it:
        rates = []
        for day in range(1, 5):
            for number in range(10 * day, 10 * day + 8):
                it.now += timedelta(hours=3)
                document = rss(item(number, published=it.now))
                assert await it.hear(outlet_on_both.hub.deliver, document) == 202
            outlet_on_both.publish(document)
            (poll,) = (await it.poll(minutes=1)).polls.values()
            assert (poll.outcome, poll.state, poll.news and poll.news.arrivals) == ("fetched", "ok", ())
            assert it.memory().delivered == ()
            rates.append(sum(it.memory().cadence.rhythm["by_hour"]))
        assert [later - earlier for earlier, later in pairwise(rates)] == [8, 8, 8]


# --- leases -----------------------------------------------------------------------------------------------------------


async def test_r43_a_lease_is_renewed_before_it_ends(outlet: Outlet) -> None:
    """R43: with the clock passed in: asked again at two thirds, at the latest, with the same callback and secret."""
    outlet.hub.lease = 36_000
    async with outlet.subscribed() as it:
        assert it.push().lease_until == NOON + timedelta(hours=10)
        await it.tick(hours=5.9)
        assert len(outlet.hub.asked) == 1
        await it.tick(hours=1.2)
        await it.hear(outlet.hub.until_answered, 2)
        assert outlet.hub.asked[1] == outlet.hub.asked[0]
        assert it.push().lease_until == NOON + timedelta(hours=17.1)
        assert it.push().state == "active"


async def test_r43_a_lease_that_ran_out_while_we_were_away_is_asked_for_again(outlet: Outlet) -> None:
    """After a restart too: nothing of it is held in memory."""
    async with outlet.subscribed() as it:
        address = it.hub.site.url
    async with following(
        outlet.store,
        outlet.folder,
        f"site: {{url: '{address}'}}\nfeeds: [{{id: tigris, url: '{outlet.topic}'}}]\n",
        NOON + timedelta(days=11),
    ) as it:
        await it.tick()
        assert len(outlet.hub.asked) == 2
        assert it.push().state == "asked"


async def test_r43_a_renewal_that_fails_leaves_the_lease_as_it_is(outlet: Outlet) -> None:
    """It is tried again; deliveries count until the lease ends."""
    async with outlet.subscribed() as it:
        outlet.hub.status = 500
        await it.tick(days=7.1)
        assert it.push().state == "active"
        assert "the renewal fails: its hub cannot be asked: 127.0.0.1 answered 500" in it.push().message
        assert await it.hear(outlet.hub.deliver, fresh(7)) == 202
        assert it.entries() == 4
        await it.tick(days=3)
        await it.tick()
        assert it.push().state == "failing"


async def test_r43_another_topic_is_another_subscription(outlet: Outlet) -> None:
    """The publisher's feed calls itself otherwise: the old subscription is ended, the new one asked for."""
    async with outlet.subscribed() as it:
        outlet.publish(fresh(7), links=outlet.hub.link(outlet.topic + "?v=2"))
        await it.poll(minutes=15)
        await it.tick()
        await it.hear(outlet.hub.until_answered, 3)
        modes = {(form["hub.mode"], form["hub.topic"]) for form in outlet.hub.asked[1:]}
        assert modes == {("unsubscribe", outlet.topic), ("subscribe", outlet.topic + "?v=2")}
        (only,) = it.subscriptions()
        assert only.topic == outlet.topic + "?v=2"


async def test_r43_a_feed_that_names_no_hub_any_more_is_left(outlet: Outlet) -> None:
    """The hub is told, three times at the most, and then the callback is gone."""
    async with outlet.subscribed() as it:
        outlet.hub.status = 500
        outlet.publish(fresh(7), links="")
        await it.poll(minutes=15)
        await it.tick()
        assert await it.hear(outlet.hub.deliver, fresh(8), form=outlet.hub.asked[0]) == 410
        for _ in range(5):
            await it.tick(minutes=31)
        assert [form["hub.mode"] for form in outlet.hub.asked] == ["subscribe", *["unsubscribe"] * 3]
        assert (it.subscriptions(), it.status().push) == ([], None)


# --- is it relied on --------------------------------------------------------------------------------------------------


async def test_r43_a_hub_is_relied_on_once_it_has_proved_itself(outlet: Outlet) -> None:
    """Three deliveries; `pushed` is what the cadence is told, and a restart begins anew."""
    async with outlet.subscribed() as it:
        for number in range(PROOF):
            assert not it.memory().pushed
            await it.hear(outlet.hub.deliver, fresh(10 + number))
        assert it.memory().pushed
        assert it.push().message == "its hub delivers"
        (memory,) = await it.hub.askable(it.now)
        assert memory.pushed
    async with outlet.follow() as it:
        assert it.memory().pushed
        assert await it.due() == []
        await it.tick()
        assert (it.memory().pushed, await it.due()) == (False, [])  # polled at noon, and no sooner than min_interval
        await it.tick(minutes=5)
        assert await it.due() == ["tigris"]


async def test_r49_where_no_hub_can_deliver_none_is_relied_on(outlet: Outlet) -> None:
    """R49: `feedhub poll` and a service without a web side poll as if there were no hub."""
    async with outlet.subscribed() as it:
        for number in range(PROOF):
            await it.hear(outlet.hub.deliver, fresh(10 + number))
        config = it.hub.site.config
    settings = Settings(outlet.folder / "feeds.yaml", outlet.folder, allow_private=True)
    async with open_hub(outlet.store, config, settings, NOON) as hub:
        (memory,) = await hub.askable(NOON)
        assert not memory.pushed


async def test_r43_a_hub_that_falls_silent_is_not_relied_on(outlet: Outlet) -> None:
    """R43: a poll finds news, the hub has a quarter of an hour to bring it, and then the feed is polled at once."""
    async with outlet.subscribed() as it:
        for number in range(PROOF):
            await it.hear(outlet.hub.deliver, fresh(10 + number))
        outlet.publish(fresh(30, *range(10, 10 + PROOF)))
        await it.poll(minutes=60)
        _put_off(it, timedelta(days=1))
        await it.tick(minutes=14)
        assert (it.memory().pushed, await it.due()) == (True, [])
        await it.tick(minutes=GRACE / timedelta(minutes=1) - 14)
        assert (it.memory().pushed, await it.due()) == (False, ["tigris"])
        assert it.push().state == "silent"
        assert it.push().message == "its hub is silent: a poll found news that it had not delivered"
        await it.hear(outlet.hub.deliver, fresh(31))
        assert (it.push().state, it.memory().pushed) == ("active", False)


async def test_r43_a_hub_that_is_only_slower_than_a_poll_is_not_silent(outlet: Outlet) -> None:
    """What the poll found comes within the quarter of an hour, alone or with more."""
    async with outlet.subscribed() as it:
        for number in range(PROOF):
            await it.hear(outlet.hub.deliver, fresh(10 + number))
        outlet.publish(fresh(30, 31, *range(10, 10 + PROOF)))
        await it.poll(minutes=60)
        await it.hear(outlet.hub.deliver, fresh(30))
        await it.hear(outlet.hub.deliver, fresh(31, 32))
        await it.tick(minutes=20)
        assert it.memory().pushed


async def test_r43_a_hub_that_brings_only_half_is_silent(outlet: Outlet) -> None:
    """Another delivery does not make up for the one that never came."""
    async with outlet.subscribed() as it:
        outlet.publish(fresh(30, 31))
        await it.poll(minutes=60)
        await it.hear(outlet.hub.deliver, fresh(31))
        await it.tick(minutes=20)
        assert it.push().state == "silent"


async def test_r43_what_was_published_before_the_subscription_is_not_missed(outlet: Outlet) -> None:
    """A poll that finds older news holds nothing against the hub."""
    async with outlet.subscribed() as it:
        outlet.publish(rss(*items(5)))
        await it.poll(minutes=60)
        await it.tick(minutes=20)
        assert (it.entries(), it.push().state) == (5, "active")


async def test_r22_a_hub_that_is_lost_breaks_no_retry_after(outlet: Outlet) -> None:
    """R22: polled again as soon as may be, which is when the publisher allows it."""
    async with outlet.subscribed() as it:
        for number in range(PROOF):
            await it.hear(outlet.hub.deliver, fresh(10 + number))
        outlet.publisher.serve("/tigris", "", status=429, headers={"Retry-After": "7200"})
        (poll,) = (await it.poll(minutes=60)).polls.values()
        assert poll.outcome == FailureKind.RATE_LIMITED
        _put_off(it, timedelta(days=1))
        await it.hear(outlet.hub.deny, outlet.hub.asked[0], "moved")
        next_poll = it.status().next_poll
        assert next_poll
        assert timedelta(hours=2) <= next_poll - it.now < timedelta(hours=2, minutes=1)  # counted from the answer


def _put_off(it: Following, wait: timedelta) -> None:
    """The feed's next poll is far off, as for one that is pushed."""
    with it.store.writing() as session:
        session.get_one(FeedRow, it.memory().number).next_poll_at = it.now + wait


async def test_r43_a_callback_is_no_feeds_id(outlet: Outlet) -> None:
    """Neither a feed's id nor its number opens anything."""
    async with outlet.subscribed() as it:
        callback = outlet.hub.asked[0]["hub.callback"].rpartition("/")[0]
        for guess in ("tigris", "1", "%2e%2e"):
            assert await it.hear(post, f"{callback}/{guess}", b"", {}) == 410
