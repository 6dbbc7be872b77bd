"""What `prune` says: what went, with `--dry-run` what would, and which feeds are forgotten (R47, R48)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedhub.cli.pruning import run_prune
from feedhub.settings import Settings
from feedhub.store.database import Store, sqlite_url
from support.ledger import HUB, TWO_FEEDS, Ledger
from support.polls import an_entry, news_poll

Prune = Callable[..., str]
ONE_FEED = "\n".join(line for line in TWO_FEEDS.splitlines() if "zagros" not in line)
KEYS = "\nretention: 30d\noutputs: [{id: all, limit: 3}]\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Forty days ago Tigris had eight stories and Zagros a ninth; feeds.yaml lists Tigris alone now."""
    then = datetime.now(UTC) - timedelta(days=40)
    store = Store.open(sqlite_url(tmp_path / "data"))
    ledger = Ledger(store, tmp_path, TWO_FEEDS + KEYS)
    for feed, numbers in (("tigris", range(8)), ("zagros", range(8, 9))):
        entries = [an_entry(f"https://{feed}.example/news/{n:06}", title=f"Story {n}") for n in numbers]
        ledger.record(news_poll(ledger.number(feed), *entries, now=then))
        ledger.match(then)
    (tmp_path / "feeds.yaml").write_text(f"site: {{url: '{HUB}'}}\n{ONE_FEED}{KEYS}")
    yield ledger
    store.close()


@pytest.fixture
def prune(ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Prune:
    settings = Settings(tmp_path / "feeds.yaml", tmp_path / "data", None)

    def prune(*, removed: bool = False, dry_run: bool = False, smaller: bool = False) -> str:
        run_prune(settings, removed=removed, dry_run=dry_run, smaller=smaller)
        return capsys.readouterr().out

    return prune


def test_a_dry_run_says_what_would_go_and_changes_nothing(ledger: Ledger, prune: Prune) -> None:
    """Not even the configuration in force; what goes then is what was said."""
    before = ledger.revision(), len(ledger.titles()), ledger.sequence()
    would = prune(dry_run=True)
    assert (ledger.revision(), len(ledger.titles()), ledger.sequence()) == before
    assert re.fullmatch(
        r"kept for 30d; would go: 6 stories, 6 entries with 0\.\d kB of text, 0 tombstones, 0 removed feeds, "
        r"2 poll notes\n",
        would,
    )
    assert prune().startswith(would.replace("would go", "went"))
    assert prune().startswith("kept for 30d; went: 0 stories, 0 entries with 0.0 kB of text, 0 tombstones, 0 ")


def test_r47_the_feeds_that_are_forgotten_are_named(ledger: Ledger, prune: Prune) -> None:
    """R47: with `--removed` they go at once with all they brought; others keep what is theirs."""
    would, went = prune(dry_run=True, removed=True), prune(removed=True)
    assert would.startswith("not listed any more, would go with all they brought: zagros\nkept for 30d; would go: 6 st")
    assert went.startswith(would.replace("would go", "went"))
    assert "0 tombstones, 1 removed feed, 2 poll notes\n" in went
    assert [feed.key for feed in ledger.feeds()] == ["tigris"]
    assert len(ledger.titles()) == 3


def test_the_room_can_be_given_back_to_the_disk(prune: Prune) -> None:
    """It says how much that is, and otherwise how much is free."""
    assert re.search(r"\nthe database has \d+\.\d [kM]B free for what comes\n$", prune())
    assert re.search(r"\nthe database is \d+\.\d [kM]B smaller\n$", prune(smaller=True))
    assert prune().endswith("the database has 0.0 kB free for what comes\n")
