"""What a week of polling asks of publishers, on a clock that is set by hand (R20-R23)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedhub.store.database import Store, sqlite_url
from support.desk import Desk, Engine
from support.feeds import NOON
from support.publisher import Publisher
from support.region import Asked, Newsroom, Region, newsrooms

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOSTS = "hosts: {concurrency: 2, spacing: 0s}\n"  # spacing is kept in real time, which a simulation does not have
RECHECK = timedelta(days=7)


def run(desk: Desk, region: Region, length: timedelta, tick: timedelta) -> Iterator[datetime]:
    """The hub's service from noon on, at each tick what is due then; yields after each."""
    now = NOON
    while now < NOON + length:
        region.now = now
        desk.poll(now)
        yield now
        now += tick


def needlessly_whole(asked: list[Asked]) -> list[Asked]:
    """The requests without a condition, but for those before the first answer and R21's once in seven days."""
    last: datetime | None = None
    found = []
    for one in asked:
        if not one.conditional and last is not None and one.at - last < RECHECK:
            found.append(one)
        if one.status == 200:
            last = one.at
    return found


@pytest.fixture
def region(request: pytest.FixtureRequest) -> Region:
    count, hosts, days = request.param
    return Region(newsrooms(count, hosts, days))


@pytest.fixture
def hub(tmp_path: Path, engine: Engine, region: Region) -> Iterator[Desk]:
    """A hub that reaches the region's hosts, and nothing else."""
    store = Store.open(sqlite_url(tmp_path / "data"))
    with Desk(store, tmp_path, engine, allow_private=False, network=region, resolve=region.resolve) as desk:
        yield desk
    store.close()


@pytest.mark.parametrize("region", [(500, 40, 9)], indirect=True)
def test_r20_r21_r22_r23_a_week_of_500_feeds_on_40_hosts(hub: Desk, region: Region) -> None:
    """None inside a Retry-After, not by hand either; all conditional save R21's; never three at once on a host."""
    hub.configure(HOSTS + region.listing("interval: 1d, min_interval: 1h"))
    for now in run(hub, region, timedelta(days=8), tick=20 * MINUTE):
        if now == NOON + 2 * DAY:
            hub.poll(now, every=True)
    assert not [asked for asked in region.requests if asked.in_retry_after_of_host]
    refused = [asked for asked in region.requests if asked.status in (429, 503)]
    assert len({asked.host for asked in refused}) == 5, "publishers did ask to be left alone"
    assert any(asked.at < NOON + 2 * DAY < asked.at + 30 * HOUR for asked in refused), "while it was polled by hand"
    rechecked = 0
    for room in region.rooms:
        asked = region.of(room)
        assert not needlessly_whole(asked)
        rechecked += sum(not one.conditional for one in asked[1:])
        assert len(asked) >= (6 if room.refusal else 8), "at least once a day"
    assert 40 <= rechecked <= 100, "the silent ones were asked for everything after a week"
    assert max(region.most_at_once.values()) == 2
    assert hub.status("paper2", now).state == "ok"
    assert hub.status("paper1", now).state in ("ok", "stale")


@pytest.mark.parametrize("region", [(500, 40, 1)], indirect=True)
def test_r23_starts_are_spread(hub: Desk, region: Region) -> None:
    """After the first pass no minute has more than three times the mean, whatever publishers ask in their hints."""
    hub.configure(HOSTS + region.listing("interval: 15m"))
    length = timedelta(hours=2.5)
    for _ in run(hub, region, length, tick=MINUTE):
        pass
    starts = Counter((asked.at - NOON) // MINUTE for asked in region.requests)
    assert starts.pop(0) == 500
    assert sum(starts.values()) > 3_000
    assert max(starts.values()) <= 3 * sum(starts.values()) / (length / MINUTE - 1)


def test_r20_r22_a_day_of_50_feeds_over_sockets(tmp_path: Path, engine: Engine) -> None:
    """The same over HTTP: nothing in between keeps a validator from arriving or hurries a request."""
    with ExitStack() as stack:
        hosts = [stack.enter_context(Publisher(f"127.0.0.{n}")) for n in range(1, 6)]
        region = Region([_on(hosts[n % 5], n, room) for n, room in enumerate(newsrooms(50, 5, 2))])
        for host in hosts:
            region.serve(host)
        store = Store.open(sqlite_url(tmp_path / "data"))
        stack.callback(store.close)
        desk = stack.enter_context(Desk(store, tmp_path, engine))
        listing = region.listing("interval: 1h, min_interval: 10m")
        for host in hosts:
            listing = listing.replace(f"http://{host.host}/", host.url("/"))
        desk.configure(HOSTS + listing)
        for _ in run(desk, region, DAY, tick=5 * MINUTE):
            pass
    assert len(region.requests) > 500
    assert not [asked for asked in region.requests if asked.in_retry_after_of_host]
    assert any(asked.status in (429, 503) for asked in region.requests)
    for room in region.rooms:
        assert not needlessly_whole(region.of(room))
    last = {room.path: max(asked.at for asked in region.of(room)) for room in region.rooms if not room.refusal}
    assert min(last.values()) > NOON + 12 * HOUR


def _on(host: Publisher, number: int, room: Newsroom) -> Newsroom:
    """On a host of this machine; the hours in which it wants no visitors begin in the first one."""
    start = NOON + number * MINUTE
    refusal = room.refusal and replace(room.refusal, start=start, end=start + 4 * HOUR, wait=5 * HOUR)
    return replace(room, host=host.host, refusal=refusal)
