"""Processes that parse and may die at it: a hostile document ends or stalls one of them, never the service.

Each does one job at a time, sent over its stdin and answered over its stdout::

    parent                                         child: python -m feedhub.ingest.workers
    pickle of (function, args)    -- frame -->     function(*args)
    pickle of ("value", result)  <-- frame --      or ("failed", "ValueError: …")

A frame is 8 bytes of length, big-endian, and the pickle. Pickle is between ourselves, both ends are this file: the
process keeps away crashes, hangs and hunger for memory, and is no sandbox.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self, TypeVar

T = TypeVar("T")

_LENGTH = struct.Struct(">Q")
_GRACE = 1.0  # seconds after the time limit in which the parent kills; then the child ends itself


class ParserError(Exception):
    """A job brought no result::

    ParserError
    ├── ParserTimeout   it took longer than the limit; its process was killed
    ├── ParserDied      its process ended by itself
    └── ParserFailed    the function raised; the process lives on
    """


class ParserTimeout(ParserError):
    """The job took longer than the time limit."""


class ParserDied(ParserError):
    """The process ended during the job; the message says by which signal or exit code."""


class ParserFailed(ParserError):
    """The function raised; the message is its exception on one line."""


class ParserWorkers:
    """`count` processes, each started when a job first needs it and again after it died.

    `time_limit` is for one job in wall-clock time, the start of its process included; `memory_limit` is a process's
    address space in bytes, beyond which it sees a MemoryError.
    """

    def __init__(
        self, count: int, *, time_limit: timedelta = timedelta(seconds=10), memory_limit: int = 1 << 30
    ) -> None:
        self._workers = [_Worker(time_limit.total_seconds(), memory_limit) for _ in range(count)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()  # the last used first, so that few are started
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def call(self, function: Callable[..., T], /, *args: object) -> T:
        """`function(*args)` in a process of its own; `function` stands at the top level of a module. ParserError else.

        Cancelling the call kills the process.
        """
        request = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        worker = await self._idle.get()
        try:
            outcome, value = await worker.answer(request)
        finally:
            self._idle.put_nowait(worker)
        if outcome == "failed":
            raise ParserFailed(value)
        result: T = value
        return result

    async def close(self) -> None:
        """Kill every process and wait until it is gone; calls that are under way end in ParserDied."""
        await asyncio.gather(*(worker.close() for worker in self._workers))


class _Worker:
    """One process, or the place for one."""

    def __init__(self, time_limit: float, memory_limit: int) -> None:
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._process: Process | None = None
        self._closed = False

    async def answer(self, request: bytes) -> tuple[str, Any]:
        """The reply to `request`. Any other end leaves no process behind, so that no late reply meets the next job."""
        try:
            async with asyncio.timeout(self._time_limit):
                return await _exchange(await self._running(), request)
        except TimeoutError:
            await self._stop()
            raise ParserTimeout(f"no result within {self._time_limit:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ParserDied(_cause(await self._end())) from None
        except BaseException:
            await self._stop()
            raise

    async def close(self) -> None:
        self._closed = True
        await self._stop()

    async def _running(self) -> Process:
        if not self._closed and (self._process is None or self._process.returncode is not None):
            limits = (str(self._time_limit + _GRACE), str(self._memory_limit))
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", __spec__.name, *limits),  # -P: a file in the current folder shadows no module
                stdin=PIPE,
                stdout=PIPE,
                start_new_session=True,  # Ctrl-C at the terminal is for the parent alone
            )
        if self._closed or self._process is None:
            raise ConnectionAbortedError("closed")
        return self._process

    async def _end(self) -> int | None:
        """The status of a process that hung up. Killing it at once would reap it behind asyncio's back, status lost."""
        if self._process:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE):
                    await self._process.wait()
        return await self._stop()

    async def _stop(self) -> int | None:
        """Kill the process and wait for its end; its status, None if there was none."""
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(ProcessLookupError):
            process.kill()
        return await process.wait()


async def _exchange(process: Process, request: bytes) -> tuple[str, Any]:
    assert process.stdin and process.stdout  # noqa: S101 - both are pipes: tells the type checker
    process.stdin.write(_LENGTH.pack(len(request)) + request)
    await process.stdin.drain()
    (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
    reply: tuple[str, Any] = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - from our own child
    return reply


def _cause(status: int | None) -> str:
    if status is None:
        return "the workers are closed"
    if status >= 0:
        return f"the process ended with exit code {status}"
    return f"the process was ended by {signal.Signals(-status).name}"


# --- the child --------------------------------------------------------------------------------------------------------


def main(time_limit: float, memory_limit: int) -> None:
    """Do jobs until stdin ends, which it does when the parent dies. A job of more than `time_limit` seconds is death.

    The last covers a hang whose parent is gone. Whatever a job prints goes to stderr, stdout being the channel.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody waits for the reply: an end without a word
    _limit(resource.RLIMIT_AS, memory_limit)
    _limit(resource.RLIMIT_CORE, 0)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while head := requests.read(_LENGTH.size):
        request = requests.read(_LENGTH.unpack(head)[0])
        signal.setitimer(signal.ITIMER_REAL, time_limit)  # SIGALRM's default is to end the process
        reply = _reply(request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(_LENGTH.pack(len(reply)) + reply)
        replies.flush()


def _reply(request: bytes) -> bytes:
    try:
        function, args = pickle.loads(request)  # noqa: S301 - from our own parent
        return pickle.dumps(("value", function(*args)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent is to hear of it
        message = " ".join(f"{type(error).__name__}: {error}".split())
        return pickle.dumps(("failed", message[:300]), pickle.HIGHEST_PROTOCOL)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
