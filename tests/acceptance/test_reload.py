"""feeds.yaml edited while `feedhub serve` runs (R46)."""

from __future__ import annotations

import json
import re

import pytest

from support.feeds import item, recent, rss
from support.program import Program, Service, until
from support.publisher import Publisher


def configure(program: Program, publisher: Publisher, *names: str, extra: str = "") -> None:
    feeds = ", ".join(f"{{id: {name}, url: '{publisher.url(f'/{name}')}', tags: [{name}]}}" for name in names)
    program.configure(f"site: {{title: Two Rivers, url: 'https://hub.example/'}}\nfeeds: [{feeds}]\n{extra}")


def events(service: Service, event: str) -> list[dict[str, object]]:
    told = [json.loads(line) for line in service.err.splitlines() if line.startswith("{")]
    return [line for line in told if line["event"] == event]


def told(service: Service) -> list[str]:
    """The titles of the events, the last one first."""
    return re.findall(r"<title>(.*)</title>", service.get("/status.atom").text)[1:]


def notices(service: Service) -> str:
    """What the status page says before all else."""
    return " ".join(re.findall(r'<p class="notice">(.*)</p>', service.get("/status").text))


@pytest.mark.slow
def test_r46_r47_a_running_service_follows_feeds_yaml(program: Program, publisher: Publisher) -> None:
    """A feed comes and goes, an output comes, a mistake is refused, and readers are served through all of it.

    R47: what only the feed that went carried leaves the outputs; nothing else moves.
    """
    refused = "feeds.yaml is refused; the last good configuration stays in force"
    publisher.serve("/tigris", rss(*recent(2)))
    publisher.serve("/zagros", rss(*recent(5)[2:], title="Zagros Post"))
    configure(program, publisher, "tigris")
    with program.serving() as service:
        first = service.await_stories(2)
        assert service.get("/feeds/hills.json").status == 404

        configure(program, publisher, "tigris", "zagros", extra="outputs: [{id: hills, match: {tags: [zagros]}}]\n")
        both = service.await_stories(5)
        assert [story for story in both if story in first] == first
        assert [story["id"] for story in service.stories("feeds/hills")] == [
            story["id"] for story in both if story not in first
        ]
        assert events(service, "feeds.yaml is in force")[0]["added"] == 1

        configure(program, publisher, "tigris", extra="outputs: [{id: hills, match: {tags: [zagros]}}]\n")
        until(lambda: events(service, refused), "a refusal")
        assert service.get("/readyz").text == (
            "ready, with the last good configuration: the file has 1 mistake now, which the log names\n"
        )
        assert service.stories() == both
        where = f'{program.config}:4:38: outputs[0].match.tags[0]: no feed has the tag "zagros"'
        assert events(service, refused)[0]["mistakes"] == [where]
        status = program.run("status").err
        assert where in status
        assert "a running service keeps the last good one" in status
        until(lambda: "feeds.yaml has 1 mistake" in notices(service), "the notice")
        assert service.get("/status.json").json["hub"]["mistakes"] == 1
        assert "feedhub_configuration_mistakes 1\n" in service.get("/metrics").text
        until(lambda: told(service) == ["feeds.yaml: refused"], "the event")

        publisher.serve("/zagros", rss(*recent(5)[2:], item(77), title="Zagros Post"))
        configure(program, publisher, "tigris")
        until(lambda: len(service.stories()) == 2, "a feed's going")
        until(lambda: told(service) == ["feeds.yaml: well again", "feeds.yaml: refused"], "the end of it")
        assert service.stories() == first
        assert service.get("/feeds/hills.json").status == 404
        assert service.get("/readyz").text == "ready\n"
        until(lambda: "mistake" not in notices(service), "the notice's going")
        assert service.stop(within=10) == 0
        assert "Traceback" not in service.err


def test_a_secret_that_comes_later_is_kept_out_of_the_log_as_well(program: Program, publisher: Publisher) -> None:
    """Also after it went from the file again: its requests may still be under way."""
    publisher.serve("/tigris", rss(*recent(2)))
    publisher.serve("/zagros", "no", status=404)
    program.environment["KEY"] = "geheim77"
    configure(program, publisher, "tigris")
    with program.serving() as service:
        service.await_stories(2)
        secret = publisher.url("/zagros?key=${KEY}")
        program.configure(f"feeds: [{{id: tigris, url: '{publisher.url('/tigris')}'}}, {{id: z, url: '{secret}'}}]\n")
        until(lambda: [e for e in events(service, "polled") if e["feed"] == "z"], "a poll of the new feed")
        assert publisher.requests_to("/zagros")[0].target == "/zagros?key=geheim77"
        assert service.stop() == 0
        assert "geheim77" not in service.err + service.out
