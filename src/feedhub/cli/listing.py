"""The commands around the list of feeds: their options and what each does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from feedhub.cli.commands import DATA, AllowPrivate, ConfigPath, Database, DataPath, ProxyAddress
from feedhub.cli.completing import CONFIG


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="The list of subscriptions.")],
    config: ConfigPath = CONFIG,
    append: Annotated[
        bool, typer.Option("--append", help="Put the lines at the end of the list in the configuration instead.")
    ] = False,
) -> None:
    """Print the feeds of an OPML file for feeds.yaml.

    They are lines to put under feeds:, without those that are listed.
    """
    from feedhub.cli.importing import run_import

    run_import(file, config, append=append)


def opml(config: ConfigPath = CONFIG, data: DataPath = DATA, database: Database = None) -> None:
    """Print the listed feeds as OPML.

    Reader apps and other hubs take it in.
    """
    from feedhub.cli.importing import run_opml
    from feedhub.settings import Settings

    run_opml(Settings(config, data, database))


def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page of the site.")],
    config: ConfigPath = CONFIG,
    allow_private: AllowPrivate = False,
    proxy: ProxyAddress = None,
) -> None:
    """Print the feeds of a site for feeds.yaml."""
    from feedhub.cli.discovering import run_discover
    from feedhub.settings import Settings

    run_discover(url, Settings(config, DATA, allow_private=allow_private, proxy=proxy))


def schema() -> None:
    """Print the JSON Schema of feeds.yaml.

    Editors complete and check the file by it.
    """
    import json

    from feedhub.config.jsonschema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    typer.echo(text.encode())  # UTF-8 whatever the locale: RFC 8259, 8.1
