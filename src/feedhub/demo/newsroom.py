"""The demo's newsroom: ten invented outlets on one loopback address, each with its feed, its pages and its pictures.

``python -m feedhub.demo.newsroom [PORT]`` runs it alone, to look at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import uvicorn
from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feedhub.demo import documents
from feedhub.demo.conditional import answer
from feedhub.demo.edition import Published, edition
from feedhub.demo.outlets import Outlet, outlets
from feedhub.demo.pictures import MEDIA_TYPE, svg

Clock = Callable[[], datetime]

PACE = timedelta(seconds=4)
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
TEMPLATES = Environment(loader=PackageLoader("feedhub.demo"), autoescape=True, trim_blocks=True)


def newsroom(clock: Clock, pace: timedelta = PACE) -> Starlette:
    """The newsroom as an ASGI application; it opens now, by `clock` (aware, UTC), and publishes an item every `pace`.

    When all is published (:func:`feedhub.demo.edition.duration`) it goes quiet and goes on answering.
    """
    desk = Desk(clock().replace(microsecond=0), clock, pace)
    return Starlette(
        routes=[
            Route("/", desk.front),
            Route("/pixel.gif", desk.pixel),
            Route("/pictures/{outlet}/{slug}.svg", desk.picture),
            Route("/{outlet}/", desk.outlet),
            Route("/{outlet}/feed.{format}", desk.feed),
            Route("/{outlet}/{slug}", desk.article),
        ]
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """The pages of one newsroom. `start` is in whole seconds, as dates in RSS are."""

    start: datetime
    clock: Clock
    pace: timedelta

    async def front(self, request: Request) -> Response:
        return _page(request, "newsroom.html", outlets=outlets(), language="en", direction="ltr", colour="#333")

    async def outlet(self, request: Request) -> Response:
        outlet = _outlet(request)
        return _outlet_page(request, "outlet.html", outlet, edition=self._published_by(outlet))

    async def feed(self, request: Request) -> Response:
        outlet = _outlet(request)
        if request.path_params["format"] != outlet.format:
            raise HTTPException(404)
        published = self._published_by(outlet)
        body = documents.feed(outlet, published, str(request.base_url))
        modified = max(item.modified for item in published)
        return answer(request.headers, body, documents.MEDIA_TYPES[outlet.format], modified)

    async def article(self, request: Request) -> Response:
        outlet, published = _outlet(request), self._article(request)
        picture = documents.picture_path(published)
        article = published.item.article
        return _outlet_page(request, "article.html", outlet, published=published, article=article, picture=picture)

    async def picture(self, request: Request) -> Response:
        article = self._article(request).item.article
        return Response(svg(article.path, article.scene), media_type=MEDIA_TYPE)

    async def pixel(self, _: Request) -> Response:
        return Response(PIXEL, media_type="image/gif")

    def _published_by(self, outlet: Outlet) -> tuple[Published, ...]:
        return tuple(item for item in self._edition() if item.item.outlet == outlet.id)

    def _article(self, request: Request) -> Published:
        """The item under which the article's own outlet lists it; 404 before it is out."""
        path = "{outlet}/{slug}".format_map(request.path_params)
        for published in self._edition():
            if published.item.article.path == path and not published.item.carried:
                return published
        raise HTTPException(404)

    def _edition(self) -> tuple[Published, ...]:
        return edition(self.start, self.clock(), self.pace)


def _outlet(request: Request) -> Outlet:
    for outlet in outlets():
        if outlet.id == request.path_params["outlet"]:
            return outlet
    raise HTTPException(404)


def _outlet_page(request: Request, template: str, outlet: Outlet, **values: object) -> Response:
    facts = {"language": outlet.language, "direction": outlet.direction, "colour": outlet.colour}
    feed_type = documents.MEDIA_TYPES[outlet.format]
    return _page(request, template, outlet=outlet, feed_type=feed_type, **facts, **values)


def _page(request: Request, template: str, **values: object) -> Response:
    return HTMLResponse(TEMPLATES.get_template(template).render(base_url=str(request.base_url), **values))


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8081
    uvicorn.run(newsroom(lambda: datetime.now(UTC)), host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
