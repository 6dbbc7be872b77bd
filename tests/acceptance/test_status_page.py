"""The operator's addresses as they are served: who may read them, what a cache may do, and what they say."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator

import pytest

from support.feeds import recent, rss
from support.program import Program, Service
from support.publisher import Publisher

TOKEN = "the-token-of-the-operator"
PATHS = {
    "/status": "text/html; charset=utf-8",
    "/status.json": "application/json; charset=utf-8",
    "/status.atom": "application/atom+xml; charset=utf-8",
    "/metrics": "text/plain; version=0.0.4; charset=utf-8",
}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One feed is well, one is gone; they were polled once."""
    program = Program(tmp_path_factory.mktemp("status"))
    with Publisher() as publisher:
        publisher.serve("/tigris", rss(*recent(10)))
        publisher.serve("/zagros", "", status=410)
        urls = {name: publisher.url(f"/{name}") for name in ("tigris", "zagros")}
        program.configure("feeds: [" + ", ".join(f"{{id: {name}, url: '{url}'}}" for name, url in urls.items()) + "]\n")
        program.poll()
        yield program


@pytest.fixture(scope="module")
def service(program: Program) -> Iterator[Service]:
    """It asks for a token."""
    program.environment["FEEDHUB_ADMIN_TOKEN"] = TOKEN
    with program.serving("--no-poll") as service:
        yield service
    del program.environment["FEEDHUB_ADMIN_TOKEN"]


@pytest.mark.parametrize("path", PATHS)
def test_with_a_token_they_are_for_whoever_has_it(service: Service, path: str) -> None:
    """A browser is asked for it as a password; a wrong one is answered like none, and nothing is cached."""
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    for header in (f"Bearer {TOKEN}", f"Basic {basic}"):
        answer = service.get(path, Authorization=header)
        assert (answer.status, answer.headers["Content-Type"]) == (200, PATHS[path])
    for headers in ({}, {"Authorization": "Bearer another"}):
        answer = service.get(path, **headers)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert answer.headers["Cache-Control"] == "no-store"
    assert service.get("/feed.atom").status == 200


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/metrics"])
def test_r39_a_copy_is_fresh_until_something_happens(service: Service, path: str) -> None:
    """R39: each representation has its tag; no cache may share it or use it unasked."""
    plain = service.get(path, **BEARER)
    packed = service.get(path, **BEARER, Accept_Encoding="gzip")
    if packed.headers["Content-Encoding"]:
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Cache-Control"] == "private, no-cache"
    assert service.get(path, **BEARER, If_None_Match=plain.headers["ETag"]).status == 304
    assert service.get(path, If_None_Match=plain.headers["ETag"]).status == 401
    assert plain.headers["Access-Control-Allow-Origin"] is None
    assert "script-src" not in plain.headers["Content-Security-Policy"]


def test_they_say_what_status_says(service: Service, program: Program) -> None:
    """The data are those of `status --json` but for what is reckoned from the time; a feed that is gone comes first."""
    served = service.get("/status.json", **BEARER).json
    told = json.loads(program.run("status", "--json").out)
    for data in (served, told):
        del data["hub"]["revision"]  # another process that starts changes it, within the seconds that the page is kept
    assert served == told
    page = service.get("/status", **BEARER).text
    assert page.index('id="feed-zagros"') < page.index('id="feed-tigris"')
    only = service.get("/status?state=gone", **BEARER).text
    assert 'id="feed-zagros"' in only
    assert 'id="feed-tigris"' not in only
    assert service.get("/status?state=stale", **BEARER).status == 404
    events = service.get("/status.atom", **BEARER).text
    assert events.count("<entry>") == 1
    assert "<title>zagros: gone</title>" in events
    metrics = service.get("/metrics", **BEARER).text
    assert 'feedhub_feed_polls_total{feed="zagros",outcome="failed"} 1' in metrics
    assert 'feedhub_feed_new_entries_total{feed="tigris"} 10' in metrics
    assert 'feedhub_http_requests_total{code="200"}' in metrics


def test_without_a_token_they_are_closed_to_other_machines(program: Program, service: Service) -> None:
    """Where feedhub can be reached from elsewhere they say how to open them; all else is served."""
    del program.environment["FEEDHUB_ADMIN_TOKEN"]
    try:
        with program.serving("--no-poll", "--host", "0.0.0.0") as public:
            answers = [public.get(path) for path in PATHS]
            assert {answer.status for answer in answers} == {403}
            assert "FEEDHUB_ADMIN_TOKEN" in answers[0].text
            assert public.get("/feed.atom").status == 200
    finally:
        program.environment["FEEDHUB_ADMIN_TOKEN"] = TOKEN
