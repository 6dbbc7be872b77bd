"""OPML in: what is read of it, and what is said of one that cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.config.subscriptions import LARGEST, OpmlError, Subscription, one_line, read_opml


def opml(body: str, prolog: str = '<?xml version="1.0"?>') -> bytes:
    return f'{prolog}<opml version="2.0"><head><title>Mine</title></head><body>\n{body}\n</body></opml>'.encode()


def test_folders_and_categories_become_tags() -> None:
    """From the outside in, each once; a category that begins with a slash is a path of several (OPML 2.0)."""
    document = opml("""<outline text="Iraq"><outline title="Kurdistan">
<outline type="rss" text="Hewlêr" xmlUrl="https://h.example/f" category="news,/Iraq/sports, a/b ,"/>
</outline><outline><outline text="Tigris" xmlUrl="https://t.example/f"/></outline></outline>
<outline text="Alone" xmlUrl="https://a.example/f"/>""")
    assert read_opml(document) == [
        Subscription("https://h.example/f", "Hewlêr", ("Iraq", "Kurdistan", "news", "sports", "a/b"), 3),
        Subscription("https://t.example/f", "Tigris", ("Iraq",), 4),
        Subscription("https://a.example/f", "Alone", (), 5),
    ]


def test_names_count_in_any_case_and_text_comes_before_title() -> None:
    """As the programs write it that are in use."""
    body = '<OUTLINE TITLE="B" text="A" xmlURL=" https://a.example/f "/><outline title="B" xmlurl="x:"/>'
    found = read_opml(opml(body))
    assert [(feed.title, feed.url) for feed in found] == [("A", "https://a.example/f"), ("B", "x:")]


def test_what_is_no_feed_is_left_out() -> None:
    """Links, other lists, and a list that says so by its type."""
    rows = ('type="link" url="https://a.example/"', 'type="include" url="https://a.example/o.opml"', 'htmlUrl="x"')
    body = "".join(f'<outline text="a" {row}/>' for row in (*rows, 'type="Source" xmlUrl="https://a.example/l.opml"'))
    assert read_opml(opml(body)) == []


def test_a_title_is_on_one_line() -> None:
    """Whatever stands in the attribute: a line of feeds.yaml comes of it."""
    (feed,) = read_opml(opml('<outline text="a&#10;  b&#x85;c&#x2028;d" xmlUrl="https://a.example/f"/>'))
    assert feed.title == "a b c d"


@pytest.mark.parametrize(
    ("document", "line", "message"),
    [
        (b"", 1, "not well-formed XML: no element found"),
        (b"feeds:\n", 1, "not well-formed XML: syntax error"),
        (b"<opml><body>\n\n<outline text='a'>\n</body></opml>", 4, "not well-formed XML: mismatched tag"),
        (b"<opml><body>\n<outline text='&nbsp;'/></body></opml>", 2, "not well-formed XML: undefined entity"),
        (b"<rss>\n</rss>", 1, "a document of <rss>, not OPML"),
        (b"<!DOCTYPE html>\n<html>", 2, "a document of <html>, not OPML"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', 1, "in a charset that cannot be read; save it in UTF-8"),
        (b'<?xml version="1.0" encoding="gb2312"?><opml/>', 1, "in a charset that cannot be read; save it in UTF-8"),
    ],
)
def test_a_document_that_is_broken_is_told_by_its_line(document: bytes, line: int, message: str) -> None:
    """One sentence; nothing of it is taken."""
    with pytest.raises(OpmlError) as caught:
        read_opml(document)
    assert (caught.value.line, str(caught.value)) == (line, message)


def test_entities_are_refused_before_one_is_expanded() -> None:
    """Ten lines that would be gigabytes, and a file of this machine."""
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">\n' for n in range(1, 10))
    for declared in (f'<!ENTITY e0 "ha">\n{laughs}', '<!ENTITY e9 SYSTEM "file:///etc/hostname">'):
        document = opml('<outline text="&e9;" xmlUrl="https://a.example/"/>', f"<!DOCTYPE opml [\n{declared}]>")
        with pytest.raises(OpmlError, match="declares entities"):
            read_opml(document)


def test_a_document_type_from_elsewhere_is_not_fetched() -> None:
    """A DOCTYPE without entities does no harm, and nothing is loaded for it."""
    document = opml('<outline text="a" xmlUrl="https://a.example/"/>', '<!DOCTYPE opml SYSTEM "file:///nowhere.dtd">')
    assert len(read_opml(document)) == 1


def test_size_and_depth_are_no_harm() -> None:
    """Too large is told before it is read; a thousand folders in one another are a thousand tags."""
    with pytest.raises(OpmlError, match="larger than 10 MB"):
        read_opml(b" " * (LARGEST + 1))
    deep = "".join(f'<outline text="{n}">' for n in range(1000))
    (feed,) = read_opml(opml(f'{deep}<outline xmlUrl="https://a.example/"/>{"</outline>" * 1000}'))
    assert len(feed.tags) == 1000


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """No control character and no line end of any kind is left."""
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)
