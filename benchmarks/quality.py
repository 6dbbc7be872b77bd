"""How well stories are found: pairs that were to be one and are, stories that vanished in others, by kind and language.

Beside feedhub, what a library alone comes to in the same run, where it is installed: rapidfuzz's token_set_ratio of
folded headlines from 95 on, and rensa's MinHash of words with an LSH from 0.8 on. Both are given the window of days.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from benchmarks.predict import Labelled, predict
from feedhub.stories.fold import fold, words

Clusters = dict[str, int]

_WINDOW = timedelta(days=7)
_APART = ("", "base", "translated")  # kinds that are no duplicates, or scored apart
SAME = 95
_PERMUTATIONS, _BANDS, _ALIKE = 128, 16, 0.8


@dataclass(frozen=True, slots=True)
class Score:
    """`vanished` stories per 1,000 entries; recall of `kinds` and `languages` is the share that found its story."""

    precision: float
    recall: float
    vanished: float
    kinds: Mapping[str, tuple[int, int]]
    languages: Mapping[str, tuple[int, int]]


def score(entries: Sequence[Labelled], found: Mapping[str, int]) -> Score:
    """Compare a clustering with the labels; entries of the kind `translated` are left out."""
    rows = [row for row in entries if row.kind != "translated"]
    cells = Counter((row.cluster, found[row.id]) for row in rows)
    gold, ours = Counter(row.cluster for row in rows), Counter(found[row.id] for row in rows)
    right, wanted, made = (sum(map(_pairs, counts.values())) for counts in (cells, gold, ours))
    stories = defaultdict(set)
    for cluster, story in cells:
        stories[story].add(cluster)
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    languages: defaultdict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row.kind not in _APART and not row.kind.startswith("neg_"):
            joined = cells[row.cluster, found[row.id]] > 1
            kinds[row.kind].append(joined)
            languages[row.language].append(joined)
    return Score(
        precision=right / made if made else 1.0,
        recall=right / wanted if wanted else 1.0,
        vanished=sum(len(clusters) - 1 for clusters in stories.values()) / len(rows) * 1_000,
        kinds={kind: (sum(hits), len(hits)) for kind, hits in sorted(kinds.items())},
        languages={language: (sum(hits), len(hits)) for language, hits in sorted(languages.items())},
    )


def report(name: str, entries: Sequence[Labelled]) -> str:
    """A table of feedhub and the libraries, then what feedhub does with each kind and language."""
    lines = [f"{name}: {len(entries)} entries", "                        precision  recall  vanished/1000  entries/s"]
    ours = None
    for contestant, cluster in _CONTESTANTS.items():
        if contestant != "feedhub" and find_spec(contestant.split()[0]) is None:
            lines.append(f"  {contestant:<22} not installed")
            continue
        started = time.perf_counter()
        found = score(entries, cluster(entries))
        rate = len(entries) / (time.perf_counter() - started)
        ours = ours or found
        figures = f"{found.precision:>9.4f} {found.recall:>7.4f} {found.vanished:>14.2f} {rate:>10.0f}"
        lines.append(f"  {contestant:<22} {figures}")
    if ours:
        shares = [*ours.kinds.items(), *ours.languages.items()]
        lines += [f"    {what:<20} {hits:>5} of {all_:>5}   {hits / all_:.4f}" for what, (hits, all_) in shares]
    return "\n".join(lines)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _by_rapidfuzz(entries: Sequence[Labelled]) -> Clusters:
    from rapidfuzz import fuzz, process

    found: Clusters = {}
    titles: list[str] = []
    start = 0
    for place, row in enumerate(entries):
        while entries[start].at < row.at - _WINDOW:
            start += 1
        title = fold(row.item.title.value if row.item.title else "")
        nearest = process.extractOne(title, titles[start:], scorer=fuzz.token_set_ratio, score_cutoff=SAME)
        found[row.id] = found[entries[start + nearest[2]].id] if nearest else place
        titles.append(title)
    return found


def _by_rensa(entries: Sequence[Labelled]) -> Clusters:
    index = minhash_index()
    found: Clusters = {}
    for place, row in enumerate(entries):
        sketch = sketch_of(" ".join(part.value for part in (row.item.title, row.item.summary) if part))
        near = [other for other in index.query(sketch) if row.at - entries[other].at <= _WINDOW]
        found[row.id] = found[entries[min(near)].id] if near else place
        index.insert(place, sketch)
    return found


def minhash_index() -> Any:
    """An empty LSH of rensa's."""
    from rensa import RMinHashLSH

    return RMinHashLSH(threshold=_ALIKE, num_perm=_PERMUTATIONS, num_bands=_BANDS)


def sketch_of(text: str) -> Any:
    """The MinHash of a text's words."""
    from rensa import RMinHash

    sketch = RMinHash(num_perm=_PERMUTATIONS, seed=1)
    sketch.update(list(words(text)))
    return sketch


_CONTESTANTS: Mapping[str, Callable[[Sequence[Labelled]], Clusters]] = {
    "feedhub": predict,
    "rapidfuzz token_set": _by_rapidfuzz,
    "rensa MinHash": _by_rensa,
}
