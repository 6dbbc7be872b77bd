"""What one headline says and another leaves out, and which makes it other news: a denial, or whose contest it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.spelling import skeleton, words_of

_NOT = frozenset(words_of(skeleton("not never cannot لا لم لن ليس ليست نیست نییە değil")))
_NONE = frozenset(words_of(skeleton("no بلا yok")))  # texts say it of what is beside the point: "no one was hurt"
_SHORT_NOT = "t"  # what is left behind the apostrophe of "won't"
_DIVISIONS = frozenset(
    words_of(
        skeleton(
            "women womens girls juniors السيدات للسيدات سيدات النسوي النسوية النسائي للناشئين الناشئين للشباب "
            "بانوان زنان نوجوانان ژنان خانمان jinan kadınlar"
        )
    )
)
_AGES = frozenset(words_of(skeleton("u under تحت زیر ژێر")))  # before a number


def denials(headline: Sequence[str], other: Fingerprint) -> list[str]:
    """The words by which a headline denies something, where the other entry nowhere denies anything."""
    if not _NOT.isdisjoint(other.known) or _SHORT_NOT in other.known:
        return []
    short = {f"{word}'{t}" for word, t in pairwise(headline) if t == _SHORT_NOT and word.endswith("n")}
    return sorted(short | _NOT.intersection(headline) | (_NONE.intersection(headline) - other.known))


def divisions(headline: Sequence[str], other: Fingerprint) -> list[str]:
    """The women's match, or that of those under 23, where the other entry nowhere says that it is theirs."""
    named = _DIVISIONS.intersection(headline) if _DIVISIONS.isdisjoint(other.known) else frozenset[str]()
    aged = {
        f"{under} {age}"
        for under, age in pairwise(headline)
        if under in _AGES and age[-1].isdigit() and age not in other.known
    }
    return sorted(named | aged)
