"""The commands around the list of feeds: their options and what each does."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of feeds.yaml, by which editors complete and check it."""
    import json

    from feedhub.config.jsonschema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    typer.echo(text.encode())  # UTF-8 whatever the locale: RFC 8259, 8.1
