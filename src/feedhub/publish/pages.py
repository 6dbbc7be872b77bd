"""Pages for people: server-rendered HTML without script, whose links are relative so that they stand anywhere.

`root` is the way from the page to the site's root: "" for the front page, "../" one folder down, "../../" two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedhub.models import Carrier, Direction, OutputView, Picture, Source, Story
from feedhub.publish import jsonfeed
from feedhub.publish.addresses import OutputLink, link_to, web_address
from feedhub.publish.filters import Filter
from feedhub.publish.item import (
    categories,
    feed_title,
    headline,
    language_tag,
    lead_picture,
    one_line,
    see_also,
    shows_picture,
    source_title,
    text_html,
)
from feedhub.publish.reasons import rule_text, score_text
from feedhub.publish.xml import clean, rfc3339

CONTENT_TYPE = "text/html; charset=utf-8"
SUMMARY = 320  # characters of a text that the river shows

# No `strftime` for names: they would follow the machine's locale (R39).
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Words in Hebrew, Arabic and the scripts between them, and what joins them: spaces, and marks such as ZWNJ.
_RIGHT_TO_LEFT = re.compile(r"([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
                            r"(?:[ \u200c]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*)")  # fmt: skip
_FORMATS = (("Atom", "atom", "application/atom+xml"), ("RSS", "rss", "application/rss+xml"),
            ("JSON Feed", "json", "application/feed+json"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teaser:
    """A story as the river shows it. `also` are the other carriers that can be linked, once a source."""

    story: Story
    title: str
    summary: str
    url: str
    picture: Picture | None
    section: str
    source: str
    also: tuple[tuple[str, str], ...]
    language: str | None


def river(
    view: OutputView,
    *,
    outputs: Sequence[OutputLink],
    root: str,
    notice: str | None = None,
    filters: Sequence[Filter] = (),
) -> bytes:
    """An output's newest stories, by day (UTC)."""
    teasers = [_teaser(story) for story in view.stories]
    return render_page(
        "river.html",
        site_title=one_line(view.site_title) or view.site_url,
        title=_chosen(filters) or feed_title(view),
        output=link_to(view),
        outputs=_first(link_to(view), outputs),
        nav=outputs,
        days=[
            (day, list(found)) for day, found in groupby(teasers, key=lambda teaser: day_text(teaser.story.published))
        ],
        sources=_sources(view.stories),
        direction=_direction(view.stories),
        notice=notice,
        filters=filters,
        noindex=view.noindex,
        root=root,
    )


def story(story: Story, *, site_title: str, root: str, noindex: bool, outputs: Sequence[OutputLink] = ()) -> bytes:
    """One story: its text, who carries it and why these are one, and what is like it and why that is not (R14)."""
    return render_page(
        "story.html",
        site_title=one_line(site_title),
        story=story,
        title=headline(story),
        sections=categories(story),
        url=web_address(story.url),
        source=source_title(story.source),
        author=one_line(story.author),
        picture=None if shows_picture(story) else lead_picture(story),
        text=Markup(text_html(story)),  # noqa: S704 sanitised when it was taken in (R34)
        carriers=story.carriers,
        related=see_also(story, root),
        language=language_tag(story),
        outputs=outputs,
        noindex=noindex,
        root=root,
    )


def story_json(story: Story, site_url: str) -> bytes:
    """One story as data: what the page says."""
    return jsonfeed.dump(story_data(story, site_url))


def story_data(story: Story, site_url: str) -> dict[str, Any]:
    """The members of a story's JSON. Those without a value are None."""
    return {
        "id": story.id,
        "url": web_address(story.url) or None,
        "title": headline(story),
        "summary": clean(story.summary) or None,
        "content_html": text_html(story),
        "author": one_line(story.author) or None,
        "language": language_tag(story),
        "direction": story.direction,
        "tags": list(categories(story)) or None,
        "published": rfc3339(story.published),
        "updated": rfc3339(story.updated),
        "carriers": [
            address | _reason(carrier)
            for address, carrier in zip(jsonfeed.carriers(story), story.carriers, strict=True)
        ],
        "related": [jsonfeed.related(other) | {"reason": other.reason} for other in see_also(story, site_url)],
    }


def outputs_page(
    outputs: Sequence[OutputLink],
    *,
    site_title: str,
    site_url: str,
    root: str,
    noindex: bool,
    pushes: bool = False,
) -> bytes:
    """What can be subscribed to, and how. `site_url` is shown, as reader apps want the whole address."""
    return render_page(
        "outputs.html",
        site_title=one_line(site_title) or site_url,
        site_url=site_url,
        outputs=outputs,
        noindex=noindex,
        pushes=pushes,
        root=root,
    )


def nothing_here(
    sentence: str, *, site_title: str, root: str, noindex: bool, outputs: Sequence[OutputLink] = ()
) -> bytes:
    """The page that answers where there is none: why, and where to go on."""
    return render_page(
        "nothing.html",
        site_title=one_line(site_title),
        sentence=one_line(sentence),
        outputs=outputs,
        noindex=noindex,
        root=root,
    )


def time_text(moment: datetime) -> str:
    """`22 Nov 2026, 10:30 UTC`."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1][:3]} {utc.year}, {utc:%H:%M} UTC"


def clock_text(moment: datetime) -> str:
    """`10:30 UTC`."""
    return f"{moment.astimezone(UTC):%H:%M} UTC"


def day_text(moment: datetime) -> str:
    """`Sunday, 22 November 2026`, in UTC."""
    utc = moment.astimezone(UTC)
    return f"{_DAYS[utc.weekday()]}, {utc.day} {_MONTHS[utc.month - 1]} {utc.year}"


def render_page(template: str, **values: object) -> bytes:
    """The page that this template makes of the values."""
    return clean(_TEMPLATES.get_template(template).render(values)).encode()


def _teaser(story: Story) -> Teaser:
    summary = one_line(story.summary)
    return Teaser(
        story=story,
        title=headline(story),
        summary=summary if len(summary) <= SUMMARY else summary[:SUMMARY].rsplit(" ", 1)[0] + " …",
        url=web_address(story.url),
        picture=lead_picture(story),
        section="".join(categories(story)[:1]),
        source=source_title(story.source),
        also=_also(story),
        language=language_tag(story),
    )


def _also(story: Story) -> tuple[tuple[str, str], ...]:
    """Name and address of the other carriers' articles, once a source (R40)."""
    found: dict[str, str] = {}
    for carrier in story.carriers[1:]:
        if url := web_address(carrier.url):
            found.setdefault(source_title(carrier.source), url)
    return tuple(found.items())


def _sources(stories: Sequence[Story]) -> list[tuple[str, str, int]]:
    """Name, site and number of stories carried of each source, the most frequent first."""
    counts: dict[Source, int] = {}
    for shown in stories:
        for source in dict.fromkeys(carrier.source for carrier in shown.carriers):
            counts[source] = counts.get(source, 0) + 1
    named = [(source_title(source), web_address(source.link), count) for source, count in counts.items()]
    return sorted(named, key=lambda row: (-row[2], row[0], row[1]))


def _direction(stories: Sequence[Story]) -> Direction:
    """The page runs right to left where all its stories do."""
    return "rtl" if stories and all(shown.direction == "rtl" for shown in stories) else "ltr"


def _chosen(filters: Sequence[Filter]) -> str:
    """What the page is narrowed to, in words; empty for nothing."""
    return ", ".join(choice.label for one in filters for choice in one.choices if choice.chosen)


def _first(chosen: OutputLink, outputs: Sequence[OutputLink]) -> list[OutputLink]:
    """All outputs for autodiscovery, the one on show before the others."""
    return [chosen, *(output for output in outputs if output.page != chosen.page)]


def _reason(carrier: Carrier) -> dict[str, str | float | None]:
    return {
        "title": one_line(carrier.title),
        "published": rfc3339(carrier.published),
        "first_seen": rfc3339(carrier.first_seen),
        "rule": one_line(carrier.rule),
        "evidence": one_line(carrier.evidence),
        "score": carrier.score,
    }


def isolated(text: str) -> Markup:
    """A sentence that may quote words written from right to left: each run of them in a `bdi` of its own.

    Without it a list of such words reads backwards in an English sentence, and takes the numbers beside it along.
    """
    parts = _RIGHT_TO_LEFT.split(one_line(text))  # each second one is such a run
    return Markup("").join(
        Markup('<bdi lang="">{}</bdi>').format(part) if index % 2 else part for index, part in enumerate(parts)
    )


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("feedhub.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        clock=clock_text,
        time=time_text,
        rfc3339=rfc3339,
        rule=rule_text,
        score=score_text,
        source_title=source_title,
        web=web_address,
        line=one_line,
        isolated=isolated,
    )
    made.globals["formats"] = _FORMATS
    return made


_TEMPLATES = _environment()
