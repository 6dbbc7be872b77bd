"""feeds.yaml written: lines that read back as what they were made of."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.config.lines import NoPlace, feed_lines, with_feeds
from feedhub.config.source import parse
from feedhub.config.subscriptions import one_line

FEED = ["- https://new.example/feed"]


def read(lines: list[str]) -> object:
    return parse("\n".join(lines), "feeds.yaml").value


def test_a_feed_of_which_nothing_else_is_known_is_a_bare_url() -> None:
    """A line is enough."""
    assert feed_lines("https://a.example/feed") == ["- https://a.example/feed"]


def test_a_feed_with_a_title_and_tags_has_a_line_for_each() -> None:
    """As an operator would write it."""
    assert feed_lines("https://a.example/f", "The Outlet", ["iraq", "north: east"], "unofficial") == [
        "- url: https://a.example/f  # unofficial",
        "  title: The Outlet",
        '  tags: [iraq, "north: east"]',
    ]


@pytest.mark.parametrize(
    "text", ["-", "off", "964", "1.5", "true", "~", "- a", "a: b", "a #b", "[x", "'", '"', "*a", "&a", "!x"]
)
def test_what_yaml_would_take_for_something_else_stands_in_quotes(text: str) -> None:
    """A number, a list, an alias: the title stays that text."""
    assert read(feed_lines("https://a.example/", text, [text])) == [
        {"url": "https://a.example/", "title": text, "tags": [text]}
    ]


@given(title=st.text(min_size=1).map(one_line).filter(bool), tag=st.text(min_size=1).map(one_line).filter(bool))
def test_any_title_and_tag_reads_back_as_itself(title: str, tag: str) -> None:
    """In any letters; `${`, which stands for a variable, alone is written otherwise."""
    expected = {"url": "https://a.example/", "title": title, "tags": [tag]}
    if "${" not in title + tag:
        assert read(feed_lines("https://a.example/", title, [tag])) == [expected]


def test_no_feed_can_name_a_variable() -> None:
    """A title from a stranger does not ask for this machine's passwords."""
    lines = "\n".join(feed_lines("https://a.example/${TOKEN}", "${TOKEN}", ["${TOKEN}"]))
    assert "${" not in lines
    assert "https://a.example/$%7BTOKEN}" in lines


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("feeds:\n  - a\n", "feeds:\n  - a\n  - https://new.example/feed\n"),
        ("feeds:\n- a", "feeds:\n- a\n- https://new.example/feed\n"),
        ("feeds:\n  - a  # first\n\n# the end\nsite: {}\n", None),
        ("feeds:\n  - url: a\n    tags: [x]\n    headers: {}\n\noutputs: []\n", None),
        ("feeds:\n  - url: a\n    title: |\n      A\n\n# more\nhosts: {}\n", None),
        ("feeds:\r\n  - a\r\n  # b\r\n", "feeds:\r\n  - a\r\n  - https://new.example/feed\r\n  # b\r\n"),
        ("\ufefffeeds:\n  - a\n", "\ufefffeeds:\n  - a\n  - https://new.example/feed\n"),
    ],
)
def test_feeds_go_to_the_end_of_the_list_and_nothing_else_moves(before: str, after: str | None) -> None:
    """Comments, blank lines, line ends and all other keys stay as they are."""
    found = with_feeds(before, FEED)
    assert after is None or found == after
    assert [line for line in found.splitlines() if "new.example" not in line] == before.splitlines()
    old, new = parse(before.lstrip("\ufeff"), "").value, parse(found.lstrip("\ufeff"), "").value
    assert isinstance(old, dict) and isinstance(new, dict)
    assert isinstance(old["feeds"], list)
    assert new == old | {"feeds": [*old["feeds"], "https://new.example/feed"]}


@pytest.mark.parametrize("text", ["site: {}\n", "feeds: [a]\n", "feeds: []\n", "feeds:\n", "", "- a\n", "feeds: a\n"])
def test_a_file_without_a_list_of_lines_is_left_to_its_operator(text: str) -> None:
    """Brackets would have to be written anew."""
    with pytest.raises(NoPlace):
        with_feeds(text, FEED)


def test_the_shipped_list_has_a_place() -> None:
    """Behind its last feed, before the comment on outputs."""
    text = (Path(__file__).parents[2] / "config" / "feeds.yaml").read_text("utf-8")
    lines = with_feeds(text, FEED).splitlines()
    at = lines.index("  - https://new.example/feed")
    assert lines[at + 1] == ""
    assert lines[at + 2].startswith("# Feeds that feedhub publishes")
    assert dedent(lines[at - 1]).startswith("language:")
