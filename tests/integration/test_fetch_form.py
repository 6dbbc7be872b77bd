"""A form sent by POST through the same door as a feed is fetched by (R31, R43)."""

from __future__ import annotations

import pytest

from feedhub.models import FailureKind, FetchRequest, Validators
from feedhub.net.fetch import Fetcher
from support.fetching import AGENT, NO_AUTHORITY, failed, fetched
from support.publisher import Publisher, head

pytestmark = pytest.mark.anyio

FORM = {"hub.topic": "https://tigris.example/rss?a=1&b=دجلة", "hub.secret": "between the rivers"}
SENT = (
    b"hub.topic=https%3A%2F%2Ftigris.example%2Frss%3Fa%3D1%26b%3D%D8%AF%D8%AC%D9%84%D8%A9&hub.secret=between+the+rivers"
)


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True)


async def test_a_form_is_sent_as_one(fetcher: Fetcher, publisher: Publisher) -> None:
    """Encoded as UTF-8, with its length, without cookies, and never conditional on what does not belong to it."""
    publisher.serve("/hub", b"", status=202)
    await fetched(fetcher, FetchRequest(publisher.url("/hub"), form=FORM))
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
    assert (await fetched(fetcher, FetchRequest(publisher.url("/hub"), form=FORM))).body == b""


@pytest.mark.parametrize("status", [307, 308])
async def test_a_form_follows_where_it_stays_a_post(fetcher: Fetcher, publisher: Publisher, status: int) -> None:
    """WebSub section 5.1.2; the form goes along."""
    publisher.redirect("/old", "/hub", status)
    publisher.serve("/hub", b"", status=202)
    await fetched(fetcher, FetchRequest(publisher.url("/old"), form=FORM))
    assert [(request.method, request.body) for request in publisher.requests] == [("POST", SENT)] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 304, 400, 404, 500])
async def test_any_other_answer_is_a_failure(fetcher: Fetcher, publisher: Publisher, status: int) -> None:
    """A redirect that would make a GET of it is not followed."""
    publisher.redirect("/hub", "/elsewhere", status)
    publisher.serve("/elsewhere", b"")
    failure = await failed(fetcher, FetchRequest(publisher.url("/hub"), Validators('"1"'), form=FORM))
    assert failure.status == status
    assert publisher.requests_to("/elsewhere") == []


async def test_r31_a_form_is_sent_to_public_addresses_only(publisher: Publisher) -> None:
    """R31: the same guard at the same moment."""
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=False)
    failure = await failed(fetcher, FetchRequest(publisher.url("/hub"), form=FORM))
    assert failure.kind is FailureKind.PRIVATE_ADDRESS
    assert publisher.requests == []
