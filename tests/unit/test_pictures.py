"""R35: a lead picture is found; pixels, spacers and buttons never are."""

from __future__ import annotations

import pytest

from feedhub.ingest.clean import clean_html
from feedhub.ingest.pictures import lead_picture
from feedhub.models import Enclosure, ParsedItem, Picture

PHOTO = "https://outlet.example/photos/erbil.jpg"


def test_r35_the_first_declared_picture_leads() -> None:
    """media:content, media:thumbnail and image come in the item's order, with size, type and a plain caption."""
    declared = Picture(PHOTO, "<b>Erbil</b> &amp; its citadel", "image/jpeg", 800, 600)
    item = ParsedItem(pictures=(declared, Picture("https://outlet.example/second.jpg")))
    assert lead_picture(item, "") == Picture(PHOTO, "Erbil & its citadel", "image/jpeg", 800, 600)


def test_r35_an_enclosed_picture_comes_next_then_the_texts_first() -> None:
    """Where no picture is declared, an image enclosure; without one the content's."""
    enclosed = ParsedItem(
        enclosures=(Enclosure("https://x.example/a.mp3", "audio/mpeg"), Enclosure(PHOTO, "image/jpeg"))
    )
    html = '<p>Text <img src="https://outlet.example/inline.png" alt="A street"></p>'
    assert lead_picture(enclosed, html) == Picture(PHOTO, type="image/jpeg")
    assert lead_picture(ParsedItem(), html) == Picture("https://outlet.example/inline.png", "A street")


def test_r33_a_base_that_no_document_can_hold_does_no_harm() -> None:
    """A lone surrogate in the item's own base is not published with the picture's address."""
    item = ParsedItem(pictures=(Picture("a.jpg"),), base="http://x\ud800.example/")
    assert lead_picture(item, "") == Picture("http://x.example/a.jpg")


def test_r35_a_figures_caption_is_the_pictures() -> None:
    """The figcaption says more than alt."""
    html = f'<figure><img src="{PHOTO}" alt="erbil"><figcaption>The citadel <b>at dawn</b></figcaption></figure>'
    assert lead_picture(ParsedItem(), html) == Picture(PHOTO, "The citadel at dawn")


def test_r35_addresses_become_absolute_and_keep_their_query() -> None:
    """Resizers live from their parameters, so unlike a link's they stay."""
    item = ParsedItem(pictures=(Picture("/img.php?id=7&utm_w=300&h=2 00"),), base="https://outlet.example/news/")
    found = lead_picture(item, "")
    assert found is not None
    assert found.url == "https://outlet.example/img.php?id=7&utm_w=300&h=2%2000"
    assert lead_picture(ParsedItem(pictures=(Picture("/a.jpg"),)), "", base="https://b.example/x") == Picture(
        "https://b.example/a.jpg"
    )


@pytest.mark.parametrize(
    "picture",
    [
        Picture(""),
        Picture("data:image/gif;base64,R0lGODlhAQABAAAAACw="),
        Picture("javascript:alert(1)"),
        Picture("photo.jpg"),  # no base
        Picture("https://x.example/p.jpg", width=1, height=1),
        Picture("https://x.example/p.jpg", width=0),
        Picture("https://x.example/p.jpg", width=48, height=48),
        Picture("https://x.example/film.mp4", type="video/mp4"),
        Picture("https://pixel.wp.com/b.gif?host=x"),
        Picture("https://www.facebook.com/tr?id=1"),
        Picture("https://feeds.feedburner.com/~r/outlet/~4/abc"),
        Picture("https://ad.doubleclick.net/x.jpg"),
        Picture("https://s.w.org/images/core/emoji/13.0.0/72x72/1f600.png"),
        Picture("https://secure.gravatar.com/avatar/abc?s=96"),
        Picture("https://x.example/wp-includes/images/blank.gif"),
        Picture("https://x.example/assets/img-placeholder.png"),
        Picture("https://x.example/icons/share-facebook.png"),
    ],
)
def test_r35_what_is_no_picture_never_leads(picture: Picture) -> None:
    """Empty, inline, pixels, icons, counters, emoji, avatars, spacers, buttons, films: the next picture leads."""
    real = Picture(PHOTO)
    assert lead_picture(ParsedItem(pictures=(picture, real)), "") == real
    assert lead_picture(ParsedItem(pictures=(picture,)), "") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/2020/pixel-art-show.html.jpg",
        "https://x.example/photos/loading-dock-fire/main.jpg",
        "https://x.example/share/photos/erbil.jpg",
        "https://ads-archive.example/photo.jpg",
    ],
)
def test_r35_a_photo_with_an_unlucky_name_leads(url: str) -> None:
    """Words of spacers and buttons inside longer names are no reason to drop a photo."""
    assert lead_picture(ParsedItem(pictures=(Picture(url),)), "") == Picture(url)


def test_r35_small_images_of_the_text_are_passed_over() -> None:
    """The first image that is large enough, or of unknown size, leads; a lazy one by its real address."""
    html = clean_html(
        '<img src="https://x.example/i.png" width="16" height="16">'
        '<img src="data:image/gif;base64,R0" data-src="https://x.example/real.jpg" width="640">'
    )
    assert lead_picture(ParsedItem(), html) == Picture("https://x.example/real.jpg", width=640)


def test_r35_captions_are_bounded() -> None:
    """At most 500 characters, cut at a word."""
    found = lead_picture(ParsedItem(pictures=(Picture(PHOTO, "word " * 1000),)), "")
    assert found is not None
    assert len(found.caption) <= 500
    assert found.caption.endswith("word…")
