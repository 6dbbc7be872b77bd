"""The mistakes that one value alone does not show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from feedhub.config.languages import covers
from feedhub.config.messages import did_you_mean
from feedhub.config.problems import Finding, Path, spell_path
from feedhub.config.references import Groups, named
from feedhub.config.scalars import spell
from feedhub.config.schema import Defaults, Feed, File
from feedhub.config.source import Plain, Source

_ORDER = (("min_interval", "max_interval"), ("min_interval", "interval"), ("interval", "max_interval"))
_ONE_AT_LEAST = {"tags": "tag", "sources": "source", "languages": "language", "include": "word"}
_FULLTEXT = "pip install trafilatura lxml-html-clean"  # an older pip overlooks that the one needs the other


@dataclass(frozen=True, slots=True)
class Known:
    """What an output can ask for: the feeds' tags, their ids and, where all feeds say theirs, their languages."""

    tags: frozenset[str]
    sources: frozenset[str]
    languages: frozenset[str] | None


def check(file: File, source: Source, known: Known) -> Iterator[Finding]:
    """What is wrong between the values of `file`."""
    yield from _feeds(file, source)
    yield from _outputs(file, source)
    yield from _matches(file, source, known)
    yield from _full_text(file)
    yield from _overrides(file, source)
    yield from _retention(file)


def languages_of(file: File) -> frozenset[str] | None:
    """The languages that feeds are said to be in; None where one is not said to be in any."""
    languages = {(feed if "language" in feed.given() else file.defaults).language for feed in file.feeds}
    return None if None in languages else frozenset(language for language in languages if language)


def tags_of(file: File) -> frozenset[str]:
    """The tags that feeds have."""
    return frozenset(tag for feed in file.feeds for tag in (feed if "tags" in feed.given() else file.defaults).tags)


def texts_in(value: Plain) -> frozenset[str]:
    """All text below `value`: stands in for the feeds' tags while a mistake hides what they are."""
    match value:
        case str():
            return frozenset({value})
        case dict():
            return frozenset().union(*map(texts_in, value.values()))
        case list():
            return frozenset().union(*map(texts_in, value))
    return frozenset()


def _feeds(file: File, source: Source) -> Iterator[Finding]:
    ids: dict[str, tuple[int, str]] = {}
    for path, message in _disorder(file.defaults, Defaults()):
        yield Finding(("defaults", path), message)
    for index, feed in enumerate(file.feeds):
        if not feed.url:
            yield Finding(("feeds", index, "url"), "missing; every feed needs one")
        for key, message in _disorder(feed, file.defaults):
            yield Finding(("feeds", index, key), message)
        yield from _selection(index, feed)
        first, url = ids.setdefault(feed.id, (index, feed.url))
        if feed.id and url != feed.url:
            line = source.mark(("feeds", first, "id")).line
            yield Finding(("feeds", index, "id"), f'the id "{feed.id}" is taken by the feed on line {line}')


def _selection(index: int, feed: Feed) -> Iterator[Finding]:
    """A page and its selectors stand together."""
    if feed.kind == "page" and feed.select is None:
        yield Finding(("feeds", index, "select"), "missing; a page needs selectors, item at least")
    if feed.kind != "page" and feed.select:
        yield Finding(("feeds", index, "kind"), "expected page, for there is select; or take select out")
    if feed.select and not feed.select.item:
        yield Finding(("feeds", index, "select", "item"), "missing; it finds what each link and headline is sought in")


def _full_text(file: File) -> Iterator[Finding]:
    """trafilatura is an extra: whoever asks for it and lacks it hears so before the first poll."""
    if find_spec("trafilatura"):
        return
    sections = [(("defaults",), file.defaults), *((("feeds", index), feed) for index, feed in enumerate(file.feeds))]
    for path, section in sections:
        if section.given().get("full_text"):
            yield Finding((*path, "full_text"), f"needs trafilatura; install it with: {_FULLTEXT}")


def _disorder(feed: Defaults, defaults: Defaults) -> Iterator[tuple[str, str]]:
    """Intervals of `feed` that contradict one another or those of `defaults`; what the file leaves open gives way."""
    values = defaults.given() | feed.given()
    for low, high in _ORDER:
        key = low if low in feed.given() else high
        if key not in feed.given() or low not in values or high not in values:
            continue
        least, most = values[low], values[high]
        if least > most:
            yield key, f"{low} ({spell(least)}) is longer than {high} ({spell(most)})"


def _outputs(file: File, source: Source) -> Iterator[Finding]:
    ids: dict[str, int] = {}
    for index, output in enumerate(file.outputs):
        if not output.id:
            yield Finding(("outputs", index, "id"), "missing; every output needs one")
            continue
        if output.id == "all" and output.match.given():
            message = 'the output "all" holds everything; give this one another id'
            yield Finding(("outputs", index, "match"), message, at_key=True)
        first = ids.setdefault(output.id, index)
        if first != index:
            line = source.mark(("outputs", first, "id")).line
            yield Finding(("outputs", index, "id"), f'the id "{output.id}" is taken by the output on line {line}')


def _matches(file: File, source: Source, known: Known) -> Iterator[Finding]:
    """What outputs ask for that no feed can give (R45)."""
    languages = known.languages or frozenset()
    for index, output in enumerate(file.outputs):
        match, path = output.match, ("outputs", index, "match")
        yield from _unknown((*path, "tags"), match.tags, source, known.tags, "no feed has the tag")
        yield from _unknown((*path, "sources"), match.sources, source, known.sources, "no feed has the id")
        if known.languages is not None:
            yield from _unknown((*path, "languages"), match.languages, source, languages, "no feed is in", covers)
        for key, noun in _ONE_AT_LEAST.items():
            if source.text((*path, key)) == []:
                message = f"expected at least one {noun}; without {key} the output holds everything"
                yield Finding((*path, key), message)


def _unknown(
    path: Path,
    wanted: Collection[str],
    source: Source,
    known: Collection[str],
    message: str,
    covers: Callable[[str, str], bool] = str.__eq__,
) -> Iterator[Finding]:
    """Those of the `wanted` words that cover no known one, each where it is written."""
    written = source.text(path)
    for word in wanted:
        if isinstance(written, list) and not any(covers(word, other) for other in known):
            place = written.index(word) if word in written else 0
            yield Finding((*path, place), f'{message} "{word}"{did_you_mean(word, known)}')


def _overrides(file: File, source: Source) -> Iterator[Finding]:
    """What is wrong within the groups of `merge` and `never_merge`, and between the two."""
    merge, never = (named(groups, file.site.url) for groups in (file.dedup.merge, file.dedup.never_merge))
    yield from _groups("merge", merge, source)
    yield from _groups("never_merge", never, source)
    for index, group in enumerate(never):
        path = ("dedup", "never_merge", index)
        first: dict[int, int] = {}  # the place of an element, by the first of the groups that make a story of it
        for place, name in enumerate(group):
            joined = _joined(name, merge)
            other = first.setdefault(joined[0], place) if joined else place
            if group[other] != name:
                line = source.mark(("dedup", "merge", joined[-1])).line
                message = f"merge on line {line} makes one story of this and {spell_path((*path, other))}"
                yield Finding((*path, place), f"{message}; take one of the two out")


def _retention(file: File) -> Iterator[Finding]:
    """Copies are recognised by what is kept (R48)."""
    if file.retention < file.dedup.window:
        message = f"retention ({spell(file.retention)}) is shorter than dedup.window ({spell(file.dedup.window)})"
        yield Finding(("retention",), message)


def _groups(key: str, groups: Groups, source: Source) -> Iterator[Finding]:
    for index, group in enumerate(groups):
        path = ("dedup", key, index)
        written = source.text(path)
        if not isinstance(written, list) or len(written) != len(group):  # a mistake in it is told already
            continue
        if len(group) < 2:
            yield Finding(path, f"expected two or more URLs or story ids, not {('none', 'one')[len(group)]}")
        for place, name in enumerate(group):
            if (first := group.index(name)) != place:
                yield Finding((*path, place), f"the same as {spell_path((*path, first))}; take one of them out")


def _joined(name: str, groups: Groups) -> list[int]:
    """The groups that become one story with `name` in it, in their order: those that share an element are joined."""
    found: set[int] = set()
    names = {name}
    while more := {i for i, group in enumerate(groups) if i not in found and names.intersection(group)}:
        found |= more
        names.update(*(groups[i] for i in more))
    return sorted(found)
