"""The hub's numbers for Prometheus, in its text format 0.0.4.

What is the hub's comes from the database, so that every process tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feedhub.publish.status import Health, Report, quantile

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Value = float | int | datetime | timedelta | None
Samples = Iterable[tuple[tuple[str, ...], Value]]
"""Label values, in the order of the metric's labels, and the number; one that is None is left out."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Its names follow Prometheus' conventions: base units, `_total` for counters. `meaning` is its HELP."""

    name: str
    kind: Literal["gauge", "counter"]
    labels: tuple[str, ...]
    meaning: str


_HUB = (
    ("feedhub_feeds", "gauge", ("state",), "listed feeds in this state"),
    ("feedhub_stories", "gauge", (), "stories kept"),
    ("feedhub_entries", "gauge", (), "entries kept"),
    ("feedhub_revision", "gauge", (), "how often what is published has changed"),
    ("feedhub_unreachable", "gauge", (), "1 where no feed could be reached when last tried"),
    ("feedhub_story_delay_seconds", "gauge", ("quantile",), "from a story's publication to the poll that brought it"),
    ("feedhub_merged_entries", "gauge", ("rule",), "entries of two weeks that joined a story, by the rule"),
    ("feedhub_output_entered_stories", "gauge", ("output",), "stories of the last 24 hours in this output"),
    ("feedhub_output_limit_stories", "gauge", ("output",), "how many stories the output's document holds"),
    ("feedhub_subscriptions", "gauge", ("state",), "feeds that name a hub, by how that stands"),
)
_FEED = (
    ("feedhub_feed_state", "gauge", ("feed", "state"), "1 for the state that the feed is in"),
    ("feedhub_feed_polls_total", "counter", ("feed", "outcome"), "polls that were fetched, unchanged or failed"),
    ("feedhub_feed_received_bytes_total", "counter", ("feed",), "bytes of documents, decompressed"),
    ("feedhub_feed_new_entries_total", "counter", ("feed",), "new entries"),
    ("feedhub_feed_failures", "gauge", ("feed",), "failed polls in a row"),
    ("feedhub_feed_response_seconds", "gauge", ("feed",), "mean time to an answer, over about a hundred"),
    ("feedhub_feed_unchanged_ratio", "gauge", ("feed",), "share of answers without a change, of about a hundred"),
    ("feedhub_feed_last_poll_timestamp_seconds", "gauge", ("feed",), "when it was last polled"),
    ("feedhub_feed_last_answer_timestamp_seconds", "gauge", ("feed",), "when it last answered"),
    ("feedhub_feed_last_new_timestamp_seconds", "gauge", ("feed",), "when it last brought something new"),
    ("feedhub_feed_next_poll_timestamp_seconds", "gauge", ("feed",), "when it is polled next"),
)
_PROCESS = (
    ("feedhub_configuration_mistakes", "gauge", (), "in feeds.yaml as it is now; above 0 an earlier state is in force"),
    ("feedhub_http_requests_total", "counter", ("code",), "answers of this process by their status"),
    ("process_cpu_seconds_total", "counter", (), "processor time of this process"),
    ("process_start_time_seconds", "gauge", (), "when this process started"),
    ("process_resident_memory_bytes", "gauge", (), "memory of this process"),
    ("process_open_fds", "gauge", (), "open files and connections of this process"),
)
METRICS = {row[0]: Metric(*row) for row in (*_HUB, *_FEED, *_PROCESS)}


def hub_samples(report: Report) -> Mapping[str, Samples]:
    """What the database says, by the metrics' names."""
    hub, delays = report.hub, report.activity.delays
    outputs = report.config.outputs
    samples: dict[str, Samples] = {
        "feedhub_feeds": _labelled(report.states),
        "feedhub_stories": [((), hub.stories)],
        "feedhub_entries": [((), hub.entries)],
        "feedhub_revision": [((), hub.revision)],
        "feedhub_unreachable": [((), int(hub.unreachable))],
        "feedhub_story_delay_seconds": [((str(share),), quantile(delays, share)) for share in (0.5, 0.95)],
        "feedhub_merged_entries": _labelled(report.activity.merges),
        "feedhub_output_entered_stories": [((it.id,), report.entered.get(it.id, 0)) for it in outputs],
        "feedhub_output_limit_stories": [((it.id,), it.limit) for it in outputs],
        "feedhub_subscriptions": _labelled(report.subscriptions),
    }
    found = {health.feed.id: dict(_feed_samples(health)) for health in report.feeds}
    for name, *_ in _FEED:
        samples[name] = [((feed, *labels), value) for feed, values in found.items() for labels, value in values[name]]
    return samples


def exposition(samples: Mapping[str, Samples]) -> bytes:
    """The text: every metric with its help and type, those without a sample too."""
    lines: list[str] = []
    for name, values in samples.items():
        metric = METRICS[name]
        lines += [f"# HELP {name} {metric.meaning}", f"# TYPE {name} {metric.kind}"]
        lines += [f"{name}{_label_text(metric, labels)} {_number(it)}" for labels, it in values if it is not None]
    return "\n".join([*lines, ""]).encode()


def _feed_samples(health: Health) -> Iterator[tuple[str, Samples]]:
    found, counts = health.found, health.found.counts
    fetched = counts.polls - counts.failed - counts.unchanged
    outcomes = {"fetched": fetched, "unchanged": counts.unchanged, "failed": counts.failed}
    yield "feedhub_feed_state", [((health.state,), 1)]
    yield "feedhub_feed_polls_total", _labelled(outcomes)
    yield "feedhub_feed_received_bytes_total", [((), counts.received)]
    yield "feedhub_feed_new_entries_total", [((), counts.arrivals)]
    yield "feedhub_feed_failures", [((), found.failures)]
    yield "feedhub_feed_response_seconds", [((), found.response)]
    yield "feedhub_feed_unchanged_ratio", [((), found.unchanged_share)]
    yield "feedhub_feed_last_poll_timestamp_seconds", [((), found.last_poll)]
    yield "feedhub_feed_last_answer_timestamp_seconds", [((), found.last_ok)]
    yield "feedhub_feed_last_new_timestamp_seconds", [((), found.last_new)]
    yield "feedhub_feed_next_poll_timestamp_seconds", [((), health.next_poll)]


def _labelled(counts: Mapping[str, int]) -> Samples:
    return [((label,), count) for label, count in counts.items()]


def _label_text(metric: Metric, values: tuple[str, ...]) -> str:
    pairs = zip(metric.labels, values, strict=True)
    text = ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)
    return f"{{{text}}}" if text else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: Value) -> str:
    match value:
        case datetime():
            return f"{value.timestamp():.3f}"
        case timedelta():
            return f"{value.total_seconds():.3f}"
        case float():
            return repr(round(value, 6))
    return str(value)
