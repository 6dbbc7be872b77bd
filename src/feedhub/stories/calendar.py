"""The words that tell one day's, month's or round's item from the next one's, in the languages of the region."""

from __future__ import annotations

from feedhub.stories.spelling import skeleton, words_of

_WORDS = """
    monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december
    first second third fourth fifth sixth seventh eighth ninth tenth
    الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد
    كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    جانفي فيفري أفريل ماي جوان جويلية أوت
    الأول الأولى الثاني الثانية الثالث الثالثة الرابع الرابعة الخامس الخامسة السادس السادسة السابع السابعة
    الثامن الثامنة
    شنبه یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه
    فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند
    اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم
    شەممە یەکشەممە دووشەممە سێشەممە چوارشەممە پێنجشەممە هەینی
    یەکەم دووەم سێیەم چوارەم پێنجەم شەشەم حەوتەم هەشتەم نۆیەم دەیەم
    şemî yekşem duşem sêşem çarşem pêncşem în
    çile sibat adar nîsan gulan hezîran tîrmeh tebax îlon cotmeh mijdar kanûn
    yekemîn duyemîn sêyemîn çaremîn pêncemîn şeşemîn heftemîn heştemîn nehemîn dehemîn
    pazartesi salı çarşamba perşembe cuma cumartesi pazar
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu
"""

CALENDAR = frozenset(words_of(skeleton(_WORDS)))
