"""What is sent by POST goes through the same door as a feed is fetched by (R31, R43)."""

from __future__ import annotations

import pytest

from feedhub.models import FailureKind, FetchRequest, Upload, Validators
from feedhub.net.fetch import Fetcher
from support.fetching import AGENT, NO_AUTHORITY, failed, fetched
from support.publisher import Publisher, head

pytestmark = pytest.mark.anyio

SENT = b"hub.topic=https%3A%2F%2Ftigris.example%2Frss&hub.secret=between+the+rivers"
FORM = Upload(SENT)


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True)


async def test_a_form_is_sent_as_one(fetcher: Fetcher, publisher: Publisher) -> None:
    """As it is, with its length, without cookies, and never conditional on what does not belong to it."""
    publisher.serve("/hub", b"", status=202)
    await fetched(fetcher, FetchRequest(publisher.url("/hub"), post=FORM))
    (request,) = publisher.requests
    assert (request.method, request.body) == ("POST", SENT)
    names = [name.lower() for name, _ in request.headers]
    expected = "accept accept-encoding connection content-length content-type host user-agent"
    assert sorted(names) == expected.split()
    assert request.header("User-Agent") == AGENT


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_2xx_is_an_answer_and_its_body_is_not_waited_for(
    fetcher: Fetcher, publisher: Publisher, status: int
) -> None:
    """An endless body holds up nothing."""
    publisher.endless("/hub", head(status, {"Content-Type": "text/plain"}), b"more" * 1_000)
    assert (await fetched(fetcher, FetchRequest(publisher.url("/hub"), post=FORM))).body == b""


@pytest.mark.parametrize("status", [307, 308])
async def test_a_form_follows_where_it_stays_a_post(fetcher: Fetcher, publisher: Publisher, status: int) -> None:
    """WebSub section 5.1.2; the form goes along."""
    publisher.redirect("/old", "/hub", status)
    publisher.serve("/hub", b"", status=202)
    await fetched(fetcher, FetchRequest(publisher.url("/old"), post=FORM))
    assert [(request.method, request.body) for request in publisher.requests] == [("POST", SENT)] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 304, 400, 404, 500])
async def test_any_other_answer_is_a_failure(fetcher: Fetcher, publisher: Publisher, status: int) -> None:
    """A redirect that would make a GET of it is not followed."""
    publisher.redirect("/hub", "/elsewhere", status)
    publisher.serve("/elsewhere", b"")
    failure = await failed(fetcher, FetchRequest(publisher.url("/hub"), Validators('"1"'), post=FORM))
    assert failure.status == status
    assert publisher.requests_to("/elsewhere") == []


async def test_r31_a_form_is_sent_to_public_addresses_only(publisher: Publisher) -> None:
    """R31: the same guard at the same moment."""
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=False)
    failure = await failed(fetcher, FetchRequest(publisher.url("/hub"), post=FORM))
    assert failure.kind is FailureKind.PRIVATE_ADDRESS
    assert publisher.requests == []


async def test_r43_a_document_is_sent_with_its_type_and_its_signature(fetcher: Fetcher, publisher: Publisher) -> None:
    """R43: a hub's delivery."""
    publisher.serve("/callback", b"", status=202)
    document = Upload(b"<feed/>", "application/atom+xml")
    headers = {"X-Hub-Signature": "sha256=00"}
    await fetched(fetcher, FetchRequest(publisher.url("/callback"), headers=headers, post=document, callback=True))
    (request,) = publisher.requests
    assert (request.method, request.body) == ("POST", b"<feed/>")
    assert request.header("Content-Type") == "application/atom+xml"
    assert request.header("X-Hub-Signature") == "sha256=00"


@pytest.mark.parametrize("post", [None, FORM])
@pytest.mark.parametrize("status", [301, 307, 308])
async def test_r43_a_callback_leads_nowhere(
    fetcher: Fetcher, publisher: Publisher, status: int, post: Upload | None
) -> None:
    """R43: a redirect is a failure, for a question and for a delivery (sections 5.3 and 7)."""
    publisher.redirect("/callback", "/elsewhere", status)
    publisher.serve("/elsewhere", b"yes")
    failure = await failed(fetcher, FetchRequest(publisher.url("/callback"), post=post, callback=True))
    assert failure.status == status
    assert publisher.requests_to("/elsewhere") == []


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_r43_any_2xx_of_a_callback_is_an_answer(fetcher: Fetcher, publisher: Publisher, status: int) -> None:
    """R43: to a question it comes with a body; a feed's 201 is none."""
    publisher.serve("/callback", b"rivers meet", status=status)
    answer = await fetched(fetcher, FetchRequest(publisher.url("/callback"), callback=True))
    assert answer.body == b"rivers meet"
