"""Bytes to entries, parse and normalize together."""

from __future__ import annotations

from feedhub.ingest.document import Reading, read_document
from feedhub.models import Received

FEED = """<rss version="2.0"><channel><title>Outlet</title><link>https://outlet.example/</link>
<item><title>Bridge reopens</title><guid>17</guid>{link}
<description>&lt;p&gt;The bridge.&lt;/p&gt;&lt;img src="/dam/bridge.jpg"&gt;</description></item>
</channel></rss>"""


def content(link: str) -> str:
    address = "https://feeds.example/outlet"
    received = read_document(FEED.format(link=link).encode(), address, "application/rss+xml", Reading(address))
    assert isinstance(received, Received)
    return received.entries[0].content


def test_a_relative_address_in_rss_belongs_to_the_articles_site_not_to_the_feeds_host_r34() -> None:
    """RSS has no word for the base; the feed may stand at a host that holds feeds alone."""
    assert 'src="https://news.example/dam/bridge.jpg"' in content("<link>https://news.example/17</link>")


def test_without_an_article_page_it_belongs_to_the_outlets_site_r34() -> None:
    assert 'src="https://outlet.example/dam/bridge.jpg"' in content("")
