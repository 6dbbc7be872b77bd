"""Why a carrier belongs to its story, and what the operator says of it, in words (R14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedhub.config import DedupConfig
from feedhub.models import Carrier, Story
from feedhub.net.urls import canonical_url
from feedhub.publish.item import one_line

RULES = {
    "founded": "The first to carry the story",
    "address": "Same article address",
    "guid": "Same publisher’s id",
    "text": "Much the same headline and text",
    "headline": "The same headline",
    "merge": "Merged by the operator",
    "never_merge": "Kept apart by the operator",
    "split": "Split off after an edit",
}


@dataclass(frozen=True, slots=True)
class Override:
    """A group of feeds.yaml, under `dedup`, that names a story. Its elements are story ids and articles' URLs."""

    key: Literal["merge", "never_merge"]
    group: tuple[str, ...]


def rule_text(carrier: Carrier) -> str:
    """The rule by which a carrier joined, in words; a rule without words is named."""
    return RULES.get(carrier.rule, one_line(carrier.rule) or "Part of this story")


def score_text(carrier: Carrier) -> str:
    """`score 0.93 of 1`; empty where the rule needs none."""
    return "" if carrier.score is None else f"score {carrier.score:.2f} of 1"


def overrides(story: Story, dedup: DedupConfig) -> list[Override]:
    """The overrides in force that name the story, by its id or by the address of a carrier's article."""
    pages = {page for carrier in story.carriers if (page := canonical_url(carrier.url))}
    merge = [Override("merge", group) for group in dedup.merge]
    never = [Override("never_merge", group) for group in dedup.never_merge]
    return [
        override
        for override in merge + never
        if any(name == story.id or canonical_url(name) in pages for name in override.group)
    ]
