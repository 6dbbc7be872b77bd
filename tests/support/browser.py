"""A real Chromium, spoken to by the DevTools protocol over a pair of pipes: it needs no client library.

    with Browser(folder) as browser:
        page = browser.open("http://127.0.0.1:8080/", width=390, dark=True)
        assert page.complaints == ()
        page.evaluate("document.title")
        page.screenshot(Path("artifacts/front.png"))

Messages are JSON, each ended by a NUL; the browser reads them from its descriptor 3 and writes to its descriptor 4.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from select import select
from typing import Any, Self

PATIENCE = 60.0  # seconds; a first start on a busy machine is slow
QUIET = 0.4  # seconds without a message, after which nothing more is expected of a page

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)

_KEYS = {"Tab": 9, "Enter": 13}
_ADVICE = {"LazyLoadImageIssue"}  # on speed: nothing is wrong with the page

Message = dict[str, Any]


def program() -> str | None:
    """Where Chromium is on this machine, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One browser with one tab. `folder` holds its profile."""

    def __init__(self, folder: Path) -> None:
        executable = program()
        assert executable, "there is no Chromium here"
        to_browser, self._write = _pipe()
        self._read, from_browser = _pipe()
        self._process = _start([executable, *_FLAGS, f"--user-data-dir={folder}"], to_browser, from_browser)
        self._numbers = count(1)
        self._received = b""
        self._events: list[Message] = []
        self._session = ""

    def __enter__(self) -> Self:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime", "Network", "Audits"):
            self.call(f"{domain}.enable")
        self.call("Network.setCacheDisabled", cacheDisabled=True)
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._write)
        os.close(self._read)

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """Go to `url` in a window of this size, in CSS pixels, and wait until nothing more happens."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self._resize(width, height)
        self._events.clear()
        answer = self.call("Page.navigate", url=url)
        assert "errorText" not in answer, f"{url}: {answer['errorText']}"
        self._settle()
        return Page(self, url, width, tuple(_complaints(self._events)))

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the open page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Press a key and let it go; `text` is what it types."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text if kind == "keyDown" else "",
                      windowsVirtualKeyCode=_KEYS[key])  # fmt: skip

    def capture(self, width: int, height: int) -> bytes:
        """The open page's first `height` pixels as a PNG picture."""
        self._resize(width, height)
        self._settle()
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def call(self, method: str, **parameters: object) -> Message:
        """One command and its result."""
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": number, "method": method, "params": parameters} | session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            heard = self._hear(0.1)
            self._events += (message for message in heard if "id" not in message)
            for answer in (message for message in heard if message.get("id") == number):
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: Message = answer["result"]
                return result
        raise TimeoutError(f"Chromium did not answer {method}")

    def _resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def _settle(self) -> None:
        """Wait until the page is loaded and has been quiet for a moment."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            heard = self._hear(QUIET)
            self._events += heard
            if not heard and self.evaluate("document.readyState") == "complete":
                return
        raise TimeoutError("the page did not come to rest")

    def _hear(self, wait: float) -> list[Message]:
        """What the browser has said, waiting so many seconds for the first of it."""
        if not select([self._read], [], [], wait)[0]:
            return []
        heard = os.read(self._read, 1 << 20)
        if not heard:
            raise ConnectionError("Chromium has ended")
        *whole, self._received = (self._received + heard).split(b"\0")
        return [json.loads(message) for message in whole]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that came to rest. `complaints` are errors and warnings of its console, and what failed to load."""

    browser: Browser
    url: str
    width: int
    complaints: tuple[str, ...]

    def evaluate(self, expression: str) -> Any:
        return self.browser.evaluate(expression)

    def all(self, selector: str, attribute: str) -> list[str]:
        """The property `attribute` of every element that `selector` finds; `href` and `src` are absolute."""
        found: list[str] = self.evaluate(f"[...document.querySelectorAll({selector!r})].map(e => e.{attribute})")
        return found

    @property
    def height(self) -> int:
        """The height of the whole page, in CSS pixels."""
        return int(self.evaluate("document.documentElement.scrollHeight"))

    def screenshot(self, path: Path, height: int) -> None:
        """Keep a picture of the page's first `height` pixels."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.browser.capture(self.width, height))


def _pipe() -> tuple[int, int]:
    """Where to read and where to write; neither is one of the browser's own descriptors."""
    ends = os.pipe()
    try:
        read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    finally:
        for end in ends:
            os.close(end)
    return read, write


def _start(command: list[str], to_browser: int, from_browser: int) -> int:
    """The browser's process, a group of its own, with these pipe ends as its descriptors 3 and 4."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, 1, 2),
        (os.POSIX_SPAWN_DUP2, to_browser, 3),
        (os.POSIX_SPAWN_DUP2, from_browser, 4),
    ]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=actions, setpgroup=0)
    os.close(to_browser)
    os.close(from_browser)
    return process


def _complaints(events: list[Message]) -> Iterator[str]:
    for event in events:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Log.entryAdded" if parameters["entry"]["level"] in ("warning", "error"):
                yield f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}"
            case "Runtime.consoleAPICalled" if parameters["type"] in ("warning", "error"):
                yield f"console: {parameters['args']}"
            case "Runtime.exceptionThrown":
                yield f"exception: {parameters['exceptionDetails']}"
            case "Audits.issueAdded" if parameters["issue"]["code"] not in _ADVICE:
                yield f"issue: {parameters['issue']['code']}"
            case "Network.loadingFailed":
                yield f"failed to load: {parameters['errorText']} {parameters.get('blockedReason', '')}"
