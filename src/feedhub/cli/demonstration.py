"""`demo`: the newsroom and the hub on top, in one process, forgotten when it ends."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from feedhub.cli.serving import listen, run_parts
from feedhub.cli.show import console
from feedhub.config import Config, load
from feedhub.demo.configuration import feeds_yaml
from feedhub.demo.newsroom import newsroom
from feedhub.hub import open_store
from feedhub.observe import LogFormat, configure_logging
from feedhub.service import serve_app
from feedhub.settings import Settings
from feedhub.store.database import Store


def run_demo(host: str, port: int, log_format: LogFormat, pace: float) -> None:
    """Run until a signal ends it."""
    configure_logging(log_format)
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="feedhub-demo-")))
        outlets = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = f"http://127.0.0.1:{outlets.getsockname()[1]}/"
        path = folder / "feeds.yaml"
        path.write_text(feeds_yaml(address), encoding="utf-8")
        settings = Settings(path, folder, None, True, host, port, log_format)
        listening = held.enter_context(listen(settings))
        settings = replace(settings, port=listening.getsockname()[1])
        store = open_store(settings)
        held.callback(store.close)
        console().print(f"a newsroom of invented outlets publishes at {address}", markup=False)
        asyncio.run(_run(store, load(path, os.environ), settings, listening, outlets, timedelta(seconds=pace)))


async def _run(
    store: Store,
    config: Config,
    settings: Settings,
    listening: socket.socket,
    outlets: socket.socket,
    pace: timedelta,
) -> None:
    async with serve_app(newsroom(lambda: datetime.now(UTC), pace), outlets):
        await run_parts(store, config, settings, listening, polls=True)
