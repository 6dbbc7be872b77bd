"""Which story an entry joins by its text, and which it only resembles (R8, R14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from feedhub.net.urls import host_of
from feedhub.stories.carriers import Candidate, Decision, NearMiss, StorySoFar, Unmatched
from feedhub.stories.evidence import Evidence, compare
from feedhub.stories.explain import alike_in
from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.likeness import Judgement, judge
from feedhub.stories.statistics import Statistics
from feedhub.stories.vetoes import veto

AGE = timedelta(days=7)  # of a story that an entry can still join by its text
SIZE = 64  # carriers of a story that an entry can still join by its text

_RESEMBLES = 0.5  # score from which a story is named as related
_RESEMBLES_HEADLINE = 0.3
_MOST_RELATED = 5
_PASSED_OVER = "another story is nearer"
_AMBIGUOUS = "the headline alone does not say which of several stories it is"


def by_text(
    entry: Unmatched,
    candidates: Sequence[Candidate],
    stories: Mapping[int, StorySoFar],
    statistics: Statistics,
) -> tuple[Decision | None, tuple[NearMiss, ...]]:
    """The best of the stories that have the entry's text, and the others, best first, with why it does not join them.

    A story is as near as its nearest carrier: by rule, score, distance in time. Two that are as good as each other are
    told apart by which was founded first; by the headline alone they are not told apart at all, and nothing is joined.
    """
    if entry.fingerprint is None or not entry.fingerprint.known:
        return None, ()
    comparison = _Comparison(entry, entry.fingerprint.without(statistics.boilerplate), statistics)
    joinable: list[_Match] = []
    related: list[NearMiss] = []
    for match in _nearest(comparison, candidates, stories):
        reason = comparison.objection(match, stories[match.other.story])
        if not reason:
            joinable.append(match)
        elif match.judgement.rule or match.resembles:
            related.append(match.near_miss(reason))
    joined, rest = _best(joinable)
    related += [match.near_miss(_PASSED_OVER if joined else _AMBIGUOUS) for match in rest]
    related.sort(key=lambda miss: (-miss.score, miss.story))
    named = tuple(related[:_MOST_RELATED])
    if joined is None:
        return None, named
    evidence = alike_in(entry, joined.evidence, statistics)
    return Decision(joined.other.story, joined.judgement.rule, evidence, joined.score), named


def _nearest(
    comparison: _Comparison, candidates: Sequence[Candidate], stories: Mapping[int, StorySoFar]
) -> list[_Match]:
    """Each story's nearest carrier, the nearest first."""
    found: dict[int, _Match] = {}
    for other in sorted(candidates, key=_identity):
        match = comparison.match(other) if other.story in stories else None
        if match and (other.story not in found or match.rank > found[other.story].rank):
            found[other.story] = match
    return sorted(found.values(), key=lambda match: match.rank, reverse=True)


def _identity(other: Candidate) -> tuple[int, datetime, int, str, str, str]:
    return other.story, other.published, other.feed, other.guid, other.canonical_url or "", other.title


@dataclass(frozen=True, slots=True)
class _Match:
    """A carrier, compared with the entry. `rank` puts the better match higher."""

    other: Candidate
    text: Fingerprint
    evidence: Evidence
    judgement: Judgement
    distance: timedelta
    same_outlet: bool

    @property
    def rank(self) -> tuple[bool, bool, float, timedelta, int]:
        rule = self.judgement.rule
        return rule != "", rule == "text", self.score, -self.distance, -self.other.story

    @property
    def resembles(self) -> bool:
        """Whether another outlet tells of the same matter."""
        return not self.same_outlet and self.score >= _RESEMBLES and self.evidence.headline >= _RESEMBLES_HEADLINE

    @property
    def score(self) -> float:
        return round(self.judgement.score, 3)

    def near_miss(self, reason: str) -> NearMiss:
        return NearMiss(self.other.story, reason, self.score)


@dataclass(frozen=True, slots=True)
class _Comparison:
    entry: Unmatched
    text: Fingerprint
    statistics: Statistics

    def match(self, other: Candidate) -> _Match | None:
        if other.fingerprint is None:
            return None
        text = other.fingerprint.without(self.statistics.boilerplate)
        evidence = compare(self.text, text, self.statistics)
        distance, same_outlet = abs(self.entry.published - other.published), _is_same_outlet(self.entry, other)
        return _Match(other, text, evidence, judge(evidence, distance, same_outlet), distance, same_outlet)

    def objection(self, match: _Match, story: StorySoFar) -> str:
        """Why the entry does not join the story of the match, "" if nothing speaks against it."""
        if not match.judgement.rule:
            return _too_little(match.evidence)
        if abs(self.entry.published - story.published) > AGE:
            return f"its story is more than {AGE.days} days older or younger"
        if story.carriers >= SIZE:
            return f"its story has {story.carriers} carriers already"
        apart = self._veto(match)
        if not apart and match.other not in story.representatives:
            apart = self._unlike(story.representatives)
        return f"it reads alike, but {apart}" if apart else ""

    def _unlike(self, representatives: Sequence[Candidate]) -> str:
        """What speaks against every wording of the representative."""
        vetoes = [self._veto(match) for match in map(self.match, representatives) if match]
        return vetoes[0] if vetoes and all(vetoes) else ""

    def _veto(self, match: _Match) -> str:
        return veto(self.text, match.text, match.evidence, self.statistics, match.same_outlet)


def _best(joinable: Sequence[_Match]) -> tuple[_Match | None, Sequence[_Match]]:
    """The match to join by and the others; none where several stories have nothing but the headline."""
    if len(joinable) > 1 and joinable[0].judgement.rule == "headline":
        return None, joinable
    return (joinable[0], joinable[1:]) if joinable else (None, ())


def _is_same_outlet(entry: Unmatched, other: Candidate) -> bool:
    if entry.feed == other.feed:
        return True
    if entry.canonical_url is None or other.canonical_url is None:
        return False
    return _host(entry.canonical_url) == _host(other.canonical_url)


@lru_cache(maxsize=4_000)  # an entry is compared with several, and they with the next
def _host(url: str) -> str:
    return host_of(url)


def _too_little(evidence: Evidence) -> str:
    shares = f"the headlines share {evidence.headline:.0%} of their words by weight"
    return f"{shares}, the texts {evidence.lead:.0%}" if evidence.texts else shares
