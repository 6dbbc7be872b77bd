"""Whether two entries' texts are one story's: the rules `text` and `headline` (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from feedhub.stories.evidence import Evidence

TextRule = Literal["text", "headline", ""]

HEADLINE_MEMORY = timedelta(days=2)  # how long a headline alone, or an outlet's own repetition, is the same news


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rule that holds, "" for none, and how strong the evidence is, 0 to 1."""

    rule: TextRule
    score: float


def judge(e: Evidence, distance: timedelta, same_outlet: bool) -> Judgement:
    """What the evidence comes to, before any veto. `distance` is the time between the two.

    Between items of one outlet it takes more, since its fixtures, line-ups and daily headings read alike.
    """
    if not e.texts:
        return Judgement("headline" if _is_headline(e, distance, same_outlet) else "", e.headline)
    if _is_repetition(e, distance) if same_outlet else _is_copy(e) or _is_other_lead(e):
        return Judgement("text", (e.headline + e.lead) / 2)
    if _is_rewritten_headline(e, distance, same_outlet):
        return Judgement("text", (max(e.headline, e.told) + e.run_share) / 2)
    return Judgement("", (e.headline + e.lead) / 2)


def _is_headline(e: Evidence, distance: timedelta, same_outlet: bool) -> bool:
    """A headline alone has to be long, rare, the same, and near in time."""
    near = distance <= HEADLINE_MEMORY and not same_outlet
    return near and e.headline >= 0.97 and e.headline_weight >= 2.5 and len(e.left) >= 4


def _is_copy(e: Evidence) -> bool:
    """Most of the shorter text stands in the other, under much the same headline.

    Where the headlines differ the texts have to speak of them, else the same words are the outlet's own boilerplate.
    """
    about = e.least_support >= 0.1 or e.headline >= 0.8
    weight = 2 if len(e.left) >= 3 else 8  # a heading of two words comes every day
    return e.headline >= 0.45 and about and e.lead >= 0.65 and e.lead_weight >= weight


def _is_other_lead(e: Evidence) -> bool:
    """The same headline over another lead, such as the article's own beginning: both texts have to speak of it."""
    return (
        e.headline_weight >= 2
        and len(e.left) >= 4
        and (
            (e.headline >= 0.75 and e.least_support >= 0.25 and e.lead >= 0.25)
            or (e.headline >= 0.6 and e.least_support >= 0.35 and e.lead >= 0.4)
            or (e.headline >= 0.95 and e.least_support >= 0.1 and e.lead >= 0.5)
        )
    )


def _is_rewritten_headline(e: Evidence, distance: timedelta, same_outlet: bool) -> bool:
    """The same text under another headline, of which the texts speak: a boilerplate speaks of none.

    An outlet has one lead for the several pieces of a matter; with it the whole text has to be the same.
    """
    whole = e.run_union >= 0.9 and e.runs >= 50 and e.told >= 0.4
    if same_outlet:
        return whole and distance <= HEADLINE_MEMORY
    told = e.run_share >= 0.8 and e.runs >= 8 and e.told >= 0.35
    about = e.run_union >= 0.85 and e.runs >= 10 and e.most_support >= 0.35
    return whole or told or about


def _is_repetition(e: Evidence, distance: timedelta) -> bool:
    """An outlet's own item once more; a heading of two words comes every day (R2)."""
    if len(e.left) < 3:
        return False
    corrected = e.headline >= 0.5 and e.run_union >= 0.95 and e.runs >= 20
    same = corrected or (e.headline >= 0.75 and e.lead >= 0.85)
    return same and e.headline_weight >= 1.5 and e.headline_weight + e.lead_weight >= 4 and distance <= HEADLINE_MEMORY
