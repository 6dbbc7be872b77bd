"""The JSON Schema of feeds.yaml, by which editors complete and check it: derived from :mod:`feedhub.config.schema`.

It takes every file that :func:`feedhub.config.load` takes, and refuses what can be seen at a single key. What only
shows between values (a tag that no feed has, an id twice) and behind `${NAME}` is for `feedhub check`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import WithDefaultSchema

from feedhub.config.meanings import MEANINGS
from feedhub.config.scalars import spell, spell_size
from feedhub.config.schema import SECTIONS, File, Section

Schema = dict[str, Any]

_REQUIRED = {"": ["feeds"], "feeds[]": ["url"], "feeds[].select": ["item"], "outputs[]": ["id"]}
_PAGE = {
    "if": {"properties": {"kind": {"const": "page"}}, "required": ["kind"]},
    "then": {"required": ["select"]},
    "dependentRequired": {"select": ["kind"]},
}


_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")  # of Markdown, to another page of the documentation


class _Bare(GenerateJsonSchema):
    """Without titles made of the keys' names, which tell an editor nothing, and defaults as Python has them."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> Schema:
    """The schema as JSON has it, in the dialect of 2020-12."""
    root = File.model_json_schema(schema_generator=_Bare)
    sections = {pattern: _node(root, model) for pattern, model in SECTIONS.items()}
    for pattern, node in sections.items():
        _describe(pattern, node, SECTIONS[pattern])
        if pattern in _REQUIRED:
            node["required"] = _REQUIRED[pattern]
    sections["feeds[]"] |= _PAGE
    feeds = root["properties"]["feeds"]
    feeds["items"] = {"anyOf": [sections["feeds[]"]["properties"]["url"], feeds["items"]]}
    about = "What feedhub reads, and what it publishes"
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": "feeds.yaml", "description": about} | root


def meaning(section: str, key: str) -> str | None:
    """The words for a key of a section, None where there are none. `defaults` has those of `feeds[]`."""
    place = "feeds[]" if section == "defaults" else section
    words = MEANINGS.get(f"{place}.{key}".removeprefix("."))
    return _LINK.sub(r"\1", words) if words else None


def _node(root: Schema, model: type[Section]) -> Schema:
    """The schema of a section; titles and descriptions made of classes are for readers of the code."""
    node: Schema = root if model is File else root["$defs"][model.__name__]
    node.pop("title", None)
    node.pop("description", None)
    return node


def _describe(section: str, node: Schema, model: type[Section]) -> None:
    """Give each key its words, and its default as the file would have it."""
    for key, schema in node["properties"].items():
        default = _spelt(model.model_fields[key].default, schema)
        if default is not None:
            schema["default"] = default
        if words := meaning(section, key):
            schema["description"] = words
        if "patternProperties" in schema:
            _close(schema)


def _close(schema: Schema) -> None:
    """A mapping whose keys all have one pattern: pydantic lets keys that do not match it hold anything."""
    ((pattern, value),) = schema.pop("patternProperties").items()
    schema["propertyNames"] = {"pattern": pattern}
    schema["additionalProperties"] = value


def _spelt(default: object, schema: Schema) -> bool | int | str | None:
    """A default as feeds.yaml has it; None where there is no value to write."""
    match default:
        case timedelta():
            return spell(default)
        case int() if schema.get("type") == "string":
            return spell_size(default)
        case bool() | int() | str() if default != "":
            return default
    return None
