"""Feeds find their rows again, fall due, and keep what a poll left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from feedhub.models import Cadence, Edit, FailureKind, NextPoll, Picture, Validators
from feedhub.store import feeds
from feedhub.store.database import Store
from feedhub.store.polls import record
from feedhub.store.tables import EntryRow
from support.ledger import TWO_FEEDS, Ledger
from support.polls import NOON, QUARTER, a_poll, an_entry, arrival, at, edit, failing_poll, news, news_poll

ONE_FEED = "feeds: [{{url: '{url}', id: {id}}}]"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path)


def due(ledger: Ledger, minutes: float) -> list[str]:
    with ledger.store.reading() as session:
        return [memory.key for memory in feeds.due(session, list(ledger.site.policies), at(minutes))]


def askable(ledger: Ledger, minutes: float) -> list[str]:
    with ledger.store.reading() as session:
        return [memory.key for memory in feeds.askable(session, list(ledger.site.policies), at(minutes))]


def next_poll(minutes: float, *, not_before: float | None = None) -> NextPoll:
    return NextPoll(at(minutes), "a test says so", QUARTER, at(not_before) if not_before is not None else None)


# --- which row is whose -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://tigris.example/all.xml", "tigris"),
        ("https://tigris.example/rss", "tigris-en"),
        ("http://tigris.example/rss", "tigris"),
        ("http://tigris.example/rss/", "tigris-en"),
    ],
    ids=["new url", "new id", "new scheme", "new id and form of the url"],
)
def test_r47_a_feed_keeps_its_row_when_its_url_or_its_id_changes(ledger: Ledger, url: str, id: str) -> None:
    """R47: one of the two is enough to find the feed again, and a change of scheme or final slash is none."""
    ledger.adopt(ONE_FEED.format(url="https://tigris.example/rss", id="tigris"))
    before = [row.id for row in ledger.feeds()]
    number = ledger.number("tigris")
    ledger.adopt(ONE_FEED.format(url=url, id=id), at(1))
    assert ledger.number(id) == number
    assert [row.id for row in ledger.feeds()] == before


def test_r47_ids_derived_from_the_url_do_not_tell_http_from_https(ledger: Ledger) -> None:
    """R47: a bare URL that moves to https is the same feed."""
    ledger.adopt("feeds: ['http://rafidain.example/feed']")
    rows = len(ledger.feeds())
    ledger.adopt("feeds: ['https://rafidain.example/feed']", at(1))
    assert len(ledger.feeds()) == rows


def test_r47_a_feed_taken_out_and_put_back_finds_its_row(ledger: Ledger) -> None:
    """R47: what was known of it is known again."""
    number = ledger.number("zagros")
    ledger.record(news_poll(number, an_entry()))
    ledger.adopt(ONE_FEED.format(url="https://tigris.example/rss", id="tigris"), at(1))
    ledger.adopt(TWO_FEEDS, at(2))
    assert ledger.number("zagros") == number
    assert ledger.memory("zagros").validators == Validators('"1"', "Sun, 22 Nov 2026 11:00:00 GMT")


def test_two_feeds_may_swap_their_urls(ledger: Ledger) -> None:
    """The id is the feed: each keeps its row, and forgets the other's document."""
    numbers = ledger.number("tigris"), ledger.number("zagros")
    ledger.record(news_poll(numbers[0]), news_poll(numbers[1]))
    swapped = TWO_FEEDS.replace("tigris.example", "x").replace("zagros.example", "tigris.example")
    ledger.adopt(swapped.replace("//x/", "//zagros.example/"), at(1))
    assert (ledger.number("tigris"), ledger.number("zagros")) == numbers
    assert [row.url for row in ledger.feeds()] == ["https://zagros.example/rss", "https://tigris.example/rss"]
    assert ledger.memory("tigris").validators == Validators()


def test_a_changed_url_forgets_the_validators_and_is_polled_at_once(ledger: Ledger) -> None:
    """Validators, body hash, hints and back-off belong to a document; another address is another document (R20)."""
    number = ledger.number("tigris")
    learnt = Cadence({"hours": 3.0}, {"every": 36_000.0}, 20, None, 0.5)
    ledger.record(
        news_poll(number, cadence=learnt), failing_poll(number, at(1), next=next_poll(600, not_before=500), failures=3)
    )
    ledger.adopt(TWO_FEEDS.replace("tigris.example/rss", "tigris.example/all.xml"), at(2))
    memory = ledger.memory("tigris")
    assert memory.validators == Validators()
    assert (memory.body_hash, memory.full_at, memory.failures, memory.state) == (None, None, 0, "new")
    assert memory.cadence == replace(learnt, hints={}, window=0)
    assert "tigris" in due(ledger, 2)


def test_the_same_configuration_again_changes_no_row(ledger: Ledger) -> None:
    """Starting twice is starting once."""
    ledger.record(news_poll(ledger.number("tigris")))
    before = [row.model_dump() for row in ledger.feeds()]
    ledger.adopt(TWO_FEEDS, at(5))
    assert [row.model_dump() for row in ledger.feeds()] == before


# --- when -------------------------------------------------------------------------------------------------------------


def test_a_new_feed_is_due_at_once_and_a_polled_one_at_its_time(ledger: Ledger) -> None:
    """What is due is read from the database; the exact second counts."""
    assert due(ledger, 0) == ["tigris", "zagros"]
    ledger.record(a_poll(ledger.number("tigris"), next=next_poll(15)))
    assert due(ledger, 14.99) == ["zagros"]
    assert set(due(ledger, 15)) == {"tigris", "zagros"}


def test_r51_what_a_clock_that_ran_ahead_put_off_is_due_at_once(ledger: Ledger) -> None:
    """R51, R24: else a feed is dead until that year comes. A correction by seconds changes nothing."""
    ledger.adopt("feeds: [{url: 'https://tigris.example/rss', id: tigris}]")
    years = 60 * 24 * 3_000
    ledger.record(a_poll(ledger.number("tigris"), at(years), next=next_poll(years + 15)))
    assert due(ledger, years - 0.5) == []
    assert due(ledger, 0) == ["tigris"]


def test_r51_nor_is_a_feed_held_back_by_a_wait_that_such_a_clock_reckoned(ledger: Ledger) -> None:
    """R51, R22: as every feed of a host is that asked for patience then."""
    ledger.adopt("feeds: [{url: 'https://tigris.example/rss', id: tigris}]")
    number, years = ledger.number("tigris"), 60 * 24 * 3_000
    held = a_poll(number, at(1), outcome="held", next=next_poll(years, not_before=years))
    ledger.record(a_poll(number), held)
    assert due(ledger, 2) == askable(ledger, 2) == ["tigris"]


def test_r22_a_clock_that_was_set_back_breaks_no_retry_after_that_could_be_one(ledger: Ledger) -> None:
    """R22, R51: seven days of it count; more was reckoned by the wrong clock."""
    ledger.adopt("feeds: [{url: 'https://tigris.example/rss', id: tigris}]")
    week, asked = 60 * 24 * 7, 90
    ledger.record(a_poll(ledger.number("tigris"), at(asked), next=next_poll(asked + week, not_before=asked + week)))
    assert due(ledger, asked - 0.5) == []
    assert due(ledger, asked) == askable(ledger, asked) == []
    assert due(ledger, 0) == askable(ledger, 0) == ["tigris"]
    ledger.record(a_poll(ledger.number("tigris"), at(asked), next=next_poll(asked + 60, not_before=asked + 60)))
    assert due(ledger, 0) == askable(ledger, 0) == []


def test_the_longest_overdue_is_polled_first(ledger: Ledger) -> None:
    """After a standstill the oldest debt is paid first."""
    ledger.record(
        a_poll(ledger.number("tigris"), next=next_poll(30)), a_poll(ledger.number("zagros"), next=next_poll(20))
    )
    assert due(ledger, 60) == ["zagros", "tigris"]


def test_r22_asking_for_all_feeds_leaves_out_those_under_a_retry_after(ledger: Ledger) -> None:
    """R22: due times may be overridden by hand, the publisher's Retry-After may not, until it has passed."""
    ledger.record(
        a_poll(ledger.number("tigris"), next=next_poll(15)),
        failing_poll(ledger.number("zagros"), kind=FailureKind.RATE_LIMITED, next=next_poll(61, not_before=60)),
    )
    assert askable(ledger, 1) == ["tigris"]
    assert askable(ledger, 60) == ["tigris", "zagros"]


def test_r22_an_answer_lifts_the_retry_after(ledger: Ledger) -> None:
    """R22: what held for one failure does not hold for ever."""
    number = ledger.number("zagros")
    ledger.record(failing_poll(number, next=next_poll(5, not_before=60)), a_poll(number, at(60), next=next_poll(75)))
    assert "zagros" in askable(ledger, 1)


def test_the_next_due_time_is_the_earliest(ledger: Ledger) -> None:
    """It is known only once each feed was polled; no feeds have none."""
    with ledger.store.reading() as session:
        assert feeds.next_due(session, list(ledger.site.policies)) is None
        assert feeds.next_due(session, []) is None
    ledger.record(
        a_poll(ledger.number("tigris"), next=next_poll(30)), a_poll(ledger.number("zagros"), next=next_poll(20))
    )
    with ledger.store.reading() as session:
        assert feeds.next_due(session, list(ledger.site.policies)) == at(20)
        assert feeds.next_due(session, [ledger.number("tigris")]) == at(30)


def test_r25_the_hub_is_unreachable_only_when_every_feed_was_tried_in_vain(ledger: Ledger) -> None:
    """R25: one answer, one other failure, or one feed not tried yet, and the network is there."""
    tigris, zagros = ledger.number("tigris"), ledger.number("zagros")

    def none_reached() -> bool:
        with ledger.store.reading() as session:
            return feeds.none_reached(session, [tigris, zagros])

    ledger.record(failing_poll(tigris, kind=FailureKind.DNS))
    assert not none_reached()
    ledger.record(failing_poll(zagros, state="offline"))
    assert none_reached()
    ledger.record(failing_poll(zagros, kind=FailureKind.GONE))
    assert not none_reached()


# --- what a poll leaves -----------------------------------------------------------------------------------------------


def test_a_poll_is_recorded_whole_or_not_at_all(ledger: Ledger) -> None:
    """Entries, the feed's state and the poll's row are one transaction."""
    number = ledger.number("tigris")
    before = [row.model_dump() for row in ledger.feeds()]

    def half() -> None:
        with ledger.store.writing() as session:
            record(session, news_poll(number, an_entry()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert (list(ledger.entries()), list(ledger.polls())) == ([], [])
    assert [row.model_dump() for row in ledger.feeds()] == before


def test_a_fetched_document_leaves_entries_state_and_an_account(ledger: Ledger) -> None:
    """Everything that `status`, the next poll and the matcher need is there afterwards."""
    number = ledger.number("tigris")
    other = an_entry("https://tigris.example/news/2026/bridge-opens-to-traffic")
    ledger.record(news_poll(number, an_entry(), other, now=at(1), size=2048, message="1 item skipped: no link"))
    row = ledger.feeds()[0]
    assert (row.state, row.message, row.format) == ("ok", "1 item skipped: no link", "rss20")
    assert (row.last_poll_at, row.last_ok_at, row.last_new_at, row.full_at) == (at(1),) * 4
    assert (row.next_poll_at, row.interval_seconds) == (at(16), 900)
    (poll,) = ledger.polls()
    assert (poll.feed_id, poll.at, poll.outcome) == (number, at(1), "fetched")
    assert (poll.items, poll.new, poll.edited, poll.size, poll.elapsed_ms) == (2, 2, 0, 2048, 80)
    assert [(entry.pending, entry.first_seen) for entry in ledger.entries()] == [(True, at(1))] * 2


def test_r27_what_the_cadence_learnt_is_there_at_the_next_poll(ledger: Ledger) -> None:
    """It is the cadence's own and comes back as it was; a failure, which teaches nothing, leaves it."""
    number = ledger.number("tigris")
    assert ledger.memory("tigris").cadence == Cadence()
    learnt = Cadence({"by_hour": [0.0, 1.5], "at": None}, {"skip_hours": [3]}, 20, at(-5), 0.75)
    ledger.record(a_poll(number, cadence=learnt), failing_poll(number, at(15)))
    assert (ledger.memory("tigris").cadence, ledger.memory("tigris").due) == (learnt, at(30))
    with ledger.store.reading() as session:
        assert feeds.demands(session, list(ledger.site.policies)) == {number: 0.75}
        assert feeds.demands(session, [ledger.number("zagros")]) == {}


def test_an_entry_comes_back_as_it_went_in(ledger: Ledger) -> None:
    """Every part of an entry survives, nothing is cut or turned into something near it."""
    picture = Picture("https://tigris.example/weir.jpg", "السد عند الفجر", "image/jpeg", 1200, None)
    entry = an_entry(picture=picture, title="ارتفاع منسوب النهر", direction="rtl", language=None, categories=())
    ledger.record(news_poll(ledger.number("tigris"), entry))
    (row,) = ledger.entries()
    assert (row.guid, row.canonical_url, row.link, row.title) == (
        entry.guid,
        entry.canonical_url,
        entry.link,
        entry.title,
    )
    assert (row.summary, row.content, row.author) == (entry.summary, entry.content, entry.author)
    assert (row.categories, row.language, row.direction, row.enclosures) == ([], None, "rtl", [])
    assert row.picture == {"url": picture.url, "caption": picture.caption, "type": "image/jpeg", "width": 1200} | {
        "height": None
    }
    assert (row.declared, row.published) == (entry.published, entry.published)


def test_no_picture_is_null_in_the_database(ledger: Ledger) -> None:
    """SQL's NULL, not the JSON text `null`: a query for it finds it on both databases."""
    ledger.record(news_poll(ledger.number("tigris"), an_entry(picture=None)))
    with ledger.store.reading() as session:
        assert len(session.exec(select(EntryRow.id).where(EntryRow.picture == None)).all()) == 1  # noqa: E711 - SQL


def test_an_unchanged_poll_writes_no_entry_and_keeps_the_document(ledger: Ledger) -> None:
    """A 304 leaves a poll row and the next time, nothing else."""
    number = ledger.number("tigris")
    ledger.record(news_poll(number, an_entry()))
    before, revision = [entry.model_dump() for entry in ledger.entries()], ledger.revision()
    ledger.record(a_poll(number, at(15)))
    memory = ledger.memory("tigris")
    assert [entry.model_dump() for entry in ledger.entries()] == before
    assert (memory.validators.etag, memory.full_at) == ('"1"', NOON)
    assert [poll.outcome for poll in ledger.polls()] == ["fetched", "unchanged"]
    assert ledger.revision() == revision


@pytest.mark.parametrize("etag", ['W/"a b\\c"', '"\xfcml\xe4ut"', "unquoted", '""', '"' + "x" * 5000 + '"'])
def test_r20_validators_are_kept_byte_for_byte(ledger: Ledger, etag: str) -> None:
    """R20: as received, however odd or long."""
    pair = Validators(etag, "Thu, 01 Jan 1970 00:00:00 +0000")
    number = ledger.number("tigris")
    ledger.record(a_poll(number, outcome="fetched", news=news(validators=pair)))
    assert ledger.memory("tigris").validators == pair


def test_r20_validators_are_the_pair_of_one_response(ledger: Ledger) -> None:
    """R20: a later answer without an ETag takes the earlier one's away, whether or not its body was new."""
    number = ledger.number("tigris")
    ledger.record(a_poll(number, outcome="fetched", news=news(validators=Validators('"1"', "Monday"))))
    ledger.record(a_poll(number, at(15), confirmed=Validators(None, "Tuesday")))
    memory = ledger.memory("tigris")
    assert memory.validators == Validators(None, "Tuesday")
    assert memory.full_at == at(15)
    ledger.record(a_poll(number, at(30), outcome="fetched", news=news(validators=Validators('"3"', None))))
    assert ledger.memory("tigris").validators == Validators('"3"', None)


def test_a_failing_poll_keeps_what_is_known_of_the_document(ledger: Ledger) -> None:
    """When the feed recovers it is asked conditionally, and its whole document is not taken for news."""
    number = ledger.number("tigris")
    ledger.record(news_poll(number, an_entry()))
    known = ledger.memory("tigris")
    ledger.record(failing_poll(number, at(15)))
    memory = ledger.memory("tigris")
    assert (memory.validators, memory.body_hash, memory.full_at) == (known.validators, known.body_hash, NOON)
    assert (memory.state, memory.failures) == ("timeout", 1)
    row = ledger.feeds()[0]
    assert (row.last_poll_at, row.last_ok_at, row.message) == (at(15), NOON, "no answer within 30 s")


def test_r15_an_edit_changes_the_wording_and_nothing_that_orders(ledger: Ledger) -> None:
    """R3, R15: key, first seen and order key stay for ever, whatever the publisher's date says now."""
    number, entry = ledger.number("tigris"), an_entry()
    ledger.record(news_poll(number, entry))
    (before,) = ledger.entries()
    rewritten = an_entry(title="River rises, gates opened", guid="new-guid", published=at(days=1))
    ledger.record(news_poll(number, now=at(15), edits=(edit(before.id or 0, rewritten),)))
    (after,) = ledger.entries()
    assert (after.title, after.guid) == ("River rises, gates opened", "new-guid")
    assert (after.id, after.key, after.first_seen, after.published) == (
        before.id,
        before.key,
        before.first_seen,
        before.published,
    )
    assert ledger.known("tigris", rewritten) == before.id
    assert ledger.polls()[-1].edited == 1


def test_r16_the_order_key_is_stored_as_it_was_decided(ledger: Ledger) -> None:
    """R16, R18: a future date and no date both became the time of the poll, and the declared one is kept beside it."""
    number, future = ledger.number("tigris"), at(days=3)
    undated = an_entry("https://tigris.example/news/2026/undated-item-here", published=None)
    ledger.record(news_poll(number, an_entry(published=future), undated, now=at(1)))
    assert [(row.declared, row.published) for row in ledger.entries()] == [(future, at(1)), (None, at(1))]


def test_known_items_are_found_by_key_guid_and_address_in_their_feed_only(ledger: Ledger) -> None:
    """Another feed's entry under the same identities is another entry."""
    entry, brought = an_entry(guid="tag:tigris.example,2026:17"), an_entry(guid="tag:tigris.example,2026:17")
    ledger.record(news_poll(ledger.number("tigris"), entry), news_poll(ledger.number("zagros"), brought))
    key, url = arrival(entry).key, entry.canonical_url or ""
    with ledger.store.reading() as session:
        number = ledger.number("tigris")
        by_each = [
            feeds.known_items(session, number, {key}, set(), set()),
            feeds.known_items(session, number, set(), {entry.guid}, set()),
            feeds.known_items(session, number, set(), set(), {url}),
        ]
        nothing = feeds.known_items(session, number, {"0"}, {"other"}, {"https://tigris.example/other"})
    ((item, digest),) = by_each[0].values()
    assert by_each[0] == by_each[1] == by_each[2]
    assert (item.key, item.guid, item.canonical_url, item.title) == (key, entry.guid, url, entry.title)
    assert item.declared == entry.published
    assert digest == arrival(entry).digest
    assert nothing == {}


def test_known_items_and_wordings_of_a_long_document(ledger: Ledger) -> None:
    """More identities than one statement holds are looked up all the same, oldest first."""
    number = ledger.number("tigris")
    entries = [an_entry(f"https://tigris.example/news/{n:06d}", title=f"Story {n}") for n in range(1100)]
    ledger.record(news_poll(number, *entries))
    with ledger.store.reading() as session:
        found = feeds.known_items(session, number, set(), {entry.guid for entry in entries}, set())
        wordings = feeds.wordings(session, list(found))
    assert [item.title for item, _digest in found.values()] == [entry.title for entry in entries]
    assert list(wordings.values()) == [(entry.title, entry.content) for entry in entries]


def test_long_addresses_and_guids_are_stored_and_found(ledger: Ledger) -> None:
    """An index row holds 2,700 bytes on PostgreSQL; what is indexed are hashes."""
    tail = "x" * 4000
    guids = [f"https://tigris.example/{tail}/{n}" for n in range(2)]
    entries = [an_entry(guid, canonical_url=guid) for guid in guids]
    number = ledger.number("tigris")
    ledger.record(news_poll(number, *entries))
    with ledger.store.reading() as session:
        found = feeds.known_items(session, number, set(), {guids[1]}, {guids[1]})
    assert [item.guid for item, _digest in found.values()] == [guids[1]]


def test_a_changed_feed_title_changes_what_all_outputs_show(ledger: Ledger) -> None:
    """The title is shown with every story: documents are made anew and dated by the matching; once for one title."""
    number = ledger.number("tigris")
    received = type(news().received)("rss20", "Tigris Daily", "https://tigris.example/", "en", (an_entry(),))
    titled = news(received=received)
    revision = ledger.revision()
    ledger.record(a_poll(number, outcome="fetched", news=titled))
    assert ledger.match(at(1)).renamed
    assert ledger.revision() == revision + 1
    ledger.record(a_poll(number, at(15), outcome="fetched", news=titled))
    assert not ledger.match(at(16)).changed
    assert ledger.revision() == revision + 1


def test_r41_an_empty_document_renames_nothing(ledger: Ledger) -> None:
    """A channel called "Service temporarily unavailable" with no item in it is an apology, not a new name."""
    apology = type(news().received)("rss20", "Service temporarily unavailable", "https://cdn.example/", "en", ())
    ledger.record(a_poll(ledger.number("tigris"), outcome="fetched", news=news(received=apology)))
    assert not ledger.match(at(1)).changed
    assert "Service" not in {row.title for row in ledger.feeds()}


def test_an_edit_that_is_not_significant_leaves_no_time_of_edit(ledger: Ledger) -> None:
    """R19: what the matcher moves `updated` by is the last significant edit."""
    number = ledger.number("tigris")
    ledger.record(news_poll(number, an_entry()))
    (row,) = ledger.entries()

    def edited(minutes: float, *, significant: bool) -> Edit:
        return edit(row.id or 0, an_entry(title=f"At {minutes}"), significant=significant)

    ledger.record(news_poll(number, now=at(1), edits=(edited(1, significant=False),)))
    assert ledger.entries()[0].edited_at is None
    ledger.record(news_poll(number, now=at(2), edits=(edited(2, significant=True),)))
    ledger.record(news_poll(number, now=at(3), edits=(edited(3, significant=False),)))
    assert ledger.entries()[0].edited_at == at(2)
    assert ledger.entries()[0].first_seen == NOON + timedelta(0)
