"""Selections made in an address (R45)."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.config import Config, Match, load
from feedhub.publish.query import BadQuery, read_query, selection, selection_id, spell_query

ALL = "urn:uuid:11111111-1111-5111-8111-111111111111"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    path = tmp_path_factory.mktemp("query") / "feeds.yaml"
    path.write_text(
        "site: {title: News}\nfeeds:\n  - {url: https://a.example/, id: a, tags: [iraq, 'north & east']}\n"
        "  - {url: https://b.example/, id: b, tags: [iran]}\n"
    )
    return load(path, {})


@pytest.mark.parametrize(
    ("query", "match", "spelt"),
    [
        ("", Match(), ""),
        ("tag=iraq&tag=iran", Match(tags=("iran", "iraq")), "tag=iran&tag=iraq"),
        ("tag=iran&source=b&tag=iran&lang=CKB", Match(tags=("iran",), sources=("b",), languages=("ckb",)),
         "lang=ckb&source=b&tag=iran"),
        ("tag=north+%26%20east", Match(tags=("north & east",)), "tag=north+%26+east"),
    ],
)  # fmt: skip
def test_r45_a_selection_has_one_spelling(config: Config, query: str, match: Match, spelt: str) -> None:
    """Whatever order, case or repetition it was asked for in; it reads again as the same."""
    assert read_query(parse_qsl(query), config) == match
    assert spell_query(match) == spelt
    assert read_query(parse_qsl(spelt), config) == match


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("tag=irak", 'tag: no feed has the tag "irak"'),
        ("tag=", 'tag: no feed has the tag ""'),
        ("source=iraq", 'source: no feed has the id "iraq"'),
        ("tag=iraq&lang=kurdish", 'lang: expected a language tag such as ar or ckb, not "kurdish"'),
        ("tags=iraq", "tags: no such parameter; there are lang, source, tag"),
        ("&".join(["tag=iraq"] * 11), "tag: more than 10 values"),
    ],
)
def test_r45_a_bad_query_names_the_parameter(config: Config, query: str, message: str) -> None:
    found = read_query(parse_qsl(query, keep_blank_values=True), config)
    assert isinstance(found, BadQuery)
    assert str(found) == message


@given(st.lists(st.tuples(st.sampled_from(["tag", "lang", "source", "x"]), st.text(max_size=5)), max_size=12))
def test_r45_any_query_is_either_a_selection_or_a_sentence(config: Config, pairs: list[tuple[str, str]]) -> None:
    """And a selection reads back from its spelling."""
    found = read_query(pairs, config)
    if isinstance(found, Match):
        assert read_query(parse_qsl(spell_query(found)), config) == found


def test_r45_a_selection_is_named_and_has_an_id_of_its_own_for_ever(config: Config) -> None:
    match = Match(tags=("iran",), sources=("b",), languages=("fa",))
    assert selection(config.outputs[0], match).title == "News (iran, b, fa)"
    ids = [selection_id(ALL, query) for query in ("tag=iran", "tag=iran", "tag=iraq")]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] == "urn:uuid:d7ed1be9-1eb4-586f-a7b1-b089aa7cdf80"
