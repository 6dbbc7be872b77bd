"""Archive pages (RFC 5005 section 4), cut from an output's sequence (R42).

A page is named by the number of its last story and begins after the last full hundred before it: page 300 holds the
stories numbered 201 to 300, page 342 those from 301 to 342. Numbers are given once, so that no page ever gains a story.
The document leads to the last full page. Where it leaves out a story that came later, it leads to the page that ends
with that story, so that between them nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from feedhub.config import OutputConfig
from feedhub.models import OutputView
from feedhub.publish.select import Holding, Member, Site, output_view
from feedhub.store import sequence

PAGE = 100  # stories; other pages than these numbers cut would contradict what readers have


def archive_path(output: str, page: int) -> str:
    """A page's address below the site's, without extension."""
    return f"feeds/{output}/{page}"


def load_document(session: Session, site: Site, output: OutputConfig) -> tuple[OutputView, int | None]:
    """The output's document (R15, R39), and the archive page that it leads to."""
    holding = Holding(session, site, output)
    document = holding.chosen()
    view = holding.document(document)
    _first, last = sequence.ends(session, output.id)
    link_changed = sequence.expired(session, output.id, last - 2 * PAGE)  # the page that it led to may have gone
    modified = max(view.modified, link_changed or view.modified)
    return replace(view, modified=modified), _previous_of(session, holding, output, document)


def load_page(session: Session, site: Site, output: OutputConfig, page: int) -> tuple[OutputView, int | None]:
    """An archive page, and the one before it. No limit but the page's own holds here."""
    holding = Holding(session, site, output)
    members = holding.between(_begin(page), page)
    numbers = [member.place.story for member in members]
    changed = changed_at(session, output, page)
    view = output_view(session, site, output, numbers, changed, path=archive_path(output.id, page))
    return view, _page_until(session, output, _begin(page))


def changed_at(session: Session, output: OutputConfig, page: int) -> datetime | None:
    """When a story changed last whose place is on the page, or such a one was taken away by retention."""
    first = _begin(page) + 1
    changes = sequence.touched(session, output, first, page), sequence.expired(session, output.id, first)
    return max(filter(None, changes), default=None)


def expired(session: Session, output: OutputConfig, page: int) -> bool | None:
    """Whether all that the page held has left the sequence for good; None for a page that there never was."""
    _first, last = sequence.ends(session, output.id)
    return (sequence.last_until(session, output.id, page) or 0) <= _begin(page) if page <= last else None


def pages(session: Session, site: Site, output: OutputConfig) -> Iterator[int]:
    """The pages that can be reached from the document, the newest first."""
    holding = Holding(session, site, output)
    page = _previous_of(session, holding, output, holding.chosen())
    while page:
        yield page
        page = _page_until(session, output, _begin(page))


def _begin(page: int) -> int:
    """The number before the page's first story."""
    return (page - 1) // PAGE * PAGE


def _previous_of(session: Session, holding: Holding, output: OutputConfig, document: list[Member]) -> int | None:
    """The page that the document leads to."""
    _first, last = sequence.ends(session, output.id)
    full = last // PAGE * PAGE
    shown = {member.place.number for member in document}
    left_out = (member.place.number for member in holding.between(full, last) if member.place.number not in shown)
    return next(left_out, None) or _page_until(session, output, full)


def _page_until(session: Session, output: OutputConfig, number: int) -> int | None:
    """The last full page up to that number that has not expired."""
    last = sequence.last_until(session, output.id, number)
    return None if last is None else _begin(last) + PAGE
