"""What a reader selects in an address: `/feed.atom?tag=…` (R45)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import feedparser
import pytest
from lxml import html

from support.feeds import atom, recent, rss
from support.program import Program, Service
from support.publisher import Publisher


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Five stories in English, of which Zagros carries the first two, and one of its own in Kurdish."""
    program = Program(tmp_path_factory.mktemp("selection"))
    with Publisher() as publisher:
        articles = recent(6)
        publisher.serve("/tigris", rss(*articles[:5]))
        publisher.serve("/zagros", atom(*articles[:2]))
        publisher.serve("/hewler", atom(articles[5], language="ckb"))
        lines = (("tigris", "iraq", "en"), ("zagros", "kurdistan", "en"), ("hewler", "kurdistan", "ckb"))
        feeds = [f"{{id: {i}, url: '{publisher.url(f'/{i}')}', tags: [{t}], language: {n}}}" for i, t, n in lines]
        program.configure(
            f"site: {{title: Two Rivers, url: 'https://hub.example/'}}\nfeeds: [{', '.join(feeds)}]\n"
            "outputs: [{id: erbil}]\n"
        )
        program.poll()
        with program.serving("--no-poll") as service:
            yield service


def titles(service: Service, query: str) -> list[str]:
    return [item["title"] for item in service.get(f"/feed.json?{query}").json["items"]]


def test_r12_r45_a_selection_holds_what_an_output_with_that_match_would(service: Service) -> None:
    """R12: a shared story is in the selections of both feeds; several values of one name add, names narrow."""
    everything = [item["title"] for item in service.stories()]
    assert len(everything) == 6
    assert titles(service, "tag=kurdistan") == [everything[0], everything[1], everything[5]]
    assert titles(service, "source=hewler") == titles(service, "lang=ku") == everything[5:]
    assert titles(service, "tag=iraq") == everything[:5]
    assert titles(service, "tag=iraq&tag=kurdistan") == titles(service, "") == everything
    assert titles(service, "tag=kurdistan&lang=en") == everything[:2]
    assert titles(service, "tag=iraq&lang=ckb") == []


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.rss", "/feed.json"])
def test_r39_a_selection_is_a_document_like_any_other(service: Service, path: str) -> None:
    """R39: type, dates, a tag of its own and 304 to it; one document, however it is asked for."""
    whole = service.get(path)
    answer = service.get(f"{path}?tag=kurdistan&lang=EN")
    again = service.get(f"{path}?lang=en&tag=kurdistan&lang=en")
    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, again.body, again.headers["ETag"])
    assert answer.headers["ETag"] != whole.headers["ETag"]
    assert answer.headers["Content-Type"] == whole.headers["Content-Type"]
    address = f"{path}?tag=kurdistan&lang=en"
    assert service.get(address, If_None_Match=answer.headers["ETag"]).status == 304
    assert service.get(address, If_Modified_Since=answer.headers["Last-Modified"]).status == 304
    assert service.get(address, "HEAD").headers["ETag"] == answer.headers["ETag"]
    assert service.get(f"{path}?tag=iraq", If_None_Match=answer.headers["ETag"]).status == 200


def test_r45_a_selection_says_what_it_is(service: Service) -> None:
    """R38: its own address, id and title in each format; no archive, which it has no numbers for."""
    query = "lang=en&tag=kurdistan"
    feed = feedparser.parse(service.get(f"/feed.atom?{query}").body).feed
    links = {link.rel: link.href for link in feed.links}
    assert links == {"self": f"https://hub.example/feed.atom?{query}", "alternate": f"https://hub.example/?{query}"}
    assert feed.title == "Two Rivers (kurdistan, en)"
    ids = {feedparser.parse(service.get(path).body).feed.id for path in
           ("/feed.atom", f"/feed.atom?{query}", "/feed.atom?tag=kurdistan", "/feeds/erbil.atom")}  # fmt: skip
    assert len(ids) == 4
    assert json.loads(service.get(f"/feed.json?{query}").body)["feed_url"] == f"https://hub.example/feed.json?{query}"
    channel = feedparser.parse(service.get(f"/feed.rss?{query}").body).feed
    assert f"https://hub.example/feed.rss?{query}" in {link.href for link in channel.links}


def test_r45_the_front_page_is_narrowed_by_links(service: Service) -> None:
    """Each link is a page; it says what is chosen, offers the feed of just that, and leads back."""
    everything = page(service, "/")
    assert choices(everything) == {
        "iraq": "./?tag=iraq", "kurdistan": "./?tag=kurdistan", "English": "./?lang=en", "کوردی": "./?lang=ckb"
    }  # fmt: skip
    assert len(everything.xpath("//article")) == 6
    chosen = page(service, "/?utm_source=x&tag=kurdistan&lang=EN")
    assert len(chosen.xpath("//article")) == 2
    assert choices(chosen) == {
        "iraq": "./?lang=en&tag=iraq", "kurdistan": "./?lang=en", "English": "./?tag=kurdistan",
        "کوردی": "./?lang=ckb&tag=kurdistan",
    }  # fmt: skip
    assert chosen.xpath("//nav[@class='filters']//a[@aria-current]//bdi/text()") == ["kurdistan", "English"]
    assert chosen.xpath("string(//h1)") == "kurdistan, English"
    offered = [f"feed.{extension}?lang=en&tag=kurdistan" for extension in ("atom", "rss", "json")]
    assert chosen.xpath("//link[@rel='alternate']/@href")[:3] == offered
    assert chosen.xpath("//ul[@class='formats']//a/@href") == offered
    assert choices(page(service, "/feeds/erbil")) == {}


def test_r45_a_selection_without_a_story_can_be_let_go_and_subscribed_to(service: Service) -> None:
    empty = page(service, "/?tag=iraq&lang=de&source=tigris")
    assert empty.xpath("//article") == []
    assert choices(empty)["Deutsch"] == "./?source=tigris&tag=iraq"
    assert choices(empty)["tigris"] == "./?lang=de&tag=iraq"
    assert "feed.atom?lang=de&source=tigris&tag=iraq" in empty.xpath("//main//a/@href")


def page(service: Service, path: str) -> Any:
    return html.document_fromstring(service.get(path).text)


def choices(found: Any) -> dict[str, str]:
    """What can be chosen on a page, and the links."""
    links = found.xpath("//nav[@class='filters']//li/a")
    return {link.xpath("string(.//bdi)"): link.get("href") for link in links}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("/?tag=sport&utm_source=x", 'tag: no feed has the tag "sport"'),
        ("/feeds/erbil?tag=iraq", "tag: only /, /feed.atom, /feed.rss and /feed.json take a selection"),
    ],
)
def test_r45_a_bad_query_of_a_page_is_400_and_a_page_that_says_so(service: Service, query: str, sentence: str) -> None:
    answer = service.get(query)
    assert answer.status == 400
    assert html.document_fromstring(answer.text).xpath("string(//h1)") == sentence


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("/feed.atom?tag=sport", 'tag: no feed has the tag "sport"\n'),
        ("/feed.rss?source=iraq", 'source: no feed has the id "iraq"\n'),
        ("/feed.json?lang=%ff", 'lang: expected a language tag such as ar or ckb, not "\ufffd"\n'),
        ("/feed.atom?tags=iraq", "tags: no such parameter; there are lang, source, tag\n"),
        ("/feed.atom?" + "&".join(["tag=iraq"] * 11), "tag: more than 10 values\n"),
        ("/feeds/erbil.atom?tag=iraq", "tag: only /, /feed.atom, /feed.rss and /feed.json take a selection\n"),
    ],
)
def test_r45_a_bad_query_is_400_and_names_the_parameter(service: Service, query: str, sentence: str) -> None:
    answer = service.get(query)
    assert (answer.status, answer.text) == (400, sentence)


def test_a_selection_by_the_longer_address_of_all_is_kept(service: Service) -> None:
    answer = service.get("/feeds/all.atom?tag=iraq")
    assert (answer.status, answer.headers["Location"]) == (308, "../feed.atom?tag=iraq")


def test_a_query_means_nothing_elsewhere(service: Service) -> None:
    for path in ("/?utm_source=x", "/outputs?x=1", "/feeds/erbil.atom?x=1"):
        assert service.get(path).status == 200


def test_status_names_the_limit_that_would_do(program: Program, publisher: Publisher) -> None:
    """On a terminal's screen and as data; nothing where all fits."""
    publisher.serve("/tigris", rss(*recent(5)))
    program.configure(f"feeds: ['{publisher.url('/tigris')}']\noutputs: [{{id: all, limit: 3}}, {{id: wide}}]\n")
    program.poll()
    sentence = (
        "all: 5 stories came in the last 24 hours and its document holds 3; "
        "a reader app that asks once a day and follows no archive misses some; limit: 5 would do"
    )
    assert program.run("status").out.splitlines()[-1] == sentence
    outputs = json.loads(program.run("status", "--json").out)["outputs"]
    nobody = {"subscribers": 0, "failing": 0}
    assert outputs == [
        {"id": "all", "title": "feedhub", "limit": 3, "entered": 5, "message": sentence, **nobody},
        {"id": "wide", "title": "wide", "limit": 200, "entered": 5, "message": "", **nobody},
    ]
