"""The operator's view of a hub, made from values: what needs a hand, what is said of it, and in which order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from feedhub.cli.health import feed_table, summary
from feedhub.config import Config, DedupConfig, FeedConfig, HostsConfig, OutputConfig
from feedhub.config.values import SiteConfig
from feedhub.models import Event, EventKind, FailureKind
from feedhub.publish import eventfeed, statuspage
from feedhub.publish.plot import HEIGHT, bars
from feedhub.publish.select import Site
from feedhub.publish.status import Health, Report, answer_text, as_data, percent_text, quantile, span_text
from feedhub.store.events import Recorded
from feedhub.store.status import UNKNOWN, FeedStatus, HubActivity, HubStatus, PushStatus
from support.polls import NOON
from unit.test_show import FEED

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WELL = replace(
    UNKNOWN,
    state="ok",
    last_poll=NOON,
    next_poll=NOON + 15 * MINUTE,
    reason="every 15 min",
    new_per_day=4.2,
    identity="guid",
    identity_reason="each item has its own guid",
    unchanged_share=0.87,
    response=timedelta(milliseconds=80),
)
SILENT_HUB = PushStatus("silent", "its hub is silent", "https://push.example/")
EVENT = Event(EventKind.BLOCKED, NOON, "it wants a browser; ask <the> outlet", "tigris")


def a_feed(key: str = "tigris", **changes: Any) -> FeedConfig:
    address = f"https://{key}.example/feed"
    feed = replace(FEED, id=key, url=f"{address}?key=s3cret", public_url=address, line=7)
    return replace(feed, **changes)


def a_report(feeds: Mapping[str, FeedStatus], **changes: Any) -> Report:
    config = Config(
        site=SiteConfig("Two Rivers", "https://hub.example/", None, noindex=True, websub=True),
        feeds=tuple(a_feed(key) for key in feeds),
        outputs=(OutputConfig("all", "Two Rivers", 200), OutputConfig("erbil", "Erbil", 10)),
        hosts=HostsConfig(2, timedelta(seconds=1)),
        dedup=DedupConfig("story", 7 * DAY, (), ()),
    )
    report = Report(
        at=NOON,
        config=config,
        hub=HubStatus(stories=30, entries=40, revision=7, unreachable=False),
        activity=HubActivity(((date(2026, 11, 21), 4), (date(2026, 11, 22), 12)), {"address": 3, "text": 2}, ()),
        feeds=tuple(Health(a_feed(key), found) for key, found in feeds.items()),
        entered={"all": 12, "erbil": 11},
    )
    return replace(report, **changes)


def page(report: Report, state: str | None = None, hours: Mapping[str, Sequence[int]] | None = None) -> str:
    site = Site(report.config, "https://hub.example/", {})
    return statuspage.render(report, hours or {}, [Recorded("urn:uuid:1", EVENT)], site, state).decode()


def in_order(text: str) -> list[str]:
    """The feeds of a page, from above."""
    return re.findall(r'id="feed-([^"]+)"', text)


# --- what needs a hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "needs"),
    [
        ("ok", False),
        ("new", False),
        ("stale", True),
        ("gap", True),
        ("offline", True),
        *((k, True) for k in FailureKind),
    ],
)
def test_a_feed_needs_a_hand_unless_it_is_well_or_new(state: str, needs: bool) -> None:
    assert Health(a_feed(), replace(WELL, state=state)).needs_hand is needs


def test_a_paused_feed_needs_none_whatever_it_was_before() -> None:
    paused = Health(a_feed(paused=True), replace(WELL, state="gone", moved_to="https://new.example/"))
    assert not paused.needs_hand
    assert (paused.state, paused.next_poll, paused.reason) == ("paused", None, "paused in feeds.yaml")


def test_r26_a_feed_that_has_moved_needs_a_line_changed() -> None:
    """R26: though it answers."""
    moved = Health(a_feed(), replace(WELL, message="1 item skipped", moved_to="https://new.example/"))
    assert moved.needs_hand
    assert moved.message == (
        "1 item skipped; it has moved for good: change its url on line 7 of feeds.yaml to https://new.example/"
    )


def test_the_page_begins_with_what_needs_a_hand() -> None:
    """The definite failures first, then the silent ones; the others in the order of feeds.yaml."""
    states = {"a": "ok", "b": "stale", "c": "timeout", "d": "ok", "e": "gone"}
    text = page(a_report({key: replace(WELL, state=state) for key, state in states.items()}))
    assert in_order(text) == ["e", "c", "b", "a", "d"]
    assert text.index("Need a hand") < text.index('id="feed-e"') < text.index("The others") < text.index('id="feed-a"')


def test_the_page_can_be_filtered_by_state_and_counts_all_states_still() -> None:
    text = page(a_report({"a": WELL, "b": replace(WELL, state="not_found"), "c": WELL}), "not_found")
    assert in_order(text) == ["b"]
    links = re.findall(r'<a href="(status[^"]*)"( aria-current="page")?>([^<]+)<span class="count">(\d+)', text)
    assert links == [
        ("status", "", "all ", "3"),
        ("status?state=ok", "", "ok ", "2"),
        ("status?state=not_found", ' aria-current="page"', "not found ", "1"),
    ]


def test_the_page_tells_all_of_a_feed() -> None:
    found = replace(
        WELL,
        state="gap",
        message="items were <missed>",
        gap_at=NOON - DAY,
        failures=2,
        push=SILENT_HUB,
        identity="link",
        identity_reason="guids repeat",
    )
    text = page(a_report({"tigris": found}), hours={"tigris": [0, 3, 1]})
    for said in (
        "items were &lt;missed&gt;",
        "22 Nov 2026, 12:00 UTC",
        "22 Nov 2026, 12:15 UTC</time>: every 15 min",
        "80 ms",
        "87 %",
        "<dt>Failed in a row</dt><dd>2</dd>",
        "link: guids repeat",
        "silent: its hub is silent",
        "21 Nov 2026, 12:00 UTC",
        "4.2 new a day, at most 3 in an hour",
        "30 from 40 entries",
        "same article address 3; much the same headline and text 2",
        "erbil: 11 stories came in the last 24 hours and its document holds 10",
        "limit: 11 would do",
        "tigris: blocked",
    ):
        assert said in text, said
    assert "s3cret" not in text
    assert "style=" not in text
    assert "<script" not in text


def test_an_address_that_lacks_its_secret_is_no_link() -> None:
    report = a_report({"tigris": WELL})
    hidden = Health(a_feed(public_url="https://tigris.example/${KEY}"), WELL)
    assert 'href="https://tigris.example/feed"' in page(report)
    assert "${KEY}" not in page(replace(report, feeds=(hidden,)))


# --- plots and numbers ------------------------------------------------------------------------------------------------


def test_a_plot_has_a_bar_for_each_value_that_is_not_zero() -> None:
    """The highest as high as the plot, and the smallest to be seen."""
    plot = bars([0, 1, 0, 500])
    assert (plot.path, plot.width, plot.peak) == (f"M1 {HEIGHT}V{HEIGHT - 1}M3 {HEIGHT}V0", 4, 500)
    assert bars([0, 0]).path == ""


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.95, 4), (0.25, 1), (0.01, 1), (1, 4)])
def test_a_quantile_is_one_of_the_values(share: float, value: int) -> None:
    assert quantile([n * MINUTE for n in range(1, 5)], share) == value * MINUTE
    assert quantile([], share) is None


def test_numbers_for_people() -> None:
    assert [percent_text(share) for share in (None, 0.0, 0.874)] == ["", "0 %", "87 %"]
    spans = [None, timedelta(milliseconds=80), timedelta(seconds=2.41)]
    assert [answer_text(span) for span in spans] == ["", "80 ms", "2.4 s"]
    assert [span_text(span) for span in (4 * MINUTE, 150 * MINUTE, 3 * DAY)] == ["4 min", "2.5 h", "3.0 d"]


# --- as data, as a feed, on a terminal --------------------------------------------------------------------------------


def test_the_data_have_the_hubs_numbers_and_each_feeds() -> None:
    delays = [n * MINUTE for n in range(1, 101)]
    report = a_report({"tigris": replace(WELL, push=SILENT_HUB), "zagros": UNKNOWN})
    data = json.loads(json.dumps(as_data(replace(report, activity=replace(report.activity, delays=delays)))))
    hub, (tigris, zagros) = data["hub"], data["feeds"]
    assert hub["states"] == {"ok": 1, "new": 1}
    assert hub["stories_per_day"] == [{"day": "2026-11-21", "stories": 4}, {"day": "2026-11-22", "stories": 12}]
    assert (hub["merges"], hub["subscriptions"]) == ({"address": 3, "text": 2}, {"silent": 1})
    assert (hub["delay_median"], hub["delay_95"]) == (3000, 5700)
    assert (tigris["unchanged_share"], tigris["response_seconds"], tigris["gap_at"]) == (0.87, 0.08, None)
    assert (zagros["unchanged_share"], zagros["response_seconds"], zagros["push"]) == (None, None, None)
    assert [output["message"] != "" for output in data["outputs"]] == [False, True]


def test_the_feed_of_events_has_an_entry_for_each() -> None:
    """With the id, the kind and the sentence that are stored, dated by the event alone (R39)."""
    refused = Event(EventKind.CONFIGURATION_REFUSED, NOON - MINUTE, "line 3")
    site = Site(a_report({}).config, "https://hub.example/news/", {})
    written = [Recorded("urn:uuid:1", EVENT), Recorded("urn:uuid:2", refused)]
    root = ElementTree.fromstring(eventfeed.render(written, "urn:uuid:0", site, NOON - DAY))
    atom = {"": "http://www.w3.org/2005/Atom"}
    assert root.findtext("updated", namespaces=atom) == "2026-11-22T12:00:00Z"
    assert [link.get("href") for link in root.findall("link", atom)] == [
        "https://hub.example/news/status.atom",
        "https://hub.example/news/status",
    ]
    told = [
        (
            e.findtext("id", namespaces=atom),
            e.findtext("title", namespaces=atom),
            e.findtext("content", namespaces=atom),
        )
        for e in root.findall("entry", atom)
    ]
    assert told == [("urn:uuid:1", "tigris: blocked", EVENT.sentence), ("urn:uuid:2", "feeds.yaml: refused", "line 3")]
    (empty,) = (ElementTree.fromstring(eventfeed.render([], "urn:uuid:0", site, NOON)) for _ in "1")
    assert empty.findtext("updated", namespaces=atom) == "2026-11-22T12:00:00Z"


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_has_words(kind: EventKind) -> None:
    assert eventfeed.title(replace(EVENT, kind=kind)).startswith("tigris: ")


def test_a_narrow_terminal_has_fewer_columns_and_loses_no_advice() -> None:
    """What is to be mended, else why it is asked when it is."""
    report = a_report({"tigris": WELL, "zagros": replace(WELL, state="gone", message="take it out")})
    shown = {}
    for width in (80, 120, 200):
        screen = Console(width=width)
        with screen.capture() as capture:
            screen.print(feed_table(report, width))
        shown[width] = capture.get()
        assert "take it out" in shown[width]
        assert "every 15 min" in shown[width]
        assert max(map(len, shown[width].splitlines())) <= width
    assert [("why then " in shown[width], "87 %" in shown[width]) for width in shown] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_below_the_table_stands_what_concerns_the_hub() -> None:
    report = a_report({"tigris": WELL})
    told = summary(replace(report, activity=replace(report.activity, delays=[4 * MINUTE])))
    assert told[0] == "1 feed, 30 stories from 40 entries"
    assert told[1] == "from publication to here: 4 min for half of the newest stories, 4 min for 95 %"
    assert told[2].startswith("erbil: 11 stories")
