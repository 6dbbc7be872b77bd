"""Parser processes: they may crash, hang and hunger, and the service does not notice (R28, R33)."""

from __future__ import annotations

import asyncio
import gc
import operator
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from feedhub.ingest.parse import parse
from feedhub.ingest.workers import ParserDied, ParserFailed, ParserTimeout, ParserWorkers
from feedhub.models import ParsedFeed

pytestmark = pytest.mark.anyio

LIMIT = timedelta(seconds=1.5)

# A job is a function that the child can import, so these are expressions for `eval`.
SLEEP_AND_TELL = "__import__('time').sleep(0.3) or __import__('os').getpid()"


@pytest.fixture
async def worker() -> AsyncIterator[ParserWorkers]:
    """A single process, so that what one job does to it the next would feel."""
    async with ParserWorkers(1, time_limit=LIMIT, memory_limit=400_000_000) as workers:
        yield workers


def is_alive(pid: int) -> bool:
    """Whether the process exists; one that has ended but was not waited for exists as a zombie."""
    return Path(f"/proc/{pid}").exists()


async def until_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:  # noqa: ASYNC110 - another process's end is no event of ours
        await asyncio.sleep(0.01)
    return not is_alive(pid)


async def test_a_job_is_done_in_another_process(worker: ParserWorkers) -> None:
    """Value in, value out; the process is kept for the next job."""
    pid = await worker.call(os.getpid)
    assert pid != os.getpid()
    assert await worker.call(os.getpid) == pid


async def test_a_feed_is_parsed_in_another_process(worker: ParserWorkers) -> None:
    """Five megabytes of document go there and their items come back."""
    item = b"<item><guid>%d</guid><description>" + b"x" * 5_000 + b"</description></item>"
    body = b"<rss version='2.0'><channel>" + b"".join(item % n for n in range(1000)) + b"</channel></rss>"
    feed = await worker.call(partial(parse, url="https://herald.example/rss"), body)
    assert isinstance(feed, ParsedFeed)
    assert len(feed.items) == 1000


async def test_no_process_is_started_before_it_is_needed() -> None:
    """A hub with two feeds does not run eight interpreters: the process used last is used again."""
    others = children()  # of fixtures
    async with ParserWorkers(8) as workers:
        assert children() == others
        pids = {await workers.call(os.getpid) for _ in range(5)}
        assert children() - others == pids
        assert len(pids) == 1


async def test_jobs_run_side_by_side() -> None:
    """Two processes do two jobs at a time, and a third waits for its turn."""
    async with ParserWorkers(2, time_limit=timedelta(seconds=10)) as workers:
        pids = await asyncio.gather(*(workers.call(eval, SLEEP_AND_TELL) for _ in range(6)))
    assert len(set(pids)) == 2


async def test_an_exception_is_told_and_the_process_lives(worker: ParserWorkers) -> None:
    """One line says what was raised; nothing else happens."""
    pid = await worker.call(os.getpid)
    with pytest.raises(ParserFailed, match=r"^ZeroDivisionError: integer division or modulo by zero$"):
        await worker.call(operator.floordiv, 1, 0)
    with pytest.raises(ParserFailed, match=r"^TypeError: cannot pickle"):
        await worker.call(open, os.devnull)
    assert await worker.call(os.getpid) == pid


async def test_memory_is_limited(worker: ParserWorkers) -> None:
    """A job that wants more than the limit sees a MemoryError, and the machine nothing."""
    with pytest.raises(ParserFailed, match=r"^MemoryError"):
        await worker.call(bytearray, 1 << 30)
    assert await worker.call(len, b"abc") == 3


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL"])
async def test_a_crash_is_told_and_the_process_replaced(worker: ParserWorkers, name: str) -> None:
    """The message names the signal, and the next job finds a new process."""
    pid = await worker.call(os.getpid)
    with pytest.raises(ParserDied, match=name):
        await worker.call(signal.raise_signal, signal.Signals[name])
    assert not is_alive(pid)
    assert await worker.call(os.getpid) != pid


async def test_an_exit_is_told(worker: ParserWorkers) -> None:
    """Also one that looks like success."""
    with pytest.raises(ParserDied, match="exit code 3"):
        await worker.call(os._exit, 3)
    with pytest.raises(ParserDied, match="exit code 0"):
        await worker.call(os._exit, 0)


async def test_a_process_that_died_in_idleness_is_replaced(worker: ParserWorkers) -> None:
    """The system's memory killer comes between two jobs; at most one job is lost to it."""
    pid = await worker.call(os.getpid)
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(0.2)
    assert await worker.call(len, b"abc") == 3


async def test_a_hang_is_killed(worker: ParserWorkers) -> None:
    """Within the limit of wall-clock time, busy or asleep, and the process with it."""
    pid = await worker.call(os.getpid)
    started = time.monotonic()
    with pytest.raises(ParserTimeout, match=r"1\.5 s"):
        await worker.call(time.sleep, 60)
    assert LIMIT.total_seconds() <= time.monotonic() - started < LIMIT.total_seconds() + 1
    assert not is_alive(pid)
    assert await worker.call(len, b"abc") == 3


async def test_a_cancelled_job_never_answers_for_the_next(worker: ParserWorkers) -> None:
    """The process of a cancelled call is killed: its late reply would be taken for another's."""
    pid = await worker.call(os.getpid)
    task = asyncio.create_task(worker.call(eval, SLEEP_AND_TELL))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(pid)
    assert await worker.call(operator.add, 40, 2) == 42


async def test_what_a_job_prints_does_not_spoil_the_channel(worker: ParserWorkers) -> None:
    """stdout is not the channel's once a job runs."""
    await worker.call(eval, "print('printed by a job under test', flush=True)")
    await worker.call(os.write, 1, b"written by a job under test")
    assert await worker.call(len, b"abc") == 3


async def test_ctrl_c_is_for_the_parent(worker: ParserWorkers) -> None:
    """SIGINT does not end a child: the parent decides when it goes."""
    pid = await worker.call(os.getpid)
    os.kill(pid, signal.SIGINT)
    assert await worker.call(os.getpid) == pid
    assert os.getsid(pid) != os.getsid(0)


async def test_closing_takes_no_time_and_leaves_nothing() -> None:
    """Busy or idle, all processes are gone within a second, waited for, and nothing is left to the collector."""
    others = children()  # of fixtures
    workers = ParserWorkers(2)
    pids = {await workers.call(os.getpid)}
    busy = asyncio.create_task(workers.call(time.sleep, 60))
    waiting = asyncio.create_task(workers.call(time.sleep, 60))
    await asyncio.sleep(0.5)
    pids |= children() - others
    assert len(pids) == 2
    started = time.monotonic()
    await workers.close()
    assert time.monotonic() - started < 1
    assert not any(map(is_alive, pids))
    for task in (busy, waiting):
        with pytest.raises(ParserDied):
            await task
    with pytest.raises(ParserDied, match="closed"):
        await workers.call(len, b"abc")
    assert children() == others
    gc.collect()  # a ResourceWarning would fail the test


async def test_children_end_with_their_parent() -> None:
    """kill -9 of the service leaves no process behind, idle or hanging (R51)."""
    program = (
        "import asyncio, os, time\n"
        "from datetime import timedelta\n"
        "from feedhub.ingest.workers import ParserWorkers\n"
        "async def main():\n"
        "    workers = ParserWorkers(2, time_limit=timedelta(seconds=1))\n"
        "    print(await workers.call(os.getpid), flush=True)\n"
        "    hang = asyncio.create_task(workers.call(time.sleep, 60))\n"
        "    await asyncio.sleep(0.1)\n"
        "    print(await workers.call(os.getpid), flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    output, _ = await parent.communicate()
    hanging, idle = map(int, output.split())
    assert hanging != idle
    assert await until_gone(idle, 2)
    assert await until_gone(hanging, 4)


async def test_a_reply_that_nobody_waits_for_is_no_error() -> None:
    """R51: kill -9 of the service in the middle of a job leaves no traceback behind."""
    program = (
        "import asyncio, os, time\n"
        "from feedhub.ingest.workers import ParserWorkers\n"
        "async def main():\n"
        "    workers = ParserWorkers(1)\n"
        "    await workers.call(os.getpid)\n"
        "    asyncio.create_task(workers.call(time.sleep, 0.5))\n"
        "    await asyncio.sleep(0.1)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=asyncio.subprocess.PIPE)
    _, errors = await parent.communicate()  # which ends with the last process that could write there
    assert errors.decode() == ""


def children() -> set[int]:
    """The processes whose parent is this one, zombies too."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found
