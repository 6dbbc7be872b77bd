"""What this process says of itself to Prometheus."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedhub.publish.metrics import Samples

_STARTED = time.time()
_SELF = Path("/proc/self")  # where there is none, those two are left out


class Requests:
    """The answers of the app, counted by their status."""

    def __init__(self, app: ASGIApp, counts: Counter[int]) -> None:
        self.app, self._counts = app, counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._counts[message["status"]] += 1
            await send(message)

        await self.app(scope, receive, counted if scope["type"] == "http" else send)


def process_samples(requests: Mapping[int, int], mistakes: int = 0) -> Mapping[str, Samples]:
    """By the metrics' names; `requests` are how many answers had which status, `mistakes` those in feeds.yaml."""
    return {
        "feedhub_configuration_mistakes": [((), mistakes)],
        "feedhub_http_requests_total": [((str(code),), count) for code, count in sorted(requests.items())],
        "process_cpu_seconds_total": [((), time.process_time())],
        "process_start_time_seconds": [((), round(_STARTED, 3))],
        "process_resident_memory_bytes": [((), _resident())],
        "process_open_fds": [((), _open_files())],
    }


def _resident() -> int | None:
    try:
        pages = (_SELF / "statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _open_files() -> int | None:
    try:
        return len(os.listdir(_SELF / "fd"))
    except OSError:
        return None
