"""Whether two entries' texts are one story's: the rules `text` and `headline`, in words and figures (R8, R14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feedhub.net.urls import host_of
from feedhub.stories.carriers import Candidate, Decision, NearMiss, StorySoFar, Unmatched
from feedhub.stories.evidence import Evidence, compare
from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.statistics import Statistics
from feedhub.stories.vetoes import veto


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are. `rule` is empty where they are not; `apart` says what tells them apart all the same."""

    rule: str
    score: float
    evidence: Evidence
    apart: str = ""


def likeness(
    left: Fingerprint, right: Fingerprint, statistics: Statistics, apart: timedelta, same_outlet: bool
) -> Likeness:
    evidence = compare(left, right, statistics)
    rule, score = judge(evidence, apart, same_outlet)
    return Likeness(rule, score, evidence, veto(left, right, evidence, statistics, same_outlet) if rule else "")


def judge(e: Evidence, apart: timedelta, same_outlet: bool) -> tuple[str, float]:
    both = (e.headline + e.lead) / 2
    if not e.leads:
        if e.headline >= 0.97 and e.headline_weight >= 12 and len(e.left) >= 4 and not same_outlet and apart <= timedelta(days=2):
            return "headline", e.headline
        return "", both
    if same_outlet:
        if e.headline >= 0.75 and e.lead >= 0.85 and e.headline_weight + e.lead_weight >= 20:
            return "text", both
        if e.run_jaccard >= 0.9 and e.runs >= 20 and e.told >= 0.4:
            return "text", both
        return "", both
    if e.headline >= 0.45 and (e.support >= 0.1 or e.headline >= 0.8) and e.lead >= 0.65 and e.lead_weight >= 9:
        return "text", both
    if e.headline_weight >= 9 and (
        (e.headline >= 0.75 and e.support >= 0.25 and e.lead >= 0.25)
        or (e.headline >= 0.6 and e.support >= 0.35 and e.lead >= 0.4)
        or (e.headline >= 0.95 and e.support >= 0.1 and e.lead >= 0.5)):
        return "text", both
    if e.run_share >= 0.8 and e.runs >= 8 and e.told >= 0.35 or e.run_jaccard >= 0.85 and e.runs >= 10 and e.about >= 0.35:
        return "text", (e.run_share + e.told) / 2
    return "", both


AGE = timedelta(days=7)  # of a story that can still be joined by its text
SIZE = 64  # carriers of a story that can still be joined by its text
_RELATED = 0.5
_MOST_RELATED = 5


def by_text(
    entry: Unmatched, candidates: Sequence[Candidate], stories: Mapping[int, StorySoFar], statistics: Statistics
) -> tuple[Decision | None, tuple[NearMiss, ...]]:
    """The story whose text the entry has, if there is exactly one best, and those that it only resembles."""
    if entry.fingerprint is None:
        return None, ()
    found: dict[int, tuple[Likeness, Candidate]] = {}
    apart: dict[int, str] = {}
    for other in candidates:
        if other.fingerprint is None or other.story not in stories:
            continue
        like = _liken(entry, other, statistics)
        rank = (like.rule != "", like.score, -abs(entry.published - other.published))
        if other.story not in found or rank > found[other.story][2]:
            found[other.story] = (like, other, rank)
        if like.apart:
            apart.setdefault(other.story, like.apart)
    joinable = []
    near = []
    for number, (like, other, rank) in found.items():
        story = stories[number]
        if not like.rule:
            if like.score >= _RELATED:
                near.append(NearMiss(number, "alike, but not enough", like.score))
            continue
        reason = like.apart or _unlike(entry, story, like, statistics) or _closed(entry, story)
        if reason:
            near.append(NearMiss(number, reason, like.score))
        else:
            joinable.append((like.rule != "headline", like.score, -abs(entry.published - other.published), -number, like))
    joinable.sort(reverse=True)
    decision = None
    if joinable:
        best = joinable[0]
        if best[4].rule == "headline" and len(joinable) > 1:
            near += [NearMiss(-row[3], "ambiguous", row[1]) for row in joinable]
        else:
            decision = Decision(-best[3], best[4].rule, "evidence", best[1])
            near += [NearMiss(-row[3], "another is nearer", row[1]) for row in joinable[1:]]
    near.sort(key=lambda miss: (-miss.score, miss.story))
    return decision, tuple(near[:_MOST_RELATED])


def _liken(entry, other, statistics):
    same = _same(entry, other)
    return likeness(entry.fingerprint, other.fingerprint, statistics, abs(entry.published - other.published), same)


def _same(entry, other):
    return entry.feed == other.feed or _outlet(entry.canonical_url) == _outlet(other.canonical_url) != ""


def _unlike(entry, story, like, statistics):
    rep = story.representative
    if rep.fingerprint is None:
        return ""
    return veto(entry.fingerprint, rep.fingerprint, compare(entry.fingerprint, rep.fingerprint, statistics), statistics, _same(entry, rep))


def _closed(entry, story):
    if abs(entry.published - story.published) > AGE:
        return "too old"
    if story.carriers >= SIZE:
        return "too many"
    return ""


def _outlet(url):
    return host_of(url) if url else ""
