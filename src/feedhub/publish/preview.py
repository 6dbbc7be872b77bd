"""What the outputs' documents would gain and lose by another configuration, told without writing (`check --diff`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from feedhub.config import Config
from feedhub.publish.select import Holding, Site
from feedhub.store import outputs, parts, sequence
from feedhub.store.feeds import Listed, claimed
from feedhub.store.policies import policies
from feedhub.store.tables import FeedRow


@dataclass(frozen=True, slots=True)
class Told:
    """A story by its id, and how it is told: by which feed, under which headline."""

    id: str
    title: str
    feed: str


@dataclass(frozen=True, slots=True)
class Change:
    """What enters an output's document, and what leaves it, later entrants first; `stories` is how many it has then."""

    output: str
    stories: int
    enter: tuple[Told, ...]
    leave: tuple[Told, ...]


def preview(session: Session, before: Config, after: Config, site_url: str) -> list[Change]:
    """The outputs of both configurations, as they would be once the second one is in force and nothing was polled yet.

    Outputs that go lose everything. What feeds bring that are new, and stories that overrides regroup, come with the
    first poll. The first outputs that show parts of stories are left out: what these are comes with the start (R9).
    """
    old, new = _site(session, before, site_url), _site(session, after, site_url)
    entering = sequence.entering(session, new.policies) if _decides(before) != _decides(after) else {}
    names = dict.fromkeys(output.id for output in (*after.outputs, *before.outputs))
    begun = parts.asked_for(new.policies) and not parts.asked_for(old.policies)
    unknown = {output.id for output in after.outputs if begun and output.dedup != "story"}
    return [_change(session, old, new, name, entering.get(name, ())) for name in names if name not in unknown]


def _change(session: Session, old: Site, new: Site, name: str, entering: Sequence[int]) -> Change:
    was, will_be = _document(session, old, name), _document(session, new, name, entering)
    return Change(
        name,
        len(will_be),
        _told(session, new, name, [story for story in will_be if story not in set(was)]),
        _told(session, old, name, [story for story in was if story not in set(will_be)]),
    )


def _document(session: Session, site: Site, name: str, entering: Sequence[int] = ()) -> list[int]:
    output = site.output(name)
    return [m.place.story for m in Holding(session, site, output, entering).chosen()] if output else []


def _told(session: Session, site: Site, name: str, stories: Sequence[int]) -> tuple[Told, ...]:
    output = site.output(name)
    found = outputs.stories(session, stories, site.policies, output.dedup) if output else []
    return tuple(Told(story.id, story.title, story.source.id) for story in found)


def _site(session: Session, config: Config, site_url: str) -> Site:
    """With the feeds that were met, as the next start would find them."""
    rows = claimed(session.exec(select(FeedRow)), [Listed(feed.id, feed.url) for feed in config.feeds])
    numbers = {key: row.id for key, row in rows.items() if row.id is not None}
    met = replace(config, feeds=tuple(feed for feed in config.feeds if feed.id in numbers))
    return Site(config, site_url, policies(met, numbers))


def _decides(config: Config) -> Iterable[object]:
    """What decides which stories are in which output."""
    feeds = [(feed.id, feed.public_url, feed.tags, feed.priority) for feed in config.feeds]
    return config.outputs, config.dedup, config.hide, feeds
