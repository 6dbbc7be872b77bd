"""The demo's newsroom over HTTP, on a real server on the loopback address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest

from feedhub.demo.edition import duration
from feedhub.demo.outlets import Outlet, outlets
from support.newsroom import HandSetClock, newsroom_at

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACE = timedelta(seconds=4)

every_outlet = pytest.mark.parametrize("outlet", outlets(), ids=lambda outlet: outlet.id)


@pytest.fixture(scope="module")
def clock() -> HandSetClock:
    return HandSetClock(START)


@pytest.fixture(scope="module")
def base_url(clock: HandSetClock) -> Iterator[str]:
    """A newsroom that opened at START, listening on a free port."""
    with newsroom_at(clock, PACE) as address:
        yield address


@pytest.fixture
def client(base_url: str, clock: HandSetClock) -> Iterator[httpx.Client]:
    """A client of the newsroom at the time of its opening, which takes no compression unless it says so."""
    clock.now = START
    with httpx.Client(base_url=base_url, headers={"Accept-Encoding": "identity"}, trust_env=False) as client:
        yield client


@every_outlet
def test_r20_a_feed_that_did_not_change_is_not_sent_again(client: httpx.Client, outlet: Outlet) -> None:
    """Either validator alone brings 304 with no body and the validators again."""
    first = client.get(outlet.feed_path)
    assert first.status_code == 200
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get(outlet.feed_path, headers={name: first.headers[value]})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["ETag"], again.headers["Last-Modified"]) == (
            first.headers["ETag"],
            first.headers["Last-Modified"],
        )


@every_outlet
def test_r20_a_feed_with_a_new_item_is_sent_again(client: httpx.Client, clock: HandSetClock, outlet: Outlet) -> None:
    """After the outlet's next item the old validators no longer hold, nor does either alone."""
    old = client.get(outlet.feed_path).headers
    clock.now = START + len(outlets()) * PACE
    for headers in ({"If-None-Match": old["ETag"]}, {"If-Modified-Since": old["Last-Modified"]}):
        assert client.get(outlet.feed_path, headers=headers).status_code == 200


def test_a_page_says_what_the_hub_should_make_of_it(client: httpx.Client, clock: HandSetClock) -> None:
    """Whoever follows the demo from the newsroom's side reads there what is retold and what only looks alike."""
    clock.now = START + duration(PACE)
    articles = [item.article for outlet in outlets() for item in outlet.items if not item.carried]
    for article in articles:
        text = client.get(article.path).text
        assert ("for the hub both are one story" in text) == bool(article.retells)
        assert ("for the hub it is a story of its own" in text) == bool(article.resembles)
        if original := article.retells or article.resembles:
            assert f'{original}">another newsroom’s report' in text
            assert client.get(original).status_code == 200


def test_if_none_match_outranks_if_modified_since(client: httpx.Client) -> None:
    """RFC 9110, section 13.2.2: a date that would say "unchanged" does not count beside an ETag that differs."""
    path = outlets()[0].feed_path
    headers = {"If-None-Match": '"other"', "If-Modified-Since": client.get(path).headers["Last-Modified"]}
    assert client.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 01 Mar 2026 12:00:00"])
def test_a_malformed_date_is_ignored(client: httpx.Client, date: str) -> None:
    """RFC 9110, section 13.1.3: an If-Modified-Since that is no HTTP-date is as good as none."""
    assert client.get(outlets()[0].feed_path, headers={"If-Modified-Since": date}).status_code == 200


@every_outlet
def test_gzip_has_its_own_etag_and_the_same_content(client: httpx.Client, outlet: Outlet) -> None:
    """A client that takes gzip gets it, marked as such, smaller, and with an ETag that brings 304 to it alone."""
    plain = client.get(outlet.feed_path)
    zipped = client.get(outlet.feed_path, headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert zipped.content == plain.content
    assert int(zipped.headers["Content-Length"]) < len(plain.content)
    etag = {"If-None-Match": zipped.headers["ETag"]}
    assert client.get(outlet.feed_path, headers=etag | {"Accept-Encoding": "gzip"}).status_code == 304
    assert client.get(outlet.feed_path, headers=etag).status_code == 200


def test_head_answers_like_get_without_the_body(client: httpx.Client) -> None:
    """HEAD has GET's headers and no body."""
    path = outlets()[0].feed_path
    head, get = client.head(path), client.get(path)
    assert head.content == b""
    assert (head.headers["ETag"], head.headers["Content-Length"]) == (get.headers["ETag"], str(len(get.content)))


@every_outlet
def test_everything_a_feed_names_answers(client: httpx.Client, clock: HandSetClock, outlet: Outlet) -> None:
    """When all is out every page and picture that the feed points at is there, and of the declared kind."""
    clock.now = START + duration(PACE)
    text = unescape(unescape(client.get(outlet.feed_path).text))
    addresses = set(re.findall(rf'{re.escape(str(client.base_url))}[^"<\s]*', text))
    assert len(addresses) > 2 * len(outlet.items)
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "/pictures/" in address:
            assert answer.headers["Content-Type"].startswith("image/svg+xml")


@every_outlet
def test_article_pages_speak_the_outlets_language(client: httpx.Client, outlet: Outlet) -> None:
    """A page has the outlet's language and direction, points to its feed, and holds headline, text and picture."""
    article = next(item.article for item in outlet.items if not item.carried)
    page = client.get(article.path).text
    rtl = outlet.language in ("ar", "ckb", "fa")
    assert f'<html lang="{outlet.language}" dir="{"rtl" if rtl else "ltr"}">' in page
    assert re.search(rf'<link rel="alternate" [^>]*href="{client.base_url}{outlet.feed_path}">', page)
    assert f'src="{client.base_url}pictures/{article.path}.svg" width="1200" height="675"' in page
    assert all(text in unescape(page) for text in (article.title, article.caption, *article.paragraphs))


def test_r1_a_carriers_link_is_the_agencys_page(client: httpx.Client) -> None:
    """The link of a carried item, tracking parameters and all, answers with the agency's page and headline."""
    feed = json.loads(client.get("marsh-and-plain/feed.json").content)
    link = next(item["url"] for item in feed["items"] if "utm_source" in item["url"])
    assert client.get(link).content == client.get(link.partition("?")[0]).content
    assert "<title>Night train returns between Qasr al-Nahr and the coast – Two Rivers Agency</title>" in (
        client.get(link).text
    )


def test_r3_a_rewritten_headline_is_a_change(client: httpx.Client, clock: HandSetClock) -> None:
    """Last-Modified and ETag move when a headline is rewritten, though no item came out."""
    outlet = next(outlet for outlet in outlets() if any(item.rewritten for item in outlet.items))
    before, clock.now = client.get(outlet.feed_path), START
    changes = []
    while clock.now < START + duration(PACE):
        clock.now += PACE
        after = client.get(outlet.feed_path)
        if after.text.count("<item>") == before.text.count("<item>") and after.content != before.content:
            changes.append((before, after))
        before = after
    ((old, new),) = changes
    assert new.headers["ETag"] != old.headers["ETag"]
    assert client.get(outlet.feed_path, headers={"If-Modified-Since": old.headers["Last-Modified"]}).status_code == 200
    assert new.headers["Last-Modified"] != old.headers["Last-Modified"]


@every_outlet
def test_pages_are_not_there_before_their_time(client: httpx.Client, clock: HandSetClock, outlet: Outlet) -> None:
    """An article and its picture are 404 until its outlet has published it, and 200 from then on."""
    article = [item.article for item in outlet.items if not item.carried][-1]
    addresses = (article.path, f"pictures/{article.path}.svg")
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    clock.now = START + duration(PACE)
    assert [client.get(address).status_code for address in addresses] == [200, 200]


@pytest.mark.parametrize("path", ["nowhere/", "nowhere/feed.rss", "two-rivers/feed.rss", "two-rivers/nothing"])
def test_what_does_not_exist_is_not_found(client: httpx.Client, path: str) -> None:
    """Unknown outlets, formats that an outlet does not write, and unknown articles are 404."""
    assert client.get(path).status_code == 404


def test_the_front_page_lists_the_outlets(client: httpx.Client) -> None:
    """The newsroom's front page leads to every outlet and its feed."""
    page = client.get("").text
    assert all(f'href="{client.base_url}{outlet.feed_path}"' in page for outlet in outlets())
    assert all(client.get(outlet.path).status_code == 200 for outlet in outlets())
