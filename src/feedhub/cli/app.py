"""The command line: the commands and what stands before them."""

from __future__ import annotations

import typer

from feedhub import __version__
from feedhub.cli.commands import backup, check, demo, export, poll, prune, serve, status, why
from feedhub.cli.listing import discover, import_, opml, schema

app = typer.Typer(
    name="feedhub",
    help="Many newsrooms in, one feed out, each story once.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (serve, poll, check, export, status, why, demo, import_, opml, discover, schema, prune, backup):
    app.command(command.__name__.rstrip("_"))(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"feedhub {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", callback=_version, is_eager=True
    ),
) -> None:
    pass
