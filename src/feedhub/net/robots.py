"""robots.txt: what a site asks crawlers to leave alone (RFC 9309). Pure, never raises, time linear in the file.

Written here because of what was measured: `urllib.robotparser` knows neither wildcards nor the precedence of the
longest rule; Protego 0.7 takes 60 s for 115 KB of many agents over many rules, and `User-agent: feed` for all agents
whose names begin so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlsplit

from feedhub.models import Failed, FailureKind, Fetched, FetchResult
from feedhub.net import address

LARGEST = 500 * 1024  # characters that are read, at least as many bytes (section 2.5)
LIFETIME = timedelta(hours=24)  # how long an answer may be kept (section 2.4)
LONGEST_DELAY = timedelta(days=1)

_EVERYONE = "*"
_PATH = "/robots.txt"
_LINE_END = re.compile(r"\r\n|\r|\n")
_PRODUCT = re.compile(r"\*|[A-Za-z0-9_-]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is percent-encoded in normal form; `*` in it stands for anything, a last `$` for the end."""

    allow: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rules for these product tokens, in lower case; `*` is everyone whom no other group names."""

    products: frozenset[str]
    rules: tuple[Rule, ...] = ()
    crawl_delay: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one origin (scheme, host and port), whose addresses alone they judge, and the sitemaps it names."""

    groups: tuple[Group, ...] = ()
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Robots:
        """The rules in the first `LARGEST` characters of `text`. Lines that are no records mean nothing."""
        if len(text) > LARGEST:
            text = text[:LARGEST].rpartition("\n")[0]  # half a rule would forbid more than the whole
        text = text.removeprefix("\ufeff")
        sitemaps = dict.fromkeys(value for key, value in _records(text) if key == "sitemap" and value)
        return cls(tuple(_groups(text)), tuple(sitemaps))

    def allows(self, product: str, url: str) -> bool:
        """Whether the crawler of this product token ("feedhub", without version) may fetch `url`.

        The longest matching rule decides, `Allow` between equals; without one it may (section 2.2.2). An address that
        cannot be read may not be fetched.
        """
        target = _target(url)
        if target is None:
            return False
        rules = (rule for group in self._for(product) for rule in group.rules if _matches(rule.pattern, target))
        _, allowed = max(((len(rule.pattern), rule.allow) for rule in rules), default=(0, True))
        return allowed or target == _PATH

    def crawl_delay(self, product: str) -> timedelta | None:
        """The longest time that it asks this crawler to leave between requests; not in the RFC, and widely used."""
        return max((group.crawl_delay for group in self._for(product) if group.crawl_delay is not None), default=None)

    def _for(self, product: str) -> list[Group]:
        """The groups that name the product, all of them (section 2.2.1), else those for everyone."""
        named = [group for group in self.groups if product.lower() in group.products]
        return named or [group for group in self.groups if _EVERYONE in group.products]


ALLOW_ALL = Robots()
DISALLOW_ALL = Robots((Group(frozenset({_EVERYONE}), (Rule(allow=False, pattern="/"),)),))


def robots_url(url: str) -> str:
    """Where the rules for `url` are; "" for an address that is not of the web."""
    parsed = address.parse(url)
    return str(parsed._replace(path=_PATH, query="", fragment="")) if parsed else ""


def robots_of(result: FetchResult) -> Robots:
    """What the answer to an unconditional request for robots.txt means (section 2.3.1).

    No such file (4xx, an empty one, too many redirects): all is allowed. No answer, or a server's error: nothing is.
    429 is taken for the latter, as the site asks to be left alone.
    """
    match result:
        case Fetched(body=body):
            return Robots.parse(body.decode("utf-8", "replace"))
        case Failed(kind=FailureKind.REDIRECT_LOOP):
            return ALLOW_ALL
        case Failed(status=status) if status is not None and status != 429 and status // 100 in (2, 4):
            return ALLOW_ALL
        case _:
            return DISALLOW_ALL


# --- reading ----------------------------------------------------------------------------------------------------------


def _groups(text: str) -> Iterator[Group]:
    """A group is its `User-agent` lines and the rules after them. Other records, as `Sitemap`, interrupt neither."""
    products: set[str] = set()
    rules: list[Rule] = []
    delay: timedelta | None = None
    begun = False
    for key, value in _records(text):
        if key == "user-agent":
            if begun:
                yield Group(frozenset(products), tuple(rules), delay)
                products, rules, delay, begun = set(), [], None, False
            products |= _product(value)
        elif key in ("allow", "disallow", "crawl-delay"):
            begun = True
            if key == "crawl-delay":
                delay = _delay(value) or delay
            elif value:
                rules.append(Rule(key == "allow", _pattern(value)))
    yield Group(frozenset(products), tuple(rules), delay)


def _records(text: str) -> Iterator[tuple[str, str]]:
    for line in _LINE_END.split(text):
        key, _, value = line.partition("#")[0].partition(":")
        yield key.strip().lower(), value.strip()


def _product(value: str) -> set[str]:
    """The product token at the beginning of a `User-agent` line's value."""
    found = _PRODUCT.match(value)
    return {found[0].lower()} if found else set()


def _delay(value: str) -> timedelta | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    longest = LONGEST_DELAY.total_seconds()
    return timedelta(seconds=min(seconds, longest)) if math.isfinite(seconds) and seconds > 0 else None


# --- matching ---------------------------------------------------------------------------------------------------------


def _matches(pattern: str, target: str) -> bool:
    head, *pieces = pattern.removesuffix("$").split("*")
    if not target.startswith(head):
        return False
    at, anchored = len(head), pattern.endswith("$")
    if not pieces:
        return not anchored or at == len(target)
    for piece in pieces[:-1]:
        found = target.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return target.endswith(pieces[-1], at) if anchored else target.find(pieces[-1], at) >= 0


def _target(url: str) -> str | None:
    """The path and query of `url` as patterns are compared with: a `*` or `$` of its own is escaped."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return _normal(f"{parts.path or '/'}{query}").replace("*", "%2A").replace("$", "%24")


def _pattern(value: str) -> str:
    end = "$" if value.endswith("$") else ""
    return _normal(value.removesuffix("$")).replace("$", "%24") + end


def _normal(text: str) -> str:
    """One spelling: what must be escaped is, in capitals, and no unreserved character is (section 2.2.2)."""
    return _ESCAPE.sub(_escape, quote(text, safe=_ASCII, errors="replace"))


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if _UNRESERVED.fullmatch(character) else found[0].upper()
