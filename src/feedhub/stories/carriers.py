"""The values that matching works on: an entry that waits, the carriers it could join, and what was decided (R14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.stories.fingerprint import Fingerprint

VERSION = 3  # of the rules: to be raised whenever the same entries could come to another result


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An entry as the matcher sees it. `feed` is the store's number of the feed, `order` its place in feeds.yaml.

    Without a `fingerprint` its text is not compared: addresses and guids alone count (`dedup: link`).
    """

    entry_id: int
    feed: int
    order: int
    key: str
    guid: str
    canonical_url: str | None
    title: str
    published: datetime
    first_seen: datetime
    deduplicated: bool
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carrier of an existing story that shares an address, a guid or a key of its text with the entry."""

    story: int
    feed: int
    guid: str
    canonical_url: str | None
    title: str
    published: datetime
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class StorySoFar:
    """A candidate's story. `published` is the story's, `carriers` how many it has.

    `representatives` is who founded it: in the words it has now, and in its first where an edit changed them.
    """

    representatives: tuple[Candidate, ...]
    published: datetime
    carriers: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A story about the same matter that the entry does not join; `reason` says in a sentence why not (R14)."""

    story: int
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """`story` is the story joined, None to found one. `rule` is a stable name, `evidence` a sentence for people.

    The rules are `address`, `guid`, `text` (headline and text), `headline` (alone), `founded`. `score` is that of the
    text, 0 to 1, None where text did not decide. `version` is of the rules that decided. `related` is best first.
    """

    story: int | None
    rule: str
    evidence: str
    score: float | None = None
    version: int = VERSION
    related: tuple[NearMiss, ...] = ()
