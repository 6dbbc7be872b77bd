"""Why a carrier belongs to its story, in words (R14)."""

from __future__ import annotations

from feedhub.models import Carrier
from feedhub.publish.item import one_line

_RULES = {
    "founded": "The first to carry the story",
    "address": "Same article address",
    "guid": "Same publisher’s id",
    "text": "Much the same headline and text",
    "headline": "The same headline",
    "merge": "Merged by the operator",
}


def rule_text(carrier: Carrier) -> str:
    """The rule by which a carrier joined, in words; a rule without words is named."""
    return _RULES.get(carrier.rule, one_line(carrier.rule) or "Part of this story")


def score_text(carrier: Carrier) -> str:
    """`score 0.93 of 1`; empty where the rule needs none."""
    return "" if carrier.score is None else f"score {carrier.score:.2f} of 1"
