"""`feedhub poll --export` and `feedhub export`: the outputs as files that any web server can serve."""

from __future__ import annotations

from pathlib import Path

from support.feeds import recent, rss
from support.program import Program
from support.published import without_hub
from support.publisher import Publisher


def test_files_mirror_the_addresses_are_left_alone_when_unchanged_and_are_what_serve_serves(
    program: Program, publisher: Publisher
) -> None:
    """R39, R49: `site.url` is set, so that no byte depends on the address; links in pages hold on any host.

    A static host is no hub (R43): that a service names one is the only difference.
    """
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
    assert outputs | pages | {"opml", "static/feedhub.css"} <= files.keys()
    assert sum(name.startswith("stories/") for name in files) == 8
    assert not [name for name in files if Path(name).name.startswith(".")]

    written = _times(program.folder / "public")
    again = program.run("export", "public")
    assert (again.code, again.out) == (0, f"0 files written to public, {len(files)} unchanged\n")
    assert _times(program.folder / "public") == written

    with program.serving("--no-poll") as service:
        for name in outputs | {"opml", "index.html", "static/feedhub.css"}:
            body = service.get(f"/{name.removesuffix('index.html')}").body
            assert (without_hub(body) if name in outputs else body) == files[name]
    assert b'href="https://hub.example/news/feed.atom"' in files["feed.atom"]


def _times(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
