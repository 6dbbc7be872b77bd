"""Retention and `prune` as an operator has them (R48)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from support.feeds import items, recent, rss
from support.program import Program, until
from support.publisher import Publisher

KEYS = "retention: 30d\noutputs: [{id: all, limit: 3}]\n"


def age(program: Program, days: int) -> None:
    """Make all that is stored so many days older: what was seen first, and when this was last done."""
    with closing(sqlite3.connect(program.data / "feedhub.db")) as database, database:
        for table, column in (("entries", "first_seen"), ("hub", "pruned_at"), ("feeds", "removed_at")):
            older = f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-{days} days')"
            database.execute(f"UPDATE {table} SET {column} = {older} WHERE {column} IS NOT NULL")


def test_r48_an_item_that_its_publisher_still_lists_expires_once(program: Program, publisher: Publisher) -> None:
    """R48, R49: over polls by cron and by the service its page stays gone, and nothing of it is new."""
    publisher.serve("/f", rss(*items(8)))
    program.configure(f"feeds: [{{id: f, url: '{publisher.url('/f')}'}}]\n{KEYS}")
    program.poll("--export", "public")
    pages = {name for name in program.files() if name.startswith("stories/")}
    with closing(sqlite3.connect(program.data / "feedhub.db")) as database:
        urns = [urn.removeprefix("urn:uuid:") for (urn,) in database.execute("SELECT urn FROM stories ORDER BY id")]
    age(program, 40)
    fresh = recent(20)[19:]
    publisher.serve("/f", rss(*fresh, *items(8)))
    assert "1 new entry" in program.poll("--all", "--export", "public").out
    left = {name for name in program.files() if name.startswith("stories/")}
    assert len(pages) == len(left) == 6, (
        "of the three stories shown, a page and its data; those of the expired are gone"
    )
    publisher.serve("/f", rss(*fresh, *items(8), title="Tigris Weekly"))
    assert "0 new entries" in program.poll("--all").out
    with program.serving() as service:
        shown = {story["id"].removeprefix("urn:uuid:") for story in service.stories()}
        answers = {uuid: service.get(f"/stories/{uuid}").status for uuid in urns}
        expired = service.get(f"/stories/{urns[0]}")
    assert answers == {uuid: 200 if uuid in shown else 410 for uuid in urns}
    assert sorted(answers.values()) == [200] * 2 + [410] * 6
    assert "This story has expired." in expired.text


def test_r48_the_service_does_it_by_itself_and_prune_waits_for_nobody_who_polls(
    program: Program, publisher: Publisher
) -> None:
    """R48: from its start on. `prune` beside it ends as `poll` would: exit code 4, and who it is."""
    publisher.serve("/f", rss(*items(4)))
    program.configure(f"feeds: ['{publisher.url('/f')}']\n{KEYS}")
    program.poll()
    with closing(sqlite3.connect(program.data / "feedhub.db")) as database:
        ((urn,),) = database.execute("SELECT urn FROM stories ORDER BY id LIMIT 1")
    age(program, 40)
    page = f"/stories/{urn.removeprefix('urn:uuid:')}"
    with program.serving() as service:
        ran = program.run("prune")
        until(lambda: service.get(page).status == 410, "an expired story")
    assert (ran.code, ran.out) == (4, "")
    assert re.fullmatch(r"feedhub: another feedhub polls .*: process \d+, since .* UTC", ran.lines[0])
