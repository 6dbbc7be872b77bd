"""Every document there is, by its address below the site's: what is asked for over HTTP and what is exported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

from sqlmodel import Session

from feedhub.config import Match, OutputConfig
from feedhub.models import Document, Gone, Link, OutputView, Source, Story
from feedhub.publish import archive, atom, jsonfeed, opml, pages, rss
from feedhub.publish.addresses import link_to
from feedhub.publish.archive import archive_path
from feedhub.publish.filters import Filter, filters
from feedhub.publish.item import summarised
from feedhub.publish.query import BadQuery, read_query
from feedhub.publish.select import Holding, Site, change_of, load_selection, output_path, visible_stories
from feedhub.store import hub, outputs
from feedhub.store.policies import modes
from feedhub.store.stories import carried, gone
from feedhub.store.takedown import named, parts_of

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
OFFLINE_NOTICE = (
    "No feed could be reached: this machine seems to be offline. "
    "To see feedhub at work without a network, run: make demo"
)
_STATIC = Path(__file__).parent / "static"
_STATIC_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
# Robots are let in: what they are not to index says so itself, and they have to be able to read that.
_ROBOTS = b"User-agent: *\nDisallow:\n"
_STORY = re.compile(r"stories/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.json)?")
_ARCHIVE = re.compile(r"feeds/([a-z0-9-]+)/([1-9][0-9]{0,17})(\.atom|\.rss)")
_LINKED = {".atom": (atom.CONTENT_TYPE, atom.render), ".rss": (rss.CONTENT_TYPE, rss.render)}  # RFC 5005 has links
FORMATS = (*_LINKED, ".json")


def render(session: Session, site: Site, path: str, *, as_folder: bool = False) -> Document | Gone | None:
    """The document at this address below the site's, None where there never was one. `path` has no leading slash.

    The address of `all`, as a page and in a feed's format, may have a query that selects from it.

    `as_folder` makes the links of a page right for a host that shows it one level deeper, at `path/`, and knows no
    queries.
    """
    root = "../" * (path.count("/") + (as_folder and path != ""))
    if is_static(path):
        return _static(session, path)
    if path == "opml":
        return _opml(session, site)
    if path == "outputs":
        return _outputs_page(session, site, root)
    if story := _STORY.fullmatch(path):
        return _story(session, site, story[1], root, as_json=bool(story[2]))
    if "?" in path:
        return _selection(session, site, path)
    for output in site.config.outputs:
        if path == page_path(output):
            return _river(session, site, output, root, filtered=not as_folder)
        stem = output_path(output.id)
        if path.startswith(stem) and (extension := path.removeprefix(stem)) in FORMATS:
            return _feed(session, site, output, extension)
    if page := _ARCHIVE.fullmatch(path):
        return _archive_page(session, site, page[1], int(page[2]), page[3])
    return None


def addresses(session: Session, site: Site) -> Iterator[str]:
    """The addresses of all documents but the files of :func:`static_files`: what :func:`render` knows."""
    yield from ("outputs", "opml")
    published: dict[int, None] = {}
    for output in site.config.outputs:
        yield page_path(output)
        yield from (output_path(output.id) + extension for extension in FORMATS)
        for page in archive.pages(session, site, output):
            yield from (archive_path(output.id, page) + extension for extension in _LINKED)
        published |= dict.fromkeys(member.story for member in Holding(session, site, output).chosen())
    for uuid in _with_related(session, site, list(published)):
        yield from (f"stories/{uuid}", f"stories/{uuid}.json")


def taken_away(session: Session, site: Site) -> Iterator[str]:
    """The addresses that are gone: of the stories that the operator has taken down."""
    hidden = site.hidden(session)
    parts = (urn for mode in modes(site.policies) for urn in parts_of(session, hidden, mode).values())
    for urn in {*named(site.config.hide, site.url), *hidden.values(), *parts}:
        yield from (f"stories/{urn.removeprefix('urn:uuid:')}", f"stories/{urn.removeprefix('urn:uuid:')}.json")


def carried_stories(session: Session, site: Site, uuids: Iterable[str]) -> set[str]:
    """Those of these ids, as they stand in addresses, whose stories a listed feed still carries (R47, R48)."""
    urns = (f"urn:uuid:{uuid}" for uuid in uuids)
    return {urn.removeprefix("urn:uuid:") for urn in carried(session, urns, site.policies.keys())}


def static_files() -> Iterator[tuple[str, str, bytes]]:
    """The style sheet and the like: path, content type, bytes. They change with the program alone."""
    yield "robots.txt", "text/plain; charset=utf-8", _ROBOTS
    for file in sorted(_STATIC.iterdir()):
        yield f"static/{file.name}", _STATIC_TYPES[file.suffix], file.read_bytes()


def is_static(path: str) -> bool:
    """Whether one of :func:`static_files` could stand at the address."""
    return path == "robots.txt" or path.startswith("static/")


def page_path(output: OutputConfig) -> str:
    """Where people read an output; the front page for `all`."""
    return "" if output.id == "all" else output_path(output.id)


def topics(site: Site) -> dict[str, str]:
    """What can be subscribed to at our hub: the outputs' documents, their paths by the addresses they give themselves.

    Selections and archive pages cannot: there is no end to the former, and the latter never gain a story.
    """
    paths = [output_path(output.id) + extension for output in site.config.outputs for extension in FORMATS]
    return {site.url + path: path for path in paths} if site.hub else {}


def is_archive(path: str) -> bool:
    """Whether an archive page could stand at the address."""
    return _ARCHIVE.fullmatch(path) is not None


def last_change(session: Session, site: Site, path: str) -> datetime | None:
    """What the Last-Modified of the archive page at this address is, without making it; None for anything else."""
    page = _ARCHIVE.fullmatch(path)
    output = site.output(page[1]) if page else None
    if page is None or output is None:
        return None
    changed = archive.changed_at(session, output, int(page[2]))
    return change_of(outputs.output(session, output.id), changed)


def takes_query(path: str) -> bool:
    """Whether the address may have a query that selects."""
    return path in {"", *(f"feed{extension}" for extension in FORMATS)}


def _static(session: Session, path: str) -> Document | None:
    found = (Document(*file, modified=hub.described_at(session)) for file in static_files() if file[0] == path)
    return next(found, None)


def _selection(session: Session, site: Site, address: str) -> Document | None:
    path, _, query = address.partition("?")
    match = read_query(parse_qsl(query), site.config)
    if not takes_query(path) or isinstance(match, BadQuery):
        return None
    view = load_selection(session, site, match)
    if path:
        return _written(view, path.removeprefix("feed"), None)
    return _page_of(session, site, view, "", _filters(session, site, match))


def _feed(session: Session, site: Site, output: OutputConfig, extension: str) -> Document:
    view, previous = archive.load_document(session, site, output)
    document = _written(replace(view, hub=site.hub), extension, previous)
    if not site.hub:
        return document
    return replace(document, links=(Link("hub", site.hub), Link("self", site.url + document.path)))


def _written(view: OutputView, extension: str, previous: int | None) -> Document:
    """An output's document in the format of this extension; `previous` is the archive page it leads to."""
    path = view.path + extension
    if extension == ".json":
        return Document(path, jsonfeed.CONTENT_TYPE, jsonfeed.render(view), view.modified)
    content_type, write = _LINKED[extension]
    return Document(path, content_type, write(view, links=_to_archive(view, previous, extension)), view.modified)


def _archive_page(session: Session, site: Site, name: str, page: int, extension: str) -> Document | Gone | None:
    output = site.output(name)
    expired = archive.expired(session, output, page) if output else None
    if output is None or expired is None:
        return None
    if expired:
        return Gone("This page of the archive has expired.")
    view, previous = archive.load_page(session, site, output, page)
    content_type, write = _LINKED[extension]
    links = {"current": f"{site.url}{output_path(name)}{extension}", **_to_archive(view, previous, extension)}
    return Document(view.path + extension, content_type, write(view, links=links, archive=True), view.modified)


def _to_archive(view: OutputView, previous: int | None, extension: str) -> dict[str, str]:
    if previous is None:
        return {}
    return {"prev-archive": f"{view.site_url}{archive_path(view.name, previous)}{extension}"}


def _river(session: Session, site: Site, output: OutputConfig, root: str, *, filtered: bool) -> Document:
    """The page of an output; that of `all` offers filters where it is `filtered`."""
    view, _previous = archive.load_document(session, site, output)
    offered = _filters(session, site, Match()) if filtered and output.id == "all" else []
    return _page_of(session, site, view, root, offered)


def _page_of(session: Session, site: Site, view: OutputView, root: str, offered: Sequence[Filter]) -> Document:
    unreachable, since = hub.reach(session)
    notice = OFFLINE_NOTICE if unreachable else None
    body = pages.river(view, outputs=site.links, root=root, notice=notice, filters=offered)
    return Document(link_to(view).page, HTML, body, max(view.modified, since or view.modified))


def _filters(session: Session, site: Site, match: Match) -> list[Filter]:
    """What the front page offers: the tags of the feeds, and the languages of the stories that it shows unfiltered."""
    whole = Holding(session, site, site.config.outputs[0])
    tags = dict.fromkeys(tag for feed in site.config.feeds for tag in feed.tags)
    return filters(match, tags, whole.languages(whole.chosen()))


def _story(session: Session, site: Site, uuid: str, root: str, *, as_json: bool) -> Document | Gone | None:
    path = f"stories/{uuid}" + (".json" if as_json else "")
    if path in taken_away(session, site):
        return Gone("This story was taken down.")
    if gone(session, [f"urn:uuid:{uuid}"]):
        return Gone("This story has expired.")
    number = outputs.find(session, f"urn:uuid:{uuid}")
    found = visible_stories(session, site, [number]) if number is not None else []
    if not found:
        return None
    story = summarised(found[0]) if site.config.outputs[0].content == "summary" else found[0]
    modified = max(story.touched, hub.described_at(session))
    return Document(
        path,
        JSON if as_json else HTML,
        pages.story_json(story, site.url) if as_json else _page(site, story, root),
        modified,
    )


def _page(site: Site, story: Story, root: str) -> bytes:
    settings = site.config.site
    return pages.story(story, site_title=settings.title, root=root, noindex=settings.noindex, outputs=site.links)


def _outputs_page(session: Session, site: Site, root: str) -> Document:
    settings = site.config.site
    body = pages.outputs_page(
        site_title=settings.title,
        site_url=site.url,
        outputs=site.links,
        root=root,
        noindex=settings.noindex,
        pushes=bool(site.hub),
    )
    return Document("outputs", HTML, body, hub.described_at(session))


def _opml(session: Session, site: Site) -> Document:
    modified = hub.described_at(session)
    body = opml.render(site.config.site.title, site.url, site.links, _sources(session, site), modified)
    return Document("opml", opml.CONTENT_TYPE, body, modified)


def _with_related(session: Session, site: Site, numbers: Sequence[int]) -> Iterator[str]:
    """The ids of these stories, and of those that their pages lead to, as they stand in addresses."""
    known: dict[str, None] = {}
    while stories := visible_stories(session, site, numbers):
        known |= dict.fromkeys(story.uuid for story in stories)
        beyond = dict.fromkeys(other.id for story in stories for other in story.related if other.uuid not in known)
        numbers = [number for id in beyond if (number := outputs.find(session, id)) is not None]
    yield from known


def _sources(session: Session, site: Site) -> list[Source]:
    """The listed feeds, in the order of feeds.yaml."""
    sources = outputs.feed_sources(session, site.policies)
    return [sources[number] for number in sorted(sources, key=lambda number: site.policies[number].order)]
