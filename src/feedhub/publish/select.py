"""What an output holds: the newest of its sequence, shown by date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from feedhub.config import Config, OutputConfig
from feedhub.models import OutputView, Story
from feedhub.publish.addresses import OutputLink
from feedhub.store import outputs
from feedhub.store.outputs import Output
from feedhub.store.policies import FeedPolicy


@dataclass(frozen=True, slots=True)
class Site:
    """What publishing needs to know: the configuration, the site's address with a final slash, the feeds."""

    config: Config
    url: str
    policies: Mapping[int, FeedPolicy]

    @property
    def links(self) -> tuple[OutputLink, ...]:
        """The outputs, `all` first."""
        return tuple(OutputLink(o.id, o.title, output_path(o.id)) for o in self.config.outputs)

    def output(self, name: str) -> OutputConfig | None:
        return next((output for output in self.config.outputs if output.id == name), None)

    def feeds_of(self, name: str) -> list[int]:
        """The numbers of the feeds whose stories the output holds."""
        return [number for number, policy in self.policies.items() if name in policy.outputs]


def output_path(name: str) -> str:
    """An output's address below the site's, without extension."""
    return "feed" if name == "all" else f"feeds/{name}"


def load_view(session: Session, site: Site, config: OutputConfig) -> OutputView:
    """The output as the database has it."""
    numbers = outputs.sequence(session, config.id, site.feeds_of(config.id), config.limit)
    stories = outputs.stories(session, numbers, site.policies)
    return output_view(site, config, outputs.output(session, config.id), stories)


def output_view(site: Site, config: OutputConfig, stored: Output, newest_first: Sequence[Story]) -> OutputView:
    """The output's document from the newest stories of its sequence, later entrants first (R15, R39)."""
    return OutputView(
        id=stored.urn,
        name=config.id,
        title=config.title,
        site_title=site.config.site.title,
        site_url=site.url,
        path=output_path(config.id),
        updated=max((story.updated for story in newest_first), default=stored.created_at),
        modified=last_change(stored, newest_first),
        stories=tuple(sorted(newest_first, key=lambda story: story.published, reverse=True)),
        noindex=site.config.site.noindex,
    )


def last_change(stored: Output, stories: Sequence[Story]) -> datetime:
    """When the document last changed: by a story in it, or by what all outputs show."""
    return max([story.touched for story in stories] + [stored.created_at, stored.described_at])
