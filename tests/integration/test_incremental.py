"""A document that changed: only what is new in it is read, and the outcome is the same as if all were."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, col, delete, select, update

from feedhub.models import Recalled
from feedhub.store import recalls
from feedhub.store.tables import EntryRow, RecallRow
from support.desk import Desk, listing
from support.feeds import NOON, item, items, rss
from support.publisher import Publisher

QUARTER = timedelta(minutes=15)


def titles(desk: Desk) -> set[str]:
    return {str(story["title"]) for story in desk.stories()}


def texts(desk: Desk) -> dict[str, str]:
    """Each story's text by its address."""
    return {str(story["url"]): str(story["content_html"]) for story in desk.stories()}


def test_items_that_are_stored_already_are_not_read_again(desk: Desk, publisher: Publisher) -> None:
    """What is known of an item stands in for it: here it says something that the document does not."""
    publisher.serve("/tigris", rss(*items(5)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    with desk.store.writing() as session:
        known = recalls.recall(session, 1)
        assert len(known.entries) == 5
        mark, entry = next(iter(known.entries.items()))
        other = Recalled.of(entry.guid, entry.canonical_url, "as recalled", entry.published or NOON, entry.digest)
        known.entries[mark] = other  # type: ignore[index]  # a mapping that was just made for us
        recalls.remember(session, 1, known)
    publisher.serve("/tigris", rss(item(9), *items(5)))
    desk.poll(NOON + QUARTER, every=True)
    assert len(desk.stories()) == 6
    with desk.store.reading() as session:
        assert "as recalled" in {entry.title for entry in recalls.recall(session, 1).entries.values()}


def test_an_edit_beside_a_new_item_is_seen(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", rss(*items(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(item(9), item(1, title="Quite another headline"), *items(3)[1:]))
    desk.poll(NOON + QUARTER, every=True)
    assert titles(desk) == {"Quite another headline", *(str(item(n).title) for n in (2, 3, 9))}


def test_what_is_stored_otherwise_than_it_was_read_is_read_again(desk: Desk, publisher: Publisher) -> None:
    """An entry that a hub has rewritten meanwhile: the document has the last word."""
    publisher.serve("/tigris", rss(*items(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = texts(desk)
    with desk.store.writing() as session:
        first, *_ = session.exec(select(EntryRow.id).order_by(col(EntryRow.id))).all()
        session.execute(
            update(EntryRow).where(col(EntryRow.id) == first).values(title="What a hub said", digest="another")
        )
    publisher.serve("/tigris", rss(item(9), *items(3)))
    desk.poll(NOON + QUARTER, every=True)
    assert titles(desk) == {str(item(n).title) for n in (1, 2, 3, 9)}
    assert {url: text for url, text in texts(desk).items() if url != item(9).link} == before


def test_without_what_was_kept_the_document_is_read_whole(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", rss(*items(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = desk.stories()
    with desk.store.writing() as session:
        _forget(session)
    publisher.serve("/tigris", rss(item(9), *items(3)))
    desk.poll(NOON + QUARTER, every=True)
    assert [story for story in desk.stories() if story["title"] != item(9).title] == before


def _forget(session: Session) -> None:
    session.execute(delete(RecallRow))
