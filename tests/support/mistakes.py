"""Wrong feeds.yaml files, and the one message that each gets (R46)."""

from __future__ import annotations

from itertools import pairwise

FEED = "feeds: [https://a.example/feed]\n"

_STORY = "0b7e1f52-aaaa-5bbb-8ccc-0123456789ab"

BROKEN: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", '1:1: nothing is configured; list at least one URL under "feeds:"'),
    "only comments": ("# nothing yet\n", '1:1: nothing is configured; list at least one URL under "feeds:"'),
    "a list at the top": (
        "- https://a.example/feed\n",
        '1:1: expected keys at the top, such as "feeds:", not a list; put the list under "feeds:"',
    ),
    "plain text": ("https://a.example/feed\n", '1:1: expected keys at the top, such as "feeds:", not plain text'),
    "no feeds": ("site: {title: News}\n", '1:1: feeds is missing; list at least one URL under "feeds:"'),
    "feeds without any": ("feeds:\n", "1:7: feeds: expected a list of feeds, not nothing"),
    "not UTF-8": (
        b"site:\n  title: \xe9t\xe9\n",
        "2:10: not UTF-8; save the file in UTF-8",
    ),
    "a tab": (
        "site:\n\ttitle: News\n",
        "2:1: not YAML: a tab; indent with spaces",
    ),
    "a colon in text": (
        "site:\n  title: News: Iraq\n",
        '2:14: not YAML: unexpected ":"; put quotes around text that holds ": ", and check the indentation',
    ),
    "an open quote": ('site:\n  title: "News\n', "3:1: not YAML: a quote is never closed"),
    "an open list": (
        "feeds: [https://a.example/feed\nsite: {}\n",
        '2:5: not YAML: a list opened with "[" is never closed, or a comma is missing',
    ),
    "two documents": (FEED + "---\n" + FEED, '2:1: not YAML: more than one document; take the "---" out'),
    "a control character": ("site:\n  title: a\x07b\n", "2:11: not YAML: a control character; take it out"),
    "an alias to itself": (
        FEED + "site: &a\n  title: *a\n",
        "2:7: site.title: an alias to something it is itself a part of",
    ),
    "a Python object": (
        FEED + "site: !!python/object:os.system {}\n",
        "2:7: site: the type !!python/object:os.system means nothing here; take it out",
    ),
    "a file of another type": (
        "!feeds {}\n",
        "1:1: the type !feeds means nothing here; take it out",
    ),
    "nested without end": ("[" * 5000, "1:1: nested too deeply to be a configuration"),
    "a type that does not fit": (
        FEED + "outputs: [{id: a, limit: !!int many}]\n",
        "2:26: outputs[0].limit: 'many' is not of the type !!int",
    ),
    "a list as key": (
        FEED + "? [a, b]\n: c\n",
        "2:3: expected a word as key, not a list or a mapping",
    ),
    "a key twice": (
        "feeds:\n  - url: https://a.example/\n    tags: [a]\n    tags: [b]\n",
        "4:5: feeds[0].tags: the key is on line 3 already; keep one of them",
    ),
    "a misspelt key": (
        "feeds:\n  - url: https://a.example/\n    intervall: 15m\n",
        '3:5: feeds[0].intervall: unknown key; did you mean "interval"?',
    ),
    "a misspelt key at the top": (
        "feed: [https://a.example/]\n",
        '1:1: feed: unknown key; did you mean "feeds"?',
    ),
    "a foreign key": (
        FEED + "hosts: {proxy: x}\n",
        "2:9: hosts.proxy: unknown key; known here: concurrency, spacing",
    ),
    "a feed's key among the defaults": (
        FEED + "defaults: {title: x}\n",
        "2:12: defaults.title: unknown key; known here: interval, min_interval, max_interval, timezone, language, "
        "tags, priority, headers, paused, dedup, max_size, full_text, initial_items",
    ),
    "a URL without scheme": (
        "feeds:\n  - www.a.example/feed\n",
        '2:5: feeds[0].url: expected an http or https URL, not "www.a.example/feed"',
    ),
    "a URL of another scheme": (
        "feeds:\n  - url: ftp://a.example/feed\n",
        '2:10: feeds[0].url: expected an http or https URL, not "ftp://a.example/feed"',
    ),
    "a wrong URL with a password": (
        "feeds: ['ftp://ali:geheim@a.example/feed']\n",
        '1:9: feeds[0].url: expected an http or https URL, not "ftp://a.example/feed"',
    ),
    "no URL": ("feeds:\n  - id: a\n", "2:5: feeds[0].url: missing; every feed needs one"),
    "a number for a feed": (
        "feeds:\n  - 5\n",
        "2:5: feeds[0]: expected a URL, or keys such as url and tags, not 5",
    ),
    "a duration in words": (
        FEED + "defaults:\n  interval: 15 minutes\n",
        '3:13: defaults.interval: expected a duration from 1s to 365d, such as 30s, 15m, 2h or 1h30m, not "15 minutes"',
    ),
    "a duration without unit": (
        FEED + "hosts: {spacing: 1}\n",
        "2:18: hosts.spacing: expected a duration from 0s to 1h, such as 30s, 15m, 2h or 1h30m, not 1",
    ),
    "an interval of nothing": (
        FEED + "defaults: {interval: 0s}\n",
        '2:22: defaults.interval: expected a duration from 1s to 365d, such as 30s, 15m, 2h or 1h30m, not "0s"',
    ),
    "a size without unit": (
        FEED + "defaults: {max_size: 5000000}\n",
        "2:22: defaults.max_size: expected a size from 1KB to 100MB, such as 500KB or 5MB, not 5000000",
    ),
    "min over max": (
        FEED + "defaults: {min_interval: 2h, max_interval: 90m}\n",
        "2:26: defaults.min_interval: min_interval (2h) is longer than max_interval (1h30m)",
    ),
    "a feed's interval under the defaults' least": (
        "defaults: {min_interval: 10m}\nfeeds:\n  - url: https://a.example/\n    interval: 5m\n",
        "4:15: feeds[0].interval: min_interval (10m) is longer than interval (5m)",
    ),
    "a time zone": (
        FEED + "defaults: {timezone: Asia/Bagdad}\n",
        '2:22: defaults.timezone: expected an IANA time zone such as Asia/Baghdad, not "Asia/Bagdad"',
    ),
    "a folder of time zones": (
        FEED + "defaults: {timezone: Asia}\n",
        '2:22: defaults.timezone: expected an IANA time zone such as Asia/Baghdad, not "Asia"',
    ),
    "a language in words": (
        FEED + "defaults: {language: arabic}\n",
        '2:22: defaults.language: expected a language tag such as ar, ckb or ku-Arab (BCP 47), not "arabic"',
    ),
    "tags that are no list": (
        FEED + "defaults: {tags: iraq}\n",
        '2:18: defaults.tags: expected a list, such as [iraq, baghdad], not "iraq"',
    ),
    "a tag that is a number": (
        FEED + "defaults: {tags: [iraq, 2024]}\n",
        "2:25: defaults.tags[1]: expected a tag (a number in quotes), not 2024",
    ),
    "a title that is a number": (
        FEED + "site: {title: 964}\n",
        "2:15: site.title: expected text on one line (a number in quotes), not 964",
    ),
    "yes for true": (
        FEED + "defaults: {paused: yes}\n",
        '2:20: defaults.paused: expected true or false, not "yes"',
    ),
    "true for a number": (
        FEED + "outputs: [{id: a, limit: true}]\n",
        "2:26: outputs[0].limit: expected a whole number from 1 to 1000, not true",
    ),
    "a limit of nothing": (
        FEED + "outputs: [{id: a, limit: 0}]\n",
        "2:26: outputs[0].limit: expected a whole number from 1 to 1000, not 0",
    ),
    "too many at once": (
        FEED + "hosts: {concurrency: 65}\n",
        "2:22: hosts.concurrency: expected a whole number from 1 to 64, not 65",
    ),
    "the site's address with a query": (
        FEED + "site: {url: 'https://a.example/?x=1'}\n",
        "2:13: site.url: expected an http or https URL without query, such as https://news.example.org/, "
        'not "https://a.example/?x=1"',
    ),
    "a contact": (
        FEED + "site: {contact: call me}\n",
        '2:17: site.contact: expected an e-mail address or a URL, not "call me"',
    ),
    "an id with capitals": (
        "feeds:\n  - {url: https://a.example/, id: Shafaq AR}\n",
        '2:35: feeds[0].id: expected an id of small letters, digits and hyphens, such as shafaq-ar, not "Shafaq AR"',
    ),
    "a feed's id twice": (
        "feeds:\n  - {url: https://a.example/, id: a}\n  - {url: https://b.example/, id: a}\n",
        '3:35: feeds[1].id: the id "a" is taken by the feed on line 2',
    ),
    "an output's id twice": (
        FEED + "outputs:\n  - id: a\n  - id: a\n",
        '4:9: outputs[1].id: the id "a" is taken by the output on line 3',
    ),
    "an output without id": (
        FEED + "outputs:\n  - title: A\n",
        "3:5: outputs[0].id: missing; every output needs one",
    ),
    "a selection for all": (
        "feeds: [{url: https://a.example/, tags: [a]}]\noutputs:\n  - id: all\n    match: {tags: [a]}\n",
        '4:5: outputs[0].match: the output "all" holds everything; give this one another id',
    ),
    "a misspelt tag": (
        "feeds: [{url: https://a.example/, tags: [kurdistan]}]\noutputs: [{id: k, match: {tags: [kurdstan]}}]\n",
        '2:34: outputs[0].match.tags[0]: no feed has the tag "kurdstan"; did you mean "kurdistan"?',
    ),
    "a tag that no feed has": (
        "feeds: [{url: https://a.example/, tags: [kurdistan]}]\noutputs: [{id: k, match: {tags: [sport]}}]\n",
        '2:34: outputs[0].match.tags[0]: no feed has the tag "sport"',
    ),
    "no tag at all": (
        FEED + "outputs: [{id: k, match: {tags: []}}]\n",
        "2:33: outputs[0].match.tags: expected at least one tag; without tags the output holds everything",
    ),
    "a misspelt source": (
        "feeds: [{url: https://a.example/, id: shafaq-ar}]\noutputs: [{id: k, match: {sources: [shafak-ar]}}]\n",
        '2:37: outputs[0].match.sources[0]: no feed has the id "shafak-ar"; did you mean "shafaq-ar"?',
    ),
    "a source by its URL": (
        FEED + "outputs: [{id: k, match: {sources: [https://a.example/feed]}}]\n",
        "2:37: outputs[0].match.sources[0]: expected an id of small letters, digits and hyphens, such as shafaq-ar, "
        'not "https://a.example/feed"',
    ),
    "a language that no feed is in": (
        "defaults: {language: ckb}\nfeeds: [https://a.example/, {url: https://b.example/, language: ar}]\n"
        "outputs: [{id: k, match: {languages: [ku, cbk]}}]\n",
        '3:43: outputs[0].match.languages[1]: no feed is in "cbk"',
    ),
    "a language in words for an output": (
        FEED + "outputs: [{id: k, match: {languages: [kurdish]}}]\n",
        "2:39: outputs[0].match.languages[0]: expected a language tag such as ar, ckb or ku-Arab (BCP 47), "
        'not "kurdish"',
    ),
    "no language at all": (
        FEED + "outputs: [{id: k, match: {languages: []}}]\n",
        "2:38: outputs[0].match.languages: expected at least one language; without languages the output holds "
        "everything",
    ),
    "an unfinished expression": (
        FEED + "outputs:\n  - id: k\n    match:\n      include: [Erbil, 're:Sulayman(iyah|i']\n",
        "5:24: outputs[0].match.include[1]: expected a regular expression after re: (missing ), unterminated "
        'subpattern at position 8), not "re:Sulayman(iyah|i"',
    ),
    "an expression without end": (
        FEED + "outputs: [{id: k, match: {exclude: ['re:(a+)+$']}}]\n",
        "2:37: outputs[0].match.exclude[0]: expected a regular expression that ends soon: at most 2 repeats such as "
        '* and +, and no group repeated that holds a repeat or |, not "re:(a+)+$"',
    ),
    "a word that is none": (
        FEED + "outputs: [{id: k, match: {exclude: ['...']}}]\n",
        '2:37: outputs[0].match.exclude[0]: expected a word, a phrase, or re: and a regular expression, not "..."',
    ),
    "a word that is a number": (
        FEED + "outputs: [{id: k, match: {include: [2024]}}]\n",
        "2:37: outputs[0].match.include[0]: expected a word or phrase on one line (a number in quotes), not 2024",
    ),
    "words that are no list": (
        FEED + "outputs: [{id: k, match: {include: Erbil}}]\n",
        '2:36: outputs[0].match.include: expected a list, such as [iraq, baghdad], not "Erbil"',
    ),
    "an age in words": (
        FEED + "outputs: [{id: k, max_age: two weeks}]\n",
        "2:28: outputs[0].max_age: expected a duration from 1m to 3650d, such as 30s, 15m, 2h or 1h30m, "
        'not "two weeks"',
    ),
    "half a text": (
        FEED + "outputs: [{id: k, content: half}]\n",
        '2:28: outputs[0].content: expected full or summary, not "half"',
    ),
    "carriers in words": (
        FEED + "outputs: [{id: k, show_carriers: all}]\n",
        '2:34: outputs[0].show_carriers: expected true or false, not "all"',
    ),
    "fewer than no items": (
        FEED + "defaults: {initial_items: -1}\n",
        "2:27: defaults.initial_items: expected a whole number from 0 to 10000, not -1",
    ),
    "a headline to hide": (
        FEED + "hide:\n  - https://a.example/news/1\n  - Snow in Erbil\n",
        '4:5: hide[1]: expected a URL, or a story\'s id such as urn:uuid:0b7e1f52-…, not "Snow in Erbil"',
    ),
    "one thing to hide": (
        FEED + "hide: https://a.example/news/1\n",
        '2:7: hide: expected a list, such as [iraq, baghdad], not "https://a.example/news/1"',
    ),
    "none of a source": (
        FEED + "outputs: [{id: k, max_per_source: 0}]\n",
        "2:35: outputs[0].max_per_source: expected a whole number from 1 to 1000, not 0",
    ),
    "a header of the fetcher's own": (
        "feeds:\n  - url: https://a.example/\n    headers: {Host: b.example}\n",
        "3:15: feeds[0].headers.Host: expected the name of a header that is the operator's to set",
    ),
    "a header over two lines": (
        'feeds:\n  - url: https://a.example/\n    headers: {X-Key: "geheim\\r\\nHost: b"}\n',
        "3:22: feeds[0].headers.X-Key: expected text in ASCII on one line",
    ),
    "an unset variable": (
        'feeds:\n  - url: https://a.example/\n    headers: {Authorization: "Bearer ${TOKEN}"}\n',
        "3:30: feeds[0].headers.Authorization: the environment variable TOKEN is not set",
    ),
    "an unset variable for a URL": (
        "feeds:\n  - ${FEED}\n",
        "2:5: feeds[0]: the environment variable FEED is not set",
    ),
    "an unclosed variable": (
        "feeds:\n  - https://a.example/${FEED\n",
        "2:5: feeds[0]: expected ${NAME} with the name of an environment variable, not ${FEED",
    ),
    "a page without selectors": (
        "feeds:\n  - {url: https://a.example/, kind: page}\n",
        "2:5: feeds[0].select: missing; a page needs selectors, item at least",
    ),
    "an unknown kind": (
        "feeds:\n  - {url: https://a.example/, kind: podcast}\n",
        '2:37: feeds[0].kind: expected feed or sitemap or page, not "podcast"',
    ),
    "an unknown way to merge": (
        FEED + "dedup: {mode: fuzzy}\n",
        '2:15: dedup.mode: expected story or link or off, not "fuzzy"',
    ),
    "an unknown way to merge in a feed": (
        "feeds:\n  - {url: https://a.example/, dedup: on}\n",
        '2:38: feeds[0].dedup: expected story or link or off, not "on"',
    ),
    "false for off in an output": (
        FEED + "outputs: [{id: a, dedup: false}]\n",
        "2:26: outputs[0].dedup: expected story or link or off, not false",
    ),
    "false for off": (
        "feeds:\n  - {url: https://a.example/, dedup: false}\n",
        "2:38: feeds[0].dedup: expected story or link or off, not false",
    ),
    "a window without end": (
        FEED + "dedup: {window: 1000d}\n",
        '2:17: dedup.window: expected a duration from 1h to 90d, such as 30s, 15m, 2h or 1h30m, not "1000d"',
    ),
    "a retention of a day": (
        FEED + "retention: 1d\n",
        '2:12: retention: expected a duration from 7d to 36500d, such as 30s, 15m, 2h or 1h30m, not "1d"',
    ),
    "a retention shorter than the window": (
        FEED + "dedup: {window: 30d}\nretention: 14d\n",
        "3:12: retention: retention (14d) is shorter than dedup.window (30d)",
    ),
    "a merge without groups": (
        FEED + "dedup: {merge: yes}\n",
        '2:16: dedup.merge: expected a list of groups, such as [[URL, URL]], not "yes"',
    ),
    "a merge of nothing": (
        FEED + "dedup:\n  merge:\n",
        "3:9: dedup.merge: expected a list of groups, such as [[URL, URL]], not nothing",
    ),
    "a group that is no list": (
        FEED + "dedup:\n  never_merge:\n    - https://a.example/1\n",
        '4:7: dedup.never_merge[0]: expected a group in brackets, such as [URL, URL], not "https://a.example/1"',
    ),
    "a group of one": (
        FEED + "dedup: {merge: [[https://a.example/1]]}\n",
        "2:17: dedup.merge[0]: expected two or more URLs or story ids, not one",
    ),
    "a group of none": (
        FEED + "dedup: {never_merge: [[]]}\n",
        "2:23: dedup.never_merge[0]: expected two or more URLs or story ids, not none",
    ),
    "neither a URL nor an id": (
        FEED + "dedup: {merge: [[https://a.example/1, 'the bridge']]}\n",
        '2:39: dedup.merge[0][1]: expected a URL, or a story\'s id such as urn:uuid:0b7e1f52-…, not "the bridge"',
    ),
    "an id that is cut off": (
        FEED + "dedup: {merge: [[https://a.example/1, 'urn:uuid:0b7e1f52-aaaa-5bbb-8ccc']]}\n",
        "2:39: dedup.merge[0][1]: expected a URL, or a story's id such as urn:uuid:0b7e1f52-…, "
        'not "urn:uuid:0b7e1f52-aaaa-5bbb-8ccc"',
    ),
    "a URL twice": (
        FEED + "dedup: {merge: [[https://a.example/1, https://b.example/2, https://a.example/1]]}\n",
        "2:60: dedup.merge[0][2]: the same as dedup.merge[0][0]; take one of them out",
    ),
    "an id twice, in two spellings": (
        FEED + f"dedup: {{never_merge: [[urn:uuid:{_STORY}, {_STORY.upper()}]]}}\n",
        "2:71: dedup.never_merge[0][1]: the same as dedup.never_merge[0][0]; take one of them out",
    ),
    "an id and the address of its page": (
        f"site: {{url: https://news.example/hub}}\n{FEED}"
        f"dedup: {{merge: [[{_STORY}, 'https://news.example/hub/stories/{_STORY}#carriers']]}}\n",
        "3:56: dedup.merge[0][1]: the same as dedup.merge[0][0]; take one of them out",
    ),
    "merged and not": (
        FEED + "dedup:\n  merge:\n    - [https://a.example/1, https://b.example/2]\n"
        "  never_merge:\n    - [https://b.example/2, https://c.example/3, https://a.example/1]\n",
        "6:50: dedup.never_merge[0][2]: merge on line 4 makes one story of this and dedup.never_merge[0][0]; "
        "take one of the two out",
    ),
    "merged by way of another group and not": (
        FEED + "dedup:\n  merge:\n    - [https://a.example/1, https://b.example/2]\n"
        "    - [https://d.example/4, https://e.example/5]\n    - [https://b.example/2, https://c.example/3]\n"
        "  never_merge:\n    - [https://a.example/1, https://c.example/3]\n",
        "8:29: dedup.never_merge[0][1]: merge on line 6 makes one story of this and dedup.never_merge[0][0]; "
        "take one of the two out",
    ),
}
"""By what is wrong: the file, and the message behind its name, `line:column: what`. There is no other mistake in it."""


_LAUGHS = ["a: &a [ha]", *(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in pairwise("abcdefghi"))]
BROKEN["aliases to aliases to aliases"] = (
    "\n".join(_LAUGHS),
    "6:4: f: aliases stand for more than 100,000 values up to here; write out what is meant",
)
BROKEN["an octal address"] = (
    "feeds:\n  - http://0177.0.0.1/x\n",
    '2:5: feeds[0].url: expected an http or https URL, not "http://0177.0.0.1/x"',
)
