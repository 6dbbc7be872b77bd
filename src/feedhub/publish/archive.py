"""Archive pages (RFC 5005 section 4), cut from an output's sequence (R42).

A page is named by the number of its last story and begins after the last full hundred before it: page 300 holds the
stories numbered 201 to 300, page 342 those from 301 to 342. Numbers are given once, so that no page ever gains a story.
The document leads to the last full page. Where it leaves out a story that came later, it leads to the page that ends
with that story, so that between them nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    return holding.document(document), _previous_of(session, holding, output, document)


def load_page(session: Session, site: Site, output: OutputConfig, page: int) -> tuple[OutputView, int | None]:
    """An archive page, and the one before it. No limit but the page's own holds here."""
    holding = Holding(session, site, output)
    members = holding.between(_begin(page), page)
    numbers = [member.place.story for member in members]
    changed = changed_at(session, output, page)
    view = output_view(session, site, output, numbers, changed, path=archive_path(output.id, page))
    return view, _page_ending(session, output, _begin(page))


def changed_at(session: Session, output: OutputConfig, page: int) -> datetime | None:
    """When a story changed last whose place is on the page."""
    return sequence.touched(session, output, _begin(page) + 1, page)


def expired(session: Session, output: OutputConfig, page: int) -> bool | None:
    """Whether all that the page held has left the sequence for good; None for a page that there never was."""
    first, last = sequence.ends(session, output.id)
    return page < first if page <= last else None


def pages(session: Session, site: Site, output: OutputConfig) -> Iterator[int]:
    """The pages that can be reached from the document."""
    first, last = sequence.ends(session, output.id)
    yield from (page for page in range(PAGE, last + 1, PAGE) if page >= first)  # not the expired ones
    holding = Holding(session, site, output)
    newest = _previous_of(session, holding, output, holding.chosen())
    if newest and newest % PAGE:
        yield newest


def _begin(page: int) -> int:
    """The number before the page's first story."""
    return (page - 1) // PAGE * PAGE


def _previous_of(session: Session, holding: Holding, output: OutputConfig, document: list[Member]) -> int | None:
    """The page that the document leads to."""
    _first, last = sequence.ends(session, output.id)
    full = last // PAGE * PAGE
    shown = {member.place.number for member in document}
    left_out = (member.place.number for member in holding.between(full, last) if member.place.number not in shown)
    return next(left_out, None) or _page_ending(session, output, full)


def _page_ending(session: Session, output: OutputConfig, number: int) -> int | None:
    return None if number == 0 or expired(session, output, number) else number
