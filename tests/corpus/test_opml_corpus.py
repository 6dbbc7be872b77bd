"""Lists of subscriptions that readers' apps wrote and parsers are tested with: in and out again, nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feedhub.config.lines import feed_lines
from feedhub.config.source import parse
from feedhub.config.subscriptions import OpmlError, Subscription, read_opml
from feedhub.publish.addresses import web_address
from feedhub.publish.opml import Subscribed, subscriptions
from support.corpus import table

pytestmark = pytest.mark.slow


def documents(data: Path) -> dict[str, bytes]:
    folder = data / "corpus" / "opml_tests"
    return {row["path"]: (folder / row["path"]).read_bytes() for row in table(folder / "MANIFEST.tsv")}


def lists(data: Path) -> dict[str, tuple[bytes, list[Subscription]]]:
    """The documents that are OPML, and what is read of each."""
    found = {}
    for name, body in documents(data).items():
        try:
            found[name] = (body, read_opml(body))
        except OpmlError:
            continue
    return found


def written(feeds: list[Subscription]) -> bytes:
    return subscriptions("Mine", [Subscribed(feed.title, feed.url, feed.tags) for feed in feeds])


def of_the_web(feeds: list[Subscription]) -> list[Subscription]:
    return [feed for feed in feeds if web_address(feed.url) == feed.url]


def test_most_are_read_and_the_others_say_why(test_data: Path) -> None:
    """Only what is not well-formed is refused, or is no OPML at all."""
    bodies, read = documents(test_data), lists(test_data)
    assert len(read) >= 0.75 * len(bodies)
    assert sum(len(feeds) for _, feeds in read.values()) > 50
    for name in bodies.keys() - read.keys():
        with pytest.raises(OpmlError, match=r"not well-formed XML: |not OPML$"):
            read_opml(bodies[name])


def test_what_is_read_is_written_and_read_again(test_data: Path) -> None:
    """Addresses, titles and tags of every feed of the web, in the order of the document."""
    for name, (_, feeds) in lists(test_data).items():
        kept = of_the_web(feeds)
        again = read_opml(written(kept))
        assert [feed.url for feed in again] == [feed.url for feed in kept], name
        assert [set(feed.tags) for feed in again] == [set(feed.tags) for feed in kept], name
        assert [feed.title for feed in again if feed.title] != [] or not kept, name
        assert all(old.title in ("", new.title) for old, new in zip(kept, again, strict=True)), name


def test_every_feed_is_a_line_of_feeds_yaml_that_reads_back(test_data: Path) -> None:
    """Whatever readers called it."""
    for name, (_, feeds) in lists(test_data).items():
        for feed in feeds:
            (found,) = read_yaml(feed)
            shown = {"url": feed.url, "title": feed.title, "tags": list(feed.tags)}
            expected = {key: value for key, value in shown.items() if value}
            assert found == (expected if len(expected) > 1 else feed.url), name


def read_yaml(feed: Subscription) -> list[Any]:
    value = parse("\n".join(feed_lines(feed.url, feed.title, feed.tags)), "feeds.yaml").value
    assert isinstance(value, list)
    return value


def test_listparser_finds_the_same_feeds_in_ours_as_in_theirs(test_data: Path) -> None:
    """The judge that other programs read OPML with: in each document and in what we make of it the same addresses and
    titles, once each; titles it cannot decode itself aside."""
    listparser = pytest.importorskip("listparser", reason="listparser is not installed")
    for name, (body, feeds) in lists(test_data).items():
        theirs = {feed["url"]: feed["title"] for feed in listparser.parse(body)["feeds"]}
        ours = {feed["url"]: feed["title"] for feed in listparser.parse(written(of_the_web(feeds)))["feeds"]}
        assert ours.keys() == {url for url in theirs if web_address(url) == url}, name
        for url, title in ours.items():
            expected = " ".join(theirs[url].split())
            assert title == expected or not expected or "\ufffd" in expected, name
