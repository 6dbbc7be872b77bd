"""What `feedhub why` prints of a story (R14)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from feedhub.cli.why import Explanation, why_none
from feedhub.config import DedupConfig
from feedhub.models import Story
from feedhub.publish.reasons import Override, overrides
from support.stories import HEWLER, RAFIDAIN, SITE, TIGRIS, a_carrier, a_related, a_shared_story, a_story

EVIDENCE = "both say Qasr, bridge and 14"


def dedup(merge: tuple[tuple[str, ...], ...] = (), never_merge: tuple[tuple[str, ...], ...] = ()) -> DedupConfig:
    return DedupConfig("story", timedelta(days=7), merge, never_merge)


def explained(story: Story, overrides: DedupConfig | None = None, asked: str | None = None, **console: Any) -> str:
    """What is printed; piped unless `console` says otherwise."""
    screen = Console(file=io.StringIO(), **({"highlight": False, "soft_wrap": True, "width": 1_000} | console))
    Explanation(screen).explain(story, overrides or dedup(), SITE, asked=asked)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_r14_a_story_is_explained_in_plain_lines() -> None:
    """R14: title, id, each carrier with source, address, times, rule, score and evidence; what was not merged."""
    story = a_shared_story(
        carriers=(
            a_carrier(RAFIDAIN),
            a_carrier(TIGRIS, rule="text", evidence=EVIDENCE, score=0.934, title=" a\x1bb\nc "),
        )
    )
    assert explained(story) == (
        "ارتفاع منسوب النهر بعد أول مطر\n"
        f"  {story.id}\n"
        "\n"
        "2 carriers:\n"
        "- صحيفة الرافدين, whose text is shown\n"
        "  River level rises\n"
        "  https://rafidain.example/articles/17\n"
        "  published 22 Nov 2026, 12:00 UTC, seen 22 Nov 2026, 12:00 UTC\n"
        "  The first to carry the story: no story shares its address\n"
        "- Tigris Daily\n"
        "  ab c\n"
        "  https://tigris.example/articles/17\n"
        "  published 22 Nov 2026, 12:00 UTC, seen 22 Nov 2026, 12:00 UTC\n"
        f"  Much the same headline and text (score 0.93 of 1): {EVIDENCE}\n"
        "\n"
        "See also, not merged:\n"
        "- Tigris Daily\n"
        "  River level falls by 12 centimetres\n"
        "  https://tigris.example/articles/9\n"
        f"  {a_related().id}\n"
        "  Not merged: it says 12 where this one says 40\n"
    )


def test_r14_overrides_in_force_are_named() -> None:
    """R14: each group that names the story, and only those, in full."""
    named = dedup(
        merge=(
            ("https://elsewhere.example/1", "https://tigris.example/articles/17"),
            ("https://b.example/1", "https://c.example/2"),
        ),
        never_merge=((a_story().id, "https://d.example/3"),),
    )
    assert explained(a_story(), named).partition("Overrides in feeds.yaml:\n")[2] == (
        "- merge:\n"
        "    https://elsewhere.example/1\n"
        "    https://tigris.example/articles/17\n"
        "- never_merge:\n"
        f"    {a_story().id}\n"
        "    https://d.example/3\n"
    )
    assert "Overrides" not in explained(a_story())


def test_r14_a_story_that_the_operator_merged_into_another_is_said_to_be() -> None:
    """R14: asked for by an id that leads to another story, the answer says so; by its own it does not."""
    note = f"  {a_story(5).id} is shown under this story, by dedup.merge or as an article of its own\n"
    assert note in explained(a_story(), asked=a_story(5).id)
    assert "is shown under" not in explained(a_story(), asked=a_story().id) + explained(a_story())


@pytest.mark.parametrize(
    ("name", "touches"),
    [
        (a_story().id, True),
        (a_story(2).id, False),
        ("http://www.tigris.example/articles/17/?utm_source=x", True),
        ("https://hewler.example/articles/17", True),
        ("https://tigris.example/articles/18", False),
    ],
)
def test_r14_an_override_names_a_story_by_its_id_or_any_carriers_article(name: str, touches: bool) -> None:
    """R14: addresses are compared in canonical form; a carrier without an address is named by none."""
    story = a_story(carriers=(a_carrier(), a_carrier(RAFIDAIN, url=""), a_carrier(HEWLER)))
    group = (name, "https://elsewhere.example/1")
    found = overrides(story, dedup(merge=(group,)))
    assert found == ([Override("merge", group)] if touches else [])


def test_on_a_terminal_text_wraps_below_its_beginning_and_addresses_stay_whole() -> None:
    """What will be copied is never broken; piped there is no escape sequence."""
    address = "https://tigris.example/" + "a-long-way/" * 8
    story = a_story(carriers=(a_carrier(url=address, evidence="word " * 30),))
    shown = explained(story, force_terminal=True, width=40, soft_wrap=False, color_system="standard")
    assert address in shown
    assert all(
        line.startswith("  ") for line in shown.splitlines() if "word" in line and line.strip().startswith("word")
    )
    assert "\x1b[1m" in shown
    assert "\x1b" not in explained(story)


def test_several_stories_under_one_address_are_listed() -> None:
    """The page of a section: id, headline and date of each; of very many the newest."""
    screen = Console(file=io.StringIO(), highlight=False, soft_wrap=True, width=1_000)
    Explanation(screen).list([a_story(number) for number in range(60)], "https://tigris.example/local-news")
    assert isinstance(screen.file, io.StringIO)
    lines = screen.file.getvalue().splitlines()
    assert lines[0] == "60 stories have an article at https://tigris.example/local-news, newest first:"
    assert lines[1:3] == [
        "- River level rises after the first rain",
        f"  {a_story(0).id}, 22 Nov 2026, 12:00 UTC, 1 carrier",
    ]
    assert lines[-2:] == ["and 10 more: --json has them all", "`feedhub why ID` explains one of them."]
    assert len(lines) == 1 + 2 * 50 + 2


@pytest.mark.parametrize(
    ("name", "stored", "waiting", "says"),
    [
        ("0B7E1F52-aaaa-5bbb-8ccc-0123456789ab", False, False, "there is no story urn:uuid:0b7e1f52-aaaa-"),
        (
            "https://hub.example/stories/0b7e1f52-aaaa-5bbb-8ccc-0123456789ab",
            False,
            False,
            "there is no story urn:uuid:",
        ),
        ("https://tigris.example/1", False, False, "no story has an article at https://tigris.example/1"),
        ("https://tigris.example/1", True, False, "no feed in feeds.yaml carries https://tigris.example/1 any more"),
        (
            "https://tigris.example/1",
            False,
            True,
            "the article at https://tigris.example/1 is stored and belongs to no",
        ),
        ("weir", False, False, "weir is neither a story's id nor the address of an article"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(name: str, stored: bool, waiting: bool, says: str) -> None:
    """Unknown, carried by no listed feed, not matched yet, or no name of a story at all."""
    line = why_none(name, stored=stored, waiting=waiting)
    assert line.startswith(says)
    assert "\n" not in line
