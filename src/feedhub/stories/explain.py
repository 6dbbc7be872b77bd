"""The evidence of a merge by text as a sentence for people (R14)."""

from __future__ import annotations

from collections.abc import Sequence

from feedhub.stories.carriers import Unmatched
from feedhub.stories.evidence import Evidence
from feedhub.stories.spelling import skeleton, words_of
from feedhub.stories.statistics import RARE, Statistics

_TELLING = RARE // 3  # weight from which a word is worth naming
_NAMED = 6


def alike_in(entry: Unmatched, evidence: Evidence, statistics: Statistics) -> str:
    """For instance "5 of 6 telling words of the headline are shared (…); 92 % of the shorter text; both say 34,917"."""
    words = [word for word in dict.fromkeys(evidence.left) if not word[-1].isdigit()]
    telling = [word for word in words if statistics.weight(word) >= _TELLING]
    shared = [word for word in telling if word in evidence.right]
    spelled = _spelled(entry.title)
    names = ", ".join(spelled.get(word, word) for word in _heaviest(shared, statistics))
    parts = [
        f"{len(shared)} of {len(telling)} telling words of the headline are shared" + (f" ({names})" if names else "")
    ]
    if evidence.texts:
        parts.append(f"the other has {evidence.lead:.0%} of the shorter text")
    numbers = [spelled.get(word, word) for word in sorted(_numbers(evidence))]
    if numbers:
        parts.append(f"both say {', '.join(numbers[:_NAMED])}")
    return "; ".join(parts)


def _heaviest(words: Sequence[str], statistics: Statistics) -> list[str]:
    """The most telling words, in the order of the headline."""
    chosen = set(sorted(words, key=lambda word: (-statistics.weight(word), word))[:_NAMED])
    return [word for word in words if word in chosen]


def _numbers(evidence: Evidence) -> set[str]:
    return {word for word in evidence.left if word[-1].isdigit() and word in evidence.right}


def _spelled(title: str) -> dict[str, str]:
    """The title's own spelling of its folded words."""
    spelled: dict[str, str] = {}
    for token in title.split():
        for word in words_of(skeleton(token)):
            spelled.setdefault(word, token.strip(" .,:;!?\"'()[]«»“”‘’؟،؛-–—|"))
    return spelled
