"""A document cut at its items: the cut is certain, and what was seen before reads the same without being parsed."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest import changes
from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.split import split
from feedhub.models import Entry, Failed, Recall, Recalled, Received
from support.feeds import SITE, atom, item, items, rss

URL = "https://tigris.example/feed"
READING = Reading(URL)
NOTHING = Recall()
DATE = "<pubDate>Fri, 22 Nov 2024 12:00:00 GMT</pubDate>"
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="https://tigris.example/"><title>Tigris</title></channel>'
    "<item><title>One</title><link>https://tigris.example/1</link></item>"
    "<item><title>Two</title><link>https://tigris.example/2</link></item>"
    "<item><title>Three</title><link>https://tigris.example/3</link></item></rdf:RDF>"
)
XML = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")


def read(body: str, recall: Recall = NOTHING) -> Received:
    received = read_document(body.encode(), URL, "application/rss+xml", READING, recall)
    assert not isinstance(received, Failed), received
    return received


def outline(entry: Entry) -> Recalled:
    assert entry.published
    return Recalled.of(entry.guid, entry.canonical_url, entry.title, entry.published, changes.digest(entry))


def assert_reads_the_same(body: str, recall: Recall, recalled: int) -> None:
    """Reading with this recall gives what reading without it does, and recalls so many entries."""
    whole, part = read(body), read(body, recall)
    assert sum(isinstance(entry, Recalled) for entry in part.entries) == recalled
    assert [outline(entry) if isinstance(entry, Recalled) else entry for entry in part.entries] == [
        outline(entry) if isinstance(again, Recalled) else entry
        for entry, again in zip(whole.entries, part.entries, strict=True)
    ]
    assert replace(part, entries=()) == replace(whole, entries=())


@pytest.mark.parametrize("document", [rss(*items(3)), atom(*items(3)), RDF], ids=["RSS", "Atom", "RDF"])
def test_a_document_is_cut_into_its_items_and_what_is_around_them(document: str) -> None:
    cut = split(document.encode())
    assert cut
    assert len(cut.items) == 3
    assert all(re.fullmatch(rb"<(item|entry)[ >].*</\1>", piece) for piece in cut.items)
    assert cut.document(range(3)) == document.encode()


def test_what_only_looks_like_an_item_is_none() -> None:
    """In CDATA, in a comment, inside of another item, or deeper than items are."""
    document = (
        "<rss><channel><!-- <item>a</item> --><image><x><item>b</item></x></image>"
        "<item><description><![CDATA[</item><item>]]></description><item>c</item></item></channel></rss>"
    )
    cut = split(document.encode())
    assert cut
    assert cut.items == (b"<item><description><![CDATA[</item><item>]]></description><item>c</item></item>",)


@pytest.mark.parametrize(
    "document",
    [
        "<rss><channel><item><title>a</title></item></channel>",
        "<rss><channel><item><title>a & b</title></item></channel></rss>",
        "<rss><channel><item><media:title>a</media:title></item></channel></rss>",
        "<rss><channel><item/></channel></rss>",
        "<rss><channel><item>a</item><item/><item>b</item></channel></rss>",
        "<rss><channel><item>a</item><language>ar</language><item>b</item></channel></rss>",
        "<rss><channel><item>",
        "",
    ],
    ids=[
        "cut off",
        "not well-formed",
        "an unbound prefix",
        "an item alone without content",
        "an item without content",
        "something between",
        "an open item",
        "nothing",
    ],
)
def test_a_document_whose_items_are_not_certain_is_not_cut(document: str) -> None:
    assert split(document.encode()) is None


@pytest.mark.parametrize("form", [rss, atom])
def test_an_item_that_was_seen_is_not_parsed_again(form: type) -> None:
    """What is known of it stands in for it, whatever its bytes would say if they were read."""
    before = read(form(*items(3)))
    known = changes.recall(before)
    assert len(known.entries) == 3
    assert_reads_the_same(form(item(9), *items(3)), known, recalled=3)
    other = {mark: replace(entry, title="as recalled") for mark, entry in known.entries.items()}
    after = read(form(item(9), *items(3)), replace(known, entries=other))
    assert [entry.title for entry in after.entries] == [item(9).title, *3 * ["as recalled"]]


def test_a_changed_item_is_parsed() -> None:
    known = changes.recall(read(rss(*items(3))))
    assert_reads_the_same(rss(item(1, title="Rewritten"), *items(3)[1:]), known, recalled=2)


def test_a_date_of_the_document_changes_no_item_and_anything_else_around_them_may() -> None:
    """A language or a base that items inherit, a prefix: then all is read."""
    body = rss(*items(3)).replace("<channel>", "<channel><lastBuildDate>Fri, 22 Nov 2024 12:00:00 GMT</lastBuildDate>")
    known = changes.recall(read(body))
    assert_reads_the_same(body.replace("12:00:00", "13:00:00"), known, recalled=3)
    assert_reads_the_same(body.replace("<channel>", '<channel xml:lang="ckb">'), known, recalled=0)
    assert_reads_the_same(body.replace("<channel>", "<channel><language>ckb</language>"), known, recalled=0)


def test_another_address_or_another_word_of_the_operators_reads_all() -> None:
    body = rss(*items(3)).encode()
    known = changes.recall(read(rss(*items(3))))
    for url, reading in ((URL + "2", READING), (URL, replace(READING, language="ar"))):
        received = read_document(body, url, "", reading, known)
        assert isinstance(received, Received)
        assert not any(isinstance(entry, Recalled) for entry in received.entries)


def test_an_item_without_date_or_headline_is_always_read() -> None:
    """Its text identifies it."""
    document = rss(item(1, published=None), item(2, title=None), item(3))
    assert_reads_the_same(document, changes.recall(read(document)), recalled=1)


def test_what_the_frame_makes_of_an_item_that_is_none_of_the_documents_is_not_left_out() -> None:
    """feedparser finds an entry in the frame: then it is not certain which entry is which item's, and all is read."""
    inner = "<image><x><item><title>Inner</title></item></x></image>"
    document = rss(*items(3)).replace("<channel>", f"<channel>{inner}")
    assert {entry.title for entry in read(document).entries} > {"Inner"}
    assert not read(document).frame
    known = changes.recall(read(rss(*items(3))))
    cut = split(document.encode())
    assert cut
    assert_reads_the_same(document, replace(known, frame=cut.frame_mark), recalled=0)


def test_under_another_frame_nothing_stands_in_for_an_item_that_cannot_be_read() -> None:
    """What was recalled of its bytes belongs to the frame before."""
    document = rss(*items(2)).replace("</channel>", "<item><category>x</category></item></channel>")
    cut = split(document.encode())
    assert cut
    known = changes.recall(read(document))
    some = next(iter(known.entries.values()))
    other = replace(known, frame="another", entries={**known.entries, cut.marks[2]: some})
    assert_reads_the_same(document, other, recalled=0)


def test_an_item_that_cannot_be_used_is_counted_each_time() -> None:
    document = rss(*items(2)).replace("</channel>", "<item><category>x</category></item></channel>")
    known = changes.recall(read(document))
    assert read(document).skipped == 1
    assert_reads_the_same(document, known, recalled=2)


@given(
    texts=st.lists(st.text(XML, max_size=30), min_size=1, max_size=6),
    seen=st.sets(st.integers(0, 5)),
    between=st.sampled_from(["", "\n", " \t"]),
)
def test_whatever_stands_in_items_what_was_seen_reads_the_same(texts: list[str], seen: set[int], between: str) -> None:
    found = [f"<item><title>{escape(text)}</title><link>{SITE}/{n}</link>{DATE}</item>" for n, text in enumerate(texts)]
    body = f"<rss version='2.0'><channel><title>T</title>{between.join(found)}</channel></rss>"
    whole = changes.recall(read(body))
    marks = list(whole.entries)
    known = {mark: whole.entries[mark] for n, mark in enumerate(marks) if n in seen}
    assert_reads_the_same(body, replace(whole, entries=known), recalled=len(known))
