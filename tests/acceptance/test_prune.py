"""Retention and `prune` as an operator has them (R48)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from support.feeds import items, recent, rss
from support.program import Program
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
    assert expired.text == "This story has expired.\n"


def test_prune_says_what_went_and_with_dry_run_what_would(program: Program, publisher: Publisher) -> None:
    """R47: what came from feeds that are listed no more is told by their ids, and goes at once where that is wanted."""
    publisher.serve("/f", rss(*items(8)))
    publisher.serve("/g", rss(*items(9)[8:]))
    both = [f"{{id: {name}, url: '{publisher.url(f'/{name}')}'}}" for name in ("f", "g")]
    program.configure(f"feeds: [{', '.join(both)}]\n{KEYS}")
    program.poll()
    program.configure(f"feeds: [{both[0]}]\n{KEYS}")
    age(program, 40)
    options = ("--dry-run", "--removed"), ("--removed", "--vacuum"), ()
    would, went, then = (program.run("prune", *each).out for each in options)
    assert would.startswith(
        "not listed any more, would go with all they brought: g\nkept for 30d; would go: 6 stories, "
    )
    assert re.search(r" 6 entries with 0\.\d kB of text, 0 tombstones, 1 removed feed, 1 poll note\n$", would)
    assert went.startswith(would.replace("would go", "went"))
    assert re.search(r"\nthe database is \d+\.\d [kM]B smaller\n$", went)
    assert then.startswith("kept for 30d; went: 0 stories, 0 entries with 0.0 kB of text, 0 tombstones, 0 ")


def test_prune_waits_for_nobody_who_polls(program: Program, publisher: Publisher) -> None:
    """As `poll`: exit code 4, and who it is."""
    publisher.serve("/f", rss(*items(1)))
    program.configure(f"feeds: ['{publisher.url('/f')}']")
    with program.serving():
        ran = program.run("prune")
    assert (ran.code, ran.out) == (4, "")
    assert re.fullmatch(r"feedhub: another feedhub polls .*: process \d+, since .* UTC", ran.lines[0])
