"""Every document there is, by its address below the site's: what is asked for over HTTP and what is exported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlmodel import Session

from feedhub.config import OutputConfig
from feedhub.models import Document, Gone, OutputView, Source, Story
from feedhub.publish import atom, jsonfeed, opml, pages, rss
from feedhub.publish.item import summarised
from feedhub.publish.select import Holding, Site, load_view, output_path, visible_stories
from feedhub.store import hub, outputs
from feedhub.store.takedown import named

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
OFFLINE_NOTICE = (
    "No feed could be reached: this machine seems to be offline. "
    "To see feedhub at work without a network, run: make demo"
)
_STATIC = Path(__file__).parent / "static"
_STATIC_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_STORY = re.compile(r"stories/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.json)?")
_WRITERS: dict[str, tuple[str, Callable[[OutputView], bytes]]] = {
    ".atom": (atom.CONTENT_TYPE, atom.render),
    ".rss": (rss.CONTENT_TYPE, rss.render),
    ".json": (jsonfeed.CONTENT_TYPE, jsonfeed.render),
}


def render(session: Session, site: Site, path: str, *, as_folder: bool = False) -> Document | Gone | None:
    """The document at this address below the site's, None where there never was one. `path` has no leading slash.

    `as_folder` makes the links of a page right for a host that shows it one level deeper, at `path/`.
    """
    root = "../" * (path.count("/") + (as_folder and path != ""))
    if path == "opml":
        return _opml(session, site)
    if path == "outputs":
        return _outputs_page(session, site, root)
    if story := _STORY.fullmatch(path):
        return _story(session, site, story[1], root, as_json=bool(story[2]))
    for output in site.config.outputs:
        if path == page_path(output):
            return _river(session, site, output, root)
        stem = output_path(output.id)
        if path.startswith(stem) and (writer := _WRITERS.get(path.removeprefix(stem))):
            view = load_view(session, site, output)
            return Document(path, writer[0], writer[1](view), view.modified)
    return None


def addresses(session: Session, site: Site) -> Iterator[str]:
    """The addresses of all documents but the files of :func:`static_files`: what :func:`render` knows."""
    yield from ("outputs", "opml")
    published: dict[int, None] = {}
    for output in site.config.outputs:
        yield page_path(output)
        yield from (output_path(output.id) + suffix for suffix in _WRITERS)
        published |= dict.fromkeys(member.place.story for member in Holding(session, site, output).chosen())
    for story in visible_stories(session, site, list(published)):
        yield from (f"stories/{story.uuid}", f"stories/{story.uuid}.json")


def taken_away(session: Session, site: Site) -> Iterator[str]:
    """The addresses that are gone: of the stories that the operator has taken down."""
    for urn in {*named(site.config.hide, site.url), *site.hidden(session).values()}:
        yield from (f"stories/{urn.removeprefix('urn:uuid:')}", f"stories/{urn.removeprefix('urn:uuid:')}.json")


def static_files() -> Iterator[tuple[str, str, bytes]]:
    """The style sheet and the like: path, content type, bytes. They change with the program alone."""
    for file in sorted(_STATIC.iterdir()):
        yield f"static/{file.name}", _STATIC_TYPES[file.suffix], file.read_bytes()


def page_path(output: OutputConfig) -> str:
    """Where people read an output; the front page for `all`."""
    return "" if output.id == "all" else output_path(output.id)


def _river(session: Session, site: Site, output: OutputConfig, root: str) -> Document:
    view = load_view(session, site, output)
    unreachable, since = hub.reach(session)
    body = pages.river(view, outputs=site.links, root=root, notice=OFFLINE_NOTICE if unreachable else None)
    return Document(page_path(output), HTML, body, max(view.modified, since or view.modified))


def _story(session: Session, site: Site, uuid: str, root: str, *, as_json: bool) -> Document | Gone | None:
    path = f"stories/{uuid}" + (".json" if as_json else "")
    if path in taken_away(session, site):
        return Gone("This story was taken down.")
    number = outputs.find(session, f"urn:uuid:{uuid}")
    found = visible_stories(session, site, [number]) if number is not None else []
    if not found:
        return None
    story = summarised(found[0]) if site.config.outputs[0].content == "summary" else found[0]
    modified = max(story.touched, hub.described_at(session))
    return Document(
        path, JSON if as_json else HTML, pages.story_json(story) if as_json else _page(site, story, root), modified
    )


def _page(site: Site, story: Story, root: str) -> bytes:
    settings = site.config.site
    return pages.story(story, site_title=settings.title, root=root, noindex=settings.noindex, outputs=site.links)


def _outputs_page(session: Session, site: Site, root: str) -> Document:
    settings = site.config.site
    body = pages.outputs_page(
        site_title=settings.title, site_url=site.url, outputs=site.links, root=root, noindex=settings.noindex
    )
    return Document("outputs", HTML, body, hub.described_at(session))


def _opml(session: Session, site: Site) -> Document:
    modified = hub.described_at(session)
    body = opml.render(site.config.site.title, site.url, site.links, _sources(session, site), modified)
    return Document("opml", opml.CONTENT_TYPE, body, modified)


def _sources(session: Session, site: Site) -> list[Source]:
    """The listed feeds, in the order of feeds.yaml."""
    sources = outputs.feed_sources(session, site.policies)
    return [sources[number] for number in sorted(sources, key=lambda number: site.policies[number].order)]
