"""How many of what: small numbers in words or Roman letters, and units, for "40 km" and "40 ha" are two things."""

from __future__ import annotations

from feedhub.stories.spelling import skeleton, words_of

# One meaning a line, however it is written.
_UNITS = """
    kilometre kilometres kilometer kilometers km kms كيلومتر كيلومترا كيلومترات كم کیلومتر کیلۆمەتر kîlometre
    metre metres meter meters متر مترا أمتار مەتر metro
    mile miles ميل ميلا أميال مایل mîl mil
    hectare hectares ha هكتار هكتارا هكتارات هکتار هێکتار hektar hektare
    acre acres فدان فدانا akre
    dunam dunams donum دونم دونما دونمات دۆنم dönüm donim
    gram grams gramme غرام غراما جرام گرم گرام
    kilogram kilograms kilo kilos kg كيلوغرام كيلوغراما كيلوجرام كلغ کیلوگرم کیلۆگرام kîlo
    ton tons tonne tonnes طن طنا أطنان تن تەن تۆن
    litre litres liter liters لتر لترا لیتر lître
    barrel barrels برميل برميلا براميل بشکه بەرمیل varil bermîl
    megawatt megawatts mw ميغاواط ميغاواطا ميجاوات مگاوات مێگاوات megawat
    gigawatt gigawatts gw غيغاواط جيجاوات گیگاوات گێگاوات gigawat
    hundred hundreds مئة مائة مئات صد سەد sed yüz
    thousand thousands ألف ألفا آلاف هزار هەزار hezar bin
    million millions mln مليون مليونا ملايين میلیون ملیۆن milyon
    billion billions bln مليار مليارا مليارات میلیارد ملیار milyar
    trillion trillions تريليون تريليونا تریلیون ترلیۆن trilyon
    percent بالمئة بالمائة درصد دەرسەد
    second seconds ثانية ثوان ثواني ثانیه چرکە saniye saniyê
    minute minutes دقيقة دقائق دقیقه خولەک dakika deqîqe
    hour hours ساعة ساعات ساعت کاتژمێر saat saet
    day days يوم يوما أيام روز رۆژ ڕۆژ gün roj
    week weeks أسبوع أسبوعا أسابيع هفته هەفتە hafta hefte
    month months شهر شهرا أشهر ماه مانگ ay meh
    year years سنة سنوات عام عاما أعوام سال ساڵ yıl sal
    dollar dollars usd دولار دولارا دولارات دلار دۆلار dolar
    euro euros eur يورو یورو یۆرۆ avro
    pound pounds جنيه جنيها پوند پاوەند sterlin
    dinar dinars iqd دينار دينارا دنانير دینار dînar
    lira liras ليرة لیر لیرە lîre
    rial rials riyal ريال ريالا ریال
    toman tomans تومان
"""
_NUMERALS = """
    1 one واحد
    2 ii two iki du دوو دو
    3 iii three üç sê سێ ثلاثة ثلاث سه
    4 iv four dört çar چوار أربعة أربع چهار
    5 five beş pênc پێنج خمسة خمس پنج
    6 six altı şeş شەش ستة ست شش
    7 vii seven yedi heft حەوت سبعة سبع هفت
    8 viii eight sekiz heşt هەشت ثمانية ثماني ثمان هشت
    9 ix nine dokuz neh نۆ تسعة تسع
    10 ten deh عشرة عشر
    11 eleven یازدە یازده
    12 twelve دوازدە دوازده
"""


def _lines(text: str) -> dict[str, str]:
    """Each word's line, named by the first word in it."""
    named: dict[str, str] = {}
    for line in text.strip().splitlines():
        first, *others = words_of(skeleton(line))
        for word in (first, *others):
            named.setdefault(word, first)
    return named


_MEANINGS, _VALUES = _lines(_UNITS), _lines(_NUMERALS)


def are_different_units(word: str, other: str) -> bool:
    """Whether both are units, and not of the same thing; of words as :mod:`feedhub.stories.spelling` has them."""
    one, two = _MEANINGS.get(word), _MEANINGS.get(other)
    return one is not None and two is not None and one != two


def number(word: str) -> str:
    """The number that the word is, in digits, "three" too; empty where it is none."""
    return word if word[-1].isdigit() else _VALUES.get(word, "")
