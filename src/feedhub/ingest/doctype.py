"""What stands before the root element, replaced by a prolog of our own.

Whatever a DTD can do to a parser is done before the first element: nested entities kill expat (30,000 chained ones end
the interpreter), `SYSTEM` names files and addresses, and feedparser's own patterns for DOCTYPE and ENTITY backtrack
quadratically and read backslashes in a value as group references. So nothing of the prolog passes except simple
entities, which feedparser would keep too. This works on decoded text: one rule for every charset, UTF-16 included.

What stands before the prolog and after the root element (a PHP notice, blank lines) goes as well, which leaves the
document well-formed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_DOCTYPE = re.compile(r"""<!DOCTYPE(?:[^\[<>"']|"[^"]*"|'[^']*')*(\[)?""", re.IGNORECASE)
_IN_SUBSET = re.compile(r""""[^"]*"|'[^']*'|<!--|\]""")
_ENTITY = re.compile(r"""<!ENTITY\s+(\w{1,32})\s+(["'])(&\#\w{1,8};|[^"'&%<>\\]{0,64})\2\s*>""", re.ASCII)
_MAX_ENTITIES = 256

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Markup:
    """A document of tags: `root` is the name of its first element as written, `doctype` the declaration, or empty.

    `body` is the root element, without what follows its end tag; `closed` tells whether it has one.
    """

    root: str
    doctype: str
    body: str
    closed: bool

    @property
    def document(self) -> str:
        """The document under a prolog that is safe to parse, its character references all legal."""
        return f'<?xml version="1.0" encoding="utf-8"?>\n{_safe_doctype(self.doctype)}{legal_references(self.body)}'


def read_markup(text: str) -> Markup:
    """Find the root element. Without one `root` and `body` are empty."""
    doctype, at = "", 0
    while (at := text.find("<", at)) >= 0:
        if root := _ROOT.match(text, at):
            return _markup(root[1], doctype, text[at:])
        if text.startswith("<!--", at):
            at = _after(text, "-->", at + 4)
        elif text.startswith("<?", at):
            at = _after(text, ">", at)  # not "?>": where that is mistyped it would be found far into the document
        elif declaration := _DOCTYPE.match(text, at):
            end = _subset_end(text, declaration.end()) if declaration[1] else declaration.end()
            doctype, at = doctype or text[at:end], end
        else:
            at += 1
    return Markup("", doctype, "", closed=False)


def _markup(root: str, doctype: str, body: str) -> Markup:
    end = f"</{root}"
    before, closed, _ = body.rpartition(end)
    return Markup(root, doctype, f"{before}{end}>" if closed else body, closed=bool(closed))


def legal_references(text: str) -> str:
    """`text` with references to what is no XML character, as `&#0;` and `&#xD800;`, replaced by U+FFFD.

    feedparser hands them to `chr` and `encode`, whose ValueError and UnicodeEncodeError lose the whole document.
    """
    return _REFERENCE.sub(_legal_reference, text)


def _legal_reference(reference: re.Match[str]) -> str:
    digits = (reference[1] or reference[2]).lstrip("0")
    if not 0 < len(digits) <= 7:
        return _REPLACEMENT
    code = int(digits, 16 if reference[1] else 10)
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return reference[0] if legal else _REPLACEMENT


def _after(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return len(text) if found < 0 else found + len(end)


def _subset_end(text: str, at: int) -> int:
    """Where the internal subset ends; a bracket in a literal or a comment does not end it."""
    while token := _IN_SUBSET.search(text, at):
        if token[0] == "]":
            return token.end()
        at = _after(text, "-->", token.end()) if token[0] == "<!--" else token.end()
    return len(text)


def _safe_doctype(doctype: str) -> str:
    """A DOCTYPE of simple entities, each on a line of its own because feedparser looks for them at the start of lines.

    The word by which feedparser tells Netscape's RSS 0.91 from Userland's is kept.
    """
    entities = [f'<!ENTITY {found[1]} "{found[3]}">\n' for found in _ENTITY.finditer(doctype)][:_MAX_ENTITIES]
    netscape = 'PUBLIC "netscape" "" ' if "netscape" in doctype.lower() else ""
    if not entities and not netscape:
        return ""
    return f"<!DOCTYPE feed {netscape}[\n{''.join(entities)}]>\n"
