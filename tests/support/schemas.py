"""The published schemas of the formats: RFC 4287's own grammar of Atom, and the JSON Schema of JSON Feed 1.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT4

_HUGE = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


class Schemas:
    """The schemas in the folder of real feeds."""

    def __init__(self, test_data: Path) -> None:
        folder = test_data / "corpus" / "schemas"
        self._atom = etree.RelaxNG(etree.parse(folder / "rfc4287-atom.rng"))
        older = DRAFT4.create_resource(_load(folder / "jsonfeed-schemastore-feed-1.json"))
        names = ("feed-1", "https://json.schemastore.org/feed-1")
        registry: Registry[Any] = Registry().with_resources([(name, older) for name in names])
        self._json = jsonschema.Draft4Validator(
            _load(folder / "jsonfeed-schemastore-feed.json"),
            registry=registry,
            format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER,
        )

    def faults_of_atom(self, body: bytes) -> list[str]:
        """Where an Atom document breaks the grammar."""
        self._atom.validate(etree.fromstring(body, _HUGE))
        return [str(error) for error in self._atom.error_log]

    def faults_of_json(self, body: bytes) -> list[str]:
        """Where a JSON Feed breaks its schema, dates and addresses included."""
        return [error.message for error in self._json.iter_errors(json.loads(body))]


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
