"""The feed list that feedhub ships with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feedhub.config import Config, Match, load

FILE = Path(__file__).parents[2] / "config" / "feeds.yaml"
REGIONS = {"iraq", "kurdistan", "iran", "turkey", "syria", "jordan", "kuwait", "saudi", "region"}
LANGUAGES = {
    "en": "english",
    "ar": "arabic",
    "ckb": "kurdish",
    "kmr": "kurdish",
    "fa": "persian",
    "tr": "turkish",
}


@pytest.fixture(scope="module")
def shipped() -> Config:
    return load(FILE, {})


def test_it_has_no_mistake_and_warns_only_of_the_address_to_choose(shipped: Config) -> None:
    """R46: a fresh checkout starts; what is left to the operator is the public address. No variable is needed."""
    assert [warning.message.partition(":")[0] for warning in shipped.warnings] == ["site"]
    assert not shipped.secrets


def test_it_covers_iraq_and_every_neighbour_in_every_language(shipped: Config) -> None:
    """Iraq and its neighbours in English, Arabic, both Kurdish languages, Persian and Turkish."""
    assert {feed.language for feed in shipped.feeds} == set(LANGUAGES)
    assert {tag for feed in shipped.feeds for tag in feed.tags} >= REGIONS
    assert 40 <= len(shipped.feeds) <= 60


def test_every_feed_is_tagged_with_a_region_and_its_language(shipped: Config) -> None:
    """An output of a language or a region misses none of its feeds."""
    for feed in shipped.feeds:
        assert REGIONS & set(feed.tags), feed.id
        assert feed.language is not None
        assert LANGUAGES[feed.language] in feed.tags, feed.id


def test_every_feed_is_asked_in_private_at_the_outlet_itself(shipped: Config) -> None:
    """https only, and no address of an aggregator between the outlet and its readers."""
    for feed in shipped.feeds:
        assert feed.url.startswith("https://"), feed.url
        assert not re.search(r"news\.google|rss\.app|feedburner|feedproxy|rsshub", feed.url), feed.url


def test_feeds_of_a_country_have_its_time_zone(shipped: Config) -> None:
    """R17: dates without a zone are read on the outlet's clock; Baghdad's where nothing else is said."""
    zones = {"iran": "Asia/Tehran", "jordan": "Asia/Amman", "kuwait": "Asia/Kuwait", "iraq": "Asia/Baghdad"}
    for feed in shipped.feeds:
        for tag in set(feed.tags) & zones.keys() if "region" not in feed.tags else ():
            assert str(feed.timezone) == zones[tag], feed.id


def test_every_output_has_a_title_and_draws_on_several_feeds(shipped: Config) -> None:
    """`all` comes first and holds everything; each other output selects."""
    first, *others = shipped.outputs
    assert (first.id, first.title, first.match) == ("all", "Iraq and Kurdistan regional news", Match())
    assert {"iraq", "kurdistan", "arabic", "kurdish", "english"} <= {output.id for output in others}
    for output in others:
        assert output.match.tags, output.id
        assert output.title != output.id
        assert sum(bool(set(output.match.tags) & set(feed.tags)) for feed in shipped.feeds) >= 4, output.id


def test_the_keys_it_shows_in_comments_are_keys(shipped: Config, tmp_path: Path) -> None:
    """A newcomer who takes the comments at their word makes no mistake."""
    text = FILE.read_text("utf-8")
    head = "\n".join(line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   "))
    sample = "feeds:\n" + re.sub("^", "  ", head, flags=re.M)
    sample += "\nsite:\n" + "\n".join(re.findall(r"^  # ((?:url|contact):.*)$", text, re.M)).replace("\n", "\n  ").join(
        ["  ", "\n"]
    )
    path = tmp_path / "feeds.yaml"
    path.write_text(sample, "utf-8")
    config = load(path, {"OUTLET_TOKEN": "t"})
    assert [feed.url for feed in config.feeds] == ["https://outlet.example/feed/"]
    assert config.site.contact == "ops@example.org"
