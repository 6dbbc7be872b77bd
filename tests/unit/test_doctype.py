"""The prolog of a document: nothing of a DTD passes but simple entities, and nothing of it costs time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from feedhub.ingest.doctype import legal_references, read_markup
from feedhub.ingest.parse import parse
from feedhub.models import ParsedFeed

ROOT = '<rss version="2.0"><channel><item><title>[&p;]</title></item></channel></rss>'


def title(document: str, encoding: str = "utf-8") -> str:
    parsed = parse(document.encode(encoding), url="https://herald.example/rss")
    assert isinstance(parsed, ParsedFeed), parsed
    (item,) = parsed.items
    assert item.title
    return item.title.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_simple_entity_is_kept_in_every_charset(encoding: str) -> None:
    """A value without markup or further references: some publishers name their title so."""
    assert title(f'<!DOCTYPE rss [<!ENTITY p "Hawlêr">]>{ROOT}', encoding) == "[Hawlêr]"
    assert title(f"<!DOCTYPE rss [\n<!-- ' ] > \" -->\n<!ENTITY p '&#179;'>\n]>\n{ROOT}", encoding) == "[³]"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY p SYSTEM "{file}">',
        '<!ENTITY p PUBLIC "x" "{file}">',
        '<!ENTITY % d SYSTEM "{file}"> %d;',
        '<!ENTITY a "SECRET"><!ENTITY p "&a;">',
        '<!ENTITY p "<b>SECRET</b>">',
        f'<!ENTITY p "{"SECRET" * 20}">',
    ],
)
def test_nothing_else_is_expanded(declaration: str, encoding: str, tmp_path: Path) -> None:
    """Not files, not addresses, not entities in entities, not long ones: the reference stays or the text is dropped."""
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    doctype = f"<!DOCTYPE rss [{declaration.format(file=secret.as_uri())}]>"
    assert "SECRET" not in title(doctype + ROOT, encoding)


def test_thirty_thousand_chained_entities_do_not_reach_the_parser() -> None:
    """expat ends the interpreter over them; this test would not return."""
    chain = '<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{n} "&a{n - 1};">' for n in range(1, 30_000))
    assert title(f"<!DOCTYPE rss [{chain}]>{ROOT.replace('&p;', '&a29999;')}") == "[&a29999;]"


def test_a_doctype_in_the_text_is_text() -> None:
    """Only what stands before the root element is a prolog."""
    story = "<![CDATA[<!DOCTYPE html [<!ENTITY x 'y'>]> explained]]>"
    assert title(ROOT.replace("[&p;]", story)) == "<!DOCTYPE html [<!ENTITY x 'y'>]> explained"


@pytest.mark.parametrize(
    ("text", "root", "body"),
    [
        ('<?xml version="1.0"?><rss/>', "rss", "<rss/>"),
        ('<?xml version="1.0"><rss>a?></rss>', "rss", "<rss>a?></rss>"),
        ("<!-- <feed> --><rdf:RDF></rdf:RDF>", "rdf:RDF", "<rdf:RDF></rdf:RDF>"),
        ("a < b, 1 <2\n<feed></feed> trailing", "feed", "<feed></feed>"),
        ('<!DOCTYPE rss PUBLIC "a>b" "c[d"><rss></rss', "rss", "<rss></rss>"),
        ('<!DOCTYPE rss [ <!ENTITY a "]>"> ]><rss>', "rss", "<rss>"),
        ("<!DOCTYPE rss [ <rss></rss>", "", ""),
        ("<!-- <rss></rss>", "", ""),
    ],
)
def test_the_root_element_is_found(text: str, root: str, body: str) -> None:
    """Past comments, instructions, declarations and garbage; brackets in literals do not end a declaration."""
    markup = read_markup(text)
    assert (markup.root, markup.body) == (root, body)
    assert markup.closed == ("</" in body)


@pytest.mark.parametrize(
    "hostile",
    [
        "<!DOCTYPE" + " " * 500_000,
        "<!DOCTYPE rss [" + "<!--" * 200_000,
        "<!DOCTYPE rss [" + "'\"" * 200_000,
        "<!ENTITY " * 100_000,
        "<!--" * 200_000,
        "<?" * 300_000,
        "<!DOCTYPE " * 100_000,
        "\n" * 500_000 + "<!ENTITY",
        "<" * 500_000,
    ],
    ids=range(9),
)
def test_no_prolog_takes_more_than_linear_time(hostile: str) -> None:
    """Half a megabyte of the worst beginning is done in a moment: read, and parsed as the head of a feed."""
    started = time.process_time()
    markup = read_markup(hostile + ROOT)
    assert len(markup.document) <= len(hostile) + len(ROOT) + 200
    parse((hostile + ROOT).encode(), url="https://herald.example/rss")
    assert time.process_time() - started < 2


def test_legal_references_are_left_alone() -> None:
    """Only what names no XML character is replaced."""
    text = "&#10;&#x20;&#1593;&#x1F600;&#8217;&amp;&#xFFFD; &#x10FFFF;"
    assert legal_references(text) == text
    assert legal_references("&#0;&#x0;&#xDFFF;&#1114112;&#11;") == "\ufffd" * 5
