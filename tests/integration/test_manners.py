"""A host's budget (R23) and its Retry-After (R22) hold for all that is fetched from it, and from start to start.

Passes at chosen times over real HTTP; each 127.0.0.x is a host.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from itertools import pairwise

import pytest

from feedhub.models import HostState
from feedhub.net.hosts import HostBudget, running
from feedhub.store import hosts
from support.desk import Desk, listing
from support.feeds import NOON, item, items, late, rss
from support.publisher import Publisher
from support.requirements import missing

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATER = {"Retry-After": "7200"}
ONE_BY_ONE = "hosts: {spacing: 0s, concurrency: 1}\n"
PAGE = "kind: page, select: {item: li}"
EARLY = 0.05  # seconds that a request's time may be taken too early or too late


@pytest.fixture
def other() -> Iterator[Publisher]:
    """Another host."""
    with Publisher("127.0.0.2") as other:
        yield other


def more(publisher: Publisher, *names: str) -> str:
    """Further lines of a listing."""
    return listing(publisher, *names).removeprefix("feeds:\n")


# --- Retry-After ------------------------------------------------------------------------------------------------------


def test_r22_retry_after_counts_for_the_whole_host(desk: Desk, publisher: Publisher, other: Publisher) -> None:
    """R22: no other feed of the host is asked, neither in the same pass nor by `--all`; that is nobody's failure."""
    publisher.serve("/tigris", "later", status=429, headers=LATER)
    publisher.serve("/zagros", rss(*items(3)))
    other.serve("/basra", rss(item(9)))
    feeds = listing(publisher, "tigris", "zagros") + more(other, "basra")
    desk.configure(ONE_BY_ONE + feeds)
    report = desk.poll(NOON)
    outcomes = {feed: poll.outcome for feed, poll in report.polls.items()}
    assert outcomes == {"tigris": "rate_limited", "zagros": "held", "basra": "fetched"}
    held = desk.status("zagros")
    assert (held.state, held.message, held.last_poll) == ("new", "", None)
    assert held.reason.startswith("127.0.0.1 asked to wait until 2024-11-22 14:00:0")
    assert held.reason.endswith(" UTC (Retry-After)")
    assert held.next_poll
    assert NOON + 2 * HOUR <= held.next_poll < NOON + 2 * HOUR + timedelta(seconds=5)
    for minutes in (1, 60, 119):
        assert list(desk.poll(NOON + timedelta(minutes=minutes), every=True).polls) == ["basra"]
    assert len(publisher.requests) == 1
    publisher.serve("/tigris", rss(*items(3)))
    desk.poll(NOON + 2 * HOUR + timedelta(seconds=10))
    assert [desk.status(name).state for name in ("tigris", "zagros")] == ["ok", "ok"]
    assert desk.status("zagros").entries == 3


def test_r22_a_feed_that_was_well_stays_so_while_its_host_is_left_alone(desk: Desk, publisher: Publisher) -> None:
    """R22: its state, its failures and its interval are what they were."""
    publisher.serve("/tigris", rss(*items(3)))
    publisher.serve("/zagros", "no", status=500)
    publisher.serve("/basra", rss(item(9)))
    desk.configure(ONE_BY_ONE + listing(publisher, "basra", "tigris", "zagros"))
    desk.poll(NOON)
    before = {name: desk.status(name) for name in ("tigris", "zagros")}
    publisher.serve("/basra", "later", status=503, headers=LATER)
    report = desk.poll(NOON + HOUR, every=True)
    assert [poll.outcome for poll in report.polls.values()] == ["rate_limited", "held", "held"]
    for name, was in before.items():
        now = desk.status(name)
        assert (now.state, now.message, now.last_poll) == (was.state, was.message, was.last_poll)
    publisher.serve("/basra", rss(item(9)))
    assert desk.poll(NOON + 4 * HOUR, every=True).polls["zagros"].failures == 2


def test_r22_no_redirect_leads_to_a_host_that_is_left_alone(desk: Desk, publisher: Publisher, other: Publisher) -> None:
    """R22: the feed is held as if it were that host's own."""
    publisher.serve("/tigris", "later", status=429, headers=LATER)
    publisher.serve("/feed", rss(*items(3)))
    other.redirect("/basra", publisher.url("/feed"))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    desk.configure(listing(publisher, "tigris") + more(other, "basra"), NOON + QUARTER)
    assert desk.poll(NOON + QUARTER).polls["basra"].outcome == "held"
    assert not publisher.requests_to("/feed")
    assert desk.status("basra").reason.startswith("127.0.0.1 asked to wait until")


def test_r22_no_page_and_no_robots_txt_of_a_host_that_is_left_alone(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", "later", status=429, headers=LATER)
    desk.configure(ONE_BY_ONE + listing(publisher, "tigris", "news", news=PAGE))
    assert desk.poll(NOON).polls["news"].outcome == "held"
    assert [request.path for request in publisher.requests] == ["/tigris"]


def test_r22_a_robots_txt_that_asks_to_wait_holds_the_host(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/robots.txt", "later", status=503, headers=LATER)
    publisher.serve("/tigris", rss(item(1)))
    desk.configure(ONE_BY_ONE + listing(publisher, "news", "tigris", news=PAGE))
    report = desk.poll(NOON)
    assert [poll.outcome for poll in report.polls.values()] == ["rate_limited", "held"]
    assert [request.path for request in publisher.requests] == ["/robots.txt"]


def test_r22_an_article_that_asks_to_wait_holds_its_host_and_none_is_asked_of_a_held_one(
    desk: Desk, publisher: Publisher, other: Publisher
) -> None:
    """R22: the feed is elsewhere and well; its articles are published as listed, and the host's own feed waits."""
    if find_spec("trafilatura") is None:
        missing("trafilatura (pip install trafilatura lxml-html-clean)")
    publisher.serve("/basra", rss(*(item(n, link=other.url(f"/{n}")) for n in (1, 2))))
    other.serve("/1", "later", status=503, headers=LATER)
    other.serve("/zagros", rss(item(9)))
    feeds = listing(publisher, "basra", basra="full_text: true")
    desk.configure(feeds)
    desk.poll(NOON)
    assert desk.status("basra").state == "ok"
    assert "the pages of 2 of 2 articles were not read" in desk.status("basra").message
    desk.configure(feeds + more(other, "zagros"), NOON + QUARTER)
    publisher.serve("/basra", rss(item(3, link=other.url("/3"))))
    outcomes = {key: poll.outcome for key, poll in desk.poll(NOON + QUARTER, every=True).polls.items()}
    assert outcomes == {"basra": "fetched", "zagros": "held"}
    assert "127.0.0.2 asked to wait until" in desk.status("basra").message
    assert [request.path for request in other.requests] == ["/robots.txt", "/1"]


def test_r22_a_restart_forgets_no_retry_after(both: Desk, publisher: Publisher) -> None:
    """R22: neither for the feed that was told so nor for another of its host, on both databases; a week is the most."""
    publisher.serve("/tigris", "later", status=429, headers={"Retry-After": "99999999"})
    publisher.serve("/zagros", rss(item(1)))
    both.configure(listing(publisher, "tigris"))
    both.poll(NOON)
    feeds = listing(publisher, "zagros")
    both.configure(feeds, NOON + 6 * DAY)
    assert both.poll(NOON + 6 * DAY).polls["zagros"].outcome == "held"
    both.configure(feeds, NOON + 7.1 * DAY)
    assert both.poll(NOON + 7.1 * DAY).polls["zagros"].outcome == "fetched"


def test_r25_feeds_that_were_not_asked_say_nothing_about_the_network(desk: Desk, publisher: Publisher) -> None:
    """R25: five hosts, four of them unreachable; with the held one counted as an answer it would be three of four."""
    publisher.serve("/tigris", "later", status=429, headers=LATER)
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    dead = "".join(f"  - {{id: dead{n}, url: 'http://127.0.0.{n}:9/'}}\n" for n in range(2, 7))
    many = "".join(f"  - {{id: held{n}, url: '{publisher.url(f'/{n}')}'}}\n" for n in range(9))
    desk.configure(f"feeds:\n{dead}{many}", NOON + QUARTER)
    report = desk.poll(NOON + QUARTER)
    assert [poll.outcome for key, poll in report.polls.items() if key.startswith("held")] == ["held"] * 9
    assert report.offline


# --- concurrency and spacing ------------------------------------------------------------------------------------------


def test_r23_all_that_is_asked_of_a_host_is_spaced_and_other_hosts_are_not_held_up(
    desk: Desk, publisher: Publisher, other: Publisher
) -> None:
    """R23: feeds, robots.txt, pages, redirects within the host and redirects to it from another."""
    for name in ("tigris", "zagros", "moved"):
        publisher.serve(f"/{name}", rss(item(1)))
    publisher.redirect("/old", "/moved")
    publisher.serve("/news", "<ul><li><a href='/1'>News</a></li></ul>", content_type="text/html")
    other.redirect("/basra", publisher.url("/tigris"))
    other.serve("/quick", rss(item(2)))
    own = listing(publisher, "tigris", "zagros", "old", "news", news=PAGE)
    desk.configure("hosts: {spacing: 1s, concurrency: 9}\n" + own + more(other, "quick", "basra"))
    desk.poll(NOON)
    assert len(publisher.requests) == 7
    starts = sorted(request.at for request in publisher.requests)
    assert all(later - earlier >= 1 - EARLY for earlier, later in pairwise(starts))
    first, second = sorted(request.at for request in other.requests)
    assert (first - starts[0] < 0.5, 1 - EARLY <= second - first < 1.5) == (True, True)


def test_r23_never_more_at_once_than_allowed(desk: Desk, publisher: Publisher) -> None:
    """R23: two at a time of nine slow feeds, one of which is found by a redirect."""
    names = [f"paper{n}" for n in range(8)]
    for name in names:
        publisher.behave(f"/{name}", late(rss(item(1)), 0.2))
    publisher.redirect("/old", "/paper0")
    desk.configure("hosts: {spacing: 0s, concurrency: 2}\n" + listing(publisher, *names, "old"))
    desk.poll(NOON)
    slow = sorted(request.at for request in publisher.requests if request.path != "/old")
    assert len(slow) == 9
    assert all(third - first >= 0.2 - EARLY for first, third in zip(slow, slow[2:], strict=False))


def test_r23_what_is_left_of_the_spacing_is_waited_out_by_the_next_process(both: Desk, publisher: Publisher) -> None:
    """R23: two runs one after the other, as under cron, on both databases."""
    for name in ("tigris", "zagros"):
        publisher.serve(f"/{name}", rss(item(1)))
    spaced = "hosts: {spacing: 2s, concurrency: 2}\n"
    both.configure(spaced + listing(publisher, "tigris"))
    both.poll(NOON)
    both.configure(spaced + listing(publisher, "zagros"), NOON + timedelta(seconds=1))
    both.poll(NOON + timedelta(seconds=1))
    first, second = publisher.requests
    assert 1 - EARLY <= second.at - first.at < 1.8


def test_r23_a_host_is_stored_with_the_poll_that_asked_it(both: Desk, publisher: Publisher) -> None:
    """R23, R51: in its transaction, so that a process that is killed after it leaves it behind; nothing else writes."""
    publisher.serve("/tigris", rss(item(1)))
    both.configure("hosts: {spacing: 1h, concurrency: 2}\n" + listing(publisher, "tigris"))
    both.poll(NOON)
    with both.store.writing() as session:
        memory = hosts.begin(session, NOON)
    assert not memory.in_order
    assert timedelta(0) < memory.states["127.0.0.1"].free_at - NOON - HOUR < timedelta(seconds=5)


def test_r22_what_a_host_asked_after_the_last_poll_is_handed_on(both: Desk, publisher: Publisher) -> None:
    """R22: as a hub may that was asked to push; a process that ends in order forgets nothing."""
    publisher.serve("/tigris", rss(item(1)))
    both.configure(listing(publisher, "tigris"))
    both._running.tools.hosts.hold("127.0.0.1", NOON + HOUR)
    both.configure(listing(publisher, "tigris"))
    (poll,) = both.poll(NOON).polls.values()
    assert (poll.outcome, poll.next.at, publisher.requests) == ("held", NOON + HOUR, [])


def test_hosts_whose_time_is_over_are_forgotten(both: Desk) -> None:
    """The table does not grow with the hosts that were ever asked."""
    with both.store.writing() as session:
        past, future = NOON - HOUR, NOON + HOUR
        states = [
            HostState("a", past),
            HostState("b", past, past),
            HostState("c", past, future),
            HostState("d", future),
        ]
        both_times = [HostState("d", future)]
        hosts.record(session, states)
        hosts.record(session, both_times)
    with both.store.writing() as session:
        assert sorted(hosts.begin(session, NOON).states) == ["c", "d"]


@pytest.mark.anyio
async def test_what_was_not_saved_is_kept_for_the_next_poll() -> None:
    """A later state of a host is not lost when an earlier one has been stored."""
    budget, clock = HostBudget(1, timedelta(0)), running(NOON)
    async with budget.turn("a", clock):
        pass
    first = budget.unsaved()
    budget.hold("a", NOON + HOUR)
    budget.saved(first)
    assert budget.unsaved() == (HostState("a", NOON + HOUR, NOON + HOUR),)
    budget.saved(budget.unsaved())
    assert budget.unsaved() == ()


@pytest.mark.anyio
async def test_r22_who_waits_for_a_host_learns_that_it_is_held() -> None:
    """R22: the answer that says so came while they queued; nobody starts, and a shorter hold changes none."""
    budget, clock = HostBudget(1, timedelta(0)), running(NOON)
    async with budget.turn("a", clock) as held:
        assert held is None
        budget.hold("a", NOON + HOUR)
        budget.hold("a", NOON + QUARTER)
    async with budget.turn("a", clock) as held:
        assert held == NOON + HOUR
    async with budget.turn("a", running(NOON + HOUR)) as held:
        assert held is None
