"""What outlets put round a headline and a lead that is not news: urgency, their own name, datelines, "read more".

All of it works on text that :func:`feedhub.stories.spelling.skeleton` has folded, so that each phrase stands here once.
What is cut off is never lost for good: a headline's ending that may be the outlet's name may also be news, so both
readings are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedhub.stories.spelling import skeleton

_URGENT = (
    "breaking",
    "breaking news",
    "just in",
    "urgent",
    "exclusive",
    "update",
    "updated",
    "correction",
    "corrected",
    "live",
    "watch",
    "video",
    "photos",
    "عاجل",
    "تحديث",
    "خبر عاجل",
    "بالفيديو",
    "بالصور",
    "تصحيح",
    "فیدیو",
    "فيديو",
    "فوری",
    "تکمیلی",
    "اختصاصی",
    "اصلاحیه",
    "بەپەلە",
    "هەنووکە",
    "نوێکراوە",
    "ڤیدیۆ",
    "بە وێنە",
    "lezgîn",
    "nûkirin",
    "rojane",
    "vîdyo",
    "son dakika",
    "güncelleme",
    "güncellendi",
    "flaş",
    "düzeltme",
    "video haber",
    "özel haber",
)
_MORE = (
    "read more",
    "read the full story",
    "continue reading",
    "click here to read more",
    "full story",
    "اقرأ المزيد",
    "اقرأ أيضا",
    "للمزيد",
    "المزيد",
    "التفاصيل",
    "ادامه مطلب",
    "ادامه خبر",
    "بیشتر بخوانید",
    "زیاتر بخوێنەرەوە",
    "درێژەی هەواڵ",
    "zêdetir bixwîne",
    "dewamî",
    "devamını oku",
    "devamı için tıklayın",
    "haberin devamı",
)
_ATTRIBUTIONS = (
    "به گزارش خبرگزاری",
    "به گزارش خبرنگار",
    "به گزارش",
    "به نقل از",
    "به نقل",
    "خبرگزاری",
)


def _any(phrases: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(skeleton(phrase)) for phrase in phrases), key=lambda text: (-len(text), text)))


_PREFIX = re.compile(rf"[\s\W]*(?:{_any(_URGENT)})(?:\s*\d+)?\s*[:|/!\-]+\s*")
_BRACKETED = re.compile(rf"^[(\[](?:{_any(_URGENT)})[)\]]\s*|\s*[(\[](?:{_any(_URGENT)}|صور|photo|foto)[)\]]\s*$")
_OUTLET = re.compile(r"^(.*\S)(?:\s+[-|•·»]+\s+|\s*\|\s*)(\S[^-|•·»]*)$", re.DOTALL)
_OUTLET_WORDS = 4
_BARE_NUMBER = re.compile(r"(?:^|\s)\d")

_MORE_AT_END = tuple(skeleton(phrase) for phrase in _MORE)
_AFTER_MORE = " .[]»>→"
_APPEARED = "appeared first on"
_APPEARED_AFTER = "the post"
# "LONDON (AP) - ", "(AFP) - ", "BAGHDAD / INA / "
_DATELINE = re.compile(r"\W*(?:[^.()/\d]{0,40}\([^()]{2,30}\)\s*[-:]+\s+|[^.()/]{2,30}/\s*[^./]{2,30}/\s*)")
_ATTRIBUTED = re.compile(rf"\W*(?:{_any(_ATTRIBUTIONS)})\s+(?:\S+\s+){{0,4}}?\S+\s*[,:]\s*")


def clean_headline(folded: str) -> tuple[str, str]:
    """A folded headline without urgency, and what stands at its end that may be the outlet's name, else ""."""
    while (cut := _PREFIX.match(folded)) and cut.end() < len(folded):
        folded = folded[cut.end() :]
    folded = _BRACKETED.sub("", folded)
    found = _OUTLET.match(folded)
    if found is None:
        return folded, ""
    head, tail = _BRACKETED.sub("", found[1]), found[2]
    if len(tail.split()) > _OUTLET_WORDS or len(head.split()) < len(tail.split()) or _BARE_NUMBER.search(tail):
        return folded, ""
    return head, tail


def clean_lead(folded: str) -> str:
    """A folded lead without dateline and attribution before it, and without "read more" and the like behind it."""
    if _APPEARED in folded:
        head = folded[: folded.rindex(_APPEARED)]
        folded = head[: head.rfind(_APPEARED_AFTER)] if _APPEARED_AFTER in head else head
    folded = folded.rstrip(_AFTER_MORE)
    if folded.endswith(_MORE_AT_END):
        phrase = max((phrase for phrase in _MORE_AT_END if folded.endswith(phrase)), key=len)
        folded = folded.removesuffix(phrase).rstrip(_AFTER_MORE)
    if dateline := _DATELINE.match(folded):
        folded = folded[dateline.end() :]
    if attributed := _ATTRIBUTED.match(folded):
        folded = folded[attributed.end() :]
    return folded
