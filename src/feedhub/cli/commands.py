"""The commands' options and what each does, in order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from feedhub.cli.completing import CONFIG, feed_ids

ConfigPath = Annotated[
    Path, typer.Option("--config", envvar="FEEDHUB_CONFIG", help="The list of feeds.", show_default=True)
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Where the exported files will stand, if not at site.url.")
]
DataPath = Annotated[Path, typer.Option("--data", envvar="FEEDHUB_DATA", help="The folder for what feedhub remembers.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="FEEDHUB_DATABASE_URL",
        help="A PostgreSQL database, postgresql://user@host/name. Without it: SQLite in the data folder.",
    ),
]
AllowPrivate = Annotated[
    bool,
    typer.Option(
        "--allow-private",
        envvar="FEEDHUB_ALLOW_PRIVATE",
        help="Permit feeds and subscribers on private and loopback addresses.",
    ),
]
Host = Annotated[str, typer.Option("--host", envvar="FEEDHUB_HOST", help="The address to listen at.")]
Port = Annotated[
    int, typer.Option("--port", envvar="FEEDHUB_PORT", min=0, max=65535, help="The port; 0: any free one.")
]
LogStyle = Annotated[
    Literal["auto", "json", "text"],
    typer.Option("--log-format", envvar="FEEDHUB_LOG_FORMAT", help="auto: text on a terminal, else JSON."),
]


def _is_proxy(value: str | None) -> str | None:
    """The value, if it names a proxy; raises Misconfigured, without the value, which may hold a password."""
    if value:
        from feedhub.cli.faults import Misconfigured
        from feedhub.net.proxy import Proxy

        try:
            Proxy.parse(value)
        except ValueError as error:
            raise Misconfigured(f"FEEDHUB_PROXY or --proxy names no proxy: {error}") from None
    return value


ProxyAddress = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        envvar="FEEDHUB_PROXY",
        metavar="URL",
        callback=_is_proxy,
        show_default=False,
        help="Fetch through this proxy, http://host:port; it must itself keep private addresses from being asked.",
    ),
]

AdminToken = Annotated[
    str | None,
    typer.Option(
        "--admin-token",
        envvar="FEEDHUB_ADMIN_TOKEN",
        metavar="TOKEN",
        show_default=False,
        help="What /status and /metrics ask for; better set as FEEDHUB_ADMIN_TOKEN, since others can read options.",
    ),
]

DATA = Path("data")


def serve(
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    allow_private: AllowPrivate = False,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    log_format: LogStyle = "auto",
    proxy: ProxyAddress = None,
    admin_token: AdminToken = None,
    no_poll: Annotated[bool, typer.Option("--no-poll", help="Serve only; another process polls.")] = False,
    no_web: Annotated[bool, typer.Option("--no-web", help="Poll only; another process serves.")] = False,
) -> None:
    """Poll on schedule and serve the merged feed over HTTP.

    It goes on until SIGTERM or Ctrl-C.
    """
    from feedhub.cli.serving import run_service
    from feedhub.settings import Settings

    settings = Settings(config, data, database, allow_private, host, port, log_format, proxy, admin_token)
    run_service(settings, polls=not no_poll, serves=not no_web)


def poll(
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    allow_private: AllowPrivate = False,
    log_format: LogStyle = "auto",
    proxy: ProxyAddress = None,
    all_feeds: Annotated[
        bool, typer.Option("--all", help="Also feeds that are not due; never one that asked to wait (Retry-After).")
    ] = False,
    feed: Annotated[
        list[str] | None,
        typer.Option("--feed", help="Only this feed, due or not. May be repeated.", autocompletion=feed_ids),
    ] = None,
    export: Annotated[Path | None, typer.Option("--export", help="Then write the outputs as files here.")] = None,
    base_url: BaseUrl = None,
) -> None:
    """One pass over the feeds that are due, then exit: for cron.

    Exit status 0: done, failed feeds are in the report; 2: configuration error; 3: no feed could be reached;
    4: another feedhub holds the lock.
    """
    from feedhub.cli.polling import Target, run_poll
    from feedhub.settings import Settings

    settings = Settings(config, data, database, allow_private, log_format=log_format, proxy=proxy)
    target = Target.of(export, base_url) if export else None
    raise typer.Exit(run_poll(settings, every=all_feeds, only=feed or [], target=target))


def check(
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    allow_private: AllowPrivate = False,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    proxy: ProxyAddress = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Also try each feed; nothing is stored.")] = False,
    system: Annotated[
        bool, typer.Option("--system", help="Also look at database, disk, clock, address and network.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Also say what would change against the configuration in force.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Say every mistake in the configuration, with its line.

    Exit status 0: all is well; 1: a feed failed, or a look at the system; 2: a mistake in the configuration; 3: no feed
    could be reached.
    """
    from feedhub.cli.checking import run_check
    from feedhub.settings import Settings

    settings = Settings(config, data, database, allow_private, host, port, proxy=proxy)
    raise typer.Exit(run_check(settings, fetch=fetch, system=system, diff=diff, as_json=as_json))


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the files.")],
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    base_url: BaseUrl = None,
) -> None:
    """Write the outputs as static files for any web server."""
    from feedhub.cli.polling import Target, run_export
    from feedhub.settings import Settings

    run_export(Settings(config, data, database), Target.of(folder, base_url))


def status(
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Show each feed's health and what to mend.

    When it was polled, when it is polled next, and why then.
    """
    from feedhub.cli.health import show_status
    from feedhub.settings import Settings

    show_status(Settings(config, data, database), datetime.now(UTC), as_json=as_json)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the copy.")],
    data: DataPath = DATA,
    database: Database = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it exists.")] = False,
) -> None:
    """Copy the database to a file, checked, while feedhub runs."""
    from feedhub.cli.keeping import run_backup
    from feedhub.settings import Settings

    run_backup(Settings(CONFIG, data, database), file, force=force)


def prune(
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and leave it.")] = False,
    removed: Annotated[
        bool,
        typer.Option("--removed", help="Also, and at once, all that came from feeds which are not listed any more."),
    ] = False,
    smaller: Annotated[
        bool, typer.Option("--vacuum", help="Then write SQLite's file anew, without what is free in it.")
    ] = False,
) -> None:
    """Take away now what is kept no longer (retention).

    `serve` and `poll` do so once an hour.

    Exit status 0: done; 2: configuration error; 4: another feedhub holds the lock.
    """
    from feedhub.cli.pruning import run_prune
    from feedhub.settings import Settings

    run_prune(Settings(config, data, database), removed=removed, dry_run=dry_run, smaller=smaller)


def why(
    reference: Annotated[
        str, typer.Argument(metavar="ID-or-URL", help="A story's id, the address of its page, or an article's.")
    ],
    config: ConfigPath = CONFIG,
    data: DataPath = DATA,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Say why articles are one story, and why others are not."""
    from feedhub.cli.why import show_why
    from feedhub.settings import Settings

    show_why(Settings(config, data, database), reference, as_json=as_json)


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    log_format: LogStyle = "auto",
    pace: Annotated[float, typer.Option("--pace", min=0.1, help="Seconds between two articles.")] = 4.0,
) -> None:
    """A small newsroom, merged live; needs no network."""
    from feedhub.cli.demonstration import run_demo

    run_demo(host, port, log_format, pace)
