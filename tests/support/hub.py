"""A publisher's hub (WebSub), good or lying: a real HTTP server on this machine.

hub = PublisherHub(publisher)                 # answers at publisher.url("/hub")
hub.lease = 60                                # seconds it grants
hub.confirms = False                          # it accepts and never asks back
hub.status = 503                              # it refuses
hub.until_asked()                             # the form of the newest request, once there is one
hub.confirm(form)                             # ask back; the answer
hub.deny(form, "not here")
hub.deliver(RSS)                              # push to the newest subscriber, signed; the status
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from support.program import Answer, fetch, until
from support.publisher import Connection, Publisher, Request

Form = dict[str, str]


@dataclass
class PublisherHub:
    """See the module. `asked` are the forms it was sent, `answers` what its questions were answered."""

    publisher: Publisher
    path: str = "/hub"
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    confirms: bool = True
    first: bool = False  # asks back before it answers
    lease: int | str | None = 864_000
    asked: list[Form] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.publisher.behave(self.path, self._respond)

    @property
    def url(self) -> str:
        return self.publisher.url(self.path)

    def link(self, topic: str) -> str:
        """A Link header that names the hub and the topic."""
        return f'<{self.url}>; rel="hub", <{topic}>; rel=self'

    def until_asked(self, count: int = 1) -> Form:
        """The newest form, once there are so many."""
        until(lambda: len(self.asked) >= count, f"request {count} to the hub")
        return self.asked[-1]

    def until_answered(self, count: int = 1) -> Answer:
        """The newest answer, once there are so many."""
        until(lambda: len(self.answers) >= count, f"answer {count} to the hub")
        return self.answers[-1]

    def confirm(self, form: Form, **changes: str) -> Answer:
        """Ask whether this request was meant; `changes` replace parameters: `topic="..."`."""
        asked = {"mode": form["hub.mode"], "topic": form["hub.topic"], "challenge": "rivers meet", **changes}
        if self.lease is not None:
            asked.setdefault("lease_seconds", str(self.lease))
        query = urlencode({f"hub.{name}": value for name, value in asked.items()})
        answer = fetch(f"{form['hub.callback']}?{query}")
        self.answers.append(answer)
        return answer

    def deny(self, form: Form, reason: str) -> Answer:
        return self.confirm(form, mode="denied", reason=reason)

    def deliver(
        self,
        body: bytes | str,
        *,
        form: Form | None = None,
        method: str = "sha256",
        secret: str | None = None,
        signature: str | None = None,
        topic: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> int:
        """Push a document to the subscriber; `secret`, `signature` and `topic` may be wrong. The status of the answer.

        An empty `signature` is none.
        """
        form = form or self.asked[-1]
        content = body.encode() if isinstance(body, str) else body
        if signature is None:
            key = (form["hub.secret"] if secret is None else secret).encode()
            signature = f"{method}={hmac.new(key, content, getattr(hashlib, method)).hexdigest()}"
        sent = {"Content-Type": "application/rss+xml", "Link": self.link(topic or form["hub.topic"])}
        sent |= {"X-Hub-Signature": signature} if signature else {}
        return post(form["hub.callback"], content, sent | (headers or {}))

    def _respond(self, connection: Connection, request: Request) -> None:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        accepted = self.status == 202
        self.asked.append(form)
        if accepted and self.confirms and self.first:
            self.confirm(form)
        connection.answer(self.status, self.headers)
        if accepted and self.confirms and not self.first:
            self.confirm(form)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """One POST on a connection of its own; the status."""
    return fetch(url, "POST", body, **headers).status
