"""A subscriber (WebSub), good or careless: a real HTTP server on this machine.

reader = Subscriber(publisher, "https://hub.example/websub")   # answers at publisher.url("/push/k3y")
reader.ask("https://hub.example/feed.atom")                    # subscribe; the answer
reader.ask(topic, mode="unsubscribe", secret="")               # parameters changed, or left out where they are empty
reader.confirms = False                                        # it did not mean it
reader.status = 410                                            # what deliveries are answered
reader.asked, reader.delivered                                 # what came: questions, and requests
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from support.program import Answer, fetch
from support.publisher import Connection, Publisher, Request

SECRET = "between the rivers"


@dataclass
class Subscriber:
    """See the module. `echo` replaces what a question is answered, `headers` go with the answer to a delivery.

    Before a delivery is answered, `hears` is called.
    """

    publisher: Publisher
    hub: str
    path: str = "/push/k3y"
    query: str = ""
    confirms: bool = True
    echo: bytes | None = None
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    delivered: list[Request] = field(default_factory=list)
    hears: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self.publisher.behave(self.path, self._respond)

    @property
    def callback(self) -> str:
        return self.publisher.url(self.path) + self.query

    def ask(self, topic: str, **changes: str) -> Answer:
        """Ask the hub to begin, or for something else."""
        asked = {"mode": "subscribe", "topic": topic, "callback": self.callback, "secret": SECRET, **changes}
        form = urlencode({f"hub.{name}": value for name, value in asked.items() if value})
        return fetch(self.hub, "POST", form.encode(), Content_Type="application/x-www-form-urlencoded")

    @property
    def bodies(self) -> list[bytes]:
        """The documents that came and were taken, signed as they must be."""
        for request in self.delivered:
            digest = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
            assert request.header("X-Hub-Signature") == f"sha256={digest}"
        return [request.body for request in self.delivered]

    def _respond(self, connection: Connection, request: Request) -> None:
        if request.method == "POST":
            if self.status < 300:
                self.delivered.append(request)
                self.hears()
            connection.answer(self.status, self.headers)
            return
        question = dict(parse_qsl(request.target.partition("?")[2]))
        self.asked.append(question)
        if self.confirms:
            echo = question.get("hub.challenge", "").encode() if self.echo is None else self.echo
            connection.answer(200, {"Content-Type": "text/plain"}, echo)
        else:
            connection.answer(404, {})
