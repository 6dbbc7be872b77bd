"""Language tags: their canonical form (BCP 47) and the scripts that languages are written in."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.IGNORECASE,
)
# BCP 47 takes the two-letter code where there is one (RFC 5646, 2.2.1), and today's for a withdrawn one.
_SHORTEST = {
    "eng": "en", "ara": "ar", "arb": "ar", "kur": "ku", "fas": "fa", "per": "fa", "pes": "fa", "prs": "fa",
    "tur": "tr", "urd": "ur", "heb": "he", "iw": "he", "ji": "yi", "in": "id", "rus": "ru", "deu": "de", "ger": "de",
    "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt", "ell": "el", "gre": "el", "hye": "hy", "arm": "hy",
    "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "ukr": "uk", "pus": "ps", "sdh": "ckb",
}  # fmt: skip
# ISO 639-1. `us` and `iq` are countries.
_TWO_LETTERS = re.compile(
    "a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|h[aeiortuyz]|i[adegikostuw]"
    "|j[aivw]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|n[abdeglnorvy]|o[cjmrs]|p[ailst]|qu|r[mnouw]"
    "|s[acdegiklmnoqrstuvw]|t[aeghiklnorstwy]|u[gkrz]|v[eio]|w[ao]|xh|y[io]|z[ahu]"
)
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})

_ARABIC = dict.fromkeys(("ar", "ckb", "fa", "ur", "ps", "ug", "sd", "arc"), "Arab")
_LATIN = dict.fromkeys(
    ("en", "tr", "kmr", "de", "fr", "es", "it", "pt", "nl", "id", "pl", "sv", "da", "ro", "so"), "Latn"
)
_CYRILLIC = dict.fromkeys(("ru", "uk", "bg", "be"), "Cyrl")
_OWN = {"he": "Hebr", "yi": "Hebr", "el": "Grek", "hy": "Armn", "ka": "Geor", "ko": "Hang", "ja": "Jpan", "zh": "Hani"}
_SCRIPT_OF = _ARABIC | _LATIN | _CYRILLIC | _OWN
_WRITTEN_IN = {"Hans": "Hani", "Hant": "Hani", "Kore": "Hang", "Hrkt": "Jpan"}


def canonical_tag(tag: str | None) -> str | None:
    """`en_us` as `en-US`; None for what is no language tag. Kurdish with a script becomes Sorani or Kurmanji."""
    found = _TAG.fullmatch((tag or "").strip().replace("_", "-"))
    if found is None:
        return None
    language, script = found["language"].lower(), (found["script"] or "").title()
    language = _SHORTEST.get(language, language)
    if language in _NO_LANGUAGE or (len(language) == 2 and not _TWO_LETTERS.fullmatch(language)):
        return None
    if language == "ku" and script in ("Arab", "Latn"):
        return "ckb" if script == "Arab" else "kmr"
    parts = (language, script, (found["region"] or "").upper(), found["variants"].strip("-").lower())
    return "-".join(part for part in parts if part)


def primary(tag: str) -> str:
    """The language of a canonical tag."""
    return tag.partition("-")[0]


def script_of(tag: str) -> str | None:
    """The script (ISO 15924) that text under a canonical tag is written in, None where it may be several."""
    written = next((part for part in tag.split("-")[1:] if len(part) == 4 and part.isalpha()), None)
    return _WRITTEN_IN.get(written, written) if written else _SCRIPT_OF.get(primary(tag))
