"""The rules of the W3C feed validator (https://validator.w3.org/feed/) that our documents could break, by its messages.

    assert complaints(address, "application/atom+xml", body, now) == []

A rule is a function that yields what it has to complain of. It is named after the validator's own message, so that its
page of documentation can be looked up: https://validator.w3.org/feed/docs/error/InvalidFullLink.html. Errors and
warnings are the same here; what the validator calls information is not asked.
"""

from __future__ import annotations

from datetime import datetime

from support.feedvalidator import atom, elements, markup, rss, shared
from support.feedvalidator.document import Published, Rules

RULES: Rules = {**elements.RULES, **shared.RULES, **markup.RULES, **atom.RULES, **rss.RULES}


def complaints(address: str, content_type: str, body: bytes, now: datetime) -> list[str]:
    """What the validator would say of the feed that it found at `address` at this time. Raises where it is no XML."""
    published = Published.read(address, content_type, body, now)
    return [f"{name}: {detail}" for name, rule in RULES.items() for detail in rule(published)]
