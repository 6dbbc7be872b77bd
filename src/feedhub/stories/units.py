"""What stands behind a number and tells what it counts: "40 km" and "40 ha" are two things."""

from __future__ import annotations

from feedhub.stories.spelling import skeleton, words_of

# One meaning a line, however it is written.
_WORDS = """
    kilometre kilometres kilometer kilometers km kms كيلومتر كيلومترا كيلومترات كم کیلومتر کیلۆمەتر kîlometre kilometreye
    metre metres meter meters متر مترا أمتار مەتر metro metroye
    mile miles ميل ميلا أميال مایل مایلس mîl mil
    hectare hectares ha هكتار هكتارا هكتارات هکتار هێکتار hektar hektare
    acre acres فدان فدانا akre
    dunam dunams donum دونم دونما دونمات دۆنم dönüm donim
    gram grams gramme غرام غراما جرام گرم گرام gramî
    kilogram kilograms kilo kilos kg كيلوغرام كيلوغراما كيلوجرام كلغ کیلوگرم کیلۆگرام kîlo kilogramlık
    ton tons tonne tonnes طن طنا أطنان تن تەن تۆن tonî
    litre litres liter liters لتر لترا لیتر lître
    barrel barrels برميل برميلا براميل بشکه بەرمیل varil bermîl
    megawatt megawatts mw ميغاواط ميغاواطا ميجاوات مگاوات مێگاوات megawat
    gigawatt gigawatts gw غيغاواط جيجاوات گیگاوات گێگاوات gigawat
    hundred hundreds مئة مائة مئات صد سەد sed yüz
    thousand thousands ألف ألفا آلاف هزار هەزار hezar bin
    million millions mln مليون مليونا ملايين میلیون ملیۆن milyon milyonî
    billion billions bln مليار مليارا مليارات میلیارد ملیار milyar milyarî
    trillion trillions تريليون تريليونا تریلیون ترلیۆن trilyon
    percent بالمئة بالمائة درصد دەرسەد
    second seconds ثانية ثوان ثواني ثانیه چرکە saniye saniyê
    minute minutes دقيقة دقائق دقیقه خولەک dakika deqîqe
    hour hours ساعة ساعات ساعت کاتژمێر saat saet saetan
    day days يوم يوما أيام روز رۆژ ڕۆژ gün roj rojan
    week weeks أسبوع أسبوعا أسابيع هفته هەفتە hafta hefte
    month months شهر شهرا أشهر ماه مانگ ay aylık meh mehan
    year years سنة سنوات عام عاما أعوام سال ساڵ yıl sal salan
    dollar dollars usd دولار دولارا دولارات دلار دۆلار dolar dolarî
    euro euros eur يورو یورو یۆرۆ avro euroyî
    pound pounds جنيه جنيها پوند پاوەند sterlin
    dinar dinars iqd دينار دينارا دنانير دینار dînar dînarî
    lira liras ليرة لیر لیرە lirası lîre
    rial rials riyal ريال ريالا ریال
    toman tomans تومان تومانی تومانا tumen
"""


def _meanings() -> dict[str, int]:
    meanings: dict[str, int] = {}
    for number, line in enumerate(_WORDS.strip().splitlines()):
        for word in words_of(skeleton(line)):
            meanings.setdefault(word, number)
    return meanings


_MEANINGS = _meanings()


def are_different_units(word: str, other: str) -> bool:
    """Whether both are units, and not of the same thing. Both as :func:`feedhub.stories.spelling.words_of` has them."""
    one, two = _MEANINGS.get(word), _MEANINGS.get(other)
    return one is not None and two is not None and one != two
