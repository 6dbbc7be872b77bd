"""R36: language and direction are known for each entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.language import choose_language, detect, direction
from feedhub.ingest.tags import canonical_tag
from feedhub.models import Direction, ParsedFeed, ParsedItem, Text

ARABIC = "قال وزير النفط العراقي إن بغداد توصلت إلى اتفاق مع حكومة إقليم كردستان بشأن تصدير النفط بعد أشهر من التوقف"
SORANI = "سەرۆکی حکوومەتی هەرێمی کوردستان ڕایگەیاند کە لە داهاتوودا پڕۆژەی نوێی ئاو لە هەولێر دەست پێ دەکات"
PERSIAN = "رئیس جمهور ایران گفت که مذاکرات با همسایگان ادامه دارد و این توافق برای مردم منطقه مفید است"
URDU = "وزیر اعظم نے کہا ہے کہ پاکستان میں سیلاب سے متاثرہ علاقوں میں امداد پہنچائی جا رہی ہے"
KURMANJI = "Serokê Herêma Kurdistanê li Hewlêrê bi balyozê re civiya û got ku ew ê di mehên bê de dest bi kar bikin"
TURKISH = "Cumhurbaşkanı, Irak ile imzalanan anlaşmanın iki ülke için de çok önemli olduğunu söyledi ve"
ENGLISH = "The prime minister said on Monday that the agreement with Erbil would be in force by the end of the year"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ARABIC, "ar"),
        (SORANI, "ckb"),
        (PERSIAN, "fa"),
        (URDU, "ur"),
        (KURMANJI, "kmr"),
        (TURKISH, "tr"),
        (ENGLISH, "en"),
        ("انفجار في بغداد يوقع عشرات القتلى", "ar"),
        ("کۆبوونەوەیەک لە هەولێر بەڕێوەچوو", "ckb"),
        ("وزیر خارجه: مذاکرات ادامه دارد", "fa"),
        ("Li Hewlêrê civîneke girîng hat lidarxistin", "kmr"),
        ("Irak Başbakanı Erbil'de Kürt yetkililerle görüştü", "tr"),
        ("Ο πρωθυπουργός επισκέφθηκε τη Βαγδάτη", "el"),
        ("ראש הממשלה נפגש עם השר", "he"),
        ("Президент України сказав, що він їде до столиці", "uk"),
        ("Объявлены выборы в стране, заявил министр", "ru"),
        ("Самолет упал в озеро, на его борту не было людей, сообщила компания", "ru"),
        ("Съдът в София отложи делото, като се очаква да бъде решено през есента", "bg"),
        ("Ադրբեջանի նախագահը", "hy"),
        ("საქართველოს მთავრობა", "ka"),
        ("イラクの首相が会談した", "ja"),
        ("伊拉克总理访问北京", "zh"),
        ("이라크 총리가 방문했다", "ko"),
        ("Le président est arrivé dans la capitale pour une visite de deux jours", "fr"),
        ("Der Minister ist mit einer Delegation in der Stadt angekommen und wird sich äußern", "de"),
        ("El presidente llegó a la capital con los ministros de su gobierno y el embajador", "es"),
        ("Il presidente è arrivato nella capitale con una delegazione per gli incontri della settimana", "it"),
        ("O presidente não chegou ainda à capital, mas os ministros já estão em reunião com uma comissão", "pt"),
    ],
)
def test_r36_the_regions_languages_are_told_apart(text: str, language: str) -> None:
    """By script, letters and frequent words, headlines included."""
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "2020 – 34,917", "Erbil", "iPhone 15 Pro Max", "بغداد", "Barzani Duhok", "🎉🎉"])
def test_r36_nothing_is_said_when_unsure(text: str) -> None:
    """Numbers, names and single words have no language that one could know."""
    assert detect(text) is None


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-US", ENGLISH, "en-US"),
        ("en-US", ARABIC, "ar"),  # WordPress declares en-US unless told otherwise
        ("en-US", TURKISH, "tr"),
        ("en", KURMANJI, "kmr"),
        ("ar", SORANI, "ckb"),
        ("ar-IQ", PERSIAN, "fa"),
        ("ar-IQ", ARABIC, "ar-IQ"),
        ("fa", ARABIC, "ar"),
        ("ku", SORANI, "ckb"),
        ("ku", KURMANJI, "kmr"),
        ("ckb", "Rudaw English: " + ENGLISH, "en"),
        ("ar", "بغداد", "ar"),
        ("tr", "Erbil", "tr"),
        ("de", "Erbil", "de"),
        ("bn", "বাগদাদে বিস্ফোরণ", "bn"),  # a language that feedhub does not know: the publisher does
        ("az", "Bakı", "az"),
        ("english please", ARABIC, "ar"),
        (None, SORANI, "ckb"),
        (None, "Erbil", None),
    ],
)
def test_r36_the_declared_language_holds_unless_the_text_contradicts_it(
    declared: str | None, text: str, language: str | None
) -> None:
    """A publisher knows its language; its software often declares another."""
    assert choose_language(None, ParsedItem(), ParsedFeed("rss20", language=declared), text) == language


def test_r36_the_operators_word_wins() -> None:
    """`language` in feeds.yaml stands over what is declared and what is found, Kurdish in its script."""
    feed = ParsedFeed("rss20", language="en")
    assert choose_language("ar", ParsedItem(), feed, ENGLISH) == "ar"
    assert choose_language("ku", ParsedItem(), feed, SORANI) == "ckb"


def test_r36_the_nearest_declaration_counts() -> None:
    """An item's own language stands over its feed's, and a text's own over that of the feed."""
    feed = ParsedFeed("atom10", language="tr")
    assert choose_language(None, ParsedItem(language="kmr"), feed, "Hewlêr") == "kmr"
    assert choose_language(None, ParsedItem(title=Text("Hewlêr", language="kmr")), feed, "Hewlêr") == "kmr"


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en_us", "en-US"),
        ("EN", "en"),
        ("ar-iq", "ar-IQ"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("ku-Arab", "ckb"),
        ("ku-latn-TR", "kmr"),
        ("ara", "ar"),
        ("iw", "he"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("english", None),
        ("US", None),
        ("", None),
        (None, None),
        ("und", None),
        ("x-klingon", None),
        ("en-US,ar", None),
        ("e", None),
    ],
)
def test_r36_tags_are_canonical(tag: str | None, canonical: str | None) -> None:
    """BCP 47: case, underscores, three-letter codes; what is no tag is None."""
    assert canonical_tag(tag) == canonical


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "", "rtl"),
        ("ckb", "BBC", "rtl"),
        ("fa-IR", "", "rtl"),
        ("kmr", "", "ltr"),
        ("az-Arab", "", "rtl"),
        ("en", "", "ltr"),
        (None, ARABIC, "rtl"),
        (None, "", "ltr"),
        (None, "בגדד", "rtl"),
        ("bn", "", "ltr"),
    ],
)
def test_r36_direction_follows_the_script(language: str | None, text: str, expected: Direction) -> None:
    """Of the language where it has one script, else of the text."""
    assert direction(language, text) == expected


@given(st.text())
def test_any_text_has_a_direction_and_a_valid_language_or_none(text: str) -> None:
    """Detection never raises, and what it says is a tag."""
    found = detect(text)
    assert found == canonical_tag(found)
    assert direction(found, text) in ("ltr", "rtl")
