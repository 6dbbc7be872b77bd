"""An entry together with the article on its own page (`full_text: true`). Pure."""

from __future__ import annotations

from dataclasses import replace

from feedhub.ingest.article import read_article
from feedhub.ingest.document import Reading
from feedhub.ingest.normalize import MOST_CATEGORIES, normalize
from feedhub.models import Entry, Failed, FailureKind, ParsedFeed


def full_text(entry: Entry, body: bytes, url: str, content_type: str, reading: Reading) -> Entry | Failed:
    """`entry` with the text of its page `body`, found at `url`. To be run in a process that may be killed."""
    article = read_article(body, url, content_type)
    if isinstance(article, Failed):
        return article
    page = normalize(
        article.item(),
        ParsedFeed("article", link=url, language=article.language),
        feed_url=reading.feed_url,
        timezone=reading.timezone,
        language=reading.language,
    )
    if page is None or not page.content:
        return Failed(FailureKind.NOTHING_MATCHED, "no article text was found on its page")
    return completed(entry, page)


def completed(listed: Entry, page: Entry) -> Entry:
    """What the listing says of an article, and from its page what the listing does not.

    Identity is the listing's: guid, link, headline, date. The text is the longer one, the picture the page's, which is
    larger than a listing's; language and direction are told better from the longer text.
    """
    longer = page if len(page.content) > len(listed.content) else listed
    categories = {category.casefold(): category for category in reversed((*listed.categories, *page.categories))}
    return replace(
        listed,
        canonical_url=listed.canonical_url or page.canonical_url,
        link=listed.link or page.link,
        title=listed.title or page.title,
        summary=listed.summary or page.summary,
        content=longer.content,
        published=listed.published or page.published,
        author=listed.author or page.author,
        categories=tuple(reversed(categories.values()))[:MOST_CATEGORIES],
        language=longer.language or listed.language,
        direction=longer.direction,
        picture=page.picture or listed.picture,
    )
