"""What a received document changes (R15, R16, R18, R19)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedhub.ingest.changes import arrivals, digest, edits, held_back, recalled_amiss, repeats, rewritten, withhold
from feedhub.models import Enclosure, Entry, Picture, Recalled
from feedhub.stories.identity import Identification, identify, item_key
from support.entries import NOON, an_entry, at, known_item

HOUR = timedelta(hours=1)
OLD = an_entry()
STORED = known_item(OLD, item_key("guid", OLD), number=17)
WORDING = {17: (OLD.title, OLD.content)}

OTHER: dict[str, Any] = {
    "guid": "tag:tigris.example,2026:other",
    "canonical_url": at("news/other"),
    "link": at("news/other"),
    "title": "Flood warning lifted",
    "summary": "Another summary.",
    "content": "<p>Another text.</p>",
    "author": "Shirin Ali",
    "categories": ("World",),
    "language": "ckb",
    "direction": "rtl",
    "picture": Picture(at("weir.jpg")),
    "enclosures": (Enclosure(at("report.mp3")),),
}


def identified(*entries: Entry) -> Identification:
    return identify(entries, [STORED])


def test_an_item_that_was_not_read_must_be_stored_as_it_was_read() -> None:
    """Else it has to be read after all: it is stored otherwise, or no more."""
    assert OLD.published
    seen = Recalled.of(OLD.guid, OLD.canonical_url, OLD.title, OLD.published, "digest")
    assert not recalled_amiss(identified(seen), {17: "digest"})
    assert recalled_amiss(identified(seen), {17: "another"})
    assert recalled_amiss(identify([seen], []), {})
    assert not recalled_amiss(identified(OLD), {17: "another"})


def test_what_is_left_out_as_a_repetition_is_counted() -> None:
    """The operator reads how many; nothing where there is none."""
    assert [repeats(identified(*[OLD] * count)) for count in (1, 2, 3)] == [
        "",
        "1 item repeats another of the same document",
        "2 items repeat others of the same document",
    ]


# --- new entries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "key"),
    [
        (NOON - 5 * HOUR, NOON - 5 * HOUR),  # R15: min(published, first seen)
        (NOON, NOON),
        (NOON + HOUR, NOON),  # R16: from the future
        (datetime(9999, 12, 31, tzinfo=UTC), NOON),
        (None, NOON),  # R18: undated
    ],
)
def test_r15_r16_r18_the_order_key_is_fixed_when_an_entry_is_first_seen(
    declared: datetime | None, key: datetime
) -> None:
    """Its declared date, but never later than now, and now where it has none."""
    (arrival,) = arrivals(identify([an_entry(published=declared)], []).items, NOON)
    assert arrival.published == key
    assert arrival.entry.published == declared


def test_only_new_entries_arrive_in_the_order_of_the_document() -> None:
    """With the key that identity gave them and the digest of their wording."""
    new = [an_entry("second", canonical_url=at("news/2")), an_entry("first", canonical_url=at("news/1"))]
    identification = identified(new[0], OLD, new[1])
    arrived = arrivals(identification.items, NOON)
    assert [arrival.entry for arrival in arrived] == new
    assert [arrival.key for arrival in arrived] == [item_key("guid", entry) for entry in new]
    assert [arrival.digest for arrival in arrived] == [digest(entry) for entry in new]


@pytest.mark.parametrize("most", [0, 1, 3, 9])
def test_r44_the_newest_of_a_new_feeds_items_are_published_whatever_their_order(most: int) -> None:
    """R44: undated ones and such from the future count as new; equals go by the document's order, which is kept."""
    dates = [NOON - 3 * HOUR, None, NOON - HOUR, NOON + HOUR, NOON - 2 * HOUR, NOON - HOUR]
    entries = [an_entry(str(n), canonical_url=at(f"news/{n}"), published=date) for n, date in enumerate(dates)]
    fresh, old = withhold(identified(*entries).items, most, NOON)
    by_date = [1, 3, 2, 5, 4, 0]
    assert [int(item.entry.guid) for item in fresh] == sorted(by_date[:most])
    assert [int(item.entry.guid) for item in old] == sorted(by_date[most:])


def test_r44_without_a_limit_all_are_published() -> None:
    items = identified(*(an_entry(str(n), canonical_url=at(f"news/{n}")) for n in range(9))).items
    assert withhold(items, None, NOON) == (items, ())


def test_what_is_held_back_is_counted() -> None:
    """The operator reads how many; nothing where there is none."""
    items = identified(an_entry("a", canonical_url=at("a")), an_entry("b", canonical_url=at("b"))).items
    assert [held_back(items[:count]) for count in range(3)] == [
        "",
        "1 old item is not published, as initial_items says",
        "2 old items are not published, as initial_items says",
    ]


# --- edited ones ------------------------------------------------------------------------------------------------------


def test_what_reads_as_stored_is_no_edit() -> None:
    """Nor is an entry that is new."""
    found = identified(OLD, an_entry("new", canonical_url=at("news/2")))
    assert rewritten(found, {17: digest(OLD)}) == ()


def test_r15_a_moved_date_alone_is_no_edit() -> None:
    """It can neither lift the story nor touch it."""
    for date in (NOON + HOUR, NOON - HOUR, None):
        assert rewritten(identified(replace(OLD, published=date)), {17: digest(OLD)}) == ()


@pytest.mark.parametrize("name", [field.name for field in fields(Entry) if field.name != "published"])
def test_every_other_difference_is_stored(name: str) -> None:
    """So that what is published is what the publisher shows now."""
    assert digest(replace(OLD, **{name: OTHER[name]})) != digest(OLD)


def test_a_digest_does_not_confuse_one_field_with_the_next() -> None:
    """The same text elsewhere is another entry."""
    assert digest(an_entry(title="a", summary="b")) != digest(an_entry(title="b", summary="a"))
    assert digest(an_entry(title="a\0b", summary="")) != digest(an_entry(title="a", summary="b\0"))


def test_r3_a_rewritten_headline_is_a_significant_edit_of_the_stored_entry() -> None:
    """Under the number it was stored by."""
    new = replace(OLD, title="Flood warning lifted")
    (edit,) = edits(rewritten(identified(new), {17: digest(OLD)}), WORDING)
    assert (edit.entry_id, edit.entry, edit.digest, edit.significant) == (17, new, digest(new), True)


@pytest.mark.parametrize(
    "changes",
    [
        {"content": '<p class="lead">Engineers open two   gates of the weir.</p>'},
        {"content": "<p>Engineers open two gates of the weir.</p><p>&nbsp;1204</p>"},
        {"content": '<p>Engineers open two gates of the weir.</p><img src="https://ads.example/9.png">'},
        {"picture": OTHER["picture"]},
        {"guid": OTHER["guid"]},
        {"categories": OTHER["categories"]},
    ],
)
def test_r19_markup_counters_pictures_and_guids_are_stored_but_not_significant(changes: dict[str, Any]) -> None:
    """The document follows; `updated` stays."""
    (edit,) = edits(rewritten(identified(replace(OLD, **changes)), {17: digest(OLD)}), WORDING)
    assert not edit.significant


def test_r19_another_text_is_significant() -> None:
    """What is compared is the text that a reader reads: entities are characters, tags part words."""
    text = "<p>Engineers open two gates of the weir.</p><p>Five families leave their homes &amp; farms.</p>"
    (edit,) = edits(rewritten(identified(replace(OLD, content=text)), {17: digest(OLD)}), WORDING)
    assert edit.significant
    same = {17: (OLD.title, "Engineers open<br>two&#32;gates<br>of the weir.")}
    (edit,) = edits(identified(replace(OLD, author="Shirin Ali")).items, same)
    assert not edit.significant
