"""feeds.yaml written: the lines of a feed, and their place at the end of the list. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

import yaml

from feedhub.config.problems import ConfigError
from feedhub.config.source import parse


class NoPlace(Exception):
    """There is no place for further feeds; the message says why, in one sentence."""


def feed_lines(url: str, title: str = "", tags: Sequence[str] = (), remark: str = "") -> list[str]:
    """A feed as an element of the list, not indented; a bare URL where there is no more to say.

    `remark`, on one line, becomes a comment behind the URL. `${` would stand for a variable: an address has another way
    to write it, a title and a tag lose it.
    """
    url, title, tags = literal_url(url), title.replace("${", "$ {"), [tag.replace("${", "$ {") for tag in tags]
    comment = f"  # {remark}" if remark else ""
    if not (title or tags):
        return [f"- {_scalar(url)}{comment}"]
    lines = [f"- url: {_scalar(url)}{comment}"]
    lines += [f"  title: {_scalar(title)}"] if title else []
    lines += [f"  tags: [{', '.join(map(_scalar, tags))}]"] if tags else []
    return lines


def literal_url(url: str) -> str:
    """`url` with nothing in it that the file would take for a variable."""
    return url.replace("${", "$%7B")


def with_feeds(text: str, lines: Sequence[str]) -> str:
    """The file `text` with these lines at the end of its list of feeds, nothing else changed. Raises NoPlace."""
    listed = _list(text)
    if listed is None:
        raise NoPlace("it has no feeds: with a list below it")
    if listed.flow_style or not listed.value:
        raise NoPlace('its feeds are not written as lines that begin with "- "')
    indent, ending = " " * listed.start_mark.column, "\r\n" if "\r\n" in text else "\n"
    end = _end(listed)
    at = text.find("\n", end.index) + 1 if end.column else end.index
    head, tail = (text[:at], text[at:]) if at else (text + ending, "")
    return head + "".join(f"{indent}{line}{ending}" for line in lines) + tail


def _list(text: str) -> yaml.SequenceNode | None:
    """The list of feeds as it stands in the file."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == "feeds" and isinstance(value, yaml.SequenceNode)), None)


def _end(node: yaml.Node) -> yaml.Mark:
    """Where the last that is written of `node` ends: a block's own mark lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node.end_mark


def _scalar(text: str) -> str:
    """Text as YAML: plain where that reads back as the same, in a list and beside a key; else in quotes, as in JSON."""
    try:
        in_a_list, beside_a_key = parse(f"[{text}]", "").value, parse(f"a: {text}", "").value
        if (in_a_list, beside_a_key) == ([text], {"a": text}):
            return text
    except ConfigError:
        pass
    return json.dumps(text, ensure_ascii=False)
