"""The report that feedhub began with: an original, its copy, last year's count and another language's report."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedhub.models import Story
from feedhub.store.database import Store
from support.ledger import Ledger
from support.polls import at, news_poll
from support.reports import report

FEEDS = """
feeds:
  - {url: "https://times.example/rss", id: times}
  - {url: "https://post.example/rss", id: post}
  - {url: "https://alnahar.example/rss", id: alnahar}
  - {url: "https://archive.example/rss", id: archive}
"""
ORIGINAL = (
    "The US-led coalition has carried out nearly 35,000 airstrikes in Iraq and Syria since 2014",
    "The anti-ISIS coalition has carried out 34,917 airstrikes in Iraq and Syria since military operations against "
    "the terrorist group began in 2014, a spokesperson told Military Times.",
)
COPY = (
    "US Anti-ISIS Coalition carried out nearly 35,000 airstrikes in Iraq, Syria since 2014",
    "Since the US first began military operations against ISIS in 2014, it has carried out nearly 35,000 airstrikes "
    "against the terrorist group that once controlled huge swaths of Iraq and Syria.",
)
LAST_YEAR = (
    "The US-led coalition has carried out nearly 33,000 airstrikes in Iraq and Syria since 2014",
    "The anti-ISIS coalition has carried out nearly 33,000 airstrikes in Iraq and Syria since military operations "
    "against the terrorist group began in 2014, a spokesperson told Military Times.",
)
ARABIC = (
    "التحالف الدولي نفذ قرابة 35,000 غارة في العراق وسوريا منذ 2014",
    "قال متحدث باسم التحالف إن طائراته نفذت 34,917 غارة ضد تنظيم داعش منذ بدء العمليات عام 2014.",
)


@pytest.fixture
def found(store: Store, tmp_path: Path) -> dict[str, Story]:
    """The stories, by the feeds whose report they hold."""
    ledger = Ledger(store, tmp_path, FEEDS)
    told = {"times": ORIGINAL, "post": COPY, "alnahar": ARABIC, "archive": LAST_YEAR}
    for hour, (feed, text) in enumerate(told.items()):
        ledger.record(news_poll(ledger.number(feed), report(feed, text), now=at(60 * hour)))
        ledger.match(at(60 * hour))
    return {carrier.source.id: story for story in ledger.stories() for carrier in story.carriers}


def test_r14_original_and_copy_are_one_story_that_says_why(found: dict[str, Story]) -> None:
    """R14: 34,917 is what the other calls nearly 35,000."""
    assert found["times"].id == found["post"].id
    joined = next(carrier for carrier in found["post"].carriers if carrier.source.id == "post")
    assert joined.rule == "text"
    assert "airstrikes" in joined.evidence
    assert joined.score is not None


def test_r14_last_years_count_is_another_story_that_says_why(found: dict[str, Story]) -> None:
    """R14, R40: related, for one says 33,000 and the other not."""
    assert found["archive"].id != found["times"].id
    (related,) = found["archive"].related
    assert related.id == found["times"].id
    assert "33000" in related.reason


def test_an_arabic_report_of_the_same_is_at_most_related(found: dict[str, Story]) -> None:
    """It founds a story of its own and says that nothing had its text."""
    (carrier,) = found["alnahar"].carriers
    assert carrier.rule == "founded"
    assert "no other entry had its address, guid or text" in carrier.evidence
