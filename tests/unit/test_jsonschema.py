"""The JSON Schema of feeds.yaml: what an editor says of a file agrees with what feedhub says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from feedhub.cli.app import app
from feedhub.config import ConfigError, load
from feedhub.config.jsonschema import json_schema, meaning
from feedhub.config.meanings import MEANINGS
from feedhub.config.scalars import spell_size
from feedhub.config.schema import SECTIONS
from feedhub.config.source import parse
from support.mistakes import BROKEN

CONFIG = Path(__file__).parents[2] / "config"
VALIDATOR = Draft202012Validator(json_schema())

# Mistakes that lie between values, or behind a scalar's grammar: `feedhub check` alone finds them.
BEYOND_A_SCHEMA = {
    "an interval of nothing",
    "min over max",
    "a feed's interval under the defaults' least",
    "a time zone",
    "a folder of time zones",
    "a feed's id twice",
    "an output's id twice",
    "a selection for all",
    "a misspelt tag",
    "a tag that no feed has",
    "no tag at all",
    "a misspelt source",
    "no language at all",
    "a language that no feed is in",
    "a word that is none",
    "an unfinished expression",
    "an expression without end",
    "a header of the fetcher's own",
    "an unset variable",
    "an unset variable for a URL",
    "an unclosed variable",
    "an octal address",
    "a window without end",
    "a retention of a day",
    "a retention shorter than the window",
    "a group of none",
    "a group of one",
    "a URL twice",
    "an id twice, in two spellings",
    "an id and the address of its page",
    "merged and not",
    "merged by way of another group and not",
}


def faults(text: str) -> list[str]:
    """What the schema says of a file."""
    return [error.message for error in VALIDATOR.iter_errors(parse(text, "feeds.yaml").value)]


def scalars(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in the document that stands for a value without parts."""
    match schema:
        case dict():
            if schema.get("type") in ("string", "integer", "boolean"):
                yield schema
            for child in schema.values():
                yield from scalars(child)
        case list():
            for child in schema:
                yield from scalars(child)


def test_it_is_a_json_schema() -> None:
    """Valid against the metaschema of 2020-12."""
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_has_its_words_and_no_words_are_without_a_key() -> None:
    """Whoever adds a key says what it means, in one place."""
    keys = {(pattern, key) for pattern, model in SECTIONS.items() for key in model.model_fields}
    assert {(pattern, key) for pattern, key in keys if not meaning(pattern, key)} == set()
    assert {f"{pattern}.{key}".removeprefix(".") for pattern, key in keys if pattern != "defaults"} == MEANINGS.keys()


def test_every_key_is_in_the_schema_with_its_words() -> None:
    """At each place where it may stand."""
    schema = json_schema()
    for pattern, model in SECTIONS.items():
        properties = (schema["$defs"][model.__name__] if pattern else schema)["properties"]
        assert properties.keys() == model.model_fields.keys()
        for key, found in properties.items():
            assert found["description"] == meaning(pattern, key), f"{pattern}.{key}"


def test_every_scalar_says_what_it_is_made_of() -> None:
    """A text has a pattern, a number its bounds: an editor marks more than a wrong type."""
    found = list(scalars(json_schema()))
    assert len(found) > 40
    for schema in found:
        assert schema["type"] == "boolean" or schema.keys() & {"pattern", "maximum"}, schema


def test_defaults_are_written_as_the_file_would_have_them() -> None:
    """An editor that fills them in makes no mistake."""
    properties = json_schema()["$defs"]["Defaults"]["properties"]
    shown = {key: properties[key].get("default") for key in ("interval", "max_interval", "max_size", "dedup", "paused")}
    assert shown == {"interval": "15m", "max_interval": "1d", "max_size": "5MB", "dedup": "story", "paused": False}
    for key, value in shown.items():
        assert faults(f"feeds: []\ndefaults: {{{key}: {json.dumps(value)}}}") == []
    assert [spell_size(count) for count in (999, 1_000, 1_500, 2_000_000)] == ["999B", "1KB", "1500B", "2MB"]


def test_it_takes_the_shipped_file() -> None:
    """The list that feedhub comes with."""
    assert faults((CONFIG / "feeds.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "feeds: []",
        "feeds: [https://a.example/feed, HTTP://b.example/]",
        "feeds: [{url: https://a.example/, select: {item: a}, kind: page, full_text: false}]",
        "feeds: [{url: '${FEED}', interval: '${EVERY}', language: '${TONGUE}', dedup: '${HOW}', kind: '${KIND}'}]",
        'feeds: [{url: https://a.example/, headers: {Authorization: "Bearer ${T}"}, tags: [a, "ئێستا"]}]',
        "feeds: [https://a.example/]\ndefaults: {interval: 1h30m, max_interval: 7d, max_size: 500KB}",
        "feeds: [https://a.example/]\ndefaults: {language: ku-Arab-IQ}",
        "feeds: [https://a.example/]\ndefaults: {language: CKB, timezone: Etc/GMT+3, priority: -5}",
        "feeds: [https://a.example/]\ndefaults: {language: ar-x-south}\nhosts: {spacing: 0s, concurrency: 64}",
        "feeds: [https://a.example/]\nsite: {url: https://h.example/news, contact: ops@h.example, title: ' a '}",
        "feeds: [https://a.example/]\nsite: {contact: https://h.example/me, noindex: false}\ndedup: {mode: off}",
        "feeds: [https://a.example/]\noutputs: [{id: all, limit: 1000}, {id: b, match: {}}]",
    ],
)
def test_it_takes_what_feedhub_takes(text: str, tmp_path: Path) -> None:
    """No editor marks what is right."""
    path = tmp_path / "feeds.yaml"
    path.write_text(text, "utf-8")
    environ = {"FEED": "https://a.example/", "EVERY": "5m", "TONGUE": "ar", "HOW": "off", "KIND": "feed", "T": "t"}
    load(path, environ)
    assert faults(text) == []


def mistaken() -> Iterator[Any]:
    """The broken files that are YAML at all, by their names."""
    for name, (text, _) in BROKEN.items():
        try:
            readable = isinstance(text, str) and not parse(text, "feeds.yaml").problems
        except ConfigError:
            continue
        if readable:
            yield pytest.param(name, text, id=name)


@pytest.mark.parametrize(("name", "text"), list(mistaken()))
def test_it_refuses_what_a_schema_can_refuse(name: str, text: str) -> None:
    """R46: an editor marks the mistake before feedhub sees the file; the rest is listed here, each for its reason."""
    assert bool(faults(text)) == (name not in BEYOND_A_SCHEMA)


def test_the_file_that_is_shipped_is_the_programs() -> None:
    """`feedhub schema > config/feeds.schema.json` renews it."""
    printed = CliRunner().invoke(app, ["schema"])
    assert printed.exit_code == 0
    assert printed.output == (CONFIG / "feeds.schema.json").read_text("utf-8")


def test_the_shipped_list_tells_editors_of_the_schema() -> None:
    """The comment of the YAML language server names a file that is there."""
    first = (CONFIG / "feeds.yaml").read_text("utf-8").partition("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    assert (CONFIG / found[1]).is_file()
