from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import text

from core.review.evidence import PairEvidence, pair_evidence
from core.review.journal import Decision, decide, undo
from core.review.neighbour_layout import thin_out
from core.review.neighbours import compare_neighbours
from core.store.project_file import ProjectFile


def evidence(project: ProjectFile, left: int, right: int) -> PairEvidence:
    with project.read() as session:
        return pair_evidence(session, 1, left, right)


def test_every_number_is_the_one_in_the_store(project: ProjectFile) -> None:
    found = evidence(project, 1, 41)
    assert (found.score, found.rank, found.of, found.mutual, found.seed) == (0.976, 1, 5, True, False)
    assert [m.modality for m in found.modalities] == ["structure", "relation", "attribute", "visual"]
    assert [m.similarity for m in found.modalities] == pytest.approx([0.926, 0.956, 0.876, 0.986])
    assert [m.left_weight for m in found.modalities] == pytest.approx([0.4, 0.3, 0.2, 0.1])
    assert not any(m.missing for m in found.modalities)


def test_what_is_missing_has_no_number_but_a_reason(project: ProjectFile) -> None:
    found = {m.modality: m for m in evidence(project, 15, 55).modalities}
    assert found["visual"].similarity is None
    assert found["visual"].left_weight is None
    assert found["visual"].missing == "no image on either side"
    assert found["attribute"].missing == "no attributes on either side"
    one_sided = {m.modality: m for m in evidence(project, 1, 43).modalities}
    assert one_sided["visual"].missing == "no image on the right"


def test_pictures_that_are_gone_or_broken(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE image SET status = 'missing' WHERE entity_id = 1"))
        session.execute(text("UPDATE image SET status = 'unreadable' WHERE entity_id = 41"))
        session.execute(text("UPDATE candidate SET score_visual = NULL WHERE left_id = 1"))
    (visual,) = [m for m in evidence(project, 1, 41).modalities if m.modality == "visual"]
    assert visual.missing == "image file gone left, image unreadable right"
    with project.write() as session:
        session.execute(text("UPDATE image SET status = 'outside' WHERE entity_id IN (1, 41)"))
    (visual,) = [m for m in evidence(project, 1, 41).modalities if m.modality == "visual"]
    assert visual.missing == "image outside its folder on either side"


def test_a_modality_that_the_run_did_not_have(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE run SET modalities = 'structure,relation,attribute'"))
        session.execute(text("UPDATE candidate SET score_visual = NULL"))
        session.execute(text("UPDATE modality_weight SET visual = NULL"))
    assert evidence(project, 1, 41).modalities[3].missing == "not part of this run"


def test_a_pair_that_was_not_proposed(project: ProjectFile) -> None:
    with project.read() as session:
        proposed = set(session.scalars(text("SELECT right_id FROM candidate WHERE left_id = 1")))
    other = next(i for i in range(41, 81) if i not in proposed)
    found = evidence(project, 1, other)
    assert found.score is None
    assert found.rank is None
    assert all(m.similarity is None for m in found.modalities)
    with pytest.raises(LookupError):
        evidence(project, 1, 9999)


def test_competing_pairs(project: ProjectFile) -> None:
    found = evidence(project, 1, 41)
    assert [o.rank for o in found.for_left] == [1, 2, 3, 4, 5]
    assert {o.left_id for o in found.for_left} == {1}
    assert {o.right_id for o in found.for_right} == {41}
    scores = [o.score for o in found.for_right]
    assert scores == sorted(scores, reverse=True)
    decide(project, [Decision(1, 41, "rejected")])
    assert evidence(project, 1, 41).for_left[0].verdict == "rejected"


def test_conflicts_name_the_other(project: ProjectFile) -> None:
    assert evidence(project, 1, 41).conflicts == ()
    decide(project, [Decision(1, 42, "accepted"), Decision(2, 41, "accepted")])
    found = {(c.side, c.other_id, c.other_label) for c in evidence(project, 1, 41).conflicts}
    assert found == {("left", 42, "Chad 2"), ("right", 2, "Chad 2")}
    undo(project)
    decide(project, [Decision(1, None, "no_counterpart")])
    (conflict,) = evidence(project, 1, 41).conflicts
    assert conflict.other_id is None
    seeds = evidence(project, 3, 41).conflicts
    assert any(c.seed and c.other_id == 43 for c in seeds)


def test_the_verdict_in_force_with_its_note(project: ProjectFile) -> None:
    assert evidence(project, 1, 41).verdict is None
    decide(project, [Decision(1, 41, "unsure", author="ada", note="same flag")])
    verdict = evidence(project, 1, 41).verdict
    assert verdict is not None
    assert (verdict.kind, verdict.author, verdict.note) == ("unsure", "ada", "same flag")


def test_neighbours_that_are_linked_share_number_and_place(project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4, 8)])
    found = evidence(project, 1, 41).neighbours
    left = {n.number: n for n in found.left.nodes if n.number}
    right = {n.number: n for n in found.right.nodes if n.number}
    assert set(left) == set(right) == set(range(1, len(found.agreements) + 1))
    assert found.known >= 3
    for number, one in left.items():
        assert right[number].entity_id == one.entity_id + 40
        assert (one.x, one.y) == (right[number].x, right[number].y)
    assert found.share == found.known / min(found.left.total, found.right.total)


def test_seeds_of_the_run_count_as_known_and_what_it_found_as_proposed(project: ProjectFile) -> None:
    with project.write() as session:
        mutual = dict(
            session.execute(text("SELECT left_id, right_id FROM candidate WHERE rank = 1 AND mutual")).all()
        )
    found = evidence(project, 2, 42).neighbours
    seeds = set(range(3, 41, 3))
    assert found.known and {a.left_id for a in found.agreements if not a.proposed} <= seeds
    proposed = [a for a in found.agreements if a.proposed]
    assert proposed and not {a.left_id for a in proposed} & seeds
    assert all(mutual[a.left_id] == a.right_id for a in proposed)
    strengths = [a.strength for a in found.agreements]
    assert strengths == sorted(strengths, reverse=True) and min(strengths) > 0
    for graph in (found.left, found.right):
        assert {n.number for n in graph.nodes if n.proposed} == {a.number for a in proposed}

    decide(project, [Decision(proposed[0].left_id, proposed[0].right_id, "rejected")])
    fewer = evidence(project, 2, 42).neighbours
    assert len(fewer.agreements) == len(found.agreements) - 1 and fewer.share == found.share


def test_pseudo_seeds_are_proposed(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE candidate SET mutual = false"))
        session.execute(text("DELETE FROM run_seed WHERE role <> 'seed'"))
    before = evidence(project, 2, 42).neighbours
    assert not any(a.proposed for a in before.agreements)
    left = next(n.entity_id for n in before.left.nodes if n.number is None)
    with project.write() as session:
        session.execute(
            text("INSERT INTO run_seed VALUES (1, :left, :right, 'pseudo', 10)"),
            {"left": left, "right": left + 40},
        )
    (found,) = [a for a in evidence(project, 2, 42).neighbours.agreements if a.proposed]
    assert (found.left_id, found.right_id) == (left, left + 40)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 60])
def test_no_more_nodes_than_asked_for_and_none_on_another(project: ProjectFile, most: int) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4, 8)])
    with project.read() as session:
        found = compare_neighbours(session, 1, 1, 41, most_nodes=most)
    for graph in (found.left, found.right):
        assert len(graph.nodes) <= most
        assert graph.hidden == graph.total - len(graph.nodes)
        assert len({(n.x, n.y) for n in graph.nodes}) == len(graph.nodes)
        assert all(abs(n.x) <= 1 and abs(n.y) <= 1 for n in graph.nodes)


def test_an_entity_without_neighbours(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("DELETE FROM relation_triple WHERE graph_id = 1"))
    found = evidence(project, 1, 41).neighbours
    assert found.left.nodes == ()
    assert found.share is None


def test_fewer_neighbours_keep_those_that_agree(project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4)])
    whole = evidence(project, 1, 41).neighbours
    fewer = thin_out(whole, 3)
    assert thin_out(whole, 60) is whole
    for before, after in ((whole.left, fewer.left), (whole.right, fewer.right)):
        numbers = [node.number for node in after.nodes]
        assert len(numbers) == min(3, len(before.nodes))
        assert numbers[:2] == [node.number for node in before.nodes][:2]
        assert after.total == before.total
    assert [(n.x, n.y) for n in fewer.left.nodes if n.number] == [
        (n.x, n.y) for n in fewer.right.nodes if n.number
    ]
    assert fewer.agreements == whole.agreements


def test_the_rarer_two_matched_neighbours_are_the_more_they_say(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("DELETE FROM relation_triple"))
        session.execute(text("DELETE FROM run_seed"))
        rows = [(1, 1, 10, 2), (1, 1, 10, 4), (2, 41, 20, 42), (2, 41, 21, 42), (2, 41, 20, 44)]
        rows += [(1, other, 11, 4) for other in range(5, 25)]  # 4 is a hub
        session.execute(
            text("INSERT INTO relation_triple VALUES (:head, :relation, :tail, :graph)"),
            [dict(zip(("graph", "head", "relation", "tail"), row, strict=True)) for row in rows],
        )
        session.execute(text("UPDATE candidate SET mutual = false"))
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4)])
    first, second = evidence(project, 1, 41).neighbours.agreements
    assert (first.left_id, first.right_id, second.left_id) == (2, 42, 4)
    assert first.strength > second.strength
    assert (first.relations, first.right_relations) == (
        ("capital →",),
        ("capital city →", "border country →"),
    )
    assert (first.label, first.right_label) == ("Chad 2", "Chad 2")


def test_two_steps_around_hold_neighbours_of_neighbours(project: ProjectFile) -> None:
    with project.read() as session:
        one = compare_neighbours(session, 1, 1, 41)
        two = compare_neighbours(session, 1, 1, 41, hops=2)
        few = compare_neighbours(session, 1, 1, 41, hops=2, most_nodes=10)
        edges = {
            frozenset(row)
            for row in session.execute(text("SELECT head_id, tail_id FROM relation_triple")).all()
        }
    assert two.agreements == one.agreements and one.left.further == 0
    for found in (two, few, *(thin_out(two, most) for most in (24, 16, 12, 8, 6))):
        numbered = []
        for graph, centre in ((found.left, 1), (found.right, 41)):
            inner = {n.entity_id for n in graph.nodes if n.hop == 1}
            outer = [n for n in graph.nodes if n.hop == 2]
            assert outer and {n.through for n in outer} <= inner
            assert all(frozenset((n.entity_id, n.through)) in edges for n in outer)
            assert all(n.through is None for n in graph.nodes if n.hop == 1)
            assert centre not in {n.entity_id for n in outer}
            assert graph.hidden == graph.total + graph.further - len(graph.nodes)
            assert len({(n.x, n.y) for n in graph.nodes}) == len(graph.nodes)
            numbered.append({n.number: (n.x, n.y) for n in graph.nodes if n.number})
        assert numbered[0] == numbered[1] and numbered[0]
    assert len(few.left.nodes) <= 10


def test_neighbours_of_one_relation_stand_side_by_side(project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4, 8)])
    nodes = [n for n in evidence(project, 1, 41).neighbours.left.nodes if n.number]
    around = sorted(nodes, key=lambda n: (n.x >= 0, -n.y))
    groups = [n.relations[0] for n in around]
    assert sum(a != b for a, b in pairwise(groups)) == len(set(groups)) - 1
