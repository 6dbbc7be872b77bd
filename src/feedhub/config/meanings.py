"""What each key of feeds.yaml means, in words: editors show them, and docs/reference.md has the same ones.

Whoever adds a field to :mod:`feedhub.config.schema` adds its row here and in the reference.
"""

from __future__ import annotations

MEANINGS: dict[str, str] = {
    "site": "what the whole is called, where readers find it, and whom to ask",
    "site.title": "the name of it all, and the title of the output `all`",
    "site.url": "the public address, http or https without query; without it the listening address, and `check` warns",
    "site.contact": "an e-mail address or URL for the User-Agent",
    "site.noindex": "ask search engines not to index the copies",
    "site.websub": "name a hub in the outputs, which pushes them to whoever subscribes there",
    "defaults": "keys that hold for every feed that does not have them itself",
    "feeds": "what is polled: a URL, or a URL with keys",
    "feeds[].url": "http or https",
    "feeds[].id": "small letters, digits and hyphens",
    "feeds[].title": "the source's name as readers see it",
    "feeds[].kind": (
        "`page`: a web page, read by `select`. `feed` and `sitemap` may be said; which of the two it is shows in "
        "the document"
    ),
    "feeds[].select": "where the news is on a page: CSS selectors",
    "feeds[].select.item": "on a page: a CSS selector for what holds one piece of news, such as `article`",
    "feeds[].select.link": "in an item: its link, or what holds it; without it the item itself or its first link",
    "feeds[].select.title": "in an item: the headline; without it the text of the link",
    "feeds[].select.image": "in an item: pictures, or what holds them; without it all of the item's",
    "feeds[].select.summary": "in an item: a summary",
    "feeds[].select.date": "in an item: the date, as `datetime`, `content` or text; without it the first `time`",
    "feeds[].select.author": "in an item: the author",
    "feeds[].select.section": "in an item: its categories",
    "feeds[].full_text": "read each new entry's page and take its text and picture; needs the extra `fulltext`",
    "feeds[].tags": "a list of your own words",
    "feeds[].language": (
        "the language it writes in, a tag of BCP 47 such as `ckb`; without it what the feed says, else what the "
        "text shows"
    ),
    "feeds[].timezone": "an IANA zone for dates without one; without it they are taken for UTC",
    "feeds[].priority": "higher is preferred as the text shown for a story",
    "feeds[].interval": (
        "how often to poll on average, over all feeds and the week; [who gets how much of it](guide.md#how-often-"
        "an-outlet-is-asked) is learnt"
    ),
    "feeds[].min_interval": "never more often, 1s to 365d",
    "feeds[].max_interval": (
        "never more seldom, whatever its document asks; but Retry-After is kept, and a feed that is gone is asked "
        "once a day"
    ),
    "feeds[].headers": "request headers, sent to the feed's own origin only",
    "feeds[].paused": "stop polling and keep the stories",
    "feeds[].dedup": (
        "`story`: one story for the same news in much the same words; `link`: for the same article address or "
        "globally unique id alone; `off`: each entry its own story. Without it `dedup.mode`"
    ),
    "feeds[].initial_items": "of what a new feed has already, publish the newest so many, 0 to 10000; the rest never",
    "feeds[].max_size": "the most that is read of a document, after decompression, 1KB to 100MB",
    "outputs": "the merged feeds to publish beside `all`, which exists without being named",
    "outputs[].id": "its place in the address, `/feeds/ID.atom`",
    "outputs[].title": "what readers see; for `all` it is `site.title`",
    "outputs[].match": "which stories the output holds; without it every story",
    "outputs[].match.tags": "stories that a feed with any of these tags carries. A tag that no feed has is a mistake",
    "outputs[].match.sources": "only stories that one of these feeds, named by their ids, carries",
    "outputs[].match.languages": (
        "only stories told in one of these languages; `en` covers `en-GB`, `ku` Sorani and Kurmanji. One that no "
        "feed can be in is a mistake"
    ),
    "outputs[].match.include": "only stories with one of these expressions in headline, summary or a section",
    "outputs[].match.exclude": "no story with one of these expressions there; goes before `include`",
    "outputs[].dedup": (
        "`story`: each story once, as the feeds' `dedup` has merged it; `link`: apart, what only its text has merged; "
        "`off`: each entry by itself"
    ),
    "outputs[].limit": "how many stories the document holds, 1 to 1000",
    "outputs[].max_age": "the document shows nothing so much older than the output's newest story, 1m to 3650d",
    "outputs[].max_per_source": "the document shows at most so many stories told by one feed, 1 to 1000",
    "outputs[].content": (
        "`summary`: no more of a text than its summary, and nothing that is attached to it; for `all`, on the "
        "stories' own pages too"
    ),
    "outputs[].show_carriers": "name the other carriers, with links, at the end of each text",
    "hide": "stories that are taken down: URLs of articles, ids of stories or addresses of their pages",
    "hosts": "politeness to one host, across all its feeds",
    "hosts.concurrency": "requests to one host at a time, 1 to 64. A host is a name, on all its ports",
    "hosts.spacing": (
        "from one request to the next on the same host, up to 1h; also from one start of feedhub to the next"
    ),
    "dedup": "what is one story, where neither a feed nor `defaults` says otherwise",
    "dedup.mode": "`story`, `link` or `off`, for feeds that do not say",
    "dedup.window": "how far back a match is sought, 1h to 90d",
    "dedup.merge": (
        "groups of two or more that are one story, whatever the rules say. An element is an article's URL, a "
        "story's id, or the address of a story's page below `site.url`"
    ),
    "dedup.never_merge": "groups of two or more, named in the same way, of which no two are one story",
    "retention": (
        "how long a story is kept after its last carrier was first seen, 7d to 36500d and not shorter than "
        "`dedup.window`. What a document shows is kept longer"
    ),
}
