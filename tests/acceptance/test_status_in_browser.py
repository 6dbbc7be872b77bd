"""The operator's page of 300 feeds in a real browser: on a desk and on a telephone, by day and by night.

Pictures of it are kept in `artifacts/pages/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedhub.store.database import Store, sqlite_url
from support.browser import Browser
from support.mixed import HEALTHY, a_mixed_hub
from support.polls import NOON
from support.program import Program, Service

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[2] / "artifacts" / "pages"
FEEDS = 300
CUT_OFF = """[...document.querySelectorAll('main *')]
    .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    program = Program(tmp_path_factory.mktemp("mixed"))
    store = Store.open(sqlite_url(program.data))
    a_mixed_hub(store, program.folder, FEEDS, NOON)
    store.close()
    with program.serving("--no-poll") as service:
        yield service


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [1280, 390])
def test_300_feeds_in_every_state_can_be_read(browser: Browser, service: Service, width: int, dark: bool) -> None:
    """One request plus style; nothing wider than the screen, nothing that the policy forbids, a plot for each feed."""
    page = browser.open(f"{service.address}status", width=width, dark=dark)
    page.screenshot(KEPT / f"status-{width}{'-dark' if dark else ''}.png", 2_400)
    assert page.complaints == ()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert len(page.all(".feed", "id")) == len(page.all(".feed svg path", "tagName")) == FEEDS
    loaded = page.evaluate("performance.getEntriesByType('resource').map(it => it.name)")
    assert {Path(address).name for address in loaded} <= {"feedhub.css", "status.css", "favicon.svg"}
    assert page.evaluate(CUT_OFF) == []


def test_feeds_that_need_a_hand_come_first_and_a_state_can_be_chosen(browser: Browser, service: Service) -> None:
    """Its link leads to a page of the feeds in it."""
    page = browser.open(f"{service.address}status")
    badges = page.all(".feed .badge", "textContent")
    ill = FEEDS * (10 - HEALTHY) // 10
    assert "ok" not in badges[:ill]
    assert set(badges[ill:]) == {"ok"}
    (link,) = [address for address in page.all(".states a", "href") if address.endswith("state=not_found")]
    assert set(browser.open(link).all(".feed .badge", "textContent")) == {"not found"}
