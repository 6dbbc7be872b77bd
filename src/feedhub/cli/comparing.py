"""`check --diff`: what this feeds.yaml would change against the configuration in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from feedhub.cli.faults import Fault
from feedhub.cli.show import plural
from feedhub.config import Config
from feedhub.config.inforce import differences, recalled
from feedhub.publish.preview import Change, Told, preview
from feedhub.settings import DEFAULT_ADDRESS, Settings
from feedhub.store import hub
from feedhub.store.database import Store, sqlite_url
from feedhub.store.migrate import HEAD, current

_SHOWN = 10  # stories that are named of those that enter an output, and of those that leave
_PARTS = ("site", "hosts", "dedup", "hide", "retention")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`added` and `removed` are feeds' ids, `renamed` the new ids of feeds by the old ones.

    `changed` has the keys that differ by the feeds' ids, `parts` names what else differs.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: dict[str, str]
    changed: dict[str, tuple[str, ...]]
    parts: tuple[str, ...]
    outputs: tuple[Change, ...]


def compare(config: Config, settings: Settings) -> Comparison | None:
    """The comparison, None where nothing is in force yet. It reads only. Raises StoreError and Fault."""
    store = Store(settings.database or sqlite_url(settings.data))
    try:
        if store.is_sqlite and not Path(store.url.database or "").exists():
            return None
        with store.reading() as session:
            if (revision := current(session.connection())) not in (None, HEAD):
                raise Fault("the tables are of another version of feedhub; its next start brings them up to date")
            note = hub.configuration(session) if revision else None
            before = recalled(note) if note else None
            if before is None:
                return None
            site_url = config.site.url or hub.site_url(session) or DEFAULT_ADDRESS
            return _comparison(before, config, preview(session, before, config, site_url))
    finally:
        store.close()


def comparison_data(comparison: Comparison | None) -> dict[str, object] | None:
    """The shape of `diff` in `check --json`."""
    if comparison is None:
        return None
    return {
        "feeds": {
            "added": list(comparison.added),
            "removed": list(comparison.removed),
            "renamed": comparison.renamed,
            "changed": {key: list(names) for key, names in comparison.changed.items()},
        },
        "parts": list(comparison.parts),
        "outputs": [asdict(change) for change in comparison.outputs],
    }


def print_comparison(comparison: Comparison | None) -> None:
    """In lines: the feeds, what else differs, then each output's stories that enter (+) and leave (-)."""
    if comparison is None:
        typer.echo("nothing is in force yet that this could be compared with; the first start publishes all of it")
        return
    for line in (*_feed_lines(comparison), *(line for each in comparison.outputs for line in _output_lines(each))):
        typer.echo(line)


def _comparison(before: Config, after: Config, changes: Sequence[Change]) -> Comparison:
    old, new = ({feed.id: feed for feed in config.feeds} for config in (before, after))
    gone = {old[key].public_url: key for key in old if key not in new}
    renamed = {gone[new[key].public_url]: key for key in new if key not in old and new[key].public_url in gone}
    was = {key: key for key in new if key in old} | {new_key: key for key, new_key in renamed.items()}
    changed = {key: tuple(differences(old[was[key]], new[key])) for key in new if key in was}
    return Comparison(
        added=tuple(key for key in new if key not in was),
        removed=tuple(key for key in old if key not in was.values()),
        renamed=renamed,
        changed={key: names for key, names in changed.items() if names},
        parts=tuple(part for part in _PARTS if getattr(before, part) != getattr(after, part)),
        outputs=tuple(changes),
    )


def _feed_lines(comparison: Comparison) -> list[str]:
    changed = tuple(f"{key} ({', '.join(names)})" for key, names in comparison.changed.items())
    renamed = tuple(f"{key} to {new}" for key, new in comparison.renamed.items())
    kinds = (
        ("added", comparison.added),
        ("removed", comparison.removed),
        ("renamed", renamed),
        ("changed", changed),
    )
    lines = [f"{plural(len(keys), 'feed')} {what}: {', '.join(keys)}" for what, keys in kinds if keys]
    lines += [f"changed besides: {', '.join(comparison.parts)}"] if comparison.parts else []
    if comparison.added or "dedup" in comparison.parts:
        lines.append("what new feeds bring, and stories that dedup regroups, come with the next poll")
    return lines or ["no feed, and nothing else but outputs, is changed"]


def _output_lines(change: Change) -> list[str]:
    if not (change.enter or change.leave):
        return [f"{change.output}: the same {plural(change.stories, 'story')}"]
    counts = f"{plural(len(change.enter), 'story')} would enter, {len(change.leave)} leave"
    return [f"{change.output}: {counts}", *_story_lines("+", change.enter), *_story_lines("-", change.leave)]


def _story_lines(sign: str, stories: Sequence[Told]) -> list[str]:
    lines = [f"  {sign} {story.title or story.id} ({story.feed})" for story in stories[:_SHOWN]]
    more = len(stories) - _SHOWN
    return [*lines, f"  {sign} and {more} more"] if more > 0 else lines
