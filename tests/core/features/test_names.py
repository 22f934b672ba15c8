"""The name modality: which labels are names, and their hashed n-grams."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from core.config import FeatureConfig
from core.features.graph_data import load_graph_data
from core.features.names import _hashed_ngrams, _plain, name_bag
from core.kg.labels import is_name
from core.store.project_file import ProjectFile
from core.store.schema import Entity


def slow_ngrams(label: str) -> list[str]:
    """N-grams of 3 to 5 characters of each word between its bounds, one by one."""
    return [
        padded[start : start + size]
        for size in (3, 4, 5)
        for padded in (f" {word} " for word in _plain(label).split())
        for start in range(len(padded) - size + 1)
    ]


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_windows_are_the_ngrams_of_words(labels: list[str]) -> None:
    entities, words = _hashed_ngrams([_plain(label) for label in labels])
    hash_of: dict[str, int] = {}
    for position, label in enumerate(labels):
        expected = slow_ngrams(label)
        found = words[entities == position].tolist()
        assert len(found) == len(expected)
        for gram, number in zip(expected, found, strict=True):
            # The same n-gram has the same word, in whatever entity and at whatever place.
            assert hash_of.setdefault(gram, number) == number


def test_hashes_are_the_same_on_every_machine() -> None:
    entities, words = _hashed_ngrams([" kenya ", " 東京 "])
    assert entities.tolist().count(1) == 3  # " 東京", "東京 ", " 東京 "
    assert words[:5].tolist() == [520, 8597, 9667, 13430, 4301]


def test_hashes_spread_evenly() -> None:
    texts = [f" {number:05d} " for number in range(20_000)]
    _, words = _hashed_ngrams(texts)
    distinct = len({gram for text in texts for gram in slow_ngrams(text)})
    expected = 2**14 * (1 - (1 - 2**-14) ** distinct)  # of as many balls thrown into the bins at random
    assert len(np.unique(words)) == pytest.approx(expected, rel=0.03)


def test_words_are_compared_whatever_their_case_width_and_punctuation() -> None:
    bag = name_bag(["NEW-YORK", "new york", "ｎｅｗ　ｙｏｒｋ", "york, new", "", "Newark", "?!"])
    alike = (bag @ bag.T).toarray()
    np.testing.assert_allclose(alike[0, :4], 1, rtol=1e-6)
    assert 0 < alike[0, 5] < 0.5
    assert np.diff(bag.indptr)[[4, 6]].tolist() == [0, 0]


@settings(deadline=None)
@given(st.text(max_size=20))
def test_decomposed_letters_are_the_composed_ones(label: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, label) for form in ("NFC", "NFD"))
    one, other = _hashed_ngrams([_plain(composed)]), _hashed_ngrams([_plain(decomposed)])
    assert np.array_equal(one[1], other[1])


def test_rare_ngrams_count_more() -> None:
    bag = name_bag(["Republic of Chad", "Republic of Mali", "Republic of Peru", "Chad"]).toarray()
    alike = bag @ bag.T
    assert alike[0, 3] > alike[0, 1]


@pytest.mark.parametrize(
    ("label", "uri", "expected"),
    [
        ("Andy Griffith", "http://dbpedia.org/resource/Andy_Griffith", True),
        ("Paris", "http://dbpedia.org/resource/Paris", True),
        ("Apollo 11", "http://dbpedia.org/resource/Apollo_11", True),
        ("Universe", "http://www.wikidata.org/entity/Q1", True),
        ("", "http://a/b", False),
        ("/m/06rf7", "/m/06rf7", False),
        ("_:b12", "_:b12", False),
        ("Q42", "http://www.wikidata.org/entity/Q42", False),
        ("2988507", "https://sws.geonames.org/2988507", False),
        ("2988507", "http://a/b", True),
    ],
)
def test_identifiers_are_no_names(label: str, uri: str, expected: bool) -> None:
    assert is_name(label, uri) == expected


def test_the_name_modality_of_a_project(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(update(Entity).where(Entity.id == 3).values(label=""))
        session.execute(update(Entity).where(Entity.id == 44).values(label=Entity.uri))
    data = load_graph_data(project, FeatureConfig(), ("structure", "name"))
    assert data.modalities == ("structure", "name")
    assert np.flatnonzero(~data.masks["name"].numpy()).tolist() == [2, 43]
    bag = data.bags["name"]
    alike = (bag[:40] @ bag[40:].T).toarray()
    same = [i for i in range(40) if (i + 1) % 4 and i not in (2, 3)]  # the others are called otherwise
    assert all(alike[i].argmax() == i for i in same)
    np.testing.assert_allclose(alike[same, same], 1, rtol=1e-5)


def test_names_that_a_graph_lacks_are_left_out(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(update(Entity).where(Entity.id > 40).values(label=Entity.uri))
    data = load_graph_data(project, FeatureConfig(), ("structure", "name"))
    assert data.left_out == {"name": "no names in the right graph"}


def test_more_letters_in_common_are_more_alike() -> None:
    bag = name_bag(["Frankfurt", "Frankfurter", "Frankreich", "Kenya"])
    alike = (bag @ bag.T).toarray()[0]
    assert all(nearer > farther for nearer, farther in pairwise(alike))
