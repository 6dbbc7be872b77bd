"""What the outputs hold, and what stays when the configuration changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedhub.hub import description, user_agent
from feedhub.models import Entry, Received, Source
from feedhub.store import hub, outputs
from feedhub.store.database import Store
from support.ledger import Ledger, a_config
from support.polls import NOON, a_poll, an_entry, at, news, news_poll

FEEDS = """
feeds:
  - {url: "https://reader:secret@tigris.example/rss", id: tigris, tags: [baghdad]}
  - {url: "https://zagros.example/rss", id: zagros, tags: [erbil], priority: 5, title: Zagros Post}
outputs:
  - {id: baghdad, match: {tags: [baghdad]}}
"""
ONLY_ZAGROS = "\n".join(line for line in FEEDS.splitlines() if "id: tigris" not in line).replace("[erbil]", "[baghdad]")
WEIR = "https://tigris.example/news/2026/river-level-rises"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FEEDS)


def story(n: int, minutes: float = 0) -> Entry:
    return an_entry(f"https://tigris.example/news/{n:06}", title=f"Story {n}", published=at(minutes))


def publish(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> None:
    ledger.record(news_poll(ledger.number(feed), *entries, now=at(minutes)))
    ledger.match(at(minutes))


# --- the sequence -----------------------------------------------------------------------------------------------------


def test_stories_are_numbered_once_in_the_order_they_enter(ledger: Ledger) -> None:
    """Oldest first within a pass, then pass by pass, without gaps, and never anew."""
    publish(ledger, "tigris", story(1, -10), story(2, -30))
    first = ledger.sequence()
    publish(ledger, "tigris", story(3), minutes=5)
    assert [number for number, _urn in ledger.sequence()] == [1, 2, 3]
    assert ledger.sequence()[:2] == first
    assert ledger.titles() == ["Story 3", "Story 1", "Story 2"]


def test_the_document_holds_the_newest_of_the_sequence(ledger: Ledger) -> None:
    """`limit` counts from the end of the sequence."""
    publish(ledger, "tigris", *(story(n, n) for n in range(5)), minutes=10)
    assert ledger.titles(limit=3) == ["Story 4", "Story 3", "Story 2"]
    assert len(ledger.titles(limit=5)) == len(ledger.titles(limit=6)) == 5


def test_a_late_story_with_an_old_date_is_still_seen(ledger: Ledger) -> None:
    """The newest of the sequence, not of the dates: what comes in late goes past nobody (R15, R42)."""
    publish(ledger, "tigris", *(story(n, n) for n in range(5)), minutes=10)
    publish(ledger, "zagros", an_entry("https://zagros.example/n/old-but-late-news", title="Late", published=at(-9999)))
    assert ledger.titles(limit=2) == ["Late", "Story 4"]
    assert ledger.stories(limit=1)[0].published == at(-9999)


def test_each_output_counts_for_itself(ledger: Ledger) -> None:
    """An output's numbers have no gaps for stories of other outputs."""
    publish(ledger, "zagros", story(1))
    publish(ledger, "tigris", story(2), minutes=1)
    assert [number for number, _urn in ledger.sequence("all")] == [1, 2]
    assert [number for number, _urn in ledger.sequence("baghdad")] == [1]


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_r11_the_carrier_with_the_highest_priority_tells_the_story(ledger: Ledger) -> None:
    """R11: priority goes before the earlier pass; carriers stand in the order of rank."""
    publish(ledger, "tigris", an_entry(WEIR, title="By Tigris"))
    publish(ledger, "zagros", an_entry(WEIR, title="By Zagros", summary="Short.", author="Z"), minutes=5)
    shown = ledger.the_story()
    assert (shown.title, shown.summary, shown.author) == ("By Zagros", "Short.", "Z")
    assert [(carrier.source.id, carrier.title, carrier.first_seen) for carrier in shown.carriers] == [
        ("zagros", "By Zagros", at(5)),
        ("tigris", "By Tigris", NOON),
    ]


def test_r11_between_equals_the_earlier_pass_then_the_order_in_the_file_decides(ledger: Ledger) -> None:
    """R11: turning the file round hands over what came in one pass, and moves no id and no date."""
    equal = FEEDS.replace("priority: 5, ", "").splitlines()
    ledger.adopt("\n".join(equal))
    publish(ledger, "zagros", an_entry(WEIR))
    publish(ledger, "tigris", an_entry(WEIR), minutes=5)
    polls = [news_poll(ledger.number(feed), story(7), now=at(6)) for feed in ("zagros", "tigris")]
    ledger.record(*polls)
    ledger.match(at(6))
    before = ledger.stories()
    ledger.adopt("\n".join([*equal[:2], equal[3], equal[2], *equal[4:]]), at(7))
    after = ledger.stories()
    assert [story.source.id for story in before] == ["tigris", "zagros"]
    assert [story.source.id for story in after] == ["zagros", "zagros"]
    assert [(story.id, story.published, story.updated) for story in after] == [
        (story.id, story.published, story.updated) for story in before
    ]


def test_a_source_is_named_as_the_operator_or_the_feed_names_it(ledger: Ledger) -> None:
    """The configured title, else the feed's own, else its id; and never the password in its address."""
    publish(ledger, "tigris", story(1))
    publish(ledger, "zagros", story(2), minutes=1)
    sources = {story.source.id: story.source for story in ledger.stories()}
    assert sources["tigris"] == Source("tigris", "tigris", "", "https://tigris.example/rss")
    assert sources["zagros"] == Source("zagros", "Zagros Post", "", "https://zagros.example/rss")
    received = Received("rss20", "Tigris Daily", "https://tigris.example/", "en", (story(1),))
    for feed in ("tigris", "zagros"):
        ledger.record(a_poll(ledger.number(feed), outcome="fetched", news=news(received=received)))
    sources = {story.source.id: story.source for story in ledger.stories()}
    assert [sources[feed].title for feed in ("tigris", "zagros")] == ["Tigris Daily", "Zagros Post"]
    assert sources["zagros"].link == "https://tigris.example/"


def test_more_stories_than_one_statement_holds(ledger: Ledger) -> None:
    """A thousand stories come back in the order of the sequence, each with its own text."""
    publish(ledger, "tigris", *(story(n, -2000 + n) for n in range(1000)))
    assert ledger.titles(limit=1000) == [f"Story {n}" for n in reversed(range(1000))]


def test_a_story_is_found_by_its_public_id(ledger: Ledger) -> None:
    """And nothing by another."""
    publish(ledger, "tigris", story(1))
    with ledger.store.reading() as session:
        number = outputs.find(session, ledger.the_story().id)
        assert [story.title for story in outputs.stories(session, [number or 0], ledger.site.policies)] == ["Story 1"]
        assert outputs.find(session, "urn:uuid:00000000-0000-5000-8000-000000000000") is None


# --- when feeds.yaml changes ------------------------------------------------------------------------------------------


def test_r47_a_removed_feed_takes_its_own_stories_along_and_leaves_the_shared_ones(ledger: Ledger) -> None:
    """R47: what another carries stays under the same id, told by the other; put back, all is as it was."""
    publish(ledger, "zagros", an_entry(WEIR, title="By Zagros"))
    publish(ledger, "tigris", an_entry(WEIR, title="By Tigris"), story(1), minutes=5)
    before = ledger.stories()
    ledger.adopt(ONLY_ZAGROS, at(6))
    (shared,) = ledger.stories()
    assert (shared.id, shared.published) == (before[-1].id, before[-1].published)
    assert [carrier.source.id for carrier in shared.carriers] == ["zagros"]
    ledger.adopt(FEEDS, at(7))
    assert ledger.stories() == before


def test_r47_removing_the_representative_hands_the_text_over(ledger: Ledger) -> None:
    """R47: the next carrier tells the story, and its id and date stay."""
    publish(ledger, "zagros", an_entry(WEIR, title="By Zagros"))
    publish(ledger, "tigris", an_entry(WEIR, title="By Tigris"), minutes=5)
    before = ledger.the_story()
    ledger.adopt("\n".join(line for line in FEEDS.splitlines() if "id: zagros" not in line), at(6))
    after = ledger.the_story()
    assert (after.title, after.id, after.published) == ("By Tigris", before.id, before.published)


def test_the_limit_counts_stories_that_are_still_carried(ledger: Ledger) -> None:
    """Stories gone with their feed leave no holes in the document."""
    publish(ledger, "zagros", story(1))
    publish(ledger, "tigris", story(2), story(3), minutes=5)
    ledger.adopt(ONLY_ZAGROS, at(6))
    assert ledger.titles(limit=1) == ["Story 1"]


def test_r12_a_feed_that_gets_a_tag_brings_its_stories_along(ledger: Ledger) -> None:
    """Oldest first, behind what the output has already, and each once however often the file changes."""
    publish(ledger, "zagros", story(2, -20), story(1, -30))
    publish(ledger, "tigris", story(3), minutes=1)
    assert ledger.titles("baghdad") == ["Story 3"]
    before = ledger.sequence("baghdad")
    ledger.adopt(FEEDS.replace("[erbil]", "[erbil, baghdad]"), at(2))
    assert ledger.titles("baghdad") == ["Story 2", "Story 1", "Story 3"]
    assert ledger.sequence("baghdad")[:1] == before
    for minute, text in enumerate([FEEDS, FEEDS.replace("[erbil]", "[erbil, baghdad]")], start=3):
        ledger.adopt(text, at(minute))
    assert [number for number, _urn in ledger.sequence("baghdad")] == [1, 2, 3]


def test_a_new_output_begins_with_what_there_is(ledger: Ledger) -> None:
    """Oldest first; the outputs that were there do not change."""
    publish(ledger, "zagros", story(2, -20), story(1, -30))
    before = ledger.sequence("all")
    ledger.adopt(FEEDS + "  - {id: erbil, match: {tags: [erbil]}}\n", at(2))
    assert ledger.titles("erbil") == ["Story 2", "Story 1"]
    assert ledger.sequence("all") == before


def urn(ledger: Ledger, name: str) -> str:
    with ledger.store.reading() as session:
        return outputs.output(session, name).urn


def test_an_outputs_id_survives_a_move_of_the_hub(ledger: Ledger) -> None:
    """No id depends on the address later."""
    before = urn(ledger, "all"), urn(ledger, "baghdad")
    ledger.adopt(FEEDS, at(1), url="https://moved.example/news/")
    assert (urn(ledger, "all"), urn(ledger, "baghdad")) == before
    with ledger.store.reading() as session:
        assert hub.site_url(session) == "https://moved.example/news/"


def test_an_outputs_id_comes_from_its_name_and_the_first_address(ledger: Ledger, tmp_path: Path) -> None:
    """An output that came after a move has the id that it would have had before; another hub's is another."""
    with_erbil = FEEDS + "  - {id: erbil}\n"
    ledger.adopt(with_erbil, at(1), url="https://moved.example/news/")
    stores = [Store.open(f"sqlite:///{tmp_path / name}.db") for name in ("stayed", "other")]
    stayed = Ledger(stores[0], tmp_path, with_erbil)
    other = Ledger(stores[1], tmp_path, with_erbil, "https://other.example/")
    assert urn(stayed, "erbil") == urn(ledger, "erbil") != urn(other, "erbil")
    assert len({urn(ledger, name) for name in ("all", "baghdad", "erbil")}) == 3
    for store in stores:
        store.close()


def test_the_same_configuration_again_moves_no_revision(ledger: Ledger) -> None:
    """R39: a restart changes no document; any change of what is shown does."""
    publish(ledger, "tigris", story(1))
    revision = ledger.revision()
    ledger.adopt(FEEDS, at(60))
    assert ledger.revision() == revision
    with ledger.store.reading() as session:
        assert hub.described_at(session) == NOON
    ledger.adopt(FEEDS.replace("Zagros Post", "Zagros"), at(61))
    assert ledger.revision() == revision + 1
    with ledger.store.reading() as session:
        assert hub.described_at(session) == at(61)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Zagros Post", "Zagros", True),
        ("[erbil]", "[erbil, baghdad]", True),
        ("priority: 5", "priority: 6", True),
        ("outputs:", "hide: ['https://tigris.example/news/1']\noutputs:", True),
        ("reader:secret", "reader:other", False),
        ("id: tigris,", "id: tigris, interval: 1h,", False),
    ],
)
def test_the_description_tells_what_is_shown_and_nothing_else(tmp_path: Path, old: str, new: str, shown: bool) -> None:
    """A new interval or password makes no document anew."""
    before = description(a_config(tmp_path, FEEDS), "https://hub.example/")
    after = description(a_config(tmp_path, FEEDS.replace(old, new)), "https://hub.example/")
    assert (before != after) is shown


def test_note_reach_moves_the_revision_only_when_it_changes(ledger: Ledger) -> None:
    """R25: the page says that the network is missing, once it is and until it is not."""
    revisions = []
    for unreachable in (False, True, True, False):
        with ledger.store.writing() as session:
            hub.note_reach(session, NOON, unreachable=unreachable)
        with ledger.store.reading() as session:
            assert hub.reach(session)[0] is unreachable
        revisions.append(ledger.revision())
    assert [revision - revisions[0] for revision in revisions] == [0, 1, 1, 2]


def test_r20_the_user_agent_says_who_asks(tmp_path: Path) -> None:
    """R20: product, version, and the operator's address and contact."""
    agent = user_agent(a_config(tmp_path, FEEDS, url="https://hub.example/', contact: 'ops@hub.example"))
    assert agent.startswith("feedhub/")
    assert agent.endswith(" (+https://hub.example/; ops@hub.example)")
