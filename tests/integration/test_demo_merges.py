"""What the demo shows: every retelling is one story with what it retells, a look-alike is not (R8, R14, R40)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedhub.config import load
from feedhub.demo.configuration import feeds_yaml
from feedhub.demo.edition import duration
from feedhub.demo.outlets import Article, outlets
from support.desk import Desk
from support.newsroom import HandSetClock, newsroom_at

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACE = timedelta(seconds=4)
ARTICLES = [item.article for outlet in outlets() for item in outlet.items if not item.carried]
RETOLD = [article for article in ARTICLES if article.retells]
RESEMBLING = [article for article in ARTICLES if article.resembles]


@pytest.fixture(scope="module")
def merges_by_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where the configuration that the demo writes merges by addresses alone."""
    path = tmp_path_factory.mktemp("demo") / "feeds.yaml"
    path.write_text(feeds_yaml("http://127.0.0.1:9/"))
    if load(path, {}).dedup.mode != "story":
        pytest.skip("the demo's feeds.yaml merges by addresses alone")


@pytest.fixture(params=[len(ARTICLES), len(outlets())], ids=["all at once", "round by round"])
def shown(request: pytest.FixtureRequest, desk: Desk, merges_by_text: None) -> Iterator[dict[str, dict[str, Any]]]:
    """The story's JSON by the path of each article, once all is published: polled in one pass or as it came out."""
    clock = HandSetClock(START)
    with newsroom_at(clock, PACE) as address:
        desk.configure(feeds_yaml(address).partition("\n  title: Newsroom demo\n")[2], START)
        while clock.now < START + duration(PACE):
            clock.now = min(clock.now + request.param * PACE, START + duration(PACE))
            desk.poll(clock.now, every=True)
        stories = [json.loads(desk.document(f"stories/{item['id'][9:]}.json")) for item in desk.stories()]
    yield {
        carrier["url"].removeprefix(address).partition("?")[0]: story
        for story in stories
        for carrier in story["carriers"]
    }


def test_r14_each_retelling_is_merged_and_nothing_else(shown: dict[str, dict[str, Any]]) -> None:
    """R8, R14: own lead, cut short, new headline, other spelling: one story each, by its text; no other pair is."""
    assert shown.keys() == {article.path for article in ARTICLES}
    expected = {article.path: article.retells or article.path for article in ARTICLES}
    stories = {path: story["id"] for path, story in shown.items()}
    assert stories == {path: stories[original] for path, original in expected.items()}
    assert len(set(stories.values())) == len(set(expected.values()))
    for article in RETOLD:
        rules = {carrier["rule"] for carrier in shown[article.path]["carriers"]}
        assert rules & {"text", "headline"}, article.path


def test_r40_a_look_alike_is_related_and_says_why_it_is_not_merged(shown: dict[str, dict[str, Any]]) -> None:
    """R14, R40: the two stories name each other, and the numbers that keep them apart."""
    for article in RESEMBLING:
        one, other = shown[article.path], shown[article.resembles]
        assert one["id"] != other["id"]
        numbers = set(re.findall(r"\d+", one["title"] + other["title"]))
        assert len(numbers) == 2
        assert numbers <= set(re.findall(r"\d+", _reasons(one)[other["id"]]))
        assert numbers <= set(re.findall(r"\d+", _reasons(other)[one["id"]]))


def test_the_demo_has_something_of_each_kind() -> None:
    """In two scripts, and every pair in one language, by two newsrooms."""
    languages = {outlet.id: outlet.language for outlet in outlets()}
    assert {languages[article.outlet] for article in RETOLD} == {"en", "ar"}
    assert {languages[article.outlet] for article in RESEMBLING} == {"en", "ar"}
    for article in RETOLD + RESEMBLING:
        original = _written(article.retells or article.resembles)
        assert languages[original.outlet] == languages[article.outlet]
        assert original.outlet != article.outlet
        assert not original.retells


def _written(path: str) -> Article:
    (article,) = (article for article in ARTICLES if article.path == path)
    return article


def _reasons(story: dict[str, Any]) -> dict[str, str]:
    return {other["story"]: other["reason"] for other in story["related"]}
