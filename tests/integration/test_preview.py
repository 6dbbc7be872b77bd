"""`check --diff` and what the next start really does (R46, R47)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedhub.cli.checking import run_check
from feedhub.cli.comparing import Comparison, compare, print_comparison
from feedhub.config.inforce import noted, recalled
from feedhub.settings import Settings
from feedhub.store.database import Store
from support.ledger import HUB, Ledger, a_config
from support.polls import an_entry, at, news_poll

TIGRIS = '{url: "https://tigris.example/rss", id: tigris, tags: [iraq]}'
ZAGROS = '{url: "https://zagros.example/rss", id: zagros, tags: [iraq, kurdistan]}'
BOTH = f"feeds: [{TIGRIS}, {ZAGROS}]\n"
IRAQ = "outputs: [{id: iraq, limit: 5, match: {tags: [iraq], exclude: [number 3]}}]\n"

CHANGES = {
    "nothing": BOTH + IRAQ,
    "another limit": BOTH + IRAQ.replace("limit: 5", "limit: 3"),
    "a wider limit": BOTH + IRAQ.replace("limit: 5", "limit: 9"),
    "an age": BOTH + IRAQ.replace("limit: 5", "limit: 5, max_age: 4m"),
    "few of a source": BOTH + IRAQ.replace("limit: 5", "limit: 9, max_per_source: 2"),
    "another selection": BOTH + IRAQ.replace("exclude: [number 3]", "exclude: [number 4]"),
    "another tag": BOTH + IRAQ.replace("tags: [iraq]", "tags: [kurdistan]"),
    "a feed with another tag": f"feeds: [{TIGRIS.replace('iraq', 'basra')}, {ZAGROS}]\n{IRAQ}",
    "a feed less": f"feeds: [{ZAGROS}]\n{IRAQ}",
    "a feed more": f"feeds: [{TIGRIS}, {ZAGROS}, 'https://new.example/rss']\n{IRAQ}",
    "another id": f"feeds: [{TIGRIS.replace('id: tigris', 'id: dijla')}, {ZAGROS}]\n{IRAQ}",
    "another teller": f"feeds: [{TIGRIS}, {ZAGROS[:-1]}, priority: 9}}]\n{IRAQ}",
    "an output more": BOTH + IRAQ.replace("}}]", "}}, {id: new, limit: 9, max_age: 6m, match: {sources: [zagros]}}]"),
    "an output less": BOTH,
    "something hidden": f"{BOTH}{IRAQ}hide: ['https://tigris.example/news/000007']\n",
    "something gone that is not": f"{BOTH}{IRAQ}hide: ['https://other.example/1']\nretention: 10d\n",
}


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    """Ten stories: Tigris has all, Zagros the even ones, one of them under a headline of its own."""
    ledger = Ledger(store, tmp_path, BOTH + IRAQ)
    for n in range(10):
        feeds = ("tigris",) if n % 2 else ("tigris", "zagros")
        for feed in feeds:
            title = f"Flood, number {n}" + (" and number 3" if (n, feed) == (6, "zagros") else "")
            entry = an_entry(f"https://tigris.example/news/{n:06}", title=title, published=at((n * 7) % 10))
            ledger.record(news_poll(ledger.number(feed), entry, now=at(20 + n)))
        ledger.match(at(20 + n))
    return ledger


def compared(ledger: Ledger, tmp_path: Path, text: str) -> Comparison:
    database = ledger.store.url.render_as_string(hide_password=False)
    found = compare(a_config(tmp_path, text), Settings(tmp_path / "feeds.yaml", tmp_path, database))
    assert found
    return found


def documents(ledger: Ledger) -> dict[str, list[str]]:
    return {output.id: [story.id for story in ledger.stories(output.id)] for output in ledger.site.config.outputs}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
def test_r46_the_next_start_does_what_was_told(ledger: Ledger, tmp_path: Path, text: str) -> None:
    """R46: for each output what enters and what leaves its document, and how many it holds; told without a write."""
    before, revision = documents(ledger), ledger.revision()
    told = compared(ledger, tmp_path, text)
    assert (ledger.revision(), documents(ledger)) == (revision, before)
    ledger.adopt(text, at(60))
    after = documents(ledger)
    assert {each.output for each in told.outputs} == before.keys() | after.keys()
    for each in told.outputs:
        was, now = before.get(each.output, []), after.get(each.output, [])
        assert [story.id for story in each.enter] == [urn for urn in now if urn not in was], each.output
        assert [story.id for story in each.leave] == [urn for urn in was if urn not in now], each.output
        assert each.stories == len(now)


def test_r47_feeds_and_keys_that_change_are_named(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R47: a feed under another id is the same feed; what comes with the first poll is said to."""
    text = (
        f"feeds: [{TIGRIS.replace('id: tigris', 'id: dijla, priority: 2')}, 'https://new.example/rss']\n"
        f"retention: 10d\n{IRAQ}"
    )
    print_comparison(compared(ledger, tmp_path, text))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "1 feed added: new-example-rss",
        "1 feed removed: zagros",
        "1 feed renamed: tigris to dijla",
        "1 feed changed: dijla (priority)",
        "changed besides: retention",
        "what new feeds bring, and stories that dedup regroups, come with the next poll",
    ]
    assert lines[6] == "all: the same 10 stories"


def test_r46_ten_stories_are_named_and_the_others_counted(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What enters has a plus, what leaves a minus, each with its headline and the feed that tells it."""
    print_comparison(compared(ledger, tmp_path, BOTH.replace("iraq", "basra")))
    out = capsys.readouterr().out
    assert "iraq: 0 stories would enter, 5 leave\n  - Flood, number 9 (tigris)\n" in out
    many = [an_entry(f"https://tigris.example/news/1{n:05}", title=f"Thaw {n}", published=at(n)) for n in range(12)]
    ledger.record(news_poll(ledger.number("tigris"), *many, now=at(40)))
    ledger.match(at(40))
    print_comparison(compared(ledger, tmp_path, BOTH + "outputs: [{id: thaw, match: {include: [Thaw]}}]\n"))
    assert "thaw: 12 stories would enter, 0 leave\n  + Thaw 11 (tigris)\n" in (said := capsys.readouterr().out)
    assert "  + Thaw 2 (tigris)\n  + and 2 more\n" in said


def test_r46_it_is_told_as_data_and_where_nothing_is_in_force_yet_too(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check --diff --json`: exit code 0, whatever would change; null before the first start."""
    database = ledger.store.url.render_as_string(hide_password=False)
    a_config(tmp_path, f"feeds: [{TIGRIS}]\n{IRAQ}")
    options: dict[str, bool] = {"fetch": False, "system": False, "diff": True}
    assert run_check(Settings(tmp_path / "feeds.yaml", tmp_path, database), **options, as_json=True) == 0
    diff = json.loads(capsys.readouterr().out)["diff"]
    assert diff["feeds"] == {"added": [], "removed": ["zagros"], "renamed": {}, "changed": {}}
    assert [(output["output"], output["stories"]) for output in diff["outputs"]] == [("all", 10), ("iraq", 5)]
    new = Settings(tmp_path / "feeds.yaml", tmp_path / "new", None)
    assert run_check(new, **options, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["diff"] is None
    run_check(new, **options, as_json=False)
    assert "nothing is in force yet" in capsys.readouterr().out
    assert not (tmp_path / "new").exists()


def test_the_note_of_the_configuration_holds_no_secret_and_comes_back_as_it_was(tmp_path: Path) -> None:
    """Headers, passwords and what stands for `${NAME}` in an address stay out of the database's note."""
    text = (
        "feeds: [{url: 'https://ali:geheim@a.example/f', headers: {X-Key: geheim}, timezone: Asia/Baghdad, "
        "tags: [a]}]\noutputs: [{id: o, max_age: 2d, match: {tags: [a], include: ['re:x+']}}]\n"
        "dedup: {merge: [['https://a.example/1', 'https://b.example/2']]}\n"
    )
    config = a_config(tmp_path, text, HUB)
    note = noted(config)
    assert "geheim" not in repr(note)
    back = recalled(note)
    assert back and (back.outputs, back.dedup, back.retention) == (config.outputs, config.dedup, config.retention)
    assert back.feeds[0].timezone == config.feeds[0].timezone
    assert recalled({"feeds": "of another version"}) is None
