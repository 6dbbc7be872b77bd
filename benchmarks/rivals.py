"""What a library alone costs with so many entries in the window: rapidfuzz's and rensa's searches for the same news.

They keep the window in memory and read nothing else of an entry: no language, no database, no reasons.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from itertools import count, islice

from benchmarks.newswire import Article, articles
from benchmarks.quality import SAME, minhash_index, sketch_of
from benchmarks.throughput import Cost, resident
from feedhub.stories.fold import fold

_MEASURED = {"rapidfuzz token_set": 20, "rensa MinHash": 2_000}  # the one reads the whole window for each entry


def measure(rival: str, window: int) -> Cost:
    """Fill the window, then look for the next articles in it; nothing is stored, so that there is no new day either."""
    news = articles()
    before = resident()
    search = _RIVALS[rival](islice(news, window))
    memory = (resident() - before) * 1e6 / window
    measured = list(islice(news, _MEASURED[rival]))
    started, cpu = time.perf_counter(), time.process_time()
    merged = sum(map(search, measured))
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Cost(
        window=window,
        rate=len(measured) / elapsed,
        cpu=cpu / len(measured) * 1e3,
        day=0,
        resident=resident(),
        memory=memory,
        index=0,
        merged=merged / len(measured),
    )


def _rapidfuzz(window: Iterable[Article]) -> Callable[[Article], bool]:
    from rapidfuzz import fuzz, process

    titles = [fold(article.title) for article in window]

    def search(article: Article) -> bool:
        title = fold(article.title)
        found = process.extractOne(title, titles, scorer=fuzz.token_set_ratio, score_cutoff=SAME)
        titles.append(title)
        return found is not None

    return search


def _rensa(window: Iterable[Article]) -> Callable[[Article], bool]:
    index, numbers = minhash_index(), count()

    def search(article: Article) -> bool:
        sketch = sketch_of(f"{article.title} {article.lead}")
        found = index.query(sketch)
        index.insert(next(numbers), sketch)
        return bool(found)

    for article in window:
        search(article)
    return search


_RIVALS = {"rapidfuzz token_set": _rapidfuzz, "rensa MinHash": _rensa}
RIVALS = tuple(_RIVALS)

if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1], int(sys.argv[2])))))
