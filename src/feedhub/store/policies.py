"""What the configuration says of the stored feeds, by their numbers in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.config import Config, DedupMode, FeedConfig, OutputConfig
from feedhub.stories.selection import takes_feed


@dataclass(frozen=True, slots=True)
class FeedPolicy:
    """A listed feed. `order` is its place in feeds.yaml, `outputs` are those that take its stories.

    `title` is None where the operator gave none; `url` is fit to be published: without user, password or secret.
    """

    key: str
    title: str | None
    url: str
    order: int
    priority: int
    dedup: DedupMode
    outputs: Mapping[str, OutputConfig]

    @property
    def deduplicated(self) -> bool:
        """Whether its entries are merged with others at all (R9)."""
        return self.dedup != "off"


@dataclass(frozen=True, slots=True)
class CarrierKey:
    """What decides which carrier represents a story."""

    entry: int
    feed: int
    first_seen: datetime
    key: str


def policies(config: Config, numbers: Mapping[str, int]) -> dict[int, FeedPolicy]:
    """The listed feeds by number. `numbers` gives each feed's by its id."""
    return {numbers[feed.id]: _policy(config, feed) for feed in config.feeds}


def representative(carriers: Sequence[CarrierKey], policies: Mapping[int, FeedPolicy]) -> int | None:
    """The entry whose text is shown (R11): highest priority, then earliest pass, then the order in feeds.yaml.

    None where no carrier's feed is listed any more.
    """
    listed = [carrier for carrier in carriers if carrier.feed in policies]
    return min(listed, key=lambda carrier: rank(carrier, policies[carrier.feed])).entry if listed else None


def rank(carrier: CarrierKey, policy: FeedPolicy) -> tuple[int, datetime, int, str]:
    """Sorts a story's carriers, the representative first."""
    return -policy.priority, carrier.first_seen, policy.order, carrier.key


def modes(policies: Mapping[int, FeedPolicy]) -> list[DedupMode]:
    """What the outputs show as one (R9), each mode once, in no telling order."""
    return sorted({output.dedup for policy in policies.values() for output in policy.outputs.values()})


def _policy(config: Config, feed: FeedConfig) -> FeedPolicy:
    return FeedPolicy(
        key=feed.id,
        title=feed.title,
        url=feed.public_url,
        order=feed.position,
        priority=feed.priority,
        dedup=feed.dedup,
        outputs={o.id: o for o in config.outputs if takes_feed(o.match, feed.id, feed.tags)},
    )
