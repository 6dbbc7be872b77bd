"""The demo's pages in a real browser: in six languages, as wide as a desk and as a phone, by day and by night.

Pictures of them are kept in `artifacts/pages/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.browser import Browser, Page
from support.demonstration import Demo, demonstrating
from support.program import fetch, until

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[2] / "artifacts" / "pages"
TALLEST = 3_000  # pixels of a page that are kept
GAP_AT_THE_RIGHT = """element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return element.getBoundingClientRect().right - range.getBoundingClientRect().right;
}"""
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
PAGES = ("river", "arabic-river", "story", "arabic-story", "outputs")

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
        case "outputs":
            return f"{demo.address}outputs"
        case story:
            (newest, *_) = demo.merged("ar" if story == "arabic-story" else "en")
            return f"{demo.address}stories/{newest['id'].removeprefix('urn:uuid:')}"


@every_screen
@every_page
def test_a_page_is_whole_on_every_screen(browser: Browser, demo: Demo, name: str, screen: Screen) -> None:
    """No error in the console, nothing the policy forbids, nothing missing, nothing wider than the screen."""
    page = browser.open(address(demo, name), width=screen.width, dark=screen.dark)
    page.screenshot(KEPT / f"{name}-{screen.name}.png", min(TALLEST, page.height))
    assert page.complaints == ()
    assert page.evaluate("document.documentElement.scrollWidth") == screen.width
    assert page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).length") == 0
    assert styled(page)


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
