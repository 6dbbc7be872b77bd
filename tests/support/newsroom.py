"""The demo's newsroom on a real server on the loopback address, at the time that a test says it is.

clock = HandSetClock(START)
with newsroom_at(clock, PACE) as address:      # ends with a slash
    clock.now = START + PACE
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import uvicorn

from feedhub.demo.newsroom import newsroom


class HandSetClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def newsroom_at(clock: HandSetClock, pace: timedelta) -> Iterator[str]:
    """A newsroom that opens at the clock's present time, on a free port."""
    server = uvicorn.Server(uvicorn.Config(newsroom(clock, pace), log_level="warning", ws="none", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
