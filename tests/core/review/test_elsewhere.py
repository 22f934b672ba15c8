from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import save_file
from sqlalchemy import text

from core.errors import MimeaError
from core.review import elsewhere
from core.review.elsewhere import search_right, similar_images
from core.review.journal import Decision, decide
from core.review.queue import load_queue
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter
from core.store.run_files import run_folder
from core.store.saved_filters import forget_filter, save_filter, saved_filters
from core.store.search import drop_index, index_part, is_indexed
from core.store.vanished import epitaph


@pytest.fixture
def indexed(project: ProjectFile) -> ProjectFile:
    with project.write() as session:
        session.execute(
            text(
                "UPDATE attribute_triple SET value = 'Köbenhavn am Meer'"
                " WHERE entity_id = 44 AND attribute_id = 21"
            )
        )
    while index_part(project):
        pass
    return project


def found(project: ProjectFile, words: str) -> list[tuple[int, str]]:
    with project.read() as session:
        return [(hit.card.id, hit.why) for hit in search_right(session, words)]


def test_words_in_labels_come_first_and_only_right_entities(indexed: ProjectFile) -> None:
    hits = found(indexed, "republic kenya")
    assert hits[0][0] in (52, 64, 76)
    assert all(entity > 40 for entity, _ in hits)


def test_an_attribute_value_is_found_without_its_accents_and_said(indexed: ProjectFile) -> None:
    assert found(indexed, "kobenhavn")[0][0] == 44
    assert found(indexed, "köbenhavn")[0] == (44, "nationality: Köbenhavn am Meer")


def test_a_label_that_is_only_similar(indexed: ProjectFile) -> None:
    assert (41, "similar label") in found(indexed, "Frence 1")
    assert found(indexed, "  ") == []


def test_case_and_accents_make_no_label_less_similar(indexed: ProjectFile) -> None:
    labels = {50: "yen", 51: "Turkey", 52: "Sao Tome", 53: "SAO TOME AND MANY OTHER ISLANDS"}
    with indexed.write() as session:
        for entity, label in labels.items():
            session.execute(
                text("UPDATE entity SET label = :label WHERE id = :id"), {"label": label, "id": entity}
            )
    assert found(indexed, "Türkiye")[0][0] == 51
    assert [entity for entity, _ in found(indexed, "são tomé")][:2] == [52, 53]


def test_left_entities_take_no_places_from_right_ones(
    indexed: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = found(indexed, "kenya")
    monkeypatch.setattr(elsewhere, "_MOST_HITS", 3)
    assert len([entity for entity, why in found(indexed, "kenya") if why != "similar label"]) == 3
    assert every[0][0] > 40


def test_what_is_gone_is_not_offered(indexed: ProjectFile) -> None:
    assert 41 in dict(found(indexed, "france 1"))
    with indexed.write() as session:
        session.execute(
            text("UPDATE entity SET description = :gone WHERE id = 41"), {"gone": epitaph("2026-01-01")}
        )
    assert 41 not in dict(found(indexed, "france 1"))


def test_who_has_it_already(indexed: ProjectFile) -> None:
    decide(indexed, [Decision(2, 41, "accepted")])
    with indexed.read() as session:
        hits = {hit.card.id: hit.counterpart for hit in search_right(session, "France 1")}
    assert hits[41] == "Chad 2"


def test_the_list_is_searched_in_values_too(indexed: ProjectFile) -> None:
    with indexed.read() as session:
        queue = load_queue(session, CandidateFilter(1, "koben meer", "all"))
        assert set(queue.left_ids.tolist()) == {4}
        assert not len(load_queue(session, CandidateFilter(1, "koben sea", "all")))


def test_an_index_is_complete_until_a_graph_is_replaced(indexed: ProjectFile) -> None:
    with indexed.write() as session:
        assert is_indexed(session)
        drop_index(session)
        assert not is_indexed(session)
    assert not index_part(indexed)
    with indexed.read() as session:
        assert is_indexed(session)


def test_by_image(project: ProjectFile) -> None:
    path = run_folder(project.sidecar, 1) / "embeddings.safetensors"
    path.parent.mkdir(parents=True)
    visual = np.zeros((4, 2), np.float32)
    visual[0], visual[2], visual[3] = (1, 0), (0.6, 0.8), (0.8, 0.6)
    ids = np.array([1, 3, 41, 42])
    save_file({"entity_ids": ids, "visual": visual}, path, {"n_left": "2"})
    hits = similar_images(project, 1, 1)
    assert [(hit.card.id, hit.why) for hit in hits] == [(42, "image 0.80"), (41, "image 0.60")]
    with pytest.raises(MimeaError, match="no image"):
        similar_images(project, 1, 3)
    with pytest.raises(MimeaError, match="train again"):
        similar_images(project, 2, 1)


def test_saved_filters_come_back_as_they_were(project: ProjectFile) -> None:
    wanted = CandidateFilter(0, "peru", "hub", False, "left_label", (("mutual", "One-sided"),))
    save_filter(project, "hubs in Peru", wanted)
    save_filter(project, "a", CandidateFilter(7, author="me"))
    save_filter(project, "a", CandidateFilter(7, queue="weak"))
    with project.write() as session:
        assert saved_filters(session) == {"a": CandidateFilter(0, queue="weak"), "hubs in Peru": wanted}
        session.execute(
            text("UPDATE saved_filter SET filter_json = replace(filter_json, 'weak', 'queue of tomorrow')")
        )
        assert list(saved_filters(session)) == ["hubs in Peru"]
    forget_filter(project, "hubs in Peru")
    with project.read() as session:
        assert saved_filters(session) == {}
