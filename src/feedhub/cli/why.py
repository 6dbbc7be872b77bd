"""`why`."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from feedhub.cli.faults import Fault
from feedhub.cli.reading import read_config
from feedhub.cli.show import console, plural
from feedhub.config import Config, DedupConfig
from feedhub.hub import open_store
from feedhub.models import Carrier, Story
from feedhub.publish.item import SeeAlso, headline, one_line, see_also, source_title
from feedhub.publish.pages import story_data, time_text
from feedhub.publish.reasons import overrides, rule_text, score_text
from feedhub.settings import DEFAULT_ADDRESS, Settings
from feedhub.store import hub, lookup, outputs
from feedhub.store.database import Store

_LISTED = 50  # stories under one address that are named


def show_why(settings: Settings, reference: str, *, as_json: bool) -> None:
    """Explain the story that is meant, or list those that are; raises Fault where there is none."""
    config = read_config(settings.config)
    store = open_store(settings)
    try:
        found, site_url = _find(store, config, reference)
    finally:
        store.close()
    if as_json:
        data = {"stories": [_data(story, config.dedup, site_url) for story in found]}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2).encode())  # UTF-8 whatever the locale
    elif len(found) == 1:
        Explanation(console()).explain(found[0], config.dedup, site_url, asked=lookup.id_in(reference))
    else:
        Explanation(console()).list(found, reference)


def _find(store: Store, config: Config, reference: str) -> tuple[list[Story], str]:
    """The stories, newest first, and the site's address."""
    reference = reference.strip()
    with store.reading() as session:
        numbers = lookup.stories_named(session, reference)
        stories = outputs.stories(session, numbers, lookup.known_policies(session, config))
        waiting = not numbers and lookup.is_waiting(session, reference)
        site_url = config.site.url or hub.site_url(session) or DEFAULT_ADDRESS
    if not stories:
        raise Fault(why_none(reference, stored=bool(numbers), waiting=waiting))
    return stories, site_url


def why_none(reference: str, *, stored: bool, waiting: bool) -> str:
    """What to say where no story can be shown."""
    if stored:
        return f"no feed in feeds.yaml carries {reference} any more"
    if waiting:
        return (
            f"the article at {reference} is stored and belongs to no story yet; the end of the next poll finds it one"
        )
    if id := lookup.id_in(reference):
        return f"there is no story {id}"
    if "://" in reference:
        return f"no story has an article at {reference}"
    return f"{reference} is neither a story's id nor the address of an article"


def _data(story: Story, dedup: DedupConfig, site_url: str) -> dict[str, object]:
    """A story as `/stories/{id}.json` has it, and the overrides that name it."""
    named = [{override.key: list(override.group)} for override in overrides(story, dedup)]
    return {**story_data(story, site_url), "overrides": named}


class Explanation:
    """Prints explanations: plain where nobody watches, with emphasis and wrapped at the margin on a terminal."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen

    def explain(self, story: Story, dedup: DedupConfig, site_url: str, *, asked: str | None = None) -> None:
        """All about one story. `asked` is the id that it was asked for by, if any."""
        self._line(headline(story), style="bold")
        self._address(story.id)
        if asked and asked != story.id:
            self._line(f"{asked} is shown under this story, by dedup.merge or as an article of its own", 2)
        self._heading(f"{plural(len(story.carriers), 'carrier')}:")
        for place, carrier in enumerate(story.carriers):
            self._carrier(carrier, shown=place == 0)
        if related := see_also(story, site_url):
            self._heading("See also, not merged:")
            for other in related:
                self._related(other)
        if named := overrides(story, dedup):
            self._heading("Overrides in feeds.yaml:")
            for override in named:
                self._line(f"- {override.key}:")
                for name in override.group:
                    self._address(name, 4)

    def list(self, stories: Sequence[Story], reference: str) -> None:
        """Several stories under one address: a section's page, or a front page."""
        self._line(f"{plural(len(stories), 'story')} have an article at {reference}, newest first:")
        for story in stories[:_LISTED]:
            self._line(f"- {headline(story)}")
            self._address(f"{story.id}, {time_text(story.published)}, {plural(len(story.carriers), 'carrier')}")
        if len(stories) > _LISTED:
            self._line(f"and {len(stories) - _LISTED} more: --json has them all")
        self._line("`feedhub why ID` explains one of them.")

    def _carrier(self, carrier: Carrier, *, shown: bool) -> None:
        tag = ", whose text is shown" if shown else ""
        score = f" ({text})" if (text := score_text(carrier)) else ""
        evidence = f": {text}" if (text := one_line(carrier.evidence)) else ""
        self._line(f"- {source_title(carrier.source)}{tag}", style="bold")
        self._line(one_line(carrier.title), 2)
        self._address(carrier.url)
        self._line(f"published {time_text(carrier.published)}, seen {time_text(carrier.first_seen)}", 2)
        self._line(f"{rule_text(carrier)}{score}{evidence}", 2)

    def _related(self, other: SeeAlso) -> None:
        self._line(f"- {other.source}", style="bold")
        self._line(other.title, 2)
        self._address(other.url)
        self._address(other.story)
        if other.reason:
            self._line(f"Not merged: {other.reason}", 2)

    def _heading(self, text: str) -> None:
        self._screen.print()
        self._line(text)

    def _line(self, text: str, indent: int = 0, style: str = "") -> None:
        """A line of text; where a terminal wraps it, the rest stands below its beginning."""
        if self._screen.is_terminal:
            self._screen.print(Padding(Text(text, style), (0, 0, 0, indent)))
        else:
            self._screen.print(Text(" " * indent + text))

    def _address(self, text: str, indent: int = 2) -> None:
        """What will be copied: never broken."""
        if text:
            self._screen.print(Text(" " * indent + text, "dim"), soft_wrap=True)
