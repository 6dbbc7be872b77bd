"""Folding for matching, a character or sequence a row; and what folding for identity has to keep apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.stories.fold import fold
from feedhub.stories.spelling import plain, skeleton, words_of

# written, folded, why
TABLE = [
    ("أ", "ا", "alef with hamza above: left out in quick typing"),
    ("إ", "ا", "alef with hamza below"),
    ("آ", "ا", "alef with madda"),
    ("ٱ", "ا", "alef wasla, of vocalised text"),
    ("ؤ", "و", "hamza on waw"),
    ("ئ", "ي", "hamza on yeh, which begins Sorani words as well"),
    ("ء", "", "hamza alone"),
    ("ى", "ي", "alef maksura: Egyptian for yeh"),
    ("ی", "ي", "Persian and Kurdish yeh, from another keyboard"),
    ("ې", "ي", "Pashto e"),
    ("ێ", "ي", "Sorani e, typed as yeh on Arabic keyboards"),
    ("ے", "ي", "yeh barree"),
    ("ک", "ك", "Persian and Kurdish kaf"),
    ("ڪ", "ك", "swash kaf"),
    ("ة", "ه", "teh marbuta, written as heh"),
    ("ە", "ه", "Sorani ae"),
    ("ه\u200c", "ه", "Sorani ae as heh and joiner, the encoding before Unicode had the letter"),
    ("ھ", "ه", "heh doachashmee"),
    ("ہ", "ه", "heh goal"),
    ("ۀ", "ه", "heh with yeh above"),
    ("ۆ", "و", "Sorani o"),
    ("ۇ", "و", "u"),
    ("ۋ", "و", "ve"),
    ("ڵ", "ل", "Sorani velar l, often written l"),
    ("ڕ", "ر", "Sorani trilled r, often written r"),
    ("ڤ", "ف", "Sorani v, typed f on Arabic keyboards"),
    ("گ", "گ", "gaf is a letter of its own: كل and گل are two words"),
    ("پ", "پ", "so is peh"),
    ("چ", "چ", "and tcheh"),
    ("ژ", "ژ", "and jeh"),
    ("َ", "", "fatha: vowel marks are optional"),
    ("ّ", "", "shadda"),
    ("ً", "", "tanwin"),
    ("ٰ", "", "superscript alef"),
    ("ـ", "", "tatweel only stretches the line"),
    ("\u200c", "", "zero width non-joiner: another would write the words together"),
    ("\u200d", "", "zero width joiner"),
    ("\u200e\u200f\u202b\u202c", "", "direction marks"),
    ("\u00ad", "", "soft hyphen"),
    ("\ufeff", "", "byte order mark inside text"),
    ("ﻻ", "لا", "a presentation form, as old systems export it"),
    ("٣٤٬٩١٧", "34917", "Arabic digits and thousands separator"),
    ("۳۴۹۱۷", "34917", "Persian digits"),
    ("34,917", "34917", "English thousands"),
    ("34.917", "34917", "Turkish thousands"),
    ("34'917", "34917", "Swiss thousands"),
    ("2020,300", "2020,300", "a year before a number is no thousand"),
    ("3٫7", "3.7", "Arabic decimal separator"),
    ("I", "i", "capital I is both Turkish dotless i's and English i's"),
    ("İ", "i", "Turkish capital dotted i"),
    ("ı", "i", "Turkish dotless i, typed i where the keyboard lacks it"),
    ("ş", "s", "Turkish and Kurmanji, typed without the cedilla"),
    ("ç", "c", "the same"),
    ("ğ", "g", "Turkish soft g"),
    ("ö", "o", "Turkish"),
    ("ü", "u", "Turkish"),
    ("ê", "e", "Kurmanji"),
    ("î", "i", "Kurmanji"),
    ("û", "u", "Kurmanji"),
    ("â", "a", "Turkish circumflex, going out of use"),
    ("ß", "ss", "case folding"),
    ("ﬁ", "fi", "a ligature of typesetting"),
    ("’", "'", "curly apostrophe"),
    ("–", "-", "dash"),
    ("…", "...", "ellipsis"),
    ("A", "a", "case"),
]


@pytest.mark.parametrize(("written", "folded", "why"), TABLE, ids=[f"{row[0]!a} {row[2]}" for row in TABLE])
def test_each_character_folds_to_one_spelling(written: str, folded: str, why: str) -> None:
    """Between other letters too."""
    assert skeleton(written) == folded, why
    assert skeleton(f"ب{written}ب") == f"ب{folded}ب", why


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("لـ4 مليارات", ("ل", "4", "مليارات")),
        ("27ی نیسان", ("27", "ي", "نيسان")),
        ("HRE’yê 14'ê Nîsanê", ("hre", "ye", "14", "e", "nisane")),
        ("کوردستان٢٤", ("كوردستان", "24")),
        ("می‌شود", ("ميشود",)),
        ("up 3.5%, 3,5 and 12.05.2026", ("up", "3.5", "3.5", "and", "12.05.2026")),
        ("Sûr_Amed", ("sur", "amed")),
        ("from -5 to −٣ (-2)", ("from", "-5", "to", "-3", "-2")),
        ("UPDATE 2-River 2-1, 2 -1", ("update", "2", "river", "2", "1", "2", "1")),
        ("covid-19 a - 5", ("covid", "19", "a", "5")),
        ("", ()),
        ("!?…", ()),
    ],
)
def test_words_and_numbers_stand_apart(text: str, words: tuple[str, ...]) -> None:
    """A number is found with letters joined to it, as Arabic and Kurdish write it; a minus is no dash."""
    assert words_of(skeleton(text)) == words


@pytest.mark.parametrize(
    ("one", "two"), [("hâl", "hal"), ("علي", "على"), ("مكتبة", "مكتبه"), ("گوڵ", "گول"), ("ölü", "olu")]
)
def test_identity_keeps_apart_what_matching_folds(one: str, two: str) -> None:
    """The keys of a feed's own items are made with the weaker folding: two words of one feed may differ so little."""
    assert skeleton(one) == skeleton(two)
    assert fold(one) != fold(two)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Rain &amp; wind</p>", "Rain & wind"),
        ("&lt;p&gt;Rain&lt;/p&gt;", "Rain"),
        ("Rain <br/>and wind", "Rain and wind"),
        ("5 < 7", "5 < 7"),
        ("M&#257;ori", "Māori"),
    ],
)
def test_markup_is_no_text(markup: str, text: str) -> None:
    """Escaped once more it is none either; a sign is not a tag."""
    assert " ".join(plain(markup).split()) == text


@given(st.text(max_size=200))
def test_whatever_the_text_folding_folds_it_for_good(text: str) -> None:
    """Lone surrogates and all; folding twice is folding once."""
    words = words_of(skeleton(text))
    assert words_of(skeleton(" ".join(words))) == words
