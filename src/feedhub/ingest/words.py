"""What tells the languages of one script apart: letters of their own, frequent words, marks of spelling."""

from __future__ import annotations

import re

# Letters that the script's other languages lack.
LETTERS = {
    "Arab": {"ckb": "ێۆڕڵەڤ", "ur": "ٹڈڑںےہ", "ps": "ټډړږښڼۍېځڅ", "ug": "ۇۈۋڭ", "sd": "ڪٻڀٿڄڃڇڏڊڙڦڻ"},
    "Cyrl": {"uk": "іїєґ", "ru": "ыэё", "kk": "әғқңөұүһ", "sr": "ђјљњћџ", "mk": "ѓќѕ"},
}

_WORDS = {
    "Arab": {
        "ar": "في من على إلى الى أن ان التي الذي عن مع هذا هذه بعد قبل "
        "كان كما قال أكد خلال بين لا ما لم وقد عام بن أو ثم",
        "fa": "از به که را این است در برای با شد می های ها یک شده کرد آن خود تا بر هم بود اند گفت نیز کرده پس دارد",
    },
    "Cyrl": {
        "ru": "и в на не что с по из у за к о от для как это был его она году был были при до также",
        "uk": "і та в на що не з до у за про від й для як це був його року були при також під",
        "bg": "и на в за се от да са е с по че не ще към през си като бе",
    },
    "Latn": {
        "en": "the of to and in a is that for on with as was at by "
        "from has have he said it after over an are be will its",
        "tr": "ve bir bu için ile da de olarak olan çok en ne göre "
        "sonra gibi kadar ise ki daha dedi etti oldu üzerinde her",
        "kmr": "li û ji ku bi di de da ya yê yên ê bo jî hat dike "
        "wê vê ser her ev ew bû kir re hatin hate dê nav ne xwe",
        "az": "və bir bu üçün ilə olan də da ki daha sonra kimi edib olub",
        "de": "der die das und in den von zu mit ist im für auf des "
        "dem ein eine nicht sich es auch als hat nach bei aus",
        "fr": "le la les des du de et est dans pour que qui sur une un "
        "par au avec il a plus pas ne se aux ce en son après",
        "es": "el la los las de del que y en un una por con para se es su al lo como más tras ha",
        "it": "il la di che e è per un una in del della con non i gli le da si dei al nel sono dopo ha alla",
        "pt": "o os a as da do das dos de e em um uma para com não que se por no na ao mais é são após",
        "nl": "de het een van en in op te dat is voor met zijn niet aan er om ook bij na uit door",
    },
}
FREQUENT = {
    script: {language: frozenset(words.split()) for language, words in languages.items()}
    for script, languages in _WORDS.items()
}

# Spellings that weigh half a frequent word each, in words parted by spaces. Persian keyboards write their own yeh and
# kaf.
MARKS = {
    "ar": re.compile(r"[ةأإيك]|\b(?:و|ب|ل|ك|ف)?ال(?=\w\w)|ى\b"),
    "fa": re.compile(r"[پچژگیک]|\bمی"),
    "ru": re.compile(r"[ыэ]|(?:ого|ой|ая|ть|тся|ии|ла|ов)\b"),
    "uk": re.compile("[іїєґ]"),
    "bg": re.compile(r"ъ|(?:та|то|ите)\b"),
    "tr": re.compile("[ığşöü]"),
    "kmr": re.compile(r"[êîû]|\bx|xw"),
    "az": re.compile("ə"),
    "de": re.compile("[äß]"),
    "es": re.compile("[ñó]"),
    "pt": re.compile("[ãõ]"),
}
