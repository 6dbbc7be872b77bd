"""The mistakes that one value alone does not show."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from feedhub.config.messages import did_you_mean
from feedhub.config.problems import Finding
from feedhub.config.scalars import spell
from feedhub.config.schema import Defaults, Feed, File
from feedhub.config.source import Plain, Source

_ORDER = (("min_interval", "max_interval"), ("min_interval", "interval"), ("interval", "max_interval"))


def check(file: File, source: Source, known_tags: frozenset[str]) -> Iterator[Finding]:
    """What is wrong between the values of `file`."""
    yield from _feeds(file, source)
    yield from _outputs(file, source)
    yield from _tags(file, source, known_tags)
    yield from _full_text(file)


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
            yield Finding((*path, "full_text"), "needs trafilatura; install it with: pip install 'feedhub[fulltext]'")


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
        if output.id == "all" and output.match.tags:
            message = 'the output "all" holds everything; give this one another id'
            yield Finding(("outputs", index, "match"), message, at_key=True)
        first = ids.setdefault(output.id, index)
        if first != index:
            line = source.mark(("outputs", first, "id")).line
            yield Finding(("outputs", index, "id"), f'the id "{output.id}" is taken by the output on line {line}')


def _tags(file: File, source: Source, known: frozenset[str]) -> Iterator[Finding]:
    for index, output in enumerate(file.outputs):
        path = ("outputs", index, "match", "tags")
        written = source.text(path)
        for tag in output.match.tags:
            if tag not in known and isinstance(written, list):
                place = written.index(tag) if tag in written else 0
                yield Finding((*path, place), f'no feed has the tag "{tag}"{did_you_mean(tag, known)}')
        if "tags" in output.match.given() and not output.match.tags and written == []:
            yield Finding(path, "expected at least one tag; without tags the output holds everything")
