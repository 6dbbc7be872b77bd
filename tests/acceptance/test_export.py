"""`feedhub poll --export` and `feedhub export`: the outputs as files that any web server can serve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urldefrag, urljoin

from lxml import html

from support.feeds import recent, rss
from support.program import Program, fetch
from support.publisher import Publisher


def test_files_mirror_the_addresses_are_left_alone_when_unchanged_and_are_what_serve_serves(
    program: Program, publisher: Publisher
) -> None:
    """R39, R49: `site.url` is set, so that no byte depends on the address; links in pages hold on any host."""
    publisher.serve("/tigris", rss(*recent(4)))
    program.configure(
        "site: {title: Two Rivers, url: 'https://hub.example/news/'}\n"
        f"feeds: [{{id: tigris, url: '{publisher.url('/tigris')}', tags: [erbil]}}]\n"
        "outputs: [{id: erbil, match: {tags: [erbil]}}]\n"
    )
    program.poll("--export", "public")
    files = program.files()
    outputs = {f"{name}.{suffix}" for name in ("feed", "feeds/erbil") for suffix in ("atom", "rss", "json")}
    pages = {"index.html", "outputs/index.html", "feeds/erbil/index.html"}
    assert outputs | pages | {"opml", "static/feedhub.css", "robots.txt"} <= files.keys()
    assert sum(name.startswith("stories/") for name in files) == 8
    assert not [name for name in files if Path(name).name.startswith(".")]

    written = _times(program.folder / "public")
    again = program.run("export", "public")
    assert (again.code, again.out) == (0, f"0 files written to public, {len(files)} unchanged\n")
    assert _times(program.folder / "public") == written

    with program.serving("--no-poll") as service:
        for name in outputs | {"opml", "static/feedhub.css", "robots.txt"}:
            assert service.get(f"/{name.removesuffix('index.html')}").body == files[name]
    assert b'href="https://hub.example/news/feed.atom"' in files["feed.atom"]


def test_all_links_of_an_export_lead_to_its_files_wherever_it_stands(program: Program, publisher: Publisher) -> None:
    """Below a path of a plain file server: those of pages, and the absolute ones of feeds and of OPML."""
    publisher.serve("/tigris", rss(*recent(3)))
    publisher.serve("/zagros", rss(*recent(4), language="ar"))
    program.configure(
        f"feeds: [{{url: '{publisher.url('/tigris')}', tags: [a]}}, {{url: '{publisher.url('/zagros')}', tags: [b]}}]\n"
        "outputs: [{id: erbil, limit: 2}]\n"
    )
    with _static_server(program.folder) as host:
        program.poll("--export", "public/news", "--base-url", f"{host}/public/news")
        site = f"{host}/public/news/"
        links = _links(program.files("public/news"), site)
        assert {
            site,
            f"{site}feed.atom",
            f"{site}outputs",
            f"{site}feeds/erbil.json",
            f"{site}static/feedhub.css",
        } <= links
        assert not [link for link in links if "?" in link], "a file server knows no selection"
        assert {link: status for link in links if (status := _status(link)) != 200} == {}


def test_a_base_url_that_is_none_is_told(program: Program) -> None:
    program.configure("feeds: [https://a.example/feed]\n")
    ran = program.run("export", "public", "--base-url", "news.example")
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert "--base-url" in ran.lines[0]
    assert not (program.folder / "public").exists()


@contextmanager
def _static_server(folder: Path) -> Iterator[str]:
    """Python's own file server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _links(files: dict[str, bytes], site: str) -> set[str]:
    """The addresses below the site's that the files name: relative ones in pages, absolute ones anywhere."""
    found: set[str] = set()
    for name, body in files.items():
        text = body.decode()
        if name.endswith(".html"):
            page = urljoin(site, name.removesuffix("index.html"))
            tree: Any = html.document_fromstring(text)
            found |= {urldefrag(urljoin(page, link)).url for link in tree.xpath("//@href | //@src")}
        found |= {unescape(link) for link in re.findall(rf"{re.escape(site)}[^\"'<#\s]*", text)}
    return {link for link in found if link.startswith(site)}


def _status(link: str) -> int:
    """What the server answers, after the redirect from a folder to its index."""
    answer = fetch(link)
    return fetch(urljoin(link, answer.headers["Location"])).status if answer.status == 301 else answer.status


def _times(folder: Path) -> dict[str, tuple[int, int]]:
    """The inode and the time of each file."""
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}
