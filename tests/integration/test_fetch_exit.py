"""What a fetch leaves behind must not hold up the end of the process."""

from __future__ import annotations

import subprocess
import sys
import time

HANGING_RESOLVER = """
import asyncio, socket, time
from datetime import UTC, datetime, timedelta
from feedhub.models import FetchRequest
from feedhub.net.fetch import Fetcher
socket.getaddrinfo = lambda *args, **kwargs: time.sleep(60)
fetcher = Fetcher("test", allow_private=False, deadline=timedelta(seconds=0.5))
print(asyncio.run(fetcher.fetch(FetchRequest("http://silent.example/feed"), datetime.now(UTC))).kind)
"""


def test_a_name_server_that_never_answers_does_not_keep_the_process_alive() -> None:
    """SIGTERM promises an end within 10 s; the system's resolver can hang for minutes."""
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", HANGING_RESOLVER], capture_output=True, text=True, timeout=50)
    assert done.stdout.strip() in ("dns", "timeout"), done.stderr
    assert time.monotonic() - started < 20
