"""R38: what the W3C feed validator would say of our documents; and that what judges them here can find each fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings

from feedhub.models import OutputView
from feedhub.publish import atom, jsonfeed, rss
from feedhub.publish.xml import HISTORY, rfc3066
from support.anything import views
from support.feedvalidator import RULES, complaints
from support.stories import NOON, SITE, VIEWS, a_story, a_view

NOW = NOON + timedelta(days=1)
WRITERS: dict[str, tuple[Callable[..., bytes], str]] = {
    "atom": (atom.render, atom.CONTENT_TYPE),
    "rss": (rss.render, rss.CONTENT_TYPE),
}


def said(view: OutputView, extension: str) -> list[str]:
    """What the validator says of the output."""
    render, content_type = WRITERS[extension]
    return complaints(view.address(extension), content_type, render(view), NOW)


@pytest.mark.parametrize("extension", WRITERS)
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_r38_the_validator_has_no_complaint(view: OutputView, extension: str) -> None:
    """Of full stories, bare ones, hostile ones, summaries, none at all (R38)."""
    assert said(view, extension) == []


@pytest.mark.parametrize("extension", WRITERS)
def test_r38_the_validator_has_no_complaint_of_an_archive_page(extension: str) -> None:
    """RFC 5005 (R38, R42)."""
    render, content_type = WRITERS[extension]
    view = a_view(a_story(), path="feeds/all/300")
    links = {"current": f"{SITE}feed.{extension}", "prev-archive": f"{SITE}feeds/all/200.{extension}"}
    page = render(view, links=links, archive=True)
    assert complaints(view.address(extension), content_type, page, NOW) == []


@given(view=views())
@settings(max_examples=25)
def test_r33_no_text_earns_a_complaint(view: OutputView) -> None:
    """Any text in any field (R33, R38). U+FFFD is a publisher's own fault, and so is an end tag in a headline."""
    for extension in WRITERS:
        said_of_it = said(view, extension)
        assert [said for said in said_of_it if not said.startswith(("BadCharacters: U+FFFD", "ContainsHTML"))] == []


def test_a_known_language_is_what_the_formats_know() -> None:
    """R36, R38: RFC 3066 and RSS know no ISO 639-3: Kurdish is `ku` and its script there; JSON Feed has RFC 5646."""
    sorani = a_view(a_story(language="ckb"))
    assert b'xml:lang="ku-Arab"' in atom.render(sorani)
    assert b"<dc:language>ku-Arab</dc:language>" in rss.render(sorani)
    assert [rfc3066(tag) for tag in ("kmr", "ckb-IQ", "ckb-Latn", "ar", None)] == [
        "ku-Latn",
        "ku-Arab-IQ",
        "ku-Latn",
        "ar",
        None,
    ]
    assert json.loads(jsonfeed.render(sorani))["items"][0]["language"] == "ckb"


# For each rule, what to put in the place of what to break it.
ENTRY_END, ITEM_END, FEED_END, CHANNEL_END = "</entry>", "</item>", "</feed>", "</channel>"
ID = "urn:uuid:00000000-0000-5000-8000-000000000002"
BROKEN: dict[str, tuple[str, str, str]] = {
    "UnexpectedContentType": ("atom", "", ""),
    "MissingEncoding": ("atom", ' encoding="UTF-8"', ""),
    "UnknownNamespace": ("rss", "<rss ", '<rss xmlns:x="http://x.example/" '),
    "ReservedPrefix": ("rss", "<rss ", '<rss xmlns:x="http://search.yahoo.com/mrss/" '),
    "UndefinedElement": ("rss", ITEM_END, "<updated/></item>"),
    "UnexpectedText": ("atom", ENTRY_END, "text</entry>"),
    "UnexpectedAttribute": ("atom", "<entry ", '<entry xml:base="http://x.example/" '),
    "DuplicateElement": ("rss", ITEM_END, "<link>https://x.example/</link></item>"),
    "MisplacedMetadata, MisplacedItem": ("rss", CHANNEL_END, "<generator>x</generator></channel>"),
    "BadCharacters": ("rss", "<title>", "<title>\x85"),
    "InvalidLanguage": ("rss", "<dc:language>ar", "<dc:language>ckb"),
    "InvalidRFC3339Date": ("atom", "T13:00:00Z", "T13:00Z"),
    "ImplausibleDate": ("rss", "2026 12:00:00 GMT", "2027 12:00:00 GMT"),
    "MissingHref": ("atom", ENTRY_END, '<link rel="via"/></entry>'),
    "UnregisteredAtomLinkRel": ("atom", 'rel="via"', 'rel="carrier"'),
    "FeedHistoryRelInEntry": ("atom", 'rel="via"', 'rel="current"'),
    "InvalidMIMEType": ("atom", 'type="image/png"', 'type="png"'),
    "InvalidIRI": ("atom", 'href="https://rafidain.example/report.mp3"', 'href="/report.mp3"'),
    "AttrNotBlank": ("atom", 'title="Tigris Daily"', 'title=""'),
    "InvalidNonNegativeInteger": ("atom", 'length="2048"', 'length="2 KB"'),
    "MissingSelf": ("rss", 'rel="self"', 'rel="via"'),
    "SelfNotAtom": ("atom", 'rel="self" type="application/atom+xml"', 'rel="self" type="text/xml"'),
    "SelfDoesntMatchLocation": ("rss", "/hub/feed.rss", "/feed.rss"),
    "NotBlank": ("rss", "<category>", "<category/><category>"),
    "NotHtml": ("rss", "&lt;/figure&gt;", ""),
    "SecurityRisk": ("atom", "&lt;p&gt;", "&lt;p&gt;&lt;iframe&gt;&lt;/iframe&gt;"),
    "SecurityRiskAttr": ("atom", "&lt;p&gt;", '&lt;p onclick="x()"&gt;'),
    "ContainsRelRef": ("rss", 'img src="https://tigris.example', 'img src="'),
    "ContainsHTML, ContainsUndeclaredHTML": ("rss", "<title>", "<title>&lt;b&gt;New&lt;/b&gt; "),
    "MissingElement": ("atom", "<author>", "<author/><author>"),
    "MissingSourceElement": ("atom", "<source>\n   <id>https://tigris.example/feed.xml</id>", "<source>"),
    "MissingContentOrAlternate": ("atom", ENTRY_END, "</entry><entry><id>urn:x:y</id></entry>"),
    "DuplicateAtomLink": ("atom", 'rel="via"', 'rel="alternate"'),
    "DuplicateEntries": ("atom", f"{ID[:-1]}2", f"{ID[:-1]}1"),
    "DuplicateUpdated": ("atom", "T13:00:00Z", "T12:00:00Z"),
    "InvalidFullLink of an id": ("atom", "<id>https://tigris.example/", "<id>"),
    "InvalidUUID": ("atom", ID, f"{ID}0"),
    "NonCanonicalURI": ("atom", "<id>https://tigris.example/", "<id>https://Tigris.example/"),
    "InvalidTextType": ("atom", "<title>", '<title type="text/plain">'),
    "MissingAttribute of a category": ("atom", 'term="Local News"', 'label="Local News"'),
    "ContainsEmail": ("atom", "Mina Karim", "Mina &lt;mina@tigris.example&gt;"),
    "ArchiveIncomplete": ("atom", "<generator>", f'<fh:archive xmlns:fh="{HISTORY}"/><generator>'),
    "MissingCurrentInArchive": ("atom", "<generator>", f'<fh:archive xmlns:fh="{HISTORY}"/><generator>'),
    "InvalidRSSVersion": ("rss", 'version="2.0"', 'version="2"'),
    "MissingDescription, MissingLink, MissingTitle": ("rss", "<description>Two Rivers News</description>", ""),
    "ItemMustContainTitleOrDescription": ("rss", ITEM_END, "</item><item><guid>https://x.example/</guid></item>"),
    "MissingGuid": ("rss", f'<guid isPermaLink="false">{ID}</guid>', ""),
    "DuplicateValue": ("rss", f"{ID[:-1]}2", f"{ID[:-1]}1"),
    "InvalidBooleanAttribute": ("rss", 'isPermaLink="false"', 'isPermaLink="no"'),
    "InvalidPermalink": ("rss", ' isPermaLink="false"', ""),
    "NotSufficientlyUnique": ("rss", ID, "17"),
    "InvalidFullLink": ("rss", "<link>https://tigris.example", "<link>"),
    "InvalidRFC2822Date": ("rss", "Sun, 22 Nov", "Sunday, 22 November"),
    "IncorrectDOW": ("rss", "Sun, 22 Nov", "Mon, 22 Nov"),
    "NeedDescriptionBeforeContent": ("rss", "<description>فتح المهندسون بوابتين.</description>", ""),
    "DuplicateItemSemantics": ("rss", ITEM_END, "<author>x@x.example (X)</author></item>"),
    "DuplicateEnclosure": ("rss", ITEM_END, '<enclosure url="https://x.example/" length="0" type="a/b"/></item>'),
    "MissingAttribute, InvalidIntegerAttribute, InvalidMIMEAttribute, InvalidURLAttribute of an enclosure": (
        "rss",
        'length="2048"',
        "",
    ),
    "MissingAttribute of a source": ("rss", '<source url="https://tigris.example/feed.xml"', "<source"),
    "EmailFormat": ("rss", ITEM_END, "<author>Mina Karim</author></item>"),
    "InvalidMediaMedium": ("rss", 'medium="image"', 'medium="picture"'),
    "InvalidPositiveInteger": ("rss", 'height="800"', 'height="0"'),
    "InvalidMIMEAttribute": ("rss", 'type="image/png" medium', 'type="png" medium'),
    "InvalidMediaTextType": ("rss", '<media:title type="plain"', '<media:title type="text"'),
}


def test_there_is_a_fault_for_each_rule() -> None:
    """And for no other."""
    assert BROKEN.keys() == RULES.keys()


@pytest.mark.parametrize("name", BROKEN)
def test_each_rule_finds_its_fault(name: str) -> None:
    """A document with one fault earns the complaint of that name."""
    extension, old, new = BROKEN[name]
    view = VIEWS["full"]
    render, content_type = WRITERS[extension]
    document = render(view).decode()
    assert old in document
    if name == "UnexpectedContentType":
        content_type = "text/xml"
    found = complaints(view.address(extension), content_type, document.replace(old, new).encode(), NOW)
    assert name in {complaint.partition(": ")[0] for complaint in found}
