"""Page furniture at the end of a text is not news; a sentence that ends with its words is."""

from __future__ import annotations

import pytest

from feedhub.ingest.clean import clean_html, excerpt
from feedhub.models import Text

BODY = "<p>Forces launched an operation on Sunday.</p>"

FURNITURE = [
    "<p>Read</p><p>Comments</p>",
    "<p>Read<br>Comments</p>",
    '<div><a href="/r">Read</a> | <a href="/c">Comments (3)</a></div>',
    '<ul><li><a href="/r">Read</a></li><li><a href="/c">12 Comments</a></li></ul>',
    '<p><a href="/x">Read more &raquo;</a></p>',
    "<p>READ MORE...</p>",
    '<div><a href="/x">Continue reading <span>Forces launch an operation</span> <span>→</span></a></div>',
    '<p>The post <a href="/x">Forces</a> appeared first on <a href="/">Outlet</a>.</p>',
    "<h3>Share this:</h3><ul><li><a href='/f'>Facebook</a></li><li><a href='/t'>Twitter</a></li></ul>",
    "<p>[&hellip;]</p>",
    "<p>اقرأ المزيد</p>",
    '<a href="/x">التعليقات</a>',
    "<p>ظهرت المقالة <a href='/x'>عنوان</a> أولاً على <a href='/'>موقع</a>.</p>",
    "<p>زیاتر بخوێنەرەوە</p>",
    "<p>بۆچوونەکان</p>",
    "<p>ادامه مطلب</p>",
    "<p>نظرات</p>",
    "<p>Bêtir bixwîne</p>",
    "<p>Devamını oku...</p>",
    "<p>Yorumlar (0)</p>",
    "<p>&nbsp;</p><br><p>Read</p><br>",
]


@pytest.mark.parametrize("furniture", FURNITURE)
def test_r34_furniture_at_the_end_goes(furniture: str) -> None:
    """In every language of the region, as block, list, line or link, and out of the summary too."""
    html = BODY + furniture
    assert clean_html(html, "https://outlet.example/") == BODY
    assert excerpt(Text(html, html=True), 1_000) == "Forces launched an operation on Sunday."


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>He said so. <a href='https://x.example/'>Read more</a></p>", "<p>He said so.</p>"),
        ("<p>He said… <a href='https://x.example/'>Continue reading “Him”</a></p>", "<p>He said…</p>"),
        ("<p>He said so <a href='https://x.example/'>Read more</a></p>", "<p>He said so</p>"),
        ("<p>He said so. Read more »</p>", "<p>He said so.</p>"),
        ("<p>He said so […]</p>", "<p>He said so</p>"),
        ("<p>He said so.<br>Read more</p>", "<p>He said so.</p>"),
        ("He said so.<br><br>Comments", "He said so."),
        ("<p>وقال الوزير ذلك. اقرأ المزيد</p>", "<p>وقال الوزير ذلك.</p>"),
        ("<div><div><p>He said so.</p><div><p>Read</p></div></div></div>", "<div><div><p>He said so.</p></div></div>"),
    ],
)
def test_r34_furniture_behind_the_last_sentence_goes(html: str, cleaned: str) -> None:
    """Inside the last paragraph: a link, a line, or a call behind the sentence's end."""
    assert clean_html(html) == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<p>It was the first book that he read</p>",
        "<p>It was the first book that he <b>read</b></p>",
        '<p>The law that nobody <a href="https://x.example/" rel="noopener noreferrer">read</a></p>',
        "<p>The minister declined further comments</p>",
        "<p>Neither side wanted to share</p>",
        "<p>Forty dead. Many more</p>",
        "<p>Read</p><p>was the name of the ship.</p>",
        "<p>The post office in Erbil reopened.</p>",
        "<p>طلب منه أن يقرأ المزيد</p>",
        "<p>O got ku wê pirtûkê bixwîne</p>",
        "<p>Kitabın devamını oku dedi</p>",
        '<p>Text.</p><figure><img src="https://x.example/p.jpg"><figcaption>Read</figcaption></figure>',
    ],
)
def test_r34_words_of_the_article_stay(html: str) -> None:
    """A sentence may hold the words of furniture, also as its last."""
    assert clean_html(html) == html


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Operation concluded on Sunday.\n\n\nRead\nComments", "Operation concluded on Sunday."),
        ("Operation concluded […]", "Operation concluded"),
        ("Operation concluded on Sunday. Read more", "Operation concluded on Sunday."),
        ("Operation concluded on Sunday... Continue reading Operation →", "Operation concluded on Sunday..."),
        ("It ended. The post Operation appeared first on Outlet.", "It ended."),
        ("انتهت العملية. اقرأ المزيد...", "انتهت العملية."),
        ("A book that he read", "A book that he read"),
        ("Read more", ""),
    ],
)
def test_r34_furniture_goes_out_of_plain_text(text: str, line: str) -> None:
    """Plain summaries end with the same furniture."""
    assert excerpt(Text(text), 1_000) == line
