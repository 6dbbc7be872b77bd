"""R37 and R5: the address to publish, and the key under which a page is known, without a guess."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.net.urls import canonical_url, clean_link, host_of, is_homepage, is_specific, origin

STORY = "https://www.example.iq/ar/news/48211"


def google_news_id(payload: bytes) -> str:
    """An article id as Google News wrote it: field 1 = 19, field 4 = the payload."""
    length = len(payload)
    size = bytes([length]) if length < 0x80 else bytes([length & 0x7F | 0x80, length >> 7])
    return base64.urlsafe_b64encode(b'\x08\x13"' + size + payload + b"\xd2\x01\x00").decode().rstrip("=")


# --- the key: what is the same page -----------------------------------------------------------------------------------

SAME_PAGE = [
    (STORY, "http://www.example.iq/ar/news/48211"),
    (STORY, "https://example.iq/ar/news/48211"),
    (STORY, "HTTPS://WWW.Example.IQ/ar/news/48211"),
    (STORY, "https://www.example.iq:443/ar/news/48211"),
    (STORY, "http://www.example.iq:80/ar/news/48211"),
    (STORY, "https://www.example.iq./ar/news/48211"),
    (STORY, "https://reader:secret@www.example.iq/ar/news/48211"),
    (STORY, "https://www.example.iq/ar/news/48211/"),
    (STORY, "https://www.example.iq/ar//news/48211"),
    (STORY, "https://www.example.iq/ar/news/./x/../48211"),
    (STORY, "https://www.example.iq/ar/news/48211?"),
    (STORY, "https://www.example.iq/ar/news/48211#comments"),
    (STORY, "https://www.example.iq/ar/news/48211#:~:text=Erbil"),
    (STORY, "https://m.example.iq/ar/news/48211"),
    (STORY, "https://mobile.example.iq/ar/news/48211"),
    (STORY, "https://amp.example.iq/ar/news/48211"),
    (STORY, "https://www.example.iq/ar/news/48211/amp"),
    (STORY, "https://www.example.iq/ar/news/48211/amp/"),
    (STORY, "https://www.example.iq/amp/ar/news/48211"),
    (STORY, "https://www.example.iq/ar/news/48211?amp=1"),
    (STORY, "https://www.example.iq/ar/news/48211?amp"),
    (STORY, "https://www.example.iq/ar/news/48211?outputType=amp"),
    (STORY, "https://www.example.iq/ar/news/48211?output=rss"),
    (STORY, "https://www.example.iq/ar/news/48211;jsessionid=A1B2"),
    (STORY, "https://www.example.iq/ar/news/48211?PHPSESSID=a1b2"),
    (STORY, "https://www.example.iq/ar/news/48211?utm_source=rss&utm_medium=feed"),
    (STORY, "https://www.example.iq/ar/news/48211?UTM_Source=rss&fbclid=x"),
    (STORY, "https://www.example.iq/ar/news/48211?%75tm_source=rss"),
    (STORY, "https://www.example.iq/ar/news/48211?at_medium=RSS&at_campaign=KARANGA"),
    (STORY, "https://www.example.iq/ar/news/48211?traffic_source=rss"),
    (STORY, "https://www.example.iq/ar/news/48211?partner=rss&emc=rss"),
    (STORY, "https://www.example.iq/ar/news/48211?ref=rss"),
    (STORY, "https://www.example.iq/ar/news/48211#xtor=RSS-9"),
    ("https://example.com/story.html", "https://example.com/story.amp.html"),
    ("https://example.com/story", "https://example.com/story.amp"),
    ("https://example.com/story", "https://example.com/story/index.html/amp/"),
    ("https://example.com/news/", "https://example.com/news/index.html"),
    ("https://example.com/?p=4821", "http://example.com/index.php?p=4821"),
    ("https://example.com/a?x=1&y=2", "https://example.com/a?y=2&x=1"),
    ("https://example.com/a?x=1&y=2", "https://example.com/a?x=1&amp;y=2"),
    ("https://example.com/a?x=1&y=2", "https://example.com/a?x=1&#038;y=2"),
    ("https://example.com/~a", "https://example.com/%7ea"),
    ("https://example.com/أخبار", "https://example.com/%d8%a3%d8%ae%d8%a8%d8%a7%d8%b1"),
    ("https://موقع.com/a", "https://xn--4gbrim.com/a"),
    ("http://[2001:db8::1]/a", "http://[2001:0DB8:0:0::1]:80/a"),
]

OTHER_PAGE = [
    (STORY, "https://www.example.iq/ar/news/48212"),
    (STORY, "https://ar.example.iq/ar/news/48211"),
    (STORY, "https://www.example.iq/en/news/48211"),
    (STORY, "https://www.example.iq/ar/News/48211"),
    (STORY, "https://www.example.iq:8443/ar/news/48211"),
    (STORY, "https://www.example.iq/ar/news/48211?page=2"),
    (STORY, "https://www.example.iq/ar/news/48211?ref=front"),
    (STORY, "https://www.example.iq/ar/news/48211?source=rss"),
    (STORY, "https://www.example.iq/ar/news/48211?via=rss"),
    (STORY, "https://www.example.iq/ar/news/48211.html"),
    (STORY, "https://www.example.iq/ar/news/48211-2"),
    ("https://example.com/a?id=1", "https://example.com/a?id=2"),
    ("https://example.com/a?id=1", "https://example.com/a?ID=1"),
    ("https://example.com/?p=1", "https://example.com/?p=2"),
    ("https://example.com/a?cid=1", "https://example.com/a"),
    ("https://example.com/a?pk_id=1", "https://example.com/a?pk_id=2"),
    ("https://example.com/a?utm=1", "https://example.com/a?utm=2"),
    ("https://example.com/watch?v=abc", "https://example.com/watch?v=abd"),
    ("https://example.com/search?q=a", "https://example.com/search?q=b"),
    ("https://example.com/a?x=1&x=2", "https://example.com/a?x=1"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://example.com/a%252Fb", "https://example.com/a%2Fb"),
    ("https://example.com/#!/news/1", "https://example.com/#!/news/2"),
    ("https://example.com/#/news/1", "https://example.com/"),
    ("https://example.com/amp", "https://example.com/"),
    ("https://example.com/amp/news", "https://example.com/news"),
    ("https://example.com/news/..amp", "https://example.com/news"),
    ("https://example.com/preamp", "https://example.com/pre"),
    ("https://example.com/index.html.txt", "https://example.com/"),
    ("https://example.com/article-index.html", "https://example.com/"),
    ("https://amp.dev/a", "https://dev/a"),
    ("https://m.co.uk/a", "https://co.uk/a"),
    ("https://sport.example.com/a", "https://example.com/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME_PAGE)
def test_r5_r37_two_spellings_of_a_page_share_a_key(one: str, other: str) -> None:
    """Scheme, `www.`, case of host, AMP, mobile, tracking, default documents and the like do not make another page."""
    assert canonical_url(one) == canonical_url(other) is not None


@pytest.mark.parametrize(("one", "other"), OTHER_PAGE)
def test_r37_different_pages_never_share_a_key(one: str, other: str) -> None:
    """Ids, pages, path case, language hosts, hash routes and parameters that may tell articles apart stay."""
    assert None is not canonical_url(one) != canonical_url(other) is not None


@pytest.mark.parametrize("url", sorted({url for pair in SAME_PAGE + OTHER_PAGE for url in pair}))
def test_r37_a_key_is_its_own_key(url: str) -> None:
    """The key is an address of the page like any other."""
    key = canonical_url(url)
    assert key is not None
    assert canonical_url(key) == key


def test_r37_the_key_is_an_address_of_the_publisher() -> None:
    """The key reads as a URL: https, bare host, no tracking, sorted query."""
    assert canonical_url("http://www.example.com/b/?z=1&utm_source=x&a=2#top") == "https://example.com/b?a=2&z=1"


# --- wrappers ---------------------------------------------------------------------------------------------------------

TARGET = "https://www.example.iq/ar/news/48211?x=1"
ESCAPED = "https%3A%2F%2Fwww.example.iq%2Far%2Fnews%2F48211%3Fx%3D1"

CARRY_THEIR_TARGET = [
    f"https://www.google.com/url?rct=j&sa=t&url={ESCAPED}&ct=ga&cd=abc",
    f"https://www.google.co.uk/url?q=&esrc=s&url={ESCAPED}",
    f"https://www.google.com/url?q={ESCAPED}&source=gmail",
    f"https://www.google.com/url?q={TARGET}",
    "https://www.google.com/amp/s/www.example.iq/ar/news/48211?x=1",
    "https://www-example-iq.cdn.ampproject.org/c/s/www.example.iq/ar/news/48211?x=1&amp_js_v=0.1&usqp=mq331",
    "https://cdn.ampproject.org/v/s/www.example.iq/ar/news/48211?x=1#amp_tf=From",
    f"https://news.google.com/news/url?sa=t&fd=R&url={ESCAPED}",
    f"https://news.google.com/rss/articles/{google_news_id(TARGET.encode())}?oc=5",
    f"https://news.google.com/__i/rss/rd/articles/{google_news_id(TARGET.encode())}?oc=5",
    f"https://l.facebook.com/l.php?u={ESCAPED}%26fbclid%3Dabc&h=AT0",
    f"https://m.facebook.com/l.php?u={ESCAPED}",
    f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={ESCAPED}&c=1",
    f"https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{ESCAPED.replace('%', '%25')}",
]

LEAD_ELSEWHERE = [
    "http://feedproxy.google.com/~r/example/news/~3/AbC/48211",
    "http://feeds.feedburner.com/~r/example/news/~3/AbC/",
    "http://feeds.example.com/~r/example/news/~3/AbC/story-of-the-day",
    "http://rss.feedsportal.com/c/33374/f/578068/s/7519503b/l/0L0Sexample0Bcom0Cnews/story01.htm",
    f"https://news.google.com/rss/articles/{google_news_id(b'AU_yqLOpaqueOpaqueOpaque')}?oc=5",
    f"https://news.google.com/articles/{google_news_id(TARGET.encode())[:40]}",
    "https://news.google.com/articles/CBMi",
    "https://news.google.com/articles/CBMiA",
    "https://news.google.com/stories/CAAqNggKIjBDQklTSGpvSmMzUnZjbmt0TXpZd1NoRUtEd2pj",
    "https://t.co/AbCdEf",
    "https://bit.ly/3abcDEF",
    "https://www.google.com/url?sa=t&url=/search",
    "https://www.google.com/url?q=https://example.com/a?id=1&id=2",
    "https://www.google.com/url?q=https%3A%2F%2Fexample.com%2F%C7%E1",
    "https://www.google.com/url?q=javascript:alert(1)",
    "https://l.facebook.com/l.php?h=AT0",
    "https://x.cdn.ampproject.org/c/s/",
]


@pytest.mark.parametrize("wrapped", CARRY_THEIR_TARGET)
def test_r37_a_wrapper_that_carries_its_target_is_taken_off(wrapped: str) -> None:
    """Readers get the publisher's address, and the page's key is the publisher's."""
    assert clean_link(wrapped) == TARGET
    assert canonical_url(wrapped) == canonical_url(TARGET)


@pytest.mark.parametrize("opaque", LEAD_ELSEWHERE)
def test_r37_a_wrapper_that_only_a_request_opens_has_no_key(opaque: str) -> None:
    """Its own host is never a page's; the link still works for the reader, so it stays."""
    assert canonical_url(opaque) is None
    assert host_of(clean_link(opaque)) == host_of(opaque)


def test_r37_a_long_address_in_a_google_news_id_is_read() -> None:
    """From 128 bytes on the length takes two bytes."""
    long = "https://example.com/" + "long-" * 40 + "48211"
    assert clean_link(f"https://news.google.com/rss/articles/{google_news_id(long.encode())}") == long


def test_r37_a_section_of_a_wrapping_site_is_a_page_of_its_own() -> None:
    """Only the redirects of such a site are wrappers."""
    assert canonical_url("https://www.youtube.com/watch?v=abc") == "https://youtube.com/watch?v=abc"
    assert canonical_url("https://www.facebook.com/outlet/posts/48211") == "https://facebook.com/outlet/posts/48211"


# --- the link ---------------------------------------------------------------------------------------------------------

CLEAN = [
    ("  https://example.com/a\n", "https://example.com/a"),
    ("\u200f\ufeff https://example.com/a\u200b\xa0", "https://example.com/a"),
    ("https://exam\tple.com/a\nb\x00c\x9d", "https://example.com/abc"),
    ("https://example.com/a\ud800b\uffff", "https://example.com/ab"),
    ("HTTP://Example.COM:80/A", "http://example.com/A"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com/a b|c[1]^%zz", "https://example.com/a%20b%7Cc%5B1%5D%5E%25zz"),
    ("https://example.com/a?q=é ü", "https://example.com/a?q=%C3%A9%20%C3%BC"),
    ("https://example.com/a?q=%C7%E1", "https://example.com/a?q=%C7%E1"),
    ("https://example.com/خبر‌ها", "https://example.com/%D8%AE%D8%A8%D8%B1%E2%80%8C%D9%87%D8%A7"),
    ("https://أخبار24.iq/a", "https://xn--24-ysdqe9ax.iq/a"),
    ("https://example.com/a#part-2", "https://example.com/a#part-2"),
    ("https://example.com/a#utm_source=rss&utm_medium=x", "https://example.com/a"),
    ("https://example.com/a?b=1&utm_source=rss&a=2&gclid=3", "https://example.com/a?b=1&a=2"),
    ("https://example.com/a?fl", "https://example.com/a?fl"),
    ("https://example.com/a/amp?output=rss", "https://example.com/a/amp?output=rss"),
    ("https://user:secret@example.com/a", "https://example.com/a"),
    ("https://good.example\\@evil.example/a", "https://good.example/@evil.example/a"),
]


@pytest.mark.parametrize(("raw", "published"), CLEAN)
def test_r37_a_link_is_published_as_a_clean_uri(raw: str, published: str) -> None:
    """Illegal characters and tracking go, what a URI cannot hold is escaped, the rest stays as it was written."""
    assert clean_link(raw) == published


HOPELESS = [
    *("", " ", "/a", "a/b", "//example.com/a", "example.com", "#a", "http://", "http:///a", "https://?a"),
    *("mailto:a@example.com", "javascript:alert(1)", "data:text/html,x", "ftp://example.com/a", "file:///etc/passwd"),
    *("http://[::1/a", "http://[bad]/a", "http://::1/a", "http://[fe80::1%25eth0]/", "http://[v1.x]/"),
    *("http://example.com:port/", "http://example.com:99999/", "http://exa mple.com/", "http://a..b/", "http://%00/"),
    *("http://" + "a" * 64 + ".com/", "http://" + "ا" * 80 + ".com/", "http://xn--\xad/", "http://a\u2100b.com/"),
    "https://www.google.com/url?q=https://example.com/&ved=" + "a" * 100_000,
    *("https://example.com/" + "a" * 100_000, "https://example.com/" + "ا" * 1000),
]


@pytest.mark.parametrize("raw", HOPELESS)
def test_r37_what_is_no_web_address_is_no_link(raw: str) -> None:
    """No absolute http address, an impossible host or port, or one longer than 4,096 characters: nothing, no error."""
    assert clean_link(raw) == ""
    assert canonical_url(raw) is None


@pytest.mark.parametrize(
    ("link", "base", "published"),
    [
        ("/a?b=1", "https://example.com/feed/", "https://example.com/a?b=1"),
        ("../a", "https://example.com/x/y/", "https://example.com/x/a"),
        ("//cdn.example.com/a", "http://example.com/", "http://cdn.example.com/a"),
        ("https://other.example/a", "https://example.com/", "https://other.example/a"),
        ("a", "not an address", ""),
        ("", "https://example.com/feed/", ""),
        ("mailto:x@example.com", "https://example.com/", ""),
        ("a", "http://[bad/", ""),
    ],
)
def test_r37_a_relative_link_is_resolved_against_its_base(link: str, base: str, published: str) -> None:
    """An item without a link does not inherit the feed's."""
    assert clean_link(link, base) == published


# --- what an address names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "",
        "/ar",
        "/en/",
        "/ckb/",
        "/en-US",
        "/zh-hans/",
        "/index.php",
        "/ar/index.html",
        "/home",
        "/ar/home",
        "/arabic",
        "/?lang=ar",
        "/amp.html/..",
        "/#top",
    ],
)
def test_r6_the_front_page_in_any_language_is_no_article(url: str) -> None:
    """A guid or link that is the home page identifies nothing."""
    assert is_homepage(f"https://example.com{url}")
    assert not is_specific(f"https://example.com{url}")


@pytest.mark.parametrize(
    "url", ["/news", "/?p=4821", "/ar/news", "/#!/news/1", "/a", "/dc", "/ar/48211", "/?lang=ar&p=1"]
)
def test_r6_any_other_page_is_not_the_front_page(url: str) -> None:
    """Sections, articles, hash routes and posts by number are not the front page."""
    assert not is_homepage(f"https://example.com{url}")


@pytest.mark.parametrize(
    "url",
    [
        "/ar/news/48211",
        "/news/uk-58943184",
        "/news/2026/03/11/48211",
        "/fa/news/1404/12/20/3264567",
        "/story/4b4704b3",
        "/a/3f2b8c1e-aaaa-bbbb-cccc-dddddddddddd",
        "/arabic/articles/c5y8pqv1nk9o",
        "/local/council-opens-new-bridge",
        "/local/council_opens_bridge.html",
        "/خبر-عن-جسر",
        "/%D8%A8-%D8%AC-%D8%AF",
        "/رئيسالوزراءيفتتحجسراجديدافيبغداد",
        "/?p=48211",
        "/news.php?newsid=48211",
        "/#!/news/48211",
    ],
)
def test_r2_an_address_with_an_id_or_a_slug_is_specific(url: str) -> None:
    """Numbers of four digits, slugs of three words, hashes and long non-Latin slugs name one article."""
    assert is_specific(clean_link(f"https://example.com{url}"))


@pytest.mark.parametrize(
    "url",
    [
        "/local-news",
        "/arabic/kurdistan",
        "/news",
        "/2026/03/11",
        "/fa/1404/12",
        "/election-2026",
        "/الشرق-الأوسط",
        "/section.php?catid=48211",
        "/?page=48211",
        "/covid19news",
        "/news#48211",
        "/tags/123",
        "/facade",
    ],
)
def test_r2_a_section_or_a_date_is_not_specific(url: str) -> None:
    """A year is no id: under such an address stand many articles."""
    assert not is_specific(clean_link(f"https://example.com{url}"))


def test_r2_what_is_no_address_names_nothing() -> None:
    """Not specific, and not a front page."""
    assert not is_specific("tag:example.com,2026:48211")
    assert not is_homepage("")


# --- origins ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Example.com/a", ("https", "example.com", 443)),
        ("http://example.com", ("http", "example.com", 80)),
        ("http://example.com:443/", ("http", "example.com", 443)),
        ("https://a:b@example.com:8443/", ("https", "example.com", 8443)),
        ("http://[::1]:8080/", ("http", "::1", 8080)),
        ("https://موقع.com/", ("https", "xn--4gbrim.com", 443)),
    ],
)
def test_rfc6454_an_origin_is_scheme_host_and_effective_port(url: str, expected: tuple[str, str, int]) -> None:
    """Two addresses share an origin only if all three are equal (RFC 6454 section 5)."""
    assert origin(url) == expected


@pytest.mark.parametrize(
    "url", ["", "/a", "https:///a", "mailto:a@example.com", "http://[bad/", "https://h:x/", "x://h/"]
)
def test_rfc6454_an_address_without_host_has_no_origin(url: str) -> None:
    """Asking for it is an error: nothing may be sent there."""
    with pytest.raises(ValueError, match=r"."):
        origin(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.com:1/a", "www.example.com"),
        ("http://[::1]/", "::1"),
        ("https://موقع.com", "xn--4gbrim.com"),
        ("/a", ""),
        ("", ""),
        ("http://[bad/", ""),
        ("http://a\u2100b.com/", ""),
    ],
)
def test_host_of_names_the_host_or_nothing(url: str, host: str) -> None:
    """Lowercase ASCII; no error for what has none."""
    assert host_of(url) == host


# --- for any input ----------------------------------------------------------------------------------------------------

SCHEMES = st.sampled_from(["http://", "https://", "HTTPS://", "//", ""])
HOSTS = st.sampled_from(
    [
        "example.com",
        "www.m.example.co.uk:443",
        "google.com",
        "bing.com",
        "amp.x.org",
        "[::1]",
        "u@EX.com",
        "موقع.com",
        "news.google.com",
        "facebook.com",
        "x.cdn.ampproject.org",
        "feeds.example.com:80",
        "t.co",
    ]
)
PIECES = """
    / // ? & = # ; . .. amp /amp .amp.html index.html index.php url url=http:// q=https:// l.php u= x.com /c/s/ /amp/s/
    %2F %2f %20 %41 %7E %25 % %C7 %D8%A7 ا [ ] @ : \\ ' " + | /~r/ ;jsessionid=1 CBMi utm_source=x amp=1 output=rss id=1
    &amp; &#038; #!/ #/ a-b-c-d 48211
"""
PARTS = st.sampled_from([*PIECES.split(), "\ud800", "\x00", "\t", " "])
TAILS = st.lists(PARTS, max_size=12).map("".join)
URLS = st.builds("{}{}{}".format, SCHEMES, HOSTS, TAILS)
ANYTHING = st.one_of(URLS, URLS, st.text(max_size=80), st.text(max_size=80).map("https://example.com/".__add__))
URI = re.compile(
    r"(?:https?://[a-z0-9._:\[\]-]+/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*(?:#(?:[^#%]|%[0-9A-F]{2})*)?)?"
)


@given(ANYTHING, st.one_of(st.just(""), URLS))
def test_r37_for_any_text_a_link_is_a_uri_or_nothing_and_cleaning_it_again_changes_nothing(url: str, base: str) -> None:
    """Never raises; ASCII only; idempotent."""
    link = clean_link(url, base)
    assert link.isascii()
    assert URI.fullmatch(link)
    assert clean_link(link) == link


@given(ANYTHING)
def test_r37_for_any_text_the_key_is_its_own_key_and_the_key_of_the_clean_link(url: str) -> None:
    """Never raises; idempotent; it does not matter whether a link was cleaned before."""
    key = canonical_url(url)
    assert canonical_url(clean_link(url)) == key
    assert key is None or (canonical_url(key) == key and clean_link(key) == key)


@given(ANYTHING)
def test_r37_for_any_text_the_questions_have_an_answer(url: str) -> None:
    """Never raises; a front page is never an article."""
    assert not (is_homepage(url) and is_specific(url))
    assert host_of(url).isascii()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com" + "/amp" * 1000,
        "https://example.com" + "/" * 4000,
        "https://example.com/q;" + "/..;" * 990,
        "https://example.com/?" + "a&" * 2000,
        "https://www.google.com/url?q=" * 130 + "https://example.com/",
        "http://" + "m." * 120 + "example.com/",
    ],
)
@pytest.mark.timeout(5)
def test_r37_a_hostile_link_costs_no_time(url: str) -> None:
    """A feed of contrived links does not hold up a pass, and each has a key that is its own, or none."""
    for _ in range(20):
        key = canonical_url(url)
    assert key is None or canonical_url(key) == key
