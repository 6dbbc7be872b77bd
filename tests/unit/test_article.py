"""Full text: an article's own page gives its text, picture, date and section, and no furniture (`full_text: true`)."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.ingest.article import MISSING, Article, read_article
from feedhub.ingest.document import Reading
from feedhub.ingest.fulltext import completed, full_text
from feedhub.models import Entry, Failed, FailureKind, Picture, RawDate
from support.requirements import missing

FIXTURES = Path(__file__).parent.parent / "fixtures"
SEED = FIXTURES / "baghdadpost"
SEED_URL = "https://www.baghdadpost.example/en/Story/49021/coalition"
MARKET = (FIXTURES / "articles" / "market.html").read_bytes()
MARKET_URL = "https://citadel.example/en/business/77-market?ref=home"
SENTENCE = "The covered market below the citadel of Erbil has a new roof after eleven months of work. "


@pytest.fixture
def trafilatura() -> None:
    """What the extra brings."""
    if find_spec("trafilatura") is None:
        missing("trafilatura (pip install trafilatura lxml-html-clean)")


def read(body: bytes | str, url: str = MARKET_URL, content_type: str = "text/html") -> Article:
    article = read_article(body.encode() if isinstance(body, str) else body, url, content_type)
    assert isinstance(article, Article), article
    return article


def fail(body: str) -> Failed:
    failed = read_article(body.encode(), MARKET_URL, "text/html")
    assert isinstance(failed, Failed), failed
    return failed


def entry(**changes: object) -> Entry:
    fields: dict[str, object] = {
        "guid": "",
        "canonical_url": None,
        "link": SEED_URL,
        "title": "Listed headline",
        "summary": "",
        "content": "",
        "published": None,
        "author": "",
        "categories": (),
        "language": None,
        "direction": "ltr",
        "picture": None,
        "enclosures": (),
    }
    return Entry(**{**fields, **changes})  # type: ignore[arg-type]  # fields by name, of their types


def lines(html: str) -> list[str]:
    """The paragraphs of an entry's text."""
    text = re.sub(r"<[^<>]+>", "", re.sub(r"<figure>.*?</figure>", "", html, flags=re.DOTALL).replace("</p>", "\n"))
    return [line.strip() for line in text.splitlines() if line.strip()]


# --- the seed ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trafilatura")
def test_the_seeds_page_gives_its_article_and_nothing_else() -> None:
    """Headline, section, picture with caption, every paragraph; without "Read", "Comments", menu and counting pixel."""
    said = [" ".join(line.split()) for line in (SEED / "baghdadpost.txt").read_text().splitlines() if line.strip()]
    read_entry = full_text(entry(), (SEED / "article.html").read_bytes(), SEED_URL, "text/html", Reading(SEED_URL))
    assert isinstance(read_entry, Entry), read_entry
    assert lines(read_entry.content) == said[3:-2]
    assert said[-2:] == ["Read", "Comments"]
    assert read_entry.categories == ("Local News",)
    assert read_entry.picture == Picture(
        "https://www.baghdadpost.example/pictures/us-led-coalition.png", said[2], "", 320, 180
    )
    assert read_entry.summary.startswith("Since the US first began")
    assert "stats.baghdadpost" not in read_entry.content
    assert read_entry.published is not None
    assert read_entry.published.isoformat() == "2020-10-12T10:40:00+00:00"


@pytest.mark.usefixtures("trafilatura")
def test_the_seeds_headline_is_known_from_its_page() -> None:
    """For sources that list addresses without headlines."""
    article = read((SEED / "article.html").read_bytes(), SEED_URL)
    assert article.title == (SEED / "baghdadpost.txt").read_text().splitlines()[2]
    assert article.site == "Baghdadpost"
    assert article.title not in article.html


# --- an article -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trafilatura")
def test_what_a_page_says_of_its_article_is_read() -> None:
    """The exact date, from data that is not even valid JSON; the canonical address by `<base>`."""
    article = read(MARKET)
    assert article.url == "https://citadel.example/en/business/77-market"
    assert article.title == "Old market of Erbil gets a new roof"
    assert (article.author, article.site, article.language) == ("Dilan Karim", "Citadel Times", "en")
    assert article.published == RawDate("2025-11-04T08:15:00+03:00")
    assert article.updated == RawDate("2025-11-04T11:00:00+03:00")


@pytest.mark.usefixtures("trafilatura")
def test_the_text_keeps_its_form_and_loses_the_furniture_R34() -> None:
    """Subheadings, emphasis, links by `<base>`; neither headline nor tools, comments, footer and counting pixel."""
    html = read(MARKET).html
    assert '<a href="https://citadel.example/en/news/70-craftsmen">craftsmen from the old town</a>' in html
    assert "<strong>one lane at a time</strong>" in html
    assert "<h2>What comes next</h2>" in html
    for furniture in ("<h1", "Share", "Read", "omment", "©", "pixel", "slogan"):
        assert furniture not in html


@pytest.mark.usefixtures("trafilatura")
def test_the_picture_of_the_text_leads_before_a_logo_R35() -> None:
    """A lazy picture's real address, with its caption; what the page declares comes last where it shows no such one."""
    article = read(MARKET)
    caption = "Workers on the hall’s new roof. Photo: Citadel Times"
    assert article.pictures[0] == Picture("https://citadel.example/media/market.jpg", caption)
    assert article.pictures[-1] == Picture("https://citadel.example/static/logo-1200.png")
    assert f"<figcaption>{caption}</figcaption>" in article.html
    assert caption not in article.summary


@pytest.mark.usefixtures("trafilatura")
def test_a_page_that_tells_no_date_has_none_R18() -> None:
    """A date that is guessed would be worse than that of the first sight."""
    assert read(f"<html><body><article><p>{SENTENCE * 4}</p><p>4 March 2024</p></article>").published is None


@pytest.mark.usefixtures("trafilatura")
def test_an_arabic_page_of_another_charset_is_read_R32() -> None:
    """By `<meta charset>`."""
    paragraph = "أعلنت وزارة النقل اليوم إعادة فتح الجسر القديم في الموصل بعد أعمال صيانة استمرت أشهرا."
    page = f'<html lang=ar><meta charset="windows-1256"><body><article><h1>الجسر</h1><p>{paragraph}</p></article>'
    article = read(page.encode("windows-1256"))
    assert paragraph in article.html
    assert article.language == "ar"


# --- no article -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trafilatura")
@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><body></body></html>",
        "<html><body><nav><a href=/a>Home</a> <a href=/b>News</a></nav></body></html>",
        "<html><body><main><h2><a href=/1>Bridge reopens</a></h2><h2><a href=/2>Dam is full</a></h2></main>",
    ],
)
def test_a_page_without_an_article_matches_nothing(page: str) -> None:
    """Not the menu's links in an article's place."""
    assert fail(page).kind is FailureKind.NOTHING_MATCHED


@pytest.mark.usefixtures("trafilatura")
def test_a_challenge_is_no_article_R28() -> None:
    """It is never published as one; an article about such things is."""
    challenge = (
        "<html><title>Just a moment...</title><body><p>Enable JavaScript and cookies to continue</p></body></html>"
    )
    assert fail(challenge).kind is FailureKind.BLOCKED
    about = f"<html><title>DDoS on ministry</title><body><article><p>{SENTENCE * 12}</p></article></body></html>"
    assert "citadel" in read(about).html


def test_a_missing_extra_is_named() -> None:
    """How to install it, in the exception's one sentence."""
    program = (
        "import sys; sys.modules['trafilatura'] = None\n"
        "from feedhub.ingest.article import FullTextMissing, read_article\n"
        "try: read_article(b'<p>x', 'https://h.example/1', '')\n"
        "except FullTextMissing as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == MISSING
    assert "pip install trafilatura lxml-html-clean" in MISSING


# --- an entry with its page -------------------------------------------------------------------------------------------


def test_the_listing_says_who_an_entry_is_and_the_page_the_rest() -> None:
    """Headline, link and date stay; text, picture and what is missing come from the page; categories join."""
    listed = entry(
        title="Listed", content="<p>Short</p>", categories=("Local",), picture=Picture("https://h/small.jpg")
    )
    page = entry(
        title="Page",
        link="https://h.example/canonical",
        content="<p>Long text of the article</p>",
        summary="Long text",
        author="Sara",
        categories=("local", "Iraq"),
        language="en",
        picture=Picture("https://h/large.jpg", "Caption"),
    )
    whole = completed(listed, page)
    assert (whole.title, whole.link) == ("Listed", SEED_URL)
    assert (whole.content, whole.summary, whole.author) == (page.content, "Long text", "Sara")
    assert whole.categories == ("Local", "Iraq")
    assert (whole.language, whole.picture) == ("en", page.picture)


def test_a_page_that_gives_less_than_the_feed_takes_nothing_away() -> None:
    """The longer text is the fuller one."""
    listed = entry(content="<p>The whole text of the article</p>", language="ku")
    whole = completed(listed, entry(content="<p>Teaser</p>", language="en"))
    assert (whole.content, whole.language) == (listed.content, "ku")


# --- hostile pages ----------------------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *("<article>", "<p>", SENTENCE, "<h1>", "<img src='http://['>", "<img src=/a.jpg>", "<figure>", "<figcaption>"),
        *("<a href='//['>", "<base href='//['>", "<table><tr><td>", "<ul><li>", "<meta property=og:image content='['>"),
        *(
            "<script type='application/ld+json'>",
            "</script>",
            "<link rel=canonical href='http://['>",
            "<svg>",
            "<?x ?>",
        ),
    ]
)


@pytest.mark.usefixtures("trafilatura")
@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=30))
def test_no_page_raises(pieces: list[str]) -> None:
    """There is always an article or a sentence."""
    body = "".join(pieces).encode("utf-8", "replace")
    assert isinstance(read_article(body, MARKET_URL, "text/html"), Article | Failed)
