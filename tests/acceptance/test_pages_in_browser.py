"""The demo's pages in a real browser: in six languages, as wide as a desk and as a phone, by day and by night.

Pictures of them are kept in `artifacts/pages/`; the main ones stand in `docs/` as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import accessibility
from support.browser import Browser, Page
from support.demonstration import Demo, demonstrating
from support.program import fetch, until
from support.requirements import missing

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[2] / "artifacts" / "pages"
TALLEST = 3_000  # pixels of a page that are kept
GAP_AT_THE_RIGHT = """element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return element.getBoundingClientRect().right - range.getBoundingClientRect().right;
}"""
# How far things have moved while the page was loading; what moves with a pressed key does not count.
SHIFT = """new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.hadRecentInput ? 0 : e.value))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 50);
})"""
FOCUSED = """(element => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return [element.className, box.top >= 0 && box.height > 0, style.outlineStyle, parseFloat(style.outlineWidth)];
})(document.activeElement)"""
RIGHT_TO_LEFT = ("ar", "ckb", "fa")


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a page is looked at; width in CSS pixels."""

    name: str
    width: int
    dark: bool


SCREENS = (
    Screen("desk", 1280, False),
    Screen("desk-dark", 1280, True),
    Screen("phone", 390, False),
    Screen("phone-dark", 390, True),
)
PAGES = ("river", "filtered-river", "arabic-river", "story", "arabic-story", "outputs")

every_page = pytest.mark.parametrize("name", PAGES)
every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that has merged a story in English and one in Arabic."""
    with demonstrating(tmp_path_factory.mktemp("demo"), pace=0.3) as demo:
        until(lambda: demo.merged("en") and demo.merged("ar"), "merged stories")
        yield demo


def address(demo: Demo, name: str) -> str:
    """Where the page of this name stands."""
    match name:
        case "river":
            return demo.address
        case "arabic-river":
            return f"{demo.address}feeds/arabic"
        case "filtered-river":
            return f"{demo.address}?lang=en&tag=iraq"
        case "outputs" | "nothing":
            return f"{demo.address}{name}"
        case story:
            (newest, *_) = demo.merged("ar" if story == "arabic-story" else "en")
            return f"{demo.address}stories/{newest['id'].removeprefix('urn:uuid:')}"


@every_screen
@every_page
def test_a_page_is_whole_on_every_screen(browser: Browser, demo: Demo, name: str, screen: Screen) -> None:
    """No error in the console, nothing that the policy forbids, is missing, moves, or is wider than the screen."""
    page = browser.open(address(demo, name), width=screen.width, dark=screen.dark)
    assert page.evaluate(SHIFT) == 0
    page.screenshot(KEPT / f"{name}-{screen.name}.png", min(TALLEST, page.height))
    assert page.complaints == ()
    assert page.evaluate("document.documentElement.scrollWidth") == screen.width
    assert page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).length") == 0
    assert styled(page)


@pytest.mark.parametrize("screen", [SCREENS[0], SCREENS[3]], ids=lambda screen: screen.name)
@pytest.mark.parametrize("name", [*PAGES, "nothing"])
def test_nobody_is_kept_out_of_a_page(browser: Browser, demo: Demo, name: str, screen: Screen) -> None:
    """axe-core finds no serious and no critical fault, by day and by night: contrast, names, order, languages."""
    if not accessibility.installed():
        missing("axe-core (npm ci --prefix tests/support/axe)")
    page = browser.open(address(demo, name), width=screen.width, dark=screen.dark)
    assert accessibility.faults(page) == []


def test_the_front_page_is_read_with_the_keyboard(browser: Browser, demo: Demo) -> None:
    """The first Tab shows the way past the masthead; whatever has the focus is in sight and outlined."""
    page = browser.open(demo.address, width=390)
    browser.press("Tab")
    assert page.evaluate(FOCUSED) == ["skip", True, "solid", 3]
    browser.press("Enter", "\r")
    assert page.evaluate("document.activeElement.id") == "content"
    for _ in range(30):
        browser.press("Tab")
        _class, in_sight, style, width = page.evaluate(FOCUSED)
        assert (in_sight, style, width) == (True, "solid", 3)


@every_page
def test_every_link_of_a_page_answers(browser: Browser, demo: Demo, name: str) -> None:
    """Articles, stories, outputs, autodiscovery, style and pictures: all are there."""
    page = browser.open(address(demo, name))
    links = {*page.all("a, link", "href"), *page.all("img", "src")}
    assert len(links) > 10
    answers = {link: fetch(link.partition("#")[0]).status for link in links}
    assert {link: status for link, status in answers.items() if status != 200} == {}


@every_page
def test_a_reader_app_finds_the_feeds_from_any_page(browser: Browser, demo: Demo, name: str) -> None:
    """Every page names every output in the three formats, for autodiscovery."""
    page = browser.open(address(demo, name))
    offered = page.all("link[rel=alternate][title]", "href")
    for output in ("feed", "feeds/english", "feeds/arabic", "feeds/kurdistan", "feeds/neighbours"):
        assert {f"{demo.address}{output}.{form}" for form in ("atom", "rss", "json")} <= set(offered)


def test_r36_each_story_runs_in_its_own_direction(browser: Browser, demo: Demo) -> None:
    """On one page Arabic, Sorani and Persian run right to left, English, Turkish and Kurmanji left to right."""
    page = browser.open(demo.address)
    directions = page.evaluate(
        "[...document.querySelectorAll('article')].map(a => [a.lang, getComputedStyle(a).direction])"
    )
    assert {language for language, _ in directions} == {"en", "ar", "ckb", "kmr", "fa", "tr"}
    assert all(direction == ("rtl" if language in RIGHT_TO_LEFT else "ltr") for language, direction in directions)


@pytest.mark.parametrize("name", ["arabic-river", "arabic-story"])
def test_r36_an_arabic_page_reads_from_the_right(browser: Browser, demo: Demo, name: str) -> None:
    """The story says its direction, and its headline stands at the right edge."""
    page = browser.open(address(demo, name))
    assert page.evaluate("document.querySelector('article').dir") == "rtl"
    gap = page.evaluate(f"({GAP_AT_THE_RIGHT})(document.querySelector('article :is(h1, h3)'))")
    assert abs(gap) < 2


def styled(page: Page) -> bool:
    """Whether the stylesheet is in force."""
    return bool(page.evaluate("getComputedStyle(document.querySelector('.masthead-line')).display === 'flex'"))
