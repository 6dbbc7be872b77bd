"""What an output's document holds: the newest of its sequence that belong to it, shown by date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from feedhub.config import Config, DedupMode, Match, OutputConfig
from feedhub.config.references import story_id
from feedhub.models import OutputView, Story
from feedhub.publish.addresses import OutputLink
from feedhub.publish.query import selection, selection_id, spell_query
from feedhub.store import outputs, sequence
from feedhub.store.database import chunks
from feedhub.store.outputs import Output
from feedhub.store.policies import FeedPolicy
from feedhub.store.sequence import Place
from feedhub.store.takedown import parts_of, taken_down
from feedhub.stories.selection import judge, takes_feed

DEPTH = 2_000  # numbers that a document is chosen from: what it costs does not grow with the sequence
_STEP = 300  # places read at a time
_LATEST = 50  # stories in which the one published last is sought that belongs to the output


@dataclass(frozen=True, slots=True)
class Site:
    """What publishing needs to know: the configuration, the site's address with a final slash, the feeds.

    `hub` is the address of the hub that the outputs name, empty where they name none.
    """

    config: Config
    url: str
    policies: Mapping[int, FeedPolicy]
    hub: str = ""

    @property
    def links(self) -> tuple[OutputLink, ...]:
        """The outputs, `all` first."""
        return tuple(OutputLink(o.id, o.title, output_path(o.id)) for o in self.config.outputs)

    def output(self, name: str) -> OutputConfig | None:
        return next((output for output in self.config.outputs if output.id == name), None)

    @property
    def polled(self) -> list[int]:
        """The numbers of the feeds that are not paused."""
        paused = {feed.id for feed in self.config.feeds if feed.paused}
        return [number for number, policy in self.policies.items() if policy.key not in paused]

    def at(self, url: str) -> Site:
        """The same site with another address, which ends with a slash. What is hidden stays so."""
        hide = tuple(story_id(line, self.url) or line for line in self.config.hide)
        return replace(self, url=url, config=replace(self.config, hide=hide))

    def hidden(self, session: Session) -> dict[int, str]:
        """The stories taken down: their public ids by number."""
        return taken_down(session, self.config.hide, self.url)

    def feeds_of(self, match: Match) -> list[int]:
        """The numbers of the feeds whose stories an output with this `match` takes."""
        tags = {feed.id: feed.tags for feed in self.config.feeds}
        return [n for n, policy in self.policies.items() if takes_feed(match, policy.key, tags[policy.key])]


@dataclass(frozen=True, slots=True)
class Member:
    """A story that belongs to an output now. `source` is the feed whose text is shown.

    `story` is the story's number; where the place is that of a part, the whole story's (R9).
    """

    place: Place
    source: int
    story: int


class Holding:
    """The stories of an output, read as far as they are asked for. `entering` are thought to have entered it last."""

    def __init__(self, session: Session, site: Site, output: OutputConfig, entering: Sequence[int] = ()) -> None:
        self._session, self._site, self._output = session, site, output
        self._entering = sequence.next_places(session, output.id, entering) if entering else []
        self._feeds = site.feeds_of(output.match)
        self._hidden = _hidden(session, site.hidden(session), output.dedup)

    def chosen(self) -> list[Member]:
        """The stories of the document, later entrants first."""
        return choose(self._newest(), self._output, self._latest() if self._output.max_age else None)

    def languages(self, chosen: list[Member]) -> list[str | None]:
        """In what language each of the chosen stories is told."""
        numbers = [member.place.story for member in chosen]
        return [told.wording.language for told in sequence.tell(self._session, numbers, self._site.policies).values()]

    def document(self, chosen: list[Member]) -> OutputView:
        """The document of the chosen stories (R15, R39).

        It changed when a story did that is in it, or that would be but for the change.
        """
        full = len(chosen) == self._output.limit
        changed = sequence.touched(self._session, self._output, chosen[-1].place.number if full else 1)
        numbers = [member.place.story for member in chosen]
        path = output_path(self._output.id)
        return output_view(self._session, self._site, self._output, numbers, changed, path=path)

    def between(self, above: int, last: int) -> Iterator[Member]:
        """The stories numbered from `above`, excluded, to `last`, later entrants first."""
        found = sequence.places(
            self._session, self._output, self._feeds, above=above, below=last + 1, limit=last - above
        )
        return self.members(found)

    def members(self, places: Iterable[Place]) -> Iterator[Member]:
        """Those of the places whose story belongs to the output as it reads now, and is not taken down (R45)."""
        for some in chunks(place for place in places if place.story not in self._hidden):
            stories = [place.story for place in some]
            told = sequence.tell(self._session, stories, self._site.policies, self._output.dedup)
            for place in some:
                shown = told[place.story]
                if judge(self._output.match, shown.wording).selected:
                    yield Member(place, shown.source, shown.story)

    def _newest(self) -> Iterator[Member]:
        yield from self.members(self._entering[:DEPTH])
        _first, last = sequence.ends(self._session, self._output.id)
        below, above = last + 1, max(0, last + len(self._entering) - DEPTH)
        while found := sequence.places(self._session, self._output, self._feeds, above=above, below=below, limit=_STEP):
            yield from self.members(found)
            below = found[-1].number

    def _latest(self) -> datetime | None:
        """When the output's newest story was published."""
        found = [*sequence.latest(self._session, self._output, self._feeds, _LATEST), *self._entering]
        found = sorted(found, key=lambda place: (place.published, place.number), reverse=True)[:_LATEST]
        return next((member.place.published for member in self.members(found)), None)


def choose(newest_first: Iterable[Member], output: OutputConfig, latest: datetime | None) -> list[Member]:
    """The stories of the document among those of the output: not too old, not too many of one source or in all (R44).

    `latest` is when the output's newest story was published.
    """
    oldest = latest - output.max_age if latest and output.max_age else None
    most = output.max_per_source or output.limit
    shown: Counter[int] = Counter()
    chosen: list[Member] = []
    for member in newest_first:
        if (oldest and member.place.published < oldest) or shown[member.source] == most:
            continue
        shown[member.source] += 1
        chosen.append(member)
        if len(chosen) == output.limit:
            break
    return chosen


def shown(session: Session, site: Site) -> set[int]:
    """The stories that the outputs' documents show."""
    return {m.story for output in site.config.outputs for m in Holding(session, site, output).chosen()}


def output_path(name: str) -> str:
    """An output's address below the site's, without extension."""
    return "feed" if name == "all" else f"feeds/{name}"


def visible_stories(session: Session, site: Site, numbers: Sequence[int], mode: DedupMode = "story") -> list[Story]:
    """The stories of these numbers that are not taken down, in their order, related to none that is."""
    gone = site.hidden(session)
    hidden, ids = _hidden(session, gone, mode), {*gone.values()}
    shown = [number for number in numbers if number not in hidden]
    stories = outputs.stories(session, shown, site.policies, mode)
    return [replace(story, related=tuple(r for r in story.related if r.id not in ids)) for story in stories]


def _hidden(session: Session, stories: Collection[int], mode: DedupMode) -> Collection[int]:
    """The numbers under which an output of this mode would show the stories that are taken down."""
    return stories if mode == "story" else parts_of(session, stories, mode)


def load_selection(session: Session, site: Site, match: Match) -> OutputView:
    """What a reader selects from `all` in an address. It has no numbers of its own, and so no archive."""
    query = spell_query(match)
    holding = Holding(session, site, selection(site.config.outputs[0], match))
    view = holding.document(holding.chosen())
    return replace(view, id=selection_id(view.id, query), query=query)


def change_of(stored: Output, changed: datetime | None) -> datetime:
    """When a document last changed: by a story, or by what all outputs show."""
    return max(moment for moment in (stored.created_at, stored.described_at, changed) if moment)


def output_view(
    session: Session, site: Site, output: OutputConfig, numbers: Sequence[int], changed: datetime | None, *, path: str
) -> OutputView:
    """A document of the output, at this address, with the stories of these numbers, shown by date (R15).

    `changed` is when one of its stories changed last, or one that would be among them but for the change (R39).
    """
    stored = outputs.output(session, output.id)
    stories = visible_stories(session, site, numbers, output.dedup)
    return OutputView(
        id=stored.urn,
        name=output.id,
        title=output.title,
        site_title=site.config.site.title,
        site_url=site.url,
        path=path,
        updated=max((story.updated for story in stories), default=stored.created_at),
        modified=change_of(stored, changed),
        stories=tuple(sorted(stories, key=lambda story: story.published, reverse=True)),
        noindex=site.config.site.noindex,
        summaries=output.content == "summary",
        names_carriers=output.show_carriers,
    )
