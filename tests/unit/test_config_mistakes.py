"""feeds.yaml with mistakes in it: what the operator is told (R46)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from feedhub.config import ConfigError, Match, load
from support.mistakes import BROKEN, FEED

Mistakes = Callable[..., list[str]]


@pytest.fixture
def mistakes(tmp_path: Path) -> Mistakes:
    """The messages for a file, its name without the folder."""

    def mistakes(text: str | bytes, environ: Mapping[str, str] | None = None) -> list[str]:
        path = tmp_path / "feeds.yaml"
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        with pytest.raises(ConfigError) as caught:
            load(path, environ or {})
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]

    return mistakes


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_r46_a_mistake_is_one_message_with_its_place(text: str | bytes, message: str, mistakes: Mistakes) -> None:
    """R46: file, line and column, and what was expected; nothing else is made of the same mistake."""
    assert mistakes(text) == [f"feeds.yaml:{message}"]


def test_r46_all_mistakes_are_told_at_once_in_the_order_of_the_file(mistakes: Mistakes) -> None:
    """R46: of every sort, from YAML to what only shows between two values; a second run brings nothing new."""
    text = """\
        site:
          url: news.example.org
          url: https://news.example.org/
        defaults:
          timezone: Baghdad
        feeds:
          - https://a.example/${KEY}
          - url: https://b.example/feed
            id: b
            tags: [iraq, 5]
            langauge: ar
          - url: https://c.example/feed
            id: b
            interval: 5m
            min_interval: 10m
        outputs:
          - id: iraq
            match: {tags: [5, iraq, irak]}
            limit: 5000
        retention: 90
        """
    assert mistakes(text) == [
        "feeds.yaml:2:8: site.url: expected an http or https URL without query, such as https://news.example.org/, "
        'not "news.example.org"',
        "feeds.yaml:3:3: site.url: the key is on line 2 already; keep one of them",
        'feeds.yaml:5:13: defaults.timezone: expected an IANA time zone such as Asia/Baghdad, not "Baghdad"',
        "feeds.yaml:7:5: feeds[0]: the environment variable KEY is not set",
        "feeds.yaml:10:18: feeds[1].tags[1]: expected a tag (a number in quotes), not 5",
        'feeds.yaml:11:5: feeds[1].langauge: unknown key; did you mean "language"?',
        'feeds.yaml:13:9: feeds[2].id: the id "b" is taken by the feed on line 9',
        "feeds.yaml:15:19: feeds[2].min_interval: min_interval (10m) is longer than interval (5m)",
        "feeds.yaml:18:20: outputs[0].match.tags[0]: expected a tag (a number in quotes), not 5",
        'feeds.yaml:18:29: outputs[0].match.tags[2]: no feed has the tag "irak"; did you mean "iraq"?',
        "feeds.yaml:19:12: outputs[0].limit: expected a whole number from 1 to 1000, not 5000",
        "feeds.yaml:20:12: retention: expected a duration from 7d to 36500d, such as 30s, 15m, 2h or 1h30m, not 90",
    ]


@pytest.mark.parametrize("wrong", ["url: htp://a.example/", "url: https://a.example/, priority: high"])
def test_r46_a_mistake_in_a_feed_is_not_held_against_the_outputs_that_name_it(wrong: str, mistakes: Mistakes) -> None:
    """R46: the id that a wrong address would have been given, or a right one has, and the language of the others."""
    text = f"feeds:\n  - {{{wrong}}}\n  - {{url: https://b.example/, language: ar}}\n"
    output = "outputs: [{id: k, match: {sources: [a-example], languages: [ckb]}}]\n"
    assert [message.split(" ")[0] for message in mistakes(text + output)] in (
        ["feeds.yaml:2:11:"],
        ["feeds.yaml:2:41:"],
    )


def test_r45_an_output_may_ask_for_a_language_that_a_feed_can_turn_out_to_be_in(tmp_path: Path) -> None:
    """R45: where one feed does not say its language, its entries may be in any."""
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "feeds: [{url: https://a.example/, language: ar}, https://b.example/]\n"
        "outputs: [{id: k, match: {languages: [ckb], sources: [b-example]}}]\n"
    )
    assert load(path, {}).outputs[1].match == Match(sources=("b-example",), languages=("ckb",))


def test_r46_a_mistake_within_a_group_hides_no_other_and_makes_none(mistakes: Mistakes) -> None:
    """R46: what is wrong with one element is told once, and the groups behind it are told of at their own places."""
    text = """\
        feeds: [https://a.example/feed]
        dedup:
          merge:
            - https://a.example/1
            - [https://a.example/1, 5]
            - [https://a.example/1]
            - [https://a.example/1, https://b.example/2]
          never_merge:
            - [https://a.example/1, https://b.example/2]
        """
    assert [message.split(": ")[0:2] for message in mistakes(text)] == [
        ["feeds.yaml:4:7", "dedup.merge[0]"],
        ["feeds.yaml:5:29", "dedup.merge[1][1]"],
        ["feeds.yaml:6:7", "dedup.merge[2]"],
        ["feeds.yaml:9:29", "dedup.never_merge[0][1]"],
    ]


def test_a_groups_mistake_names_the_variable_and_never_its_value(mistakes: Mistakes) -> None:
    """R46 without giving a secret away: what a group holds is named by its place."""
    found = mistakes(
        FEED + "dedup: {merge: [['${ONE}', '${ONE}'], ['${TWO}']]}\n", {"ONE": "https://x/k-1", "TWO": "k-2"}
    )
    assert len(found) == 2 and not any("k-1" in message or "k-2" in message for message in found)


@pytest.mark.parametrize("wrong", ["tags: kurdistan", "tagz: [kurdistan]"])
def test_r46_a_mistake_in_a_feeds_tags_is_not_held_against_the_outputs(wrong: str, mistakes: Mistakes) -> None:
    """R46: one mistake, one message: a tag that is there, wrongly written down, is not called missing."""
    found = mistakes(
        f"feeds:\n  - url: https://a.example/\n    {wrong}\noutputs: [{{id: k, match: {{tags: [kurdistan]}}}}]\n"
    )
    assert [message.split(" ")[0] for message in found] in (["feeds.yaml:3:11:"], ["feeds.yaml:3:5:"])


def test_r46_a_file_that_is_not_there_or_cannot_be_read_is_told_like_any_mistake(tmp_path: Path) -> None:
    """R46: the path as given, and what to do."""
    with pytest.raises(ConfigError) as missing:
        load(tmp_path / "feeds.yaml", {})
    with pytest.raises(ConfigError) as folder:
        load(tmp_path, {})
    name = f"{tmp_path}/feeds.yaml"
    assert str(missing.value) == f"{name}:1:1: no such file; create it, or name another with --config"
    assert str(folder.value) == f"{tmp_path}:1:1: cannot be read: is a directory"


@pytest.mark.parametrize(
    ("feed", "mistake"),
    [
        ("select: {item: a}", "feeds[0].kind: expected page, for there is select; or take select out"),
        ("kind: sitemap, select: {item: a}", "feeds[0].kind: expected page, for there is select; or take select out"),
        (
            "kind: page, select: {link: a}",
            "feeds[0].select.item: missing; it finds what each link and headline is sought in",
        ),
        (
            "kind: page, select: {item: 'li:nth('}",
            'feeds[0].select.item: expected a CSS selector such as article, .news-list > li or h2 a, not "li:nth("',
        ),
        ("kind: page, select: article", "feeds[0].select: expected selectors such as item, link and title, not "),
        ("kind: page, select: {item: a, titel: b}", 'feeds[0].select.titel: unknown key; did you mean "title"?'),
        ("full_text: always", 'feeds[0].full_text: expected true or false, not "always"'),
    ],
)
def test_r46_a_page_and_its_selectors_are_checked_before_anything_is_fetched(
    mistakes: Mistakes, feed: str, mistake: str
) -> None:
    """R46: each key at its place, and of one mistake nothing that only follows from it."""
    (message,) = mistakes(f"feeds:\n  - {{url: https://a.example/, {feed}}}\n")
    assert mistake in message


def test_messages_name_the_variable_and_never_its_value(mistakes: Mistakes) -> None:
    """R46 without giving a password away in a log."""
    assert mistakes("feeds:\n  - url: ${KEY}\n    interval: ${TOKEN}\n", {"KEY": "k-123", "TOKEN": "t-456"}) == [
        'feeds.yaml:2:10: feeds[0].url: expected an http or https URL, not "${KEY}"',
        "feeds.yaml:3:15: feeds[0].interval: expected a duration from 1s to 365d, such as 30s, 15m, 2h or 1h30m, "
        'not "${TOKEN}"',
    ]
