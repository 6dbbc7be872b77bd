"""Page furniture at the end of an article's text: "Read", "Comments", "Continue reading", "The post … appeared first".

Furniture is a block, a line or a link that holds nothing else. A word that an article's sentence happens to end with
is no furniture, so a bare phrase inside running text goes only where it stands behind the end of a sentence.
"""

from __future__ import annotations

import re

from feedhub.ingest.characters import is_visible
from feedhub.ingest.markup import BLOCKS, VOID, Element, Node, holds_media, is_blank, is_brief, strings, text

# Calls to read on: nothing a sentence of news would be, wherever they stand.
_CALLS = """
read more|read the full story|read full story|read full article|read the full article|read the rest|read the rest of
this entry|keep reading|continue reading|click here to read more|view comments|leave a comment|add a comment|share this
اقرأ المزيد|إقرأ المزيد|اقرا المزيد|قراءة المزيد|المزيد من التفاصيل|متابعة القراءة|تابع القراءة|أكمل القراءة|شارك الخبر
زیاتر بخوێنەرەوە|زیاتر بخوێنەوە|خوێندنەوەی زیاتر|درێژەی هەواڵ|درێژەی بابەت|بۆ خوێندنەوەی زیاتر|بڵاوی بکەرەوە
bêtir bixwîne|zêdetir bixwîne|bêhtir bixwîne|bixwîne bêtir|berdewam bike
ادامه مطلب|ادامه خبر|بیشتر بخوانید|ادامه مطلب را بخوانید|مطالعه بیشتر|به اشتراک بگذارید
devamını oku|haberin devamı|devamı için tıklayın|daha fazla oku|daha fazlası|okumaya devam et|yorum yap
مزید پڑھیں
"""
# Words that head or label a part of the page: furniture where they are the whole line.
_LABELS = """
read|comments|comment|no comments|share|more|tweet|facebook|twitter|whatsapp|telegram|print|email|related posts
like this
التعليقات|تعليقات|تعليق|لا توجد تعليقات|شارك|مشاركة|المزيد|طباعة|اقرأ|التفاصيل
بۆچوونەکان|بۆچوون|کۆمێنتەکان|کۆمێنت|لێدوانەکان|لێدوان|هاوبەشی بکە|هاوبەشکردن|زیاتر|بخوێنەوە|بخوێنەرەوە
şîrove|şîroveyan|parve bike|bixwîne|bêtir|zêdetir
نظرات|دیدگاه ها|دیدگاه|اشتراک گذاری|بیشتر|ادامه|چاپ
yorumlar|yorum|paylaş|devamı|oku|yazdır
تبصرے|شیئر کریں
"""

_ENDS = tuple(".!?…:;»”\"'’)]|؟؛۔。")
_SENTENCE_END = re.compile("[" + re.escape("".join(_ENDS)) + "]")
_KEPT_WHOLE = VOID | {"table", "figure", "audio", "video", "pre"}
_TRIMMED = re.compile(r"[\W\d_]+")
_ELLIPSIS = re.compile(r"\s*[\[(]\s*(?:…|\.{3})\s*[\])]\s*$")
_SIGNS = re.compile(r"[\s\[\](){}.…→←»«›‹>|•*_-]+")
_FOOTERS = (
    re.compile(r"The post .{1,1000}? appeared first on .{1,200}", re.DOTALL),
    re.compile(r"ظهرت المقالة .{1,1000}? أولاً على .{1,200}", re.DOTALL),
    re.compile(r"نوشته .{1,1000}? اولین بار در .{1,200}? پدیدار شد\W*", re.DOTALL),
    re.compile(r".{1,1000}? yazısı ilk önce .{1,200}? ortaya çıktı\W*", re.DOTALL),
)
_FOOTER_STARTS = ("The post ", "ظهرت المقالة ", "نوشته ")
_LONGEST = 300  # characters of a call that names what it calls to
_LONGEST_FOOTER = 1_500


def _folded(line: str) -> str:
    return _TRIMMED.sub(" ", line.casefold().replace("\u0307", "")).strip()


def _phrases(table: str) -> frozenset[str]:
    lines = re.sub(r"(?<=of)\n", " ", table.strip()).splitlines()
    return frozenset(_folded(phrase) for line in lines for phrase in line.split("|"))


_CALL_PHRASES = _phrases(_CALLS)
_PHRASES = _CALL_PHRASES | _phrases(_LABELS)
# A call may name what it calls to: "Continue reading “Title” →".
_OPENINGS = tuple(
    phrase + " "
    for phrase in ("continue reading", "read the rest of", "متابعة القراءة", "okumaya devam et", "share this")
)


def is_furniture(block: str) -> bool:
    """Whether every visible line of `block` is furniture, and there is one."""
    lines = [line for line in re.split(r"[\n|]", block) if line.strip()]
    return bool(lines) and (all(map(_is_furniture_line, lines)) or _is_footer(block))


def without_last_lines(block: str) -> str:
    """Plain text, one paragraph a line, without the furniture at its end."""
    lines = [line for line in block.splitlines() if line.strip()]
    while lines:
        kept = "" if is_furniture(lines[-1]) else without_tail(lines[-1])
        if is_visible(kept):
            lines[-1] = kept
            break
        lines.pop()
    return "\n".join(lines)


def without_tail(line: str) -> str:
    """Running text without the furniture behind its last sentence."""
    while (shorter := _shortened(line)) != line:
        line = shorter
    return line


def remove_end(node: Element, at_line_start: bool = True) -> None:
    """Take the furniture at the end of a tree out of it. `at_line_start`: nothing stands before `node` on its line."""
    children = node.children
    while children:
        last = children.pop()
        if is_blank(last):
            continue
        kept = _without_end(last, children, _starts_line(children, at_line_start))
        if kept is not None:
            children.append(kept)
            return


def _without_end(last: Node, before: list[Node], starts: bool) -> Node | None:
    """The last child without furniture, None where nothing is left of it."""
    if isinstance(last, str):
        kept = "" if starts and is_furniture(last) else without_tail(last).rstrip()
        return kept if is_visible(kept) else None
    if last.tag in _KEPT_WHOLE:
        return last
    if _is_furniture_element(last, before, starts):
        return None
    remove_end(last, starts or last.tag in BLOCKS)
    return last if last.children else None


def _is_furniture_element(node: Element, before: list[Node], starts: bool) -> bool:
    if not is_brief(node, _LONGEST_FOOTER) or holds_media(node):
        return False
    inner = text(node)
    if node.tag in BLOCKS or starts:
        # Links beside each other are furniture one by one, a call's words only together.
        return is_furniture(inner) or is_furniture("\n".join(strings(node)))
    return node.tag == "a" and (_is_call(inner) or (is_furniture(inner) and _ends_sentence(before)))


def _starts_line(before: list[Node], at_line_start: bool) -> bool:
    for node in reversed(before):
        if isinstance(node, Element):
            return node.tag in BLOCKS or node.tag == "br"
        if is_visible(node):
            return False
    return at_line_start


def _ends_sentence(before: list[Node]) -> bool:
    """Whether a sentence ends here, or other furniture stands here, as in "Read | Comments"."""
    last = next((node for node in reversed(before) if not is_blank(node)), "")
    if isinstance(last, Element) and not is_brief(last, _LONGEST_FOOTER):
        return False
    inner = text(last).rstrip()
    return inner.endswith(_ENDS) or (isinstance(last, Element) and last.tag == "a" and is_furniture(inner))


def _is_furniture_line(line: str) -> bool:
    if len(line) > _LONGEST:
        return _is_footer(line)
    return _folded(line) in _PHRASES or _is_call(line) or _is_footer(line) or _SIGNS.fullmatch(line) is not None


def _is_call(line: str) -> bool:
    if len(line) > _LONGEST:
        return False
    key = _folded(line)
    return key in _CALL_PHRASES or key.startswith(_OPENINGS)


def _is_footer(line: str) -> bool:
    return len(line) <= _LONGEST_FOOTER and any(footer.fullmatch(line.strip()) for footer in _FOOTERS)


def _shortened(line: str) -> str:
    cut = _ELLIPSIS.sub("", line[-20:])
    line = line[:-20] + cut if len(line) > 20 else cut
    for start in _FOOTER_STARTS:
        head, found, tail = line.rpartition(start)
        if found and _is_footer(found + tail) and (not head.strip() or head.rstrip().endswith(_ENDS)):
            return head.rstrip()
    return _without_call(line)


def _without_call(line: str) -> str:
    """`line` without a call that follows the end of a sentence in its last characters."""
    for end in reversed(list(_SENTENCE_END.finditer(line, max(0, len(line) - _LONGEST)))):
        if _is_call(line[end.end() :]):
            return line[: end.end()]
    return line
