"""Which parts of an address say where its reader came from, and nothing about the page.

Names are exact, or prefixes that one vendor owns. A name that some site uses to tell articles apart (`id`, `p`, `page`,
`s`, `q`, `v`, `cid`, `ref`, `source`, `via`) is never here.
"""

from __future__ import annotations

from urllib.parse import unquote

_PREFIXES = ("utm_", "ns_", "mtm_", "piwik_", "hsa_", "__hs")

_CLICKS = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id epik rdt_cid
    srsltid wickedid rb_clickid s_kwcid ef_id _branch_match_id _ga _gl
"""
_MAILINGS = """
    mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id _openstat hsctatracking elqtrack elqtrackid dm_i
    cm_mmc _hsenc _hsmi ck_subscriber_id _bhlid ss_source ss_campaign_id ss_email_id
    pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid
"""
_NEWSROOMS = """
    at_medium at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4 at_format at_link_id
    at_link_origin at_link_type at_ptr_name at_bbc_team at_term at_creation at_variant at_network at_platform
    xtor xtref maca wt_mc wt.mc_id wt_zmc traffic_source ocid cmpid s_cid intcmp ito wpisrc feedname feedtype
    guccounter guce_referrer guce_referrer_sig soc_src soc_trk smid
"""
_SHARING = """
    fb_action_ids fb_action_types fb_source fb_ref fb_comment_id action_object_map action_type_map action_ref_map
    ref_src ref_url __twitter_impression echobox share_from spm usqp amp_tf amp_gsa amp_js_v aoh
"""
_NAMES = frozenset(f"{_CLICKS} {_MAILINGS} {_NEWSROOMS} {_SHARING}".split())

_PAIRS = frozenset({("partner", "rss"), ("emc", "rss"), ("ref", "rss"), ("rss", "1")})

# The page's form or the visit, not the page: kept in a link, dropped from a key.
_FORMS = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp"), ("output", "rss")}
)
_SESSIONS = frozenset({"phpsessid", "jsessionid"})


def drop_tracking(query: str) -> str:
    """`query` without the parameters that track; the others byte for byte and in their order."""
    return "&".join(piece for piece in query.split("&") if piece and not _tracks(piece)) if query else ""


def drop_forms(query: str) -> str:
    """`query` without the parameters that choose AMP or a feed reader's form of the page, or name a session."""
    return "&".join(piece for piece in query.split("&") if not _is_form(piece)) if query else ""


def drop_tracking_fragment(fragment: str) -> str:
    """`fragment` without tracking where it is written as parameters (`#utm_source=…`, `#xtor=…`), else as it is."""
    return drop_tracking(fragment) if "=" in fragment and _tracks(fragment.partition("&")[0]) else fragment


def _tracks(piece: str) -> bool:
    name, value = _name_and_value(piece)
    return name in _NAMES or name.startswith(_PREFIXES) or (name, value) in _PAIRS


def _is_form(piece: str) -> bool:
    name, value = _name_and_value(piece)
    return name in _SESSIONS or (name, value) in _FORMS


def _name_and_value(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    return unquote(name).lower(), unquote(value).lower()
