"""Stories as they are published, and the documents that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.models.items import Direction, Enclosure, Picture
from feedhub.models.network import Link


@dataclass(frozen=True, slots=True)
class Source:
    """Where a carrier comes from: the feed's configured id, its title, its site and its own address."""

    id: str
    title: str
    link: str
    url: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """An entry of a story, and why it is one (R14). `url` may be empty, `first_seen` is the tick of its poll.

    `score` is that of the evidence, from 0 to 1, None where the rule needs none.
    """

    source: Source
    url: str
    title: str
    published: datetime
    first_seen: datetime
    rule: str
    evidence: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another story about the same matter that was not merged; `reason` says in a sentence why not (R14)."""

    id: str
    title: str
    url: str
    source: Source
    reason: str

    @property
    def uuid(self) -> str:
        """The id as it stands in addresses."""
        return self.id.removeprefix("urn:uuid:")


@dataclass(frozen=True, slots=True)
class Story:
    """What is published. `carriers[0]` is the representative, whose text this is.

    `published` is the order key (R15), `updated` moves on significant edits alone (R19), `touched` whenever anything
    about the story changed that a document could show. `related` hides nothing (R40). `part_of` is the id of the whole
    story where an output shows a part of it by itself (R9), which then has an id, dates and carriers of its own.
    """

    id: str
    published: datetime
    updated: datetime
    touched: datetime
    title: str
    url: str
    summary: str
    content: str
    author: str
    categories: tuple[str, ...]
    language: str | None
    direction: Direction
    picture: Picture | None
    enclosures: tuple[Enclosure, ...]
    carriers: tuple[Carrier, ...]
    related: tuple[Related, ...] = ()
    part_of: str | None = None

    @property
    def source(self) -> Source:
        return self.carriers[0].source

    @property
    def whole(self) -> str:
        """The id of the whole story."""
        return self.part_of or self.id

    @property
    def uuid(self) -> str:
        """The whole story's id as it stands in the address of its page: a part has none."""
        return self.whole.removeprefix("urn:uuid:")


@dataclass(frozen=True, slots=True)
class OutputView:
    """All that a writer needs to make an output's bytes: nothing else decides them (R39).

    `site_url` ends with a slash; `path` is the output's address below it without extension (`feed`, `feeds/kurdistan`);
    `updated` is the newest change of a story in it, or the output's birth; `stories` are in the order of the document.
    """

    id: str
    name: str
    title: str
    site_title: str
    site_url: str
    path: str
    updated: datetime
    modified: datetime
    stories: tuple[Story, ...]
    noindex: bool = True
    summaries: bool = False  # no more of a text than its summary
    names_carriers: bool = False  # at the end of each text
    hub: str = ""  # the address of the hub that pushes it, where one does
    query: str = ""  # of the address, where the output is a selection made there

    def address(self, extension: str) -> str:
        """Where the document stands itself."""
        return f"{self.site_url}{self.path}.{extension}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Document:
    """Finished bytes, addressed below the site's address. `modified` is the true Last-Modified.

    `links` are those of its Link header, relation and address: for what a hub pushes, the hub and itself.
    """

    path: str
    content_type: str
    body: bytes
    modified: datetime
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What stood at an address was taken away; `reason` is one sentence for whoever asks."""

    reason: str
