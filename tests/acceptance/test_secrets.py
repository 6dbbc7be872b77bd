"""What the operator keeps in `${VARIABLES}` and in URLs reaches the publisher it is for, and nobody else."""

from __future__ import annotations

import base64

from support.feeds import item, recent, rss
from support.program import Program, until
from support.publisher import Publisher

TOKEN, KEY, PASSWORD = "t0k3n-of-tigris", "k3y/of zagros", "s3cret-of-sirwan"
ADMIN = "adm1n-of-the-hub"
FORMS = (TOKEN, KEY, "k3y%2Fof%20zagros", "k3y/of%20zagros", PASSWORD, ADMIN)
STATUS = ("/status", "/status.json", "/status.atom", "/metrics")


def test_no_secret_shows_in_any_output_log_or_report(program: Program, publisher: Publisher) -> None:
    """A token in a header, one in a URL, a password in a URL: with feeds that work, move and fail.

    The documents try to bring them out: by relative links, for which the feed's own address is the base.
    """
    program.environment |= {"TIGRIS_TOKEN": TOKEN, "ZAGROS_KEY": "k3y%2Fof%20zagros", "FEEDHUB_ADMIN_TOKEN": ADMIN}
    relative = item(9, link="/articles/9-the-relative-link-of-sirwan", text='<p>See <a href="more">more</a>.</p>')
    publisher.serve("/tigris", rss(*recent(3)))
    publisher.serve("/zagros", rss(*recent(4, guid=None)))
    publisher.serve("/sirwan", rss(relative, link="", title=""))
    publisher.serve("/broken", "<html>Log in</html>", content_type="text/html")
    publisher.serve("/ended", "", status=410)
    publisher.redirect("/loop", "/loop?key=2")
    host = publisher.url("").removeprefix("http://")
    program.configure(
        "feeds:\n"
        f"  - {{url: '{publisher.url('/tigris')}', headers: {{Authorization: 'Bearer ${{TIGRIS_TOKEN}}'}}}}\n"
        f"  - {{id: zagros, url: '{publisher.url('/zagros')}?key=${{ZAGROS_KEY}}'}}\n"
        f"  - 'http://reader:{PASSWORD}@{host}/sirwan'\n"
        f"  - 'http://reader:{PASSWORD}@{host}/broken'\n"
        f"  - 'http://reader:{PASSWORD}@{host}/lost?key=${{ZAGROS_KEY}}'\n"
        f"  - {{id: ended, url: 'http://reader:{PASSWORD}@{host}/ended?key=${{ZAGROS_KEY}}'}}\n"
        f"  - 'http://{host}/loop?key=${{ZAGROS_KEY}}'\n"
        f"  - 'http://{host}/absent/${{TIGRIS_TOKEN}}/feed'\n"
        f"  - 'http://reader:{PASSWORD}@nowhere.invalid/${{ZAGROS_KEY}}/feed'\n"
    )
    shown = [program.run("check"), program.poll("--export", "public"), program.run("status", "--json")]
    shown.append(program.run("status"))
    with program.serving() as service:
        until(lambda: service.get("/readyz").status == 200, "readiness")
        stories = service.stories()
        assert len(stories) == 5
        operators = [service.get(path, Authorization=f"Bearer {ADMIN}") for path in STATUS]
        story = service.get(f"/stories/{stories[0]['id'].removeprefix('urn:uuid:')}")
        service.stop()
    assert [answer.status for answer in [*operators, story]] == [200] * 5
    assert "ended: gone" in operators[2].text
    assert all("zagros" in answer.text for answer in (operators[0], operators[1], operators[3]))
    everything = {ran.out + ran.err for ran in shown} | {service.out + service.err}
    everything |= {answer.text for answer in [*operators, story]}
    everything |= {body.decode() for body in program.files().values()}
    for text in everything:
        assert not [form for form in FORMS if form in text], text
    assert publisher.requests_to("/tigris")[0].header("Authorization") == f"Bearer {TOKEN}"
    assert publisher.requests_to("/zagros")[0].target == "/zagros?key=k3y%2Fof%20zagros"
    basic = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()
    assert publisher.requests_to("/sirwan")[0].header("Authorization") == f"Basic {basic}"
    assert "$%7BZAGROS_KEY%7D" in program.files()["opml"].decode()
