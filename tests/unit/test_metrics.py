"""The numbers for Prometheus: well-formed and bounded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from feedhub.publish.metrics import METRICS, Metric, exposition, hub_samples
from feedhub.store.status import UNKNOWN, Counts
from feedhub.web.process import process_samples
from support.polls import NOON
from unit.test_status import MINUTE, WELL, a_report

_LABEL = r'[a-z_]+="(?:[^"\\\n]|\\.)*"'
_SAMPLE = re.compile(rf"([a-z_]+)(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (-?[0-9.e+]+)")


def samples(text: str) -> dict[str, float]:
    """Every sample by its name and labels; each line that is none must be a comment of its metric."""
    found = {}
    for line in text.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (gauge|counter))", line)
        else:
            sample = _SAMPLE.fullmatch(line)
            assert sample, line
            found[line.rpartition(" ")[0]] = float(sample[3])
    return found


def test_the_hubs_numbers_come_from_the_report() -> None:
    tigris = replace(WELL, failures=2, counts=Counts(10, 2, 5, 9_000, 40), last_ok=NOON, last_new=NOON - MINUTE)
    report = a_report({"tigris": tigris, "zagros": UNKNOWN})
    report = replace(report, activity=replace(report.activity, delays=[90 * MINUTE / 60]))
    found = samples(exposition(hub_samples(report)).decode())
    expected = {
        'feedhub_feeds{state="ok"}': 1,
        "feedhub_stories": 30,
        "feedhub_unreachable": 0,
        'feedhub_story_delay_seconds{quantile="0.95"}': 90,
        'feedhub_merged_entries{rule="address"}': 3,
        'feedhub_output_entered_stories{output="erbil"}': 11,
        'feedhub_output_limit_stories{output="erbil"}': 10,
        'feedhub_feed_state{feed="zagros",state="new"}': 1,
        'feedhub_feed_polls_total{feed="tigris",outcome="fetched"}': 3,
        'feedhub_feed_polls_total{feed="tigris",outcome="unchanged"}': 5,
        'feedhub_feed_polls_total{feed="tigris",outcome="failed"}': 2,
        'feedhub_feed_received_bytes_total{feed="tigris"}': 9_000,
        'feedhub_feed_new_entries_total{feed="tigris"}': 40,
        'feedhub_feed_failures{feed="tigris"}': 2,
        'feedhub_feed_response_seconds{feed="tigris"}': 0.08,
        'feedhub_feed_unchanged_ratio{feed="tigris"}': 0.87,
        'feedhub_feed_last_new_timestamp_seconds{feed="tigris"}': (NOON - MINUTE).timestamp(),
    }
    assert {name: found.get(name) for name in expected} == expected


def test_what_is_not_known_is_left_out() -> None:
    """A feed that was never polled has no last poll: zero would be 1970."""
    found = samples(exposition(hub_samples(a_report({"zagros": UNKNOWN}))).decode())
    assert not [name for name in found if "timestamp" in name or "response" in name or "delay" in name]


def test_the_labels_of_a_metric_are_those_it_declares() -> None:
    """And every metric is there with its help and type, so that nothing is documented that is not."""
    report = a_report({"tigris": replace(WELL, last_ok=NOON, last_new=NOON)})
    text = exposition({**hub_samples(report), **process_samples({200: 7})}).decode()
    assert re.findall(r"^# TYPE (\S+) (\S+)$", text, flags=re.M) == [(m.name, m.kind) for m in METRICS.values()]
    assert text.count("# HELP") == len(METRICS)
    for name in samples(text):
        metric = METRICS[name.partition("{")[0]]
        assert tuple(re.findall(r'([a-z_]+)="', name)) == metric.labels


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_names_follow_prometheus_conventions(metric: Metric) -> None:
    """A counter ends in `_total`, nothing else does; units are base units."""
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert not re.search(r"_(ms|minutes|kb|percent)(_|$)", metric.name)


def test_a_process_tells_its_own() -> None:
    found = samples(exposition(process_samples({200: 7, 404: 1})).decode())
    assert found['feedhub_http_requests_total{code="200"}'] == 7
    assert found["process_start_time_seconds"] > 1_700_000_000
    assert found["process_resident_memory_bytes"] > 1_000_000


def test_a_label_cannot_break_a_line() -> None:
    report = a_report({"tigris": replace(WELL, state='o"k\n\\')})
    assert r'feedhub_feeds{state="o\"k\n\\"} 1' in exposition(hub_samples(report)).decode().splitlines()


def test_large_numbers_keep_their_digits() -> None:
    report = a_report({"tigris": replace(WELL, response=timedelta(seconds=1.2345))})
    text = exposition(hub_samples(report)).decode()
    assert f'feedhub_feed_last_poll_timestamp_seconds{{feed="tigris"}} {NOON.timestamp():.3f}' in text
