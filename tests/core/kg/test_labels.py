from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kg.labels import entity_label, relation_label, relation_labels


@pytest.mark.parametrize(
    ("uri", "label"),
    [
        ("http://dbpedia.org/resource/Andy_Griffith", "Andy Griffith"),
        ("http://zh.dbpedia.org/resource/阿卜杜拉·居尔", "阿卜杜拉·居尔"),
        ("http://dbpedia.org/resource/AC/DC", "AC/DC"),
        ("http://dbpedia.org/resource/Mountain_View,_California", "Mountain View, California"),
        ("http://dbpedia.org/resource/1._FC_N%C3%BCrnberg", "1. FC Nürnberg"),
        ("http://dbpedia.org/resource/C#", "C#"),
        ("http://example.org/things#big_house", "big house"),
        ("http://example.org/things/", "things"),
        ("http://www.wikidata.org/entity/Q42", "Q42"),
        ("https://en.wikipedia.org/wiki/Ampère", "Ampère"),
        ("/m/06rf7", "/m/06rf7"),
        ("urn:isbn:0451450523", "0451450523"),
        ("_:graph-1", "_:graph-1"),
        ("http://example.org/", "example.org"),
        ("Berlin", "Berlin"),
        ("http://dbpedia.org/resource/___", "http://dbpedia.org/resource/___"),
    ],
)
def test_the_label_of_an_entity_is_the_title_in_its_uri(uri: str, label: str) -> None:
    assert entity_label(uri) == label


@pytest.mark.parametrize(
    ("uri", "label"),
    [
        ("http://dbpedia.org/ontology/birthPlace", "birth place"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "type"),
        ("http://dbpedia.org/ontology/Person/height", "height"),
        ("http://example.org/hasISBNNumber", "has ISBN number"),
        ("http://www.wikidata.org/prop/direct/P31", "P31"),
        ("/location/hud_county_place/county", "county"),
        ("/common/topic/webpage./common/webpage/category", "webpage / category"),
        ("/sports/sports_league/teams./sports/sports_league_participation/team", "teams / team"),
        ("/base/x/team./sports/y/team", "team"),
        ("http://rdf.freebase.com/ns/location.geocode.longitude", "longitude"),
        ("http://rdf.freebase.com/ns/topic_server.population_number", "population number"),
        ("translated name", "translated name"),
        ("", ""),
    ],
)
def test_the_label_of_a_relation_is_its_name_in_words(uri: str, label: str) -> None:
    assert relation_label(uri) == label


def test_equal_labels_are_told_apart_by_what_precedes_them() -> None:
    labels = relation_labels(["/film/film/genre", "/book/book/genre", "/people/person/profession"])
    assert list(labels.values()) == ["genre (film)", "genre (book)", "profession"]


def test_labels_that_the_nearest_segment_leaves_equal_get_more_of_the_path() -> None:
    labels = relation_labels(["/tv/series/x/genre", "/film/series/x/genre"])
    assert list(labels.values()) == ["genre (tv series x)", "genre (film series x)"]


def test_properties_and_ontology_terms_of_one_name_are_told_apart() -> None:
    labels = relation_labels(
        ["http://dbpedia.org/ontology/birthPlace", "http://dbpedia.org/property/birthPlace"]
    )
    assert list(labels.values()) == ["birth place (ontology)", "birth place (property)"]


@given(st.text(min_size=1))
def test_any_identifier_has_a_label(uri: str) -> None:
    assert entity_label(uri)
    assert relation_label(uri)
    assert set(relation_labels([uri, uri + "x"])) == {uri, uri + "x"}


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_a_plain_title_comes_back_as_it_went_in(title: str) -> None:
    assert entity_label(f"http://dbpedia.org/resource/{title}") == title
