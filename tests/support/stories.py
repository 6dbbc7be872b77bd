"""Stories and outputs of a small imaginary region, for tests of what is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feedhub.models import Carrier, Enclosure, OutputView, Picture, Related, Source, Story

SITE = "https://news.example.org/hub/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

TIGRIS = Source("tigris", "Tigris Daily", "https://tigris.example/", "https://tigris.example/feed.xml")
RAFIDAIN = Source("rafidain", "صحيفة الرافدين", "https://rafidain.example/", "https://rafidain.example/rss/ar")
HEWLER = Source("hewler", "هەواڵی هەولێر", "https://hewler.example/", "https://hewler.example/ckb.atom")


def a_carrier(source: Source = TIGRIS, **changes: Any) -> Carrier:
    """The first to carry a story, published and seen at noon."""
    carrier = Carrier(
        source=source,
        url=f"{source.link}articles/17",
        title="River level rises",
        published=NOON,
        first_seen=NOON,
        rule="founded",
        evidence="no story shares its address",
    )
    return replace(carrier, **changes)


def a_related(number: int = 9, **changes: Any) -> Related:
    """Another story about the same matter, which a number keeps apart."""
    other = Related(
        id=f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
        title="River level falls by 12 centimetres",
        url=f"https://tigris.example/articles/{number}",
        source=TIGRIS,
        reason="it says 12 where this one says 40",
    )
    return replace(other, **changes)


def a_story(number: int = 1, **changes: Any) -> Story:
    """A complete story: one carrier, a picture with a caption, a section, published at noon."""
    story = Story(
        id=f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
        published=NOON,
        updated=NOON.replace(hour=13),
        touched=NOON.replace(hour=14),
        title="River level rises after the first rain",
        url=f"https://tigris.example/articles/{number}",
        summary="Engineers open two gates of the weir.",
        content="<p>Engineers open two gates of the weir.</p><p>No house is in danger.</p>",
        author="Mina Karim",
        categories=("Local News",),
        language="en",
        direction="ltr",
        picture=Picture("https://tigris.example/weir.jpg", "The weir at dawn", "image/jpeg", 1200, 800),
        enclosures=(),
        carriers=(a_carrier(),),
    )
    return replace(story, **changes)


def a_plain_story(number: int = 1, **changes: Any) -> Story:
    """A story of which no more is known than a headline."""
    bare: dict[str, Any] = {
        "summary": "",
        "content": "",
        "author": "",
        "categories": (),
        "language": None,
        "picture": None,
        "url": "",
    }
    return a_story(number, **(bare | changes))


def a_shared_story(number: int = 2, **changes: Any) -> Story:
    """A story in Arabic that three newsrooms carry, with a recording attached; a fourth article is not merged."""
    story = a_story(
        number,
        title="ارتفاع منسوب النهر بعد أول مطر",
        url="https://rafidain.example/خبر/17",
        summary="فتح المهندسون بوابتين.",
        content="<p>فتح المهندسون بوابتين من السد.</p>",
        author="",
        categories=("أخبار محلية", "طقس"),
        language="ar",
        direction="rtl",
        picture=Picture("https://rafidain.example/سد.png", "السد عند الفجر"),
        enclosures=(Enclosure("https://rafidain.example/report.mp3", "audio/mpeg", 2048),),
        carriers=(
            a_carrier(RAFIDAIN),
            a_carrier(TIGRIS, rule="address", evidence="both name tigris.example/articles/17"),
            a_carrier(HEWLER, rule="guid", evidence="both carry the id tag:agency.example,2026:17"),
        ),
        related=(a_related(),),
    )
    return replace(story, **changes)


def a_view(*stories: Story, **changes: Any) -> OutputView:
    """The output `all` of the imaginary site with these stories."""
    view = OutputView(
        id="urn:uuid:11111111-1111-5111-8111-111111111111",
        name="all",
        title="Two Rivers News",
        site_title="Two Rivers News",
        site_url=SITE,
        path="feed",
        updated=NOON.replace(hour=15),
        modified=NOON.replace(hour=16),
        stories=stories,
    )
    return replace(view, **changes)


HOSTILE = a_story(
    4,
    title="a < b ]]> \x00\ud800 <script>",
    url="https://tigris.example/a b/خبر?[x]#y#z",
    summary="\x0b & ",
    content="<p>]]></p>",
    author="\x00",
    categories=("", "\x01", "oil & gas"),
    language="en_US?",
    picture=Picture("https://tigris.example/ü.jpg", '"<', "jpeg", 0, -1),
    enclosures=(Enclosure("ftp://tigris.example/x", "x/y"), Enclosure("https://tigris.example/x", "sound", -5)),
    carriers=(a_carrier(replace(TIGRIS, title="", url="nowhere", id="\x00 ü")), a_carrier(url="x:y")),
    related=(
        a_related(8, title="\x00 ]]> <b>", url="nowhere", source=replace(TIGRIS, title="\x0b"), reason="\x00"),
        a_related(9, title="", url="https://tigris.example/a b/خبر?[x]#y#z"),
    ),
)
BARE = a_plain_story(3, title="", carriers=(a_carrier(replace(TIGRIS, title="", link="")),))

VIEWS: dict[str, OutputView] = {
    "empty": a_view(),
    "full": a_view(a_story(), a_shared_story(updated=NOON)),
    "short": a_view(a_story(), a_shared_story(updated=NOON), summaries=True, names_carriers=True),
    "kurdish": a_view(a_shared_story(language="ckb", updated=NOON), a_story(language="kmr")),
    "bare": a_view(BARE),
    "hostile": a_view(HOSTILE, title="\x00", site_title=""),
}
