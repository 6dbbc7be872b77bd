"""The languages that the validator knows: the codes of ISO 639-1 and 639-2. Of 639-3 it knows nothing."""

from __future__ import annotations

_TWO_LETTERS = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj
kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr
nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg
th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
# Of those with three letters, the ones that a newsroom might write in.
_THREE_LETTERS = (
    "ara arc arm ast ber chr crh eng fas fil fre gsw hat haw heb hsb hye kab kaa kur per rom rus syr tur und"
)

LANGUAGES = frozenset(f"{_TWO_LETTERS} {_THREE_LETTERS} x".split())
