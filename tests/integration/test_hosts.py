"""Politeness to one host, with real tasks and a real clock (R23)."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from feedhub.net.hosts import HostBudget, running

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
CLOCK = running(NOW)
EARLY = 0.002  # seconds that a timer may go off too soon


class Visits:
    """Visits to hosts through one budget: when each started, and how many there were at once."""

    def __init__(self, budget: HostBudget) -> None:
        self.budget = budget
        self.starts: list[tuple[str, float]] = []
        self.names: list[str] = []
        self.most = 0
        self._present = 0

    async def visit(self, host: str, stay: float = 0.0, name: str = "") -> None:
        async with self.budget.turn(host, CLOCK):
            self.starts.append((host, time.monotonic()))
            self.names.append(name)
            self._present += 1
            self.most = max(self.most, self._present)
            await asyncio.sleep(stay)
            self._present -= 1

    def gaps(self, host: str) -> list[float]:
        times = [start for visited, start in self.starts if visited == host]
        return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_r23_never_more_at_once_than_allowed(concurrency: int) -> None:
    """Twenty that come together; as many as may are there at once."""
    visits = Visits(HostBudget(concurrency, timedelta(0)))
    await asyncio.gather(*(visits.visit("a", 0.01) for _ in range(20)))
    assert visits.most == concurrency
    assert len(visits.starts) == 20


async def test_r23_starts_are_spaced() -> None:
    """However short each visit is, and also when they do not come together."""
    visits = Visits(HostBudget(10, timedelta(seconds=0.03)))
    await asyncio.gather(*(visits.visit("a") for _ in range(5)))
    await visits.visit("a")
    assert len(visits.gaps("a")) == 5
    assert all(gap >= 0.03 - EARLY for gap in visits.gaps("a"))


async def test_r23_other_hosts_are_not_held_up() -> None:
    """A host that everyone waits for is nobody else's concern."""
    visits = Visits(HostBudget(1, timedelta(seconds=5)))
    begun = time.monotonic()
    crowd = [asyncio.create_task(visits.visit("slow", 5)) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.gather(*(visits.visit(f"host{number}") for number in range(50)))
    assert time.monotonic() - begun < 2
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_r23_turns_come_in_the_order_of_asking() -> None:
    """First come, first served."""
    visits = Visits(HostBudget(2, timedelta(seconds=0.002)))
    names = [str(number) for number in range(20)]
    await asyncio.gather(*(visits.visit("a", 0.003, name) for name in names))
    assert visits.names == names


async def test_a_cancelled_wait_costs_the_next_one_nothing() -> None:
    """Only who starts uses up the spacing, and a place is given back."""
    visits = Visits(HostBudget(1, timedelta(seconds=0.1)))
    await visits.visit("a")
    waiting = [asyncio.create_task(visits.visit("a")) for _ in range(5)]
    await asyncio.sleep(0.01)
    for task in waiting:
        task.cancel()
    await visits.visit("a")
    assert 0.1 - EARLY <= visits.gaps("a")[0] < 0.18


async def test_a_visit_that_fails_gives_its_place_back() -> None:
    """An error passes through, and the next one gets its turn."""
    budget = HostBudget(1, timedelta(0))
    with pytest.raises(ZeroDivisionError):
        async with budget.turn("a", CLOCK):
            _ = 1 / 0
    async with asyncio.timeout(1), budget.turn("a", CLOCK):
        pass


async def test_idle_hosts_are_forgotten_but_not_before_their_spacing() -> None:
    """The table does not grow with the hosts that were ever visited."""
    visits = Visits(HostBudget(2, timedelta(seconds=0.05)))
    await asyncio.gather(*(visits.visit(f"host{number}") for number in range(100)))
    assert len(visits.budget) == 100
    await visits.visit("host0")
    assert visits.gaps("host0")[0] >= 0.05 - EARLY
    await asyncio.sleep(0.12)
    assert len(visits.budget) == 0


async def test_without_spacing_nothing_is_remembered() -> None:
    """Spacing 0 works, and needs no memory."""
    visits = Visits(HostBudget(2, timedelta(0)))
    await asyncio.gather(*(visits.visit("a") for _ in range(100)))
    assert len(visits.budget) == 0
