"""R43: our own hub, with real subscribers, good and careless, and the clock passed in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedhub.config import load
from feedhub.hub import adopt
from feedhub.models import Document
from feedhub.publish.documents import render, topics
from feedhub.service import serve_app
from feedhub.store import recipients
from feedhub.store.database import Store
from feedhub.web.app import create_app
from feedhub.web.library import Library
from feedhub.web.live import Live
from feedhub.websub.request import LEASE, MOST_UNVERIFIED_AT_HOST, SubscriptionRequest
from support.feeds import NOON, items, rss
from support.following import Following, following
from support.program import fetch, until
from support.publisher import Connection, Publisher, Request
from support.subscriber import Subscriber

pytestmark = pytest.mark.anyio

TYPES = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8",
         "json": "application/feed+json"}  # fmt: skip


@dataclass
class Press:
    """A newsroom with three stories, and the hub that publishes them."""

    publisher: Publisher
    store: Store
    folder: Path

    def publish(self, count: int) -> None:
        """What a poll finds from now on."""
        self.publisher.serve("/tigris", rss(*items(count)))

    async def grow(self, it: Following, count: int = 4) -> None:
        """A poll finds another story, and subscribers are told."""
        self.publish(count)
        await it.poll(minutes=20)
        await it.distribute()

    def at_work(
        self, more: str = "", *, allow_private: bool = True, hours: int = 0
    ) -> AbstractAsyncContextManager[Following]:
        """The hub, started so long after noon."""
        feeds_yaml = f"{more}feeds: [{{id: tigris, url: '{self.publisher.url('/tigris')}', tags: [river]}}]\n"
        return following(
            self.store, self.folder, feeds_yaml, NOON + timedelta(hours=hours), allow_private=allow_private
        )

    @asynccontextmanager
    async def subscribed(self, extension: str = "atom", **changes: str) -> AsyncIterator[tuple[Following, Subscriber]]:
        """The hub, and one who has subscribed to the output `all` and confirmed it."""
        async with self.at_work() as it:
            await it.poll()
            reader = Subscriber(self.publisher, f"{it.address}websub")
            answer = await it.hear(reader.ask, f"{it.address}feed.{extension}", **changes)
            assert (answer.status, it.recipients(), reader.asked) == (202, {}, [])
            await it.distribute()
            assert list(it.recipients()) == [reader.callback]
            yield it, reader


@pytest.fixture
def press(publisher: Publisher, sqlite: Store, tmp_path: Path) -> Press:
    return _press(publisher, sqlite, tmp_path)


@pytest.fixture
def press_on_both(publisher: Publisher, store: Store, tmp_path: Path) -> Press:
    return _press(publisher, store, tmp_path)


def _press(publisher: Publisher, store: Store, folder: Path) -> Press:
    made = Press(publisher, store, folder)
    made.publish(3)
    return made


# --- subscribing and hearing ------------------------------------------------------------------------------------------


async def test_r43_ask_confirm_hear(press_on_both: Press) -> None:
    """R43: the push is the document, byte for byte, signed, and says what it is; once for each change."""
    async with press_on_both.subscribed() as (it, reader):
        topic = f"{it.address}feed.atom"
        (question,) = reader.asked
        assert (question["hub.mode"], question["hub.topic"]) == ("subscribe", topic)
        assert question["hub.lease_seconds"] == str(int(LEASE.total_seconds()))
        assert len(question["hub.challenge"]) >= 40
        assert reader.delivered == []  # it has read the document
        await press_on_both.grow(it)
        await it.distribute()
        assert reader.bodies == [it.document("feed.atom").body]
        (delivery,) = reader.delivered
        assert delivery.header("Link") == f'<{it.address}websub>; rel="hub", <{topic}>; rel="self"'
        assert (delivery.header("User-Agent") or "").startswith("feedhub/")


async def test_r43_a_pass_that_changes_nothing_pushes_nothing(press: Press) -> None:
    """R43: a document is pushed where its bytes have changed; what another output gains is another topic's."""
    async with press.at_work("outputs: [{id: dry, match: {exclude: [river, weir]}}]\n") as it:
        await it.poll()
        reader = Subscriber(press.publisher, f"{it.address}websub")
        await it.hear(reader.ask, f"{it.address}feeds/dry.atom")
        await it.distribute()
        press.publisher.serve("/tigris", rss(*items(3)) + " ")
        await it.poll(minutes=20)
        await it.distribute()
        assert reader.delivered == []


async def test_r43_without_a_secret_nothing_is_signed(press: Press) -> None:
    """R43: section 5.1: the secret is optional."""
    async with press.subscribed(secret="") as (it, reader):
        await press.grow(it)
        (delivery,) = reader.delivered
        assert delivery.header("X-Hub-Signature") is None


async def test_r43_a_callback_keeps_its_query(press: Press) -> None:
    """R43: section 5.3: what stands there already stays."""
    async with press.at_work() as it:
        reader = Subscriber(press.publisher, f"{it.address}websub", query="?for=me&hub.mode=x")
        await it.hear(reader.ask, f"{it.address}feed.atom")
        await it.distribute()
        assert press.publisher.requests_to(reader.path)[0].target.startswith("/push/k3y?for=me&hub.mode=x&hub.mode=")


async def test_r43_every_topic_of_a_callback_is_a_subscription_of_its_own(press: Press) -> None:
    """R43: section 5.1: topic and callback together; each format as what it is."""
    async with press.subscribed() as (it, reader):
        await it.hear(reader.ask, f"{it.address}feed.rss")
        await it.hear(reader.ask, f"{it.address}feed.json")
        await it.distribute()
        await press.grow(it)
        pushed = {request.header("Content-Type"): request.body for request in reader.delivered}
        assert pushed == {kind: it.document(f"feed.{name}").body for name, kind in TYPES.items()}
        assert len(reader.bodies) == 3


# --- who did not mean it ----------------------------------------------------------------------------------------------


async def test_r43_who_does_not_confirm_gets_nothing(press: Press) -> None:
    """R43: 404, or any other body than the challenge; each is asked once."""
    async with press.at_work() as it:
        await it.poll()
        readers = [
            Subscriber(press.publisher, f"{it.address}websub", f"/{number}", confirms=echo is not None, echo=echo)
            for number, echo in enumerate((None, b"", b"yes", b"rivers meet"))
        ]
        for reader in readers:
            assert (await it.hear(reader.ask, f"{it.address}feed.atom")).status == 202
        await it.distribute()
        await it.distribute(minutes=10)
        assert ([len(reader.asked) for reader in readers], it.recipients()) == ([1] * 4, {})
        await press.grow(it)
        assert [reader.delivered for reader in readers] == [[]] * 4


async def test_r43_a_renewal_that_is_not_confirmed_changes_nothing(press: Press) -> None:
    """R43: section 5.1: nobody else can take over or end a subscription."""
    async with press.subscribed() as (it, reader):
        before = it.recipients()
        reader.confirms = False
        for mode in ("subscribe", "unsubscribe"):
            await it.hear(reader.ask, f"{it.address}feed.atom", mode=mode, secret="guessed")
            await it.distribute(minutes=1)
        assert len(reader.asked) == 3
        assert it.recipients() == before


async def test_r43_who_asks_twice_is_asked_once(press: Press) -> None:
    """R43: a later request takes the place of an earlier one: no crowd of them makes a crowd of questions."""
    async with press.at_work() as it:
        reader = Subscriber(press.publisher, f"{it.address}websub")
        for secret in ("a", "b", "c"):
            await it.hear(reader.ask, f"{it.address}feed.atom", secret=secret)
        await it.distribute()
        assert len(reader.asked) == 1
        assert it.recipients()[reader.callback].secret == "c"


async def test_r43_a_crowd_of_requests_for_one_host_is_refused(press: Press) -> None:
    """R43: so many may wait, and one more is told when to come again."""
    async with press.at_work() as it:
        reader = Subscriber(press.publisher, f"{it.address}websub")
        callbacks = [f"{reader.callback}?{number}" for number in range(MOST_UNVERIFIED_AT_HOST + 1)]
        answers = [await it.hear(reader.ask, f"{it.address}feed.atom", callback=callback) for callback in callbacks]
        assert [answer.status for answer in answers] == [202] * MOST_UNVERIFIED_AT_HOST + [429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert answers[-1].text.startswith("hub.callback: ")
        other = reader.callback.replace("127.0.0.1", "127.0.0.2")
        assert (await it.hear(reader.ask, f"{it.address}feed.atom", callback=other)).status == 202


async def test_r31_a_callback_that_leads_to_a_private_address_is_not_asked(
    store: Store, publisher: Publisher, tmp_path: Path
) -> None:
    """R31: refused by its address when it is asked for, and by where it leads when it is connected to."""
    press = _press(publisher, store, tmp_path)
    reader = Subscriber(publisher, "")
    async with press.at_work("site: {url: 'https://news.example.org/'}\n", allow_private=False) as it:
        topic = f"{it.address}feed.atom"
        reader.hub = f"http://127.0.0.1:{it.port}/websub"
        answer = await it.hear(reader.ask, topic)
        assert (answer.status, answer.text) == (400, "hub.callback: 127.0.0.1 is not a public address\n")
        with store.writing() as session:
            assert recipients.ask(session, SubscriptionRequest("subscribe", topic, reader.callback)) is None
        await it.distribute()
        assert it.recipients() == {}
    assert publisher.requests == []


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_r43_who_leaves_is_asked_and_gets_nothing_more(press_on_both: Press) -> None:
    """R43: unsubscribing is confirmed too; a second time there is nothing to leave."""
    async with press_on_both.subscribed() as (it, reader):
        assert (await it.hear(reader.ask, f"{it.address}feed.atom", mode="unsubscribe")).status == 202
        await it.distribute()
        assert (reader.asked[1]["hub.mode"], "hub.lease_seconds" in reader.asked[1]) == ("unsubscribe", False)
        assert it.recipients() == {}
        await press_on_both.grow(it)
        assert reader.delivered == []
        again = await it.hear(reader.ask, f"{it.address}feed.atom", mode="unsubscribe")
        assert (again.status, again.text) == (404, "hub.callback: it has no subscription to this topic\n")


async def test_r43_a_lease_ends_unless_it_is_renewed(press: Press) -> None:
    """R43: a day as asked; a renewal gives another."""
    async with press.subscribed(lease_seconds="86400") as (it, reader):
        await it.distribute(hours=20)
        await it.hear(reader.ask, f"{it.address}feed.atom", lease_seconds="86400")
        await it.distribute()
        await it.distribute(hours=23)
        assert list(it.recipients()) == [reader.callback]
        await it.distribute(hours=1, minutes=1)
        assert it.recipients() == {}
        await press.grow(it)
        assert reader.delivered == []


async def test_r43_a_callback_that_is_gone_ends_it(press: Press) -> None:
    """R43: 410."""
    async with press.subscribed() as (it, reader):
        reader.status = 410
        await press.grow(it)
        assert it.recipients() == {}


async def test_r43_whose_topic_is_not_published_any_more_is_told(press: Press) -> None:
    """R43: section 5.2: denied, with a reason, once."""
    async with press.at_work("outputs: [{id: river, match: {tags: [river]}}]\n") as it:
        topic = f"{it.address}feeds/river.rss"
        reader = Subscriber(press.publisher, f"{it.address}websub")
        await it.hear(reader.ask, topic)
        await it.distribute()
        assert list(it.recipients()) == [reader.callback]
    async with press.at_work() as it:
        await it.distribute()
        await it.distribute(minutes=1)
        assert it.recipients() == {}
    assert len(reader.asked) == 2
    assert (reader.asked[1]["hub.mode"], reader.asked[1]["hub.topic"]) == ("denied", topic)
    assert "nothing at this address" in reader.asked[1]["hub.reason"]


# --- failures ---------------------------------------------------------------------------------------------------------


async def test_r43_who_fails_is_tried_again_more_rarely_and_gets_the_newest_alone(press_on_both: Press) -> None:
    """R43: two documents while it is down, one of them delivered when it is up again; `status` counts it meanwhile."""
    async with press_on_both.subscribed() as (it, reader):
        reader.status = 500
        await press_on_both.grow(it)
        await it.distribute(seconds=9)
        assert len(press_on_both.publisher.requests_to(reader.path)) == 2  # a question and one attempt
        topic = f"{it.address}feed.atom"
        with it.store.reading() as session:
            assert recipients.followings(session) == {topic: recipients.Following(1, 1)}
        await it.distribute(seconds=10)
        assert it.recipients()[reader.callback].failures == 2
        press_on_both.publish(5)
        await it.poll(seconds=1)
        await it.distribute(seconds=1)
        reader.status = 200
        await it.distribute(seconds=30)
        assert reader.bodies == [it.document("feed.atom").body]
        assert it.recipients()[reader.callback].failures == 0


async def test_r22_a_retry_after_of_a_callback_is_kept(press: Press) -> None:
    """R22, R43: nothing goes to that host before, not even for another topic; to wait is no failure."""
    async with press.subscribed() as (it, reader):
        await it.hear(reader.ask, f"{it.address}feed.rss")
        await it.distribute()
        reader.status, reader.headers = 503, {"Retry-After": "3600"}
        await press.grow(it)
        with it.store.reading() as session:
            failing = [followed.failing for followed in recipients.followings(session).values()]
        assert sorted(failing) == [0, 1]
        reader.status, reader.headers = 200, {}
        await it.distribute(minutes=59)
        assert reader.delivered == []
        await it.distribute(minutes=2)
        assert len(reader.bodies) == 2


async def test_r43_a_redirect_is_a_failure(press: Press) -> None:
    """R43: section 7: a subscription moves by a new one only."""
    async with press.subscribed() as (it, reader):
        press.publisher.redirect(reader.path, "/elsewhere", 308)
        press.publisher.serve("/elsewhere", b"")
        await press.grow(it)
        assert it.recipients()[reader.callback].failures == 1
    assert press.publisher.requests_to("/elsewhere") == []


async def test_r43_who_hangs_holds_up_nobody_else(press: Press) -> None:
    """R43: neither a poll nor another's delivery waits."""
    with Publisher("127.0.0.2") as elsewhere:
        async with press.subscribed() as (it, reader):
            slow = Subscriber(elsewhere, reader.hub)
            await it.hear(slow.ask, f"{it.address}feed.atom")
            await it.distribute()
            elsewhere.hang(slow.path)
            press.publish(4)
            await it.poll(minutes=20)
            await it.distributor.attend(it.now)
            await asyncio.to_thread(until, lambda: reader.delivered, "the good subscriber's delivery")
            press.publish(5)
            await it.poll(minutes=20)
            await it.distributor.attend(it.now)
            await asyncio.to_thread(until, lambda: len(reader.delivered) == 2, "its second delivery")


# --- restarts ---------------------------------------------------------------------------------------------------------


async def test_r51_what_was_published_and_not_delivered_is_delivered_after_the_next_start(press_on_both: Press) -> None:
    """R43, R51: subscriptions, requests to be confirmed and what is owed stand in the database."""
    site = "site: {url: 'http://127.0.0.1/'}\n"
    async with press_on_both.at_work(site) as it:
        await it.poll()
        reader = Subscriber(press_on_both.publisher, f"http://127.0.0.1:{it.port}/websub")
        await it.hear(reader.ask, f"{it.address}feed.atom")
    async with press_on_both.at_work(site) as it:
        await it.distribute()
        assert list(it.recipients()) == [reader.callback]
        press_on_both.publish(4)
        await it.poll(minutes=20)
    async with press_on_both.at_work(site, hours=1) as it:
        assert reader.delivered == []
        await it.distributor.finish(it.now, timedelta(seconds=30))
        assert reader.bodies == [it.document("feed.atom").body]
    async with press_on_both.at_work(site, hours=2) as it:
        await it.distribute()
        assert len(reader.delivered) == 1


async def test_r51_an_attempt_is_noted_before_it_is_made(press: Press) -> None:
    """R51: with a disk that is full from then on nobody would hear the same again at each tick."""
    async with press.subscribed() as (it, reader):
        noted: list[datetime] = []

        def look(connection: Connection, _request: Request) -> None:
            noted.append(it.recipients()[reader.callback].not_before)
            connection.answer(202, {})

        press.publisher.behave(reader.path, look)
        await press.grow(it)
        assert [it.now < moment for moment in noted] == [True]


# --- what the hub's address answers -----------------------------------------------------------------------------------


async def test_r43_a_hub_that_is_not_wanted_is_not_there(press: Press) -> None:
    """R43: `site.websub: false`: no document names one, and nothing answers for one."""
    path, live = press.folder / "feeds.yaml", Live()
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/websub"
        async with serve_app(create_app(press.store, live, Library(press.store, lambda: live.site)), listening):
            for wanted in (True, False):
                path.write_text(f"site: {{websub: {str(wanted).lower()}}}\nfeeds: ['https://tigris.example/rss']\n")
                with press.store.writing() as session:
                    site = adopt(session, load(path, {}), None, NOON)
                    document = render(session, site, "feed.json")
                live.show(site)
                assert isinstance(document, Document)
                assert (bool(document.links), b"hubs" in document.body, bool(topics(site))) == (wanted,) * 3
                assert (await asyncio.to_thread(fetch, address)).status == (405 if wanted else 404)


_FORM = "application/x-www-form-urlencoded"
_ANSWERS: list[tuple[str, bytes | None, str, int, str]] = [
    ("GET", None, "", 405, "This is a WebSub hub: POST hub.mode, hub.topic and hub.callback.\n"),
    ("POST", b"{}", "application/json", 415, f"Content-Type: expected {_FORM}\n"),
    ("POST", b"", _FORM, 400, "hub.mode: expected subscribe or unsubscribe\n"),
    ("POST", b"hub.mode=%ff", _FORM, 400, "hub.mode: expected a form in UTF-8"),
    ("POST", b"a=1&" * 99, _FORM, 400, "hub.mode: expected a form in UTF-8"),
    ("POST", b"a" * 10_001, _FORM, 413, "That is too much.\n"),
]


async def test_r43_what_is_no_request_is_answered_in_a_sentence(press: Press) -> None:
    """R43: plain text that names the parameter; a form has a bound."""
    async with press.at_work() as it:
        for method, body, content_type, status, sentence in _ANSWERS:
            answer = await asyncio.to_thread(fetch, f"{it.address}websub", method, body, Content_Type=content_type)
            assert answer.status == status
            assert answer.text.startswith(sentence)
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
