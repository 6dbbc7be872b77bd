"""R43: who pushes a document, from its headers and from itself (WebSub section 4, RFC 8288)."""

from __future__ import annotations

import pytest

from feedhub.ingest.parse import parse
from feedhub.models import HubOffer, Link, ParsedFeed
from feedhub.websub.discovery import belongs, header_links, offered

URL = "https://tigris.example/rss"
HUB, OTHER = "https://hub.example/", "https://hub2.example/"

_HEADERS = {
    f'<{HUB}>; rel="hub"': [("hub", HUB)],
    f"<{HUB}>;rel=hub": [("hub", HUB)],
    f'<{HUB}>; rel="hub", <{URL}>; rel="self"': [("hub", HUB), ("self", URL)],
    f'<{HUB}>; rel="hub self"': [("hub", HUB), ("self", HUB)],
    f"<{HUB}> ; REL = HUB": [("hub", HUB)],
    f'<{HUB}>; title="a, b; <c>; rel=\\"self\\""; rel=hub': [("hub", HUB)],
    f"<{HUB}>; rel=hub; rel=self": [("hub", HUB)],
    f'<{HUB}>; rel=hub; anchor="#part", <{OTHER}>; rel=hub': [("hub", OTHER)],
    f"<{HUB}>;; rel=hub;": [("hub", HUB)],
    f"<{HUB}>; crossorigin; rel=hub": [("hub", HUB)],
    f"< {HUB} >; rel=hub": [("hub", HUB)],
    ", ,": [],
    f"{HUB}; rel=hub": [],
    f"<{HUB}": [],
    f"<{HUB}>": [],
    "": [],
}


@pytest.mark.parametrize("value", _HEADERS)
def test_a_link_header_is_read_as_rfc_8288_has_it(value: str) -> None:
    """Several links, several relations of one, quoted parameters that hold what separates, the first `rel` alone."""
    assert [(link.rel, link.href) for link in header_links(value)] == _HEADERS[value]


def test_a_header_made_to_be_slow_is_not() -> None:
    """No pattern walks back and forth over what a publisher sends."""
    for piece in ("<", "<>;", '<>;a="\\', "<>; a=b ", "  ,", ";"):
        list(header_links(piece * 30_000))


_RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Tigris</title>{}
<item><title>A</title><link>https://tigris.example/a</link></item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Tigris</title>{}
<entry><title>A</title><id>1</id><link rel="hub" href="https://entry.example/"/></entry></feed>"""
_JSON = '{{"version": "https://jsonfeed.org/version/1.1", "title": "Tigris", "items": [{{"id": "1", "title": "A"}}]{}}}'

_DOCUMENTS = {
    "RSS": _RSS.format(f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{URL}"/>'),
    "RSS, two hubs": _RSS.format(
        f'<atom:link rel="self" href="{URL}"/><atom:link rel="hub" href="{HUB}"/><atom:link rel="hub" href="{OTHER}"/>'
    ),
    "Atom": _ATOM.format(f'<link rel="hub" href="{HUB}"/><link rel="self" href="{URL}"/>'),
    "JSON Feed": _JSON.format(
        f', "feed_url": "{URL}", "hubs": [{{"type": "rssCloud", "url": "https://cloud.example/"}},'
        f' {{"type": "WebSub", "url": "{HUB}"}}]'
    ),
}


@pytest.mark.parametrize("form", _DOCUMENTS)
def test_r43_a_document_names_its_hubs(form: str) -> None:
    """R43: `atom:link` in Atom and in RSS, `hubs` of type WebSub in JSON Feed. An entry's links are not the feed's."""
    feed = parse(_DOCUMENTS[form].encode(), url=URL)
    assert isinstance(feed, ParsedFeed)
    hubs = (HUB, OTHER) if "two" in form else (HUB,)
    assert offered(URL, (), feed.links) == HubOffer(URL, hubs, URL, (URL,))


@pytest.mark.parametrize("document", [_RSS.format(""), _ATOM.format(""), _JSON.format(', "hubs": {"url": 7}')])
def test_most_documents_name_none(document: str) -> None:
    """Then nothing is offered."""
    feed = parse(document.encode(), url=URL)
    assert isinstance(feed, ParsedFeed)
    assert offered(URL, (), feed.links) is None


def test_r43_headers_go_before_the_document() -> None:
    """R43: for the hubs and for the address each; of several headers all count."""
    document = [Link("hub", OTHER), Link("self", "https://tigris.example/said")]
    headers = (f"<{HUB}>; rel=hub", f"<{URL}?own>; rel=self")
    found = offered(URL, headers, document)
    assert found == HubOffer(URL, (HUB,), f"{URL}?own", (f"{URL}?own", "https://tigris.example/said", URL))
    assert offered(URL, headers[:1], document) == HubOffer(
        URL, (HUB,), "https://tigris.example/said", ("https://tigris.example/said", URL)
    )


def test_without_an_address_of_its_own_the_topic_is_where_it_was_found() -> None:
    """The recommendation demands one; publishers forget it."""
    assert offered(URL, (f"<{HUB}>; rel=hub",), ()) == HubOffer(URL, (HUB,), URL, (URL,))


_HUBS = {
    "/hub": "https://tigris.example/hub",
    "//hub.example": "https://hub.example",
    "ftp://hub.example/": None,
    "javascript:alert(1)": None,
    "https://": None,
    "https://[": None,
    "": None,
    "https://hub.example/" + "x" * 2_000: None,
    "http://hub.example/": "https://hub.example/",
}


@pytest.mark.parametrize("href", _HUBS)
def test_a_hub_is_an_absolute_web_address(href: str) -> None:
    """Else it is left out. The hub of a feed that came over TLS is asked over TLS: the secret is its signature's."""
    found = offered(URL, (), [Link("hub", href)])
    assert (found.hubs[0] if found else None) == _HUBS[href]


def test_the_hub_of_a_feed_on_an_open_line_is_asked_as_it_is_named() -> None:
    """Nothing is lost by it: the feed itself could be forged on its way."""
    url = "http://tigris.example/rss"
    found = offered(url, (), [Link("hub", "http://hub.example/")])
    assert found and found.hubs == ("http://hub.example/",)


def test_no_more_than_five_hubs_are_kept_each_once() -> None:
    """A document can name thousands."""
    found = offered(URL, (), [Link("hub", f"https://hub{n // 2}.example/") for n in range(1_000)])
    assert found and found.hubs == tuple(f"https://hub{n}.example/" for n in range(5))


_OFFER = HubOffer(URL, (HUB,), f"{URL}?t", (f"{URL}?t", "https://tigris.example/said", URL))
_PUSHED = {
    "nothing said": ((), (), True),
    "the topic": ((f"<{URL}?t>; rel=self",), (), True),
    "the topic, and in itself what the poll found": ((f"<{URL}?t>; rel=self",), ("https://tigris.example/said",), True),
    "in itself where it was found": ((), (URL,), True),
    "another scheme and a slash": ((), ("http://tigris.example/said/",), True),
    "another topic": (("<https://zagros.example/>; rel=self",), (), False),
    "another topic beside": ((f"<{URL}?t>; rel=self, <https://zagros.example/>; rel=self",), (), False),
    "not the topic, though one of its names": ((f"<{URL}>; rel=self",), (), False),
    "in itself another": ((f"<{URL}?t>; rel=self",), ("https://zagros.example/",), False),
}


@pytest.mark.parametrize("case", _PUSHED)
def test_r43_a_pushed_document_is_the_one_that_was_asked_for(case: str) -> None:
    """R43: as far as it says which it is."""
    headers, own, expected = _PUSHED[case]
    assert belongs(_OFFER, headers, [Link("self", name) for name in own]) is expected
