"""feeds.yaml: what a right file means (R30, R47). What a wrong one is told is in test_config_mistakes.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.config import Config, load
from feedhub.config.scalars import spell
from feedhub.config.schema import SECTIONS
from feedhub.config.source import Plain, parse
from feedhub.config.urls import feed_id, http_url

Read = Callable[..., Config]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str | bytes, environ: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "feeds.yaml"
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return load(path, environ or {})

    return read


FEED = "feeds: [https://a.example/feed]\n"


# --- scalars ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("off", "off"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("1:30", "1:30"),
        ("2024-05-01", "2024-05-01"),
        ("1_000", "1_000"),
        ("0o14", 12),
        ("014", 14),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("-7", -7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.INF", float("-inf")),
        ("<<", "<<"),
        ("=", "="),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ("!!str 12", "12"),
    ],
)
def test_scalars_resolve_as_in_yaml_1_2(scalar: str, value: Plain) -> None:
    """YAML 1.2, 10.3.2: the core schema, not the surprises of YAML 1.1."""
    found = parse(f"key: {scalar}\n", "feeds.yaml").value
    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


def test_words_that_yaml_1_1_took_for_false_keep_their_meaning(read: Read) -> None:
    """`dedup: off` is a mode and `language: no` is Norwegian."""
    (feed,) = read("feeds: [{url: https://a.example/, dedup: off, language: no, tags: [on, off]}]").feeds
    assert (feed.dedup, feed.language, feed.tags) == ("off", "no", ("on", "off"))


@given(st.integers(min_value=1, max_value=365 * 24 * 3600))
def test_durations_are_read_as_they_are_spelt(seconds: int) -> None:
    """Every length of whole seconds up to a year: `1h30m` is 90 minutes, `90m` too."""
    length = timedelta(seconds=seconds)
    schema = SECTIONS["defaults"]
    assert schema.model_validate({"interval": spell(length)}).given() == {"interval": length}
    assert schema.model_validate({"interval": f"{seconds // 60}m{seconds % 60}s"}).given() == {"interval": length}


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("AR", "ar"),
        ("ku-arab-iq", "ku-Arab-IQ"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("en-x-US", "en-x-us"),
    ],
)
def test_language_tags_are_put_in_their_usual_case(written: str, tag: str, read: Read) -> None:
    """RFC 5646, 2.1.1: equal tags compare equal."""
    assert read(f"feeds: [{{url: https://a.example/, language: {written}}}]").feeds[0].language == tag


# --- meaning ----------------------------------------------------------------------------------------------------------


def test_a_bare_url_is_a_whole_feed(read: Read) -> None:
    """One line is enough; everything else has a default."""
    config = read(FEED)
    (feed,) = config.feeds
    assert (feed.id, feed.explicit_id, feed.url, feed.line) == ("a-example-feed", False, "https://a.example/feed", 1)
    assert (feed.title, feed.tags, feed.language, feed.timezone, feed.priority) == (None, (), None, None, 0)
    assert (feed.min_interval, feed.interval, feed.max_interval) == (
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=24),
    )
    assert (dict(feed.headers), feed.paused, feed.dedup, feed.max_size) == ({}, False, "story", 5_000_000)
    assert [(output.id, output.title, output.match.tags, output.limit) for output in config.outputs] == [
        ("all", "feedhub", (), 200)
    ]
    assert (config.hosts.concurrency, config.hosts.spacing) == (2, timedelta(seconds=1))
    assert (config.site.noindex, config.site.contact, config.dedup.mode) == (True, None, "story")


def test_defaults_hold_for_every_feed_that_does_not_say_otherwise(read: Read) -> None:
    """A feed's own key replaces the default; `dedup.mode` is the default of the default."""
    config = read("""\
        defaults: {timezone: Asia/Baghdad, tags: [iraq], priority: 5, max_size: 500KB}
        dedup: {mode: off}
        feeds:
          - https://a.example/
          - {url: https://b.example/, timezone: Asia/Tehran, tags: [iran], priority: -1, max_size: 2MB, dedup: link}
        """)
    a, b = config.feeds
    assert (a.timezone, a.tags, a.priority, a.max_size, a.dedup) == (
        ZoneInfo("Asia/Baghdad"), ("iraq",), 5, 500_000, "off",
    )  # fmt: skip
    assert (b.timezone, b.tags, b.priority, b.max_size, b.dedup) == (
        ZoneInfo("Asia/Tehran"), ("iran",), -1, 2_000_000, "link",
    )  # fmt: skip


def test_r9_how_far_to_merge_is_said_for_all_for_a_feed_and_for_an_output(read: Read) -> None:
    """R9: the nearest word holds; an output that says nothing shows what the feeds have merged."""
    config = read("""\
        dedup: {mode: link}
        feeds:
          - https://a.example/
          - {url: https://b.example/, dedup: story}
        outputs: [{id: each, dedup: off}, {id: as-they-come}]
        """)
    assert [feed.dedup for feed in config.feeds] == ["link", "story"]
    assert {output.id: output.dedup for output in config.outputs} == {
        "all": "story", "each": "off", "as-they-come": "story",
    }  # fmt: skip
    (feed,) = read("defaults: {dedup: off}\ndedup: {mode: story}\nfeeds: [https://a.example/]\n").feeds
    assert feed.dedup == "off"


def test_matches_are_sought_for_a_week_where_nothing_else_is_said(read: Read) -> None:
    """`dedup.window` bounds how far back; without overrides there are none."""
    assert (read(FEED).dedup.window, read(FEED).dedup.merge, read(FEED).dedup.never_merge) == (
        timedelta(days=7),
        (),
        (),
    )
    assert read(FEED + "dedup: {window: 36h}").dedup.window == timedelta(hours=36)


STORY = "0b7e1f52-aaaa-5bbb-8ccc-0123456789ab"


@pytest.mark.parametrize(
    "written",
    [
        STORY,
        STORY.upper(),
        f"urn:uuid:{STORY}",
        f"URN:UUID:{STORY}",
        f"https://news.example/hub/stories/{STORY}",
        f"http://news.example/hub/stories/{STORY}",
        f"https://NEWS.example:443/hub/stories/{STORY}/",
        f"https://news.example/hub/stories/{STORY}.json",
        f"https://news.example/hub/stories/{STORY}#carriers",
        f"https://news.example/hub/stories/{STORY}/index.html?x=1",
    ],
)
def test_r14_a_story_is_named_by_its_id_or_its_page(written: str, read: Read) -> None:
    """R14: whatever an operator has at hand is one and the same id."""
    config = read(
        f"site: {{url: https://news.example/hub/}}\n{FEED}dedup: {{merge: [['{written}', https://a.example/1]]}}"
    )
    assert config.dedup.merge == ((f"urn:uuid:{STORY}", "https://a.example/1"),)


@pytest.mark.parametrize(
    "written",
    [
        f"https://other.example/hub/stories/{STORY}",
        f"https://news.example/hub/stories/{STORY}/comments",
        f"https://news.example/stories/{STORY}",
        "https://a.example/#!/2026/bridge",
    ],
)
def test_r14_another_address_is_an_article_s_and_stays_as_written(written: str, read: Read) -> None:
    """R14: pages of other sites look like ours; the fragment can be what names an article."""
    config = read(f"site: {{url: https://news.example/hub/}}\n{FEED}dedup: {{never_merge: [['{written}', {STORY}]]}}")
    assert config.dedup.never_merge == ((written, f"urn:uuid:{STORY}"),)


def test_r14_groups_may_share_an_element_and_contradict_nothing(read: Read) -> None:
    """R14: A with B, B with C and never C with D is a consistent wish."""
    text = "dedup: {merge: [[https://a.example/1, https://b.example/1], [https://b.example/1, https://c.example/1]], "
    config = read(FEED + text + "never_merge: [[https://c.example/1, https://d.example/1]]}")
    assert (len(config.dedup.merge), len(config.dedup.never_merge)) == (2, 1)


@pytest.mark.parametrize(
    ("keys", "minutes"),
    [
        ("interval: 2m", (2, 2, 24 * 60)),
        ("interval: 2d", (5, 2880, 2880)),
        ("min_interval: 1h", (60, 60, 24 * 60)),
        ("min_interval: 2d", (2880, 2880, 2880)),
        ("max_interval: 10m", (5, 10, 10)),
        ("max_interval: 2m", (2, 2, 2)),
    ],
)
def test_a_default_interval_gives_way_to_what_the_file_says(
    keys: str, minutes: tuple[int, int, int], read: Read
) -> None:
    """Only what the operator wrote can contradict itself; the rest is clamped. R27's bounds stay in order."""
    (feed,) = read(f"feeds: [{{url: https://a.example/, {keys}}}]").feeds
    assert (feed.min_interval, feed.interval, feed.max_interval) == tuple(timedelta(minutes=m) for m in minutes)


def test_all_is_the_first_output_and_can_be_dressed(read: Read) -> None:
    """`all` exists without being named, takes the site's title, and may be given another title and limit."""
    config = read("""\
        site: {title: News, url: "https://News.example.org:443/iraq"}
        feeds: [{url: https://a.example/, tags: [x, x]}]
        outputs:
          - {id: x, match: {tags: [x, x]}}
          - {id: all, limit: 50}
          - {id: everything, title: Everything}
        """)
    assert [(output.id, output.title, output.match.tags, output.limit) for output in config.outputs] == [
        ("all", "News", (), 50),
        ("x", "x", ("x",), 200),
        ("everything", "Everything", (), 200),
    ]
    assert config.site.url == "https://news.example.org/iraq/"
    assert config.feeds[0].tags == ("x",)
    assert config.warnings == ()


def test_what_to_hide_are_urls_and_ids_of_stories(read: Read) -> None:
    """As written, and once: what they are the same as is for who knows the stories."""
    config = read(
        FEED
        + """hide:
  - https://a.example/news/1
  - " https://a.example/news/1"
  - 5D0E3B2A-8F0E-5C1A-9B7E-0123456789AB
  - urn:uuid:5d0e3b2a-8f0e-5c1a-9b7e-0123456789ab
"""
    )
    assert config.hide == (
        "https://a.example/news/1",
        "5D0E3B2A-8F0E-5C1A-9B7E-0123456789AB",
        "urn:uuid:5d0e3b2a-8f0e-5c1a-9b7e-0123456789ab",
    )


def test_an_unset_address_and_an_empty_list_are_warned_of(read: Read) -> None:
    """Both work, and are seldom meant."""
    assert [warning.message for warning in read("site: {title: News}\nfeeds: []\n").warnings] == [
        "site: url is not set: the feeds name the listening address, which readers elsewhere cannot follow",
        "feeds: no feed is listed: nothing is polled",
    ]


def test_r30_equal_urls_become_one_feed(read: Read, tmp_path: Path) -> None:
    """R30: fetched once, with the first one's settings and everyone's tags in order; a warning names both lines."""
    config = read("""\
        site: {url: https://news.example.org/}
        feeds:
          - {url: https://a.example/feed, tags: [iraq], priority: 3}
          - {url: https://b.example/feed, tags: [iran]}
          - {url: "HTTPS://A.example:443/feed#top", tags: [arabic, iraq], priority: 7}
        outputs: [{id: arabic, match: {tags: [arabic]}}]
        """)
    assert [(feed.url, feed.tags, feed.priority, feed.position) for feed in config.feeds] == [
        ("https://a.example/feed", ("iraq", "arabic"), 3, 0),
        ("https://b.example/feed", ("iran",), 0, 1),
    ]
    assert [str(warning).removeprefix(f"{tmp_path}/") for warning in config.warnings] == [
        "feeds.yaml:5:5: feeds[2]: the same URL as on line 3: fetched once, "
        "with that one's settings and the tags of both"
    ]


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("HTTP://A.Example", "http://a.example/"),
        ("http://a.example:80/Feed", "http://a.example/Feed"),
        ("https://a.example:443/?b=2&a=1#x", "https://a.example/?b=2&a=1"),
        ("https://a.example:8443/", "https://a.example:8443/"),
        ("https://Ali:Pw@A.example/", "https://Ali:Pw@a.example/"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("https://a.example/خبر", "https://a.example/خبر"),
        ("https://a.example/feed/", "https://a.example/feed/"),
        ("https:///feed", None),
        ("https://a..example/", None),
        ("https://a.example:99999/", None),
        ("https://a.example/a b", None),
        ("https://a.example/\u200bfeed", None),
        ("https://[::g]/", None),
        ("javascript:alert(1)", None),
        ("https://-a.example/", None),
        ("http://192.0.2.1/feed", "http://192.0.2.1/feed"),
        ("http://0177.0.0.1/feed", None),
        ("http://0x7f.0.0.1/feed", None),
        ("http://0x7f000001/feed", None),
        ("http://2130706433/feed", None),
        ("http://127.1/feed", None),
        ("http://256.1.1.1/feed", None),
        ("http://١٢٧.0.0.1/feed", None),
        ("http://جريدة.example/feed", "http://جريدة.example/feed"),
        ("http://é_x.example/feed", None),
        ("http://xn--a/feed", None),
    ],
)
def test_r30_equal_urls_have_one_form(written: str, same: str | None) -> None:
    """R30: scheme and host in lower case, no default port, no fragment; path and query as written."""
    assert http_url(written) == same


# --- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://www.iraqinews.com/feed/", "iraqinews-com-feed"),
        ("http://iraqinews.com/feed", "iraqinews-com-feed"),
        ("https://www.aa.com.tr/tr/rss/default?cat=guncel", "aa-com-tr-tr-rss-default-cat-guncel"),
        ("https://ali:geheim@a.example:8443/rss.xml", "a-example-8443-rss-xml"),
        ("https://a.example/feed?key=${API_KEY}", "a-example-feed-key-api-key"),
        ("https://a.example/caf%C3%A9", "a-example-cafe"),
    ],
)
def test_an_id_is_a_readable_slug_of_the_url(url: str, identity: str) -> None:
    """Host without `www.`, path and query; neither scheme nor secrets, so that https and a new key change nothing."""
    assert feed_id(url) == identity


def test_ids_of_urls_that_a_slug_cannot_tell_apart_end_in_a_hash() -> None:
    """Arabic paths and long ones: still one id for each URL, 60 characters at most."""
    ids = [feed_id(f"https://a.example/{path}") for path in ("أخبار", "رياضة", "x" * 80, "x" * 81)]
    assert len(set(ids)) == 4
    assert all(len(identity) <= 60 and identity.startswith("a-example-") for identity in ids)


@given(st.sampled_from(["http", "https"]), st.text(min_size=1, max_size=80))
def test_every_derived_id_is_an_id(scheme: str, path: str) -> None:
    """Whatever the path: the id can stand in feeds.yaml as an explicit one, and http and https agree."""
    identity = feed_id(f"{scheme}://a.example/{path}")
    feed = SECTIONS["feeds[]"].model_validate({"id": identity})
    assert feed.given() == {"id": identity}
    assert feed_id(f"https://a.example/{path}") == identity


def test_r47_derived_ids_that_collide_are_told_apart_by_their_url(read: Read) -> None:
    """R47: the first keeps the slug; an explicit id comes before derived ones; other feeds' ids stay as they were."""
    pair = ["https://a.example/feed", "http://a.example/feed"]
    first, second = read(f"feeds: [{', '.join(pair)}]").feeds
    other, third, explicit = read(f"feeds: [{', '.join(pair)}, {{url: https://b.example/, id: a-example-feed}}]").feeds
    assert first.id == "a-example-feed"
    assert second.id.startswith("a-example-feed-")
    assert explicit.id == "a-example-feed"
    assert explicit.explicit_id
    assert third.id == second.id
    assert len({explicit.id, other.id, third.id}) == 3


# --- variables and secrets --------------------------------------------------------------------------------------------

SECRET = """\
    feeds:
      - url: https://ali:p%40ss@a.example/feed?key=${KEY}
        headers: {Authorization: "Bearer ${TOKEN}"}
      - ${HIDDEN}
    """
ENVIRON = {"KEY": "k-123", "TOKEN": "t-456", "HIDDEN": "https://b.example/secret", "UNUSED": "u", "EMPTY": ""}


def test_variables_come_from_the_environment(read: Read) -> None:
    """`${NAME}` in any text; what it stood for, and passwords in URLs, are the secrets."""
    config = read(SECRET, ENVIRON)
    a, b = config.feeds
    assert a.url == "https://ali:p%40ss@a.example/feed?key=k-123"
    assert a.headers == {"Authorization": "Bearer t-456"}
    assert b.url == "https://b.example/secret"
    assert config.secrets == {"k-123", "t-456", "https://b.example/secret", "p%40ss", "p@ss"}


def test_what_may_be_shown_of_a_feed_holds_no_secret(read: Read) -> None:
    """Neither its id, nor its public URL, nor how it prints."""
    config = read(SECRET, ENVIRON)
    assert [(feed.id, feed.public_url) for feed in config.feeds] == [
        ("a-example-feed-key-key", "https://a.example/feed?key=${KEY}"),
        ("hidden", "${HIDDEN}"),
    ]
    assert not [secret for secret in config.secrets if secret in repr(config)]


def test_an_empty_variable_is_no_secret(read: Read) -> None:
    """Blanking out the empty text would blank out everything."""
    assert read("feeds: ['https://a.example/${EMPTY}']", ENVIRON).secrets == frozenset()
