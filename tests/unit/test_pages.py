"""Pages: what a reader sees, in every language, without script."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from feedhub.models import Picture, Story
from feedhub.publish import pages
from feedhub.publish.addresses import OutputLink
from feedhub.publish.filters import Choice, Filter
from feedhub.publish.reasons import rule_text
from support.stories import (
    HEWLER,
    NOON,
    RAFIDAIN,
    SITE,
    TIGRIS,
    a_carrier,
    a_plain_story,
    a_related,
    a_shared_story,
    a_story,
    a_view,
)

ALL = OutputLink("all", "Two Rivers News", "feed")
KURDISTAN = OutputLink("kurdistan", "Kurdistan", "feeds/kurdistan")
OUTPUTS = (ALL, KURDISTAN)
CSS = (files("feedhub.publish") / "static" / "feedhub.css").read_text("utf-8")


def river(*stories: Story, root: str = "", notice: str | None = None, **changes: Any) -> bytes:
    return pages.river(a_view(*stories, **changes), outputs=OUTPUTS, root=root, notice=notice)


def story_page(story: Story, *, noindex: bool = True) -> bytes:
    return pages.story(story, site_title="Two Rivers News", root="../", noindex=noindex, outputs=OUTPUTS)


def outputs_page() -> bytes:
    return pages.outputs_page(OUTPUTS, site_title="Two Rivers News", site_url=SITE, root="", noindex=True)


EVERY_PAGE = {
    "river": river(a_story(), a_shared_story()),
    "empty river": river(notice="Offline."),
    "story": story_page(a_shared_story()),
    "bare story": story_page(a_plain_story()),
    "outputs": outputs_page(),
}


@pytest.fixture(params=list(EVERY_PAGE.values()), ids=list(EVERY_PAGE))
def page(request: pytest.FixtureRequest) -> bytes:
    body: bytes = request.param
    return body


def tree(body: bytes) -> Any:
    return html.document_fromstring(body.decode())


def articles(body: bytes) -> list[Any]:
    return list(tree(body).iter("article"))


def says(element: Any) -> str:
    return " ".join(element.text_content().split())


class Balance(HTMLParser):
    """Fails at the first end tag that does not close the innermost open element."""

    VOID = frozenset({"br", "hr", "img", "link", "meta"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute of {tag} stands twice"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# --- every page -------------------------------------------------------------------------------------------------------


def test_pages_are_well_nested(page: bytes) -> None:
    """Every element is closed in its place, no attribute stands twice."""
    balance = Balance()
    balance.feed(page.decode())
    assert balance.open == []
    assert page.startswith(b"<!doctype html>\n")
    assert page.endswith(b"</html>\n")


def test_pages_need_no_script_and_no_inline_style(page: bytes) -> None:
    """A Content-Security-Policy without 'unsafe-inline' holds: no script, style or event handler."""
    document = tree(page)
    assert not document.xpath("//script | //style | //@style | //@*[starts-with(name(), 'on')]")
    assert [link.get("href") for link in document.xpath("//link[@rel='stylesheet']")] == [
        f"{prefix(page)}static/feedhub.css"
    ]


def prefix(page: bytes) -> str:
    return "../" if b'href="../static/' in page else ""


def test_pages_have_landmarks_and_one_heading(page: bytes) -> None:
    """A skip link to the one main element, one h1, a header and a footer; ids are unique."""
    document = tree(page)
    assert document.xpath("//body/a[1]/@href") == ["#content"]
    assert len(document.xpath("//main[@id='content']")) == len(document.xpath("//h1")) == 1
    assert len(document.xpath("//body/header")) == len(document.xpath("//body/footer")) == 1
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_headings_skip_no_level(page: bytes) -> None:
    """h1, then h2, then h3: a screen reader's outline has no gap."""
    levels = [int(heading.tag[1]) for heading in tree(page).xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_pages_fit_a_phone_and_tell_outlets_nothing(page: bytes) -> None:
    """A viewport for phones; no referrer goes to the hosts of pictures."""
    document = tree(page)
    assert document.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
    assert document.xpath("//meta[@name='referrer']/@content") == ["no-referrer"]
    assert all(image.get("referrerpolicy") == "no-referrer" for image in document.xpath("//main//figure/img"))


def test_own_links_are_relative(page: bytes) -> None:
    """The same files work below any path, and as a static export."""
    addresses = tree(page).xpath("//@href | //@src")
    own = [address for address in addresses if not address.startswith(("https://", "#"))]
    assert own
    assert all(not address.startswith("/") for address in own)
    assert all(
        address.startswith(prefix(page) or ("feed", "stories/", "static/", "out", "opml", "./")) for address in own
    )


def test_r39_pages_are_the_same_bytes_each_time() -> None:
    """Equal stories, equal bytes (R39)."""
    assert river(a_story(), a_shared_story()) == EVERY_PAGE["river"]
    assert story_page(a_shared_story()) == EVERY_PAGE["story"]
    assert pages.story_json(a_shared_story(), SITE) == pages.story_json(a_shared_story(), SITE)


@pytest.mark.parametrize("noindex", [True, False])
def test_search_engines_are_asked_as_configured(noindex: bool) -> None:
    """`site.noindex` decides about the robots meta of every page."""
    bodies = (
        river(a_story(), noindex=noindex),
        story_page(a_story(), noindex=noindex),
        pages.outputs_page(OUTPUTS, site_title="T", site_url=SITE, root="", noindex=noindex),
    )
    for body in bodies:
        assert tree(body).xpath("//meta[@name='robots']/@content") == (["noindex"] if noindex else [])


# --- the river --------------------------------------------------------------------------------------------------------


def test_r36_each_story_has_its_language_and_direction() -> None:
    """`lang` and `dir` stand at the article; where the language is not known there is none (R36)."""
    found = articles(river(a_story(), a_shared_story(), a_plain_story()))
    assert [(article.get("lang"), article.get("dir")) for article in found] == [
        ("en", "ltr"),
        ("ar", "rtl"),
        (None, "ltr"),
    ]


def test_r36_a_page_runs_right_to_left_when_all_its_stories_do() -> None:
    """An Arabic output is an Arabic page, a mixed one is not (R36)."""
    assert tree(river(a_shared_story())).get("dir") == "rtl"
    assert tree(river(a_shared_story(), a_story())).get("dir") == "ltr"
    assert tree(river()).get("dir") == "ltr"


def test_r36_what_stands_beside_the_stories_runs_as_the_page_does() -> None:
    """Newsrooms and ways to follow stand at the edge where the stories begin; English sentences stay whole (R36)."""
    languages = [Filter("Language", (Choice("العربية", "lang=ar", chosen=True, language="ar"),))]
    page = tree(pages.river(a_view(a_shared_story()), outputs=OUTPUTS, root="", filters=languages))
    assert [part.get("dir") for part in page.xpath("//aside | //nav[@aria-label='Filter']")] == [None, None]
    assert page.xpath("//aside//p/bdi/a[text()='How to subscribe']")


def test_r40_a_teaser_names_source_time_section_and_other_carriers() -> None:
    """Who, when, which section, and where else, each linked to its article (R40)."""
    (article,) = articles(river(a_shared_story()))
    text = says(article)
    assert text.startswith("أخبار محلية ارتفاع منسوب النهر بعد أول مطر فتح المهندسون بوابتين. صحيفة الرافدين")
    assert "12:00 UTC" in text
    assert article.xpath(".//time/@datetime") == ["2026-11-22T12:00:00Z"]
    assert "Also in: Tigris Daily, هەواڵی هەولێر" in text
    assert article.xpath(".//p[@class='also']/a/@href") == [
        "https://tigris.example/articles/17",
        "https://hewler.example/articles/17",
        f"stories/{a_shared_story().uuid}#carriers",
    ]


def test_a_headline_leads_to_the_publisher() -> None:
    """Or to the story's own page where the publisher has none; the time always leads to the story's page."""
    (linked,) = articles(river(a_story(), root="../"))
    assert linked.xpath(".//h3/a/@href") == ["https://tigris.example/articles/1"]
    assert linked.xpath(".//a[@class='when']/@href") == [f"../stories/{a_story().uuid}"]
    for address in ("", "javascript:alert(1)"):
        (bare,) = articles(river(a_plain_story(url=address)))
        assert bare.xpath(".//h3/a/@href") == [f"stories/{a_story().uuid}"]


def test_one_carrier_is_no_company() -> None:
    """A story that one newsroom carries says nothing of others; two feeds of one newsroom are named once."""
    assert "Also in" not in says(articles(river(a_story()))[0])
    twice = a_story(carriers=(a_carrier(), a_carrier(HEWLER), a_carrier(HEWLER, url="https://hewler.example/2")))
    assert articles(river(twice))[0].xpath("count(.//p[@class='also']/a)") == 2  # and why


def test_r35_pictures_load_lazily_in_a_box_of_their_own() -> None:
    """Width and height always stand in the markup and the style keeps the ratio, so that nothing moves (R35)."""
    (known,) = tree(river(a_story())).iter("img")
    assert (known.get("loading"), known.get("width"), known.get("height")) == ("lazy", "1200", "800")
    assert (known.get("alt"), known.get("src")) == ("The weir at dawn", "https://tigris.example/weir.jpg")
    (unknown,) = tree(river(a_story(picture=Picture("https://tigris.example/x.jpg")))).iter("img")
    assert (unknown.get("width"), unknown.get("height"), unknown.get("alt")) == ("600", "400", "")
    assert re.search(r"\.thumb img \{[^}]*aspect-ratio:", CSS)
    assert not list(tree(river(a_plain_story())).iter("img"))


def test_stories_stand_under_their_day() -> None:
    """One heading for each day, in UTC, in the order of the view."""
    yesterday = a_story(2, published=NOON - timedelta(hours=12, seconds=1))
    days = tree(river(a_story(1), a_story(3), yesterday)).xpath("//section[@class='day']")
    assert [(says(day.find("h2")), len(day.findall("article"))) for day in days] == [
        ("Sunday, 22 November 2026", 2),
        ("Saturday, 21 November 2026", 1),
    ]


def test_a_long_summary_is_cut_at_a_word() -> None:
    """The river teases; the story's page and the outlet have the rest."""
    (summary,) = tree(river(a_story(summary="word " * 200))).xpath("//p[@class='summary']")
    assert len(says(summary)) <= pages.SUMMARY + 2
    assert says(summary).endswith("word …")


def test_the_page_offers_its_feed_before_all_others() -> None:
    """Autodiscovery: three formats of the output on show, then of the other outputs, relative to the page."""
    body = pages.river(
        a_view(name="kurdistan", title="Kurdistan", path="feeds/kurdistan"), outputs=OUTPUTS, root="../", notice=None
    )
    found = tree(body).xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in found] == [
        ("application/atom+xml", "../feeds/kurdistan.atom"),
        ("application/rss+xml", "../feeds/kurdistan.rss"),
        ("application/feed+json", "../feeds/kurdistan.json"),
        ("application/atom+xml", "../feed.atom"),
        ("application/rss+xml", "../feed.rss"),
        ("application/feed+json", "../feed.json"),
    ]
    assert found[0].get("title") == "Kurdistan (Atom)"


def test_the_navigation_marks_the_output_on_show() -> None:
    """All outputs, in their order; none where there is only one."""
    body = pages.river(
        a_view(name="kurdistan", title="Kurdistan", path="feeds/kurdistan"), outputs=OUTPUTS, root="../", notice=None
    )
    found = tree(body).xpath("//nav//a")
    assert [(says(link), link.get("href"), link.get("aria-current")) for link in found] == [
        ("All stories", "../", None),
        ("Kurdistan", "../feeds/kurdistan", "page"),
    ]
    assert not tree(pages.river(a_view(), outputs=(ALL,), root="", notice=None)).xpath("//nav")


def test_the_newsrooms_of_a_page_are_counted() -> None:
    """Each source with the number of stories it carries, the most frequent first."""
    rows = tree(river(a_story(1), a_shared_story(2))).xpath("//ul[@class='sources']/li")
    assert [says(row) for row in rows] == ["Tigris Daily 2", "صحيفة الرافدين 1", "هەواڵی هەولێر 1"]


def test_an_empty_output_says_what_will_happen() -> None:
    """No blank page before the first story, and the feeds can be taken already."""
    (empty,) = tree(river()).xpath("//section[@class='empty']")
    assert "Nothing here yet" in says(empty)
    assert empty.xpath(".//a/@href") == ["feed.atom", "feed.rss", "feed.json"]


def test_a_notice_is_plain_text() -> None:
    """It is shown as it is, and announced; without one there is no banner."""
    (notice,) = tree(river(a_story(), notice="<b>Offline</b>")).xpath("//p[@role='status']")
    assert says(notice) == "<b>Offline</b>"
    assert not tree(river(a_story())).xpath("//p[@role='status']")


# --- a story ----------------------------------------------------------------------------------------------------------


def test_a_story_is_shown_in_full() -> None:
    """Section, headline, source, writer, both dates, the picture with its caption, the sanitised text, the way on."""
    (article,) = articles(story_page(a_story()))
    assert (article.get("lang"), article.get("dir")) == ("en", "ltr")
    assert says(article.find("header")) == (
        "Local News River level rises after the first rain "
        "Tigris Daily Mina Karim 22 Nov 2026, 12:00 UTC Updated 22 Nov 2026, 13:00 UTC"
    )
    assert says(article.find("figure/figcaption")) == "The weir at dawn"
    (text,) = article.xpath("./div[@class='text']")
    assert [says(paragraph) for paragraph in text] == [
        "Engineers open two gates of the weir.",
        "No house is in danger.",
    ]
    assert article.xpath(".//a[@rel='external']/@href") == ["https://tigris.example/articles/1"]


def test_a_text_with_a_picture_gets_no_second_one() -> None:
    """The lead picture stands before the text only where the text shows none (R35)."""
    content = '<p>Text</p><img src="https://tigris.example/other.jpg" alt="">'
    (article,) = articles(story_page(a_story(content=content)))
    assert article.xpath(".//img/@src") == ["https://tigris.example/other.jpg"]


def test_r14_a_story_page_explains_the_merge() -> None:
    """Each carrier with its article, when it was published, the rule in words and the evidence (R14)."""
    (carriers,) = tree(story_page(a_shared_story())).xpath("//section[@id='carriers']")
    assert says(carriers.find("h2")) == "Why these 3 are one story"
    rows = [says(row) for row in carriers.iter("li")]
    assert rows == [
        "صحيفة الرافدين 22 Nov 2026, 12:00 UTC River level rises "
        "The first to carry the story: no story shares its address its text is shown here",
        "Tigris Daily 22 Nov 2026, 12:00 UTC River level rises "
        "Same article address: both name tigris.example/articles/17",
        "هەواڵی هەولێر 22 Nov 2026, 12:00 UTC River level rises "
        "Same publisher’s id: both carry the id tag:agency.example,2026:17",
    ]
    assert carriers.xpath(".//li//a/@href") == [f"{source.link}articles/17" for source in (RAFIDAIN, TIGRIS, HEWLER)]


def test_r14_a_rule_without_words_is_named() -> None:
    """A rule that the page does not know is shown by its own name, never hidden (R14)."""
    assert rule_text(a_carrier(rule="some-rule")) == "some-rule"
    assert rule_text(a_carrier(rule="")) == "Part of this story"


def test_r14_a_merge_by_text_says_its_score() -> None:
    """On which words and numbers, and how much alike they are; 0 is a score too (R14)."""
    evidence = "both say Qasr, bridge and 14"
    alike = a_carrier(rule="text", evidence=evidence, score=0.934)
    page = story_page(a_story(carriers=(a_carrier(), alike, replace(alike, score=0.0))))
    assert [says(row) for row in tree(page).xpath("//section[@id='carriers']//p[@class='reason']")][1:] == [
        f"Much the same headline and text (score 0.93 of 1): {evidence}",
        f"Much the same headline and text (score 0.00 of 1): {evidence}",
    ]


def test_r14_a_story_page_names_what_was_not_merged_and_why() -> None:
    """See also: each related story with its newsroom, its article, its own page here, and what kept it apart (R14)."""
    story = a_story(related=(a_related(8, title="منسوب النهر", source=RAFIDAIN, reason="other numbers"), a_related(9)))
    (section,) = tree(story_page(story)).xpath("//section[@id='related']")
    assert says(section.find("h2")) == "See also"
    assert [says(row) for row in section.iter("li")] == [
        "صحيفة الرافدين who carries it منسوب النهر Not merged: other numbers",
        "Tigris Daily who carries it River level falls by 12 centimetres Not merged: it says 12 where this one says 40",
    ]
    assert section.xpath(".//li[2]//a/@href") == [f"../stories/{a_related(9).uuid}#carriers", a_related(9).url]
    assert not tree(story_page(a_story())).xpath("//section[@id='related']")


@pytest.mark.parametrize("address", ["", "javascript:alert(1)"])
def test_a_related_story_without_an_article_is_linked_to_its_page(address: str) -> None:
    """What is no web address is no link (R34); its own page is always there, and a headline too."""
    (section,) = tree(story_page(a_story(related=(a_related(url=address, title=" "),)))).xpath(
        "//section[@id='related']"
    )
    page = f"../stories/{a_related().uuid}"
    assert section.xpath(".//a/@href") == [f"{page}#carriers", page]
    assert says(section.xpath(".//p[@class='carrier-title']")[0]) == "Tigris Daily"


def test_r36_words_of_other_scripts_stand_by_themselves() -> None:
    """In an English reason each run of Arabic letters is isolated: lists and numbers keep their order (R36)."""
    evidence = "both say جسر القصر, نهر and 14; ڕووبار"
    page = story_page(a_story(carriers=(a_carrier(evidence=evidence),), related=(a_related(reason=f"{evidence} <b>"),)))
    for reason in tree(page).xpath("//p[@class='reason']"):
        assert [run.text for run in reason.iter("bdi")] == ["جسر القصر", "نهر", "ڕووبار"]
        assert says(reason).split(": ", 1)[1].startswith(evidence)


def test_r36_names_and_headlines_claim_no_language_that_is_not_theirs() -> None:
    """Below the English words of the page stand headlines of any language: they are not marked as English (R36)."""
    page = tree(story_page(a_shared_story()))
    named = page.xpath("//section[@lang='en']//*[@class='source' or @class='carrier-title']/*")
    assert len(named) == 2 * (3 + 1)
    assert all(element.get("lang") == "" for element in named)
    assert all(element.tag == "bdi" or element.get("dir") == "auto" for element in named)


def test_a_carrier_without_a_page_is_not_linked() -> None:
    """Its headline is there, as text; what is no web address is no link (R34)."""
    for address in ("", "javascript:alert(1)"):
        body = story_page(a_story(carriers=(a_carrier(url=address),)))
        assert not tree(body).xpath("//section[@id='carriers']//li//a")


def test_a_story_is_there_as_data() -> None:
    """`.json` says what the page says, and the page links to it."""
    story = a_shared_story()
    found = json.loads(pages.story_json(story, SITE))
    assert {key: found[key] for key in ("id", "title", "language", "direction", "published", "updated")} == {
        "id": story.id,
        "title": story.title,
        "language": "ar",
        "direction": "rtl",
        "published": "2026-11-22T12:00:00Z",
        "updated": "2026-11-22T13:00:00Z",
    }
    assert (found["content_html"], found["tags"]) == (story.content, list(story.categories))
    assert found["carriers"][1] == {
        "feed": "tigris",
        "source": "Tigris Daily",
        "url": "https://tigris.example/articles/17",
        "title": "River level rises",
        "published": "2026-11-22T12:00:00Z",
        "first_seen": "2026-11-22T12:00:00Z",
        "rule": "address",
        "evidence": "both name tigris.example/articles/17",
        "score": None,
    }
    assert found["related"] == [
        {
            "story": a_related().id,
            "title": "River level falls by 12 centimetres",
            "source": "Tigris Daily",
            "url": "https://tigris.example/articles/9",
            "reason": "it says 12 where this one says 40",
        }
    ]
    assert f"../stories/{story.uuid}.json" in tree(story_page(story)).xpath("//link/@href")


def test_r14_the_data_has_the_score_and_every_related_story() -> None:
    """The score as it was reckoned; related stories are all there, none is an empty list (R14)."""
    story = a_story(carriers=(a_carrier(score=0.93417),), related=tuple(map(a_related, range(10, 20))))
    found = json.loads(pages.story_json(story, SITE))
    assert found["carriers"][0]["score"] == 0.93417
    assert [other["story"] for other in found["related"]] == [other.id for other in story.related]
    (homeless,) = json.loads(pages.story_json(a_story(related=(a_related(url=""),)), SITE))["related"]
    assert homeless["url"] == f"{SITE}stories/{a_related().uuid}"
    assert json.loads(pages.story_json(a_story(), SITE))["related"] == []


# --- the outputs ------------------------------------------------------------------------------------------------------


def test_the_outputs_page_shows_whole_addresses() -> None:
    """What is pasted into a reader app is absolute, what is clicked is relative; OPML for all at once."""
    document = tree(outputs_page())
    links = document.xpath("//section[@class='output'][2]//dd/a")
    assert [(says(link), link.get("href")) for link in links] == [
        (f"{SITE}feeds/kurdistan.{extension}", f"feeds/kurdistan.{extension}") for extension in ("atom", "rss", "json")
    ]
    assert document.xpath("//section[@class='output']/h2/a/@href") == ["./", "feeds/kurdistan"]
    assert "opml" in document.xpath("//main//a/@href")


def test_the_extension_of_json_feed_is_explained() -> None:
    """The address that `_feedhub` names as `about` is there (R40)."""
    (heading,) = tree(outputs_page()).xpath("//*[@id='json']")
    assert "_feedhub" in says(heading)


# --- text and style ---------------------------------------------------------------------------------------------------


ANY_TEXT = st.text(st.characters(), max_size=60)


@settings(max_examples=50)
@given(text=ANY_TEXT, other=ANY_TEXT)
def test_r33_no_text_breaks_a_page(text: str, other: str) -> None:
    """Any characters in any field but the sanitised text: well nested, and nothing becomes markup (R33, R34)."""
    story = a_story(
        title=text, summary=other, author=text, categories=(other, text), language=text, url=other,
        picture=Picture(f"https://tigris.example/{text}", other, text),
        carriers=(
            a_carrier(replace(TIGRIS, id=text, title=other, link=text), url=other, rule=text, evidence=other),
            a_carrier(replace(HEWLER, title=text), url=text, title=other, rule=other, evidence=text),
        ),
        related=(a_related(id=other, title=text, url=other, source=replace(TIGRIS, title=other), reason=text),),
    )  # fmt: skip
    for body in (river(story, title=other, site_title=text, notice=other), story_page(story)):
        balance = Balance()
        balance.feed(body.decode())
        assert balance.open == []
        assert "\x00" not in body.decode()
    json.loads(pages.story_json(story, SITE))


def test_r34_text_is_escaped() -> None:
    """A headline, a name or a caption with markup is text (R34)."""
    hostile = '"><script>alert(1)</script>'
    story = a_story(
        title=hostile, summary=hostile, author=hostile, categories=(hostile,),
        picture=Picture("https://tigris.example/x.jpg", hostile),
        carriers=(a_carrier(replace(TIGRIS, title=hostile), title=hostile, rule=hostile, evidence=hostile),),
        related=(
            a_related(id=hostile, title=hostile, url=hostile, source=replace(TIGRIS, title=hostile), reason=hostile),
        ),
    )  # fmt: skip
    for body in (river(story, title=hostile, site_title=hostile), story_page(story)):
        assert b"<script" not in body


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("colour", ["ink", "quiet", "accent"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
def test_text_has_contrast(scheme: int, colour: str, ground: str) -> None:
    """WCAG AA, 4.5 to 1, for every text colour on every ground, light and dark."""
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    dark, light = sorted((luminance(colours[colour]), luminance(colours[ground])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_style_follows_the_direction_of_writing() -> None:
    """Logical properties only: `left` and `right` would be wrong for half of the stories (R36)."""
    assert not re.search(r"\b(left|right)\b", re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL))
    assert "prefers-color-scheme: dark" in CSS
    assert ":focus-visible" in CSS
    assert "url(" not in CSS
