"""Every published document at its address, and what is said where there is none."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from feedhub.models import Gone
from feedhub.publish.documents import is_archive, is_static, takes_query
from feedhub.publish.pages import nothing_here
from feedhub.publish.query import PARAMETERS, BadQuery, read_query, spell_query
from feedhub.publish.select import Site
from feedhub.web import answers
from feedhub.web.freshness import max_age
from feedhub.web.library import Library, Prepared
from feedhub.web.live import Live

_STATIC_MAX_AGE = 3_600  # seconds
_MISPLACED = "only /, /feed.atom, /feed.rss and /feed.json take a selection"


class DocumentEndpoint:
    """All addresses that no other route has."""

    def __init__(self, live: Live, library: Library) -> None:
        self._live, self._library = live, library

    @property
    def route(self) -> Route:
        return Route("/{path:path}", self._respond, methods=answers.METHODS)

    async def _respond(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/")
        if request.method == "OPTIONS":
            return answers.options(path)
        site = self._live.site
        response = await self._read(request, path, site)
        if site.config.site.noindex:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    async def _read(self, request: Request, path: str, site: Site) -> Response:
        address = _address(request, path, site)
        if isinstance(address, BadQuery):
            return _nothing(str(address), 400, site, path)
        found = await self._library.find(address)
        if isinstance(found, Prepared):
            return answers.document(found, request, self._max_age(path))
        if path.endswith("/") and isinstance(await self._library.find(path[:-1]), Prepared):
            return RedirectResponse(f"../{path[:-1].rpartition('/')[2]}", 308)  # where an export has its pages
        return _missing(found, site, path)

    def _max_age(self, path: str) -> int:
        if is_static(path):
            return _STATIC_MAX_AGE
        return max_age(self._library.next_poll, datetime.now(UTC), pushed=self._live.callbacks is not None)


def _address(request: Request, path: str, site: Site) -> str | BadQuery:
    """The address of what is asked for: a query that selects belongs to it, in one spelling; others mean nothing."""
    pairs = request.query_params.multi_items()
    selecting = [(name, value) for name, value in pairs if name in PARAMETERS]
    if not takes_query(path):
        misplaced = selecting[0][0] if selecting and path.startswith("feeds/") else None
        return BadQuery(misplaced, _MISPLACED) if misplaced else path
    # Links to the front page gather the parameters of others on their way.
    match = read_query(selecting if path == "" else pairs, site.config)
    if isinstance(match, BadQuery):
        return match
    query = spell_query(match)
    return f"{path}?{query}" if query else path


def _missing(found: Gone | None, site: Site, path: str) -> Response:
    if found is not None:
        return _nothing(found.reason, 410, site, path)
    if is_archive(path) and site.output(path.split("/")[1]):
        return answers.sentence("There is no such page in the archive of this output.", 404)
    if path.startswith("feed"):
        names = ", ".join(output.id for output in site.config.outputs)
        return _nothing("There is no such output.", 404, site, path, instead=f" There are: {names}.")
    return _nothing("There is nothing at this address.", 404, site, path)


def _nothing(sentence: str, status: int, site: Site, path: str, *, instead: str = "") -> Response:
    """One sentence, and what there is `instead`; where a page would be, a page that leads to the outputs."""
    if "." in path.rpartition("/")[2] or is_static(path):
        return answers.sentence(sentence + instead, status)
    settings, root = site.config.site, "../" * path.count("/")
    body = nothing_here(sentence, site_title=settings.title, root=root, noindex=settings.noindex, outputs=site.links)
    return answers.page(body, status)
