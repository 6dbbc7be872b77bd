"""How well the same news is found in labelled sets of real text: the floors that were reached (R10)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path

import pytest

from support.pool import Item, Pool

pytestmark = pytest.mark.slow

PREDICT = Path(__file__).parents[2] / "benchmarks" / "dedup.py"


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item with the story it belongs to, and how it was varied where that was done on purpose."""

    item: Item
    cluster: str
    kind: str


@dataclass(frozen=True, slots=True)
class Score:
    """Of pairs of one story; `vanished` counts the stories swallowed by another."""

    precision: float
    recall: float
    vanished: int


def read(path: Path, *, full_text: bool = False) -> list[Labelled]:
    """The rows of a set; what has no date comes last."""
    if not path.exists():
        pytest.skip(f"{path} is not there")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    last = max(row["published"] for row in rows)
    return [
        Labelled(
            Item(
                id=row["id"],
                source=row["source"],
                at=datetime.fromisoformat(row["published"] or last).replace(tzinfo=UTC),
                title=row["title"],
                summary=row["summary"] or "",
                content=row["text"] if full_text else "",
                link=row["link"],
                guid=row["guid"],
            ),
            row["cluster"],
            row.get("kind", ""),
        )
        for row in rows
    ]


def score(rows: Sequence[Labelled], stories: Mapping[str, int]) -> Score:
    """Pairwise, over all rows."""
    cells = Counter((row.cluster, stories[row.item.id]) for row in rows)
    gold, found = Counter(row.cluster for row in rows), Counter(stories[row.item.id] for row in rows)
    together, right, said = (sum(comb(n, 2) for n in counts.values()) for counts in (cells, gold, found))
    clusters = defaultdict(set)
    for cluster, story in cells:
        clusters[story].add(cluster)
    return Score(together / said, together / right, sum(len(found) - 1 for found in clusters.values()))


def recall_of(kind: str, rows: Sequence[Labelled], stories: Mapping[str, int]) -> float:
    """The share of the variants of a kind that are in the story of what they were made from."""
    bases = {row.cluster: stories[row.item.id] for row in rows if row.kind == "base"}
    variants = [row for row in rows if row.kind == kind]
    return sum(stories[row.item.id] == bases[row.cluster] for row in variants) / len(variants)


def test_r10_varied_news_in_five_languages(test_data: Path) -> None:
    """Title and summary only: fifteen ways to publish a story again, six kinds of look-alikes."""
    everything = read(test_data / "dedup" / "feednoise.dev.jsonl")
    stories = Pool().take(row.item for row in everything).story
    rows = [row for row in everything if row.kind != "translated"]
    found = score(rows, stories)
    print(found)
    assert found.precision >= 0.999
    assert found.recall >= 0.94
    assert found.vanished <= 2
    for kind in ("url_tracking", "url_form", "same_guid", "headline_update", "title_suffix", "truncated", "repost"):
        assert recall_of(kind, rows, stories) == 1
    for kind, floor in (("ortho", 0.98), ("wire_light", 0.98), ("title_only", 0.98), ("new_headline", 0.88)):
        assert recall_of(kind, rows, stories) >= floor


def test_r10_a_hubs_first_day(test_data: Path) -> None:
    """No statistics yet, and 4,000 items all on one day: as precise as later on."""
    everything = sorted(read(test_data / "dedup" / "feednoise.dev.jsonl"), key=lambda row: (row.item.at, row.item.id))
    start, spacing = datetime(2026, 3, 1, tzinfo=UTC), timedelta(seconds=21)
    day = [replace(row, item=replace(row.item, at=start + n * spacing)) for n, row in enumerate(everything[:4_000])]
    stories = Pool().take(row.item for row in day).story
    found = score([row for row in day if row.kind != "translated"], stories)
    print(found)
    assert found.precision >= 0.999
    assert found.recall >= 0.92
    assert found.vanished <= 1


@pytest.mark.parametrize(("full_text", "recall"), [(False, 0.95), (True, 0.98)])
def test_r10_an_outlets_own_reposts(test_data: Path, full_text: bool, recall: float) -> None:
    """Not one false pair among four thousand look-alikes; better with the whole text."""
    rows = read(test_data / "dedup" / "ant.dev.jsonl", full_text=full_text)
    found = score(rows, Pool().take(row.item for row in rows).story)
    print(found)
    assert (found.precision, found.vanished) == (1, 0)
    assert found.recall >= recall


@pytest.mark.timeout(900)
def test_r10_what_a_hub_makes_of_varied_news(test_data: Path, tmp_path: Path) -> None:
    """The whole way through the store, edits and all, by the command whose answer is scored elsewhere."""
    path = test_data / "dedup" / "feednoise.dev.jsonl"
    rows = [row for row in read(path) if row.kind != "translated"]
    predictions = tmp_path / "predictions.jsonl"
    subprocess.run([sys.executable, str(PREDICT), "predict", str(path), str(predictions)], check=True)
    answers = map(json.loads, predictions.read_text("utf-8").splitlines())
    stories = {answer["id"]: int(answer["cluster"]) for answer in answers}
    found = score(rows, stories)
    print(found)
    assert found.precision >= 0.998
    assert found.recall >= 0.945
    assert found.vanished <= 3
    for kind in ("url_tracking", "url_form", "same_guid", "headline_update", "title_suffix", "truncated", "repost"):
        assert recall_of(kind, rows, stories) == 1
    for kind, floor in (("ortho", 0.98), ("wire_light", 0.98), ("title_only", 0.98), ("new_headline", 0.88)):
        assert recall_of(kind, rows, stories) >= floor
