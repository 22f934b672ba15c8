"""One graph replaced by another version: decisions stay, and nothing that is gone is shown."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from sqlalchemy import text

from core.cli import run
from core.errors import Cancelled, InputError, ProjectError
from core.export.options import ExportOptions
from core.export.verdicts import wanted_verdicts
from core.kg.dataset import open_side
from core.review.disagreement import disagreements
from core.review.journal import Decision, current_verdicts, decide, redo, undo, verdict_counts
from core.review.queue import load_queue
from core.store import arrays
from core.store.candidate_columns import COLUMNS, candidate_columns, columns_from_rows
from core.store.candidates import candidate_rows
from core.store.graphs import project_info
from core.store.links import import_links
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter
from core.store.reimport import ReimportPlan, prepare_reimport
from core.store.run_files import run_lock
from core.store.schema import Base, Run

SAME = "http://www.w3.org/2002/07/owl#sameAs"


def uri(graph: int, i: int) -> str:
    """As :func:`tests.support.build_project` writes them."""
    return f"http://example.org/{graph}/{i:04x}"


def write_graph(path: Path, graph: int, entities: list[int], more: str = "") -> Path:
    """N-Triples of a ring of entities, each with a label."""
    lines = [
        f"<{uri(graph, i)}> <http://example.org/{graph}/r/0> <{uri(graph, j)}> .\n"
        f'<{uri(graph, i)}> <http://www.w3.org/2000/01/rdf-schema#label> "Fresh {i}" .\n'
        f'<{uri(graph, i)}> <http://example.org/{graph}/a/new> "{i}" .\n'
        for i, j in zip(entities, entities[1:] + entities[:1], strict=True)
    ]
    path.write_text("".join(lines) + more)
    return path


def replace(project: ProjectFile, side: str, path: Path) -> ReimportPlan:
    with closing(prepare_reimport(project, side, open_side(path, side))) as reimport:
        planned = reimport.plan
        assert reimport.apply() == planned
    return planned


def contents(project: ProjectFile) -> dict[str, list[str]]:
    tables = [table.name for table in Base.metadata.sorted_tables]
    with project.read() as session:
        return {t: sorted(map(repr, session.execute(text(f"SELECT * FROM {t}")))) for t in tables}


def check_replacement(project: ProjectFile, folder: Path) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada"), Decision(40, 80, "accepted", author="ada")])
    decide(project, [Decision(39, 41, "rejected", author="ada")])
    decide(project, [Decision(2, 79, "rejected", author="grace")])
    decide(project, [Decision(38, None, "no_counterpart", author="grace")])
    path = write_graph(folder / "new.nt", 1, [*range(1, 38), 100, 101])
    plan = replace(project, "left", path)
    assert (plan.kept, plan.gone, plan.new, plan.returning) == (37, 3, 2, 0)
    assert plan.verdicts == {"accepted": 1, "rejected": 1, "no_counterpart": 1}
    assert plan.links == 3 and plan.candidates == 15
    with project.read() as session:
        info = project_info(session)
        assert (info.left.entities, info.left.relation_triples, info.left.attribute_triples) == (39, 39, 39)
        assert (info.left.relations, info.left.attributes, info.left.images) == (1, 1, 0)
        assert (info.left.name, info.right.name, info.links) == ("new", "Factbook", 37)
        assert info.right.relation_triples and info.right.images
        assert info.verdicts == {"accepted": 1, "rejected": 1}
        assert len(arrays.entity_ids(session, "left")) == 39
        assert {(v.left_id, v.right_id) for v in current_verdicts(session)} == {(1, 41), (2, 79)}
        assert [v.left_label for v in wanted_verdicts(session, ["accepted"], ExportOptions())] == ["Fresh 1"]
        shown = candidate_rows(session, load_queue(session, CandidateFilter(1, queue="all")).ids)
        assert {row.left_id for row in shown} == set(range(1, 38))
        assert session.scalar(text("SELECT count(*) FROM verdict")) == 5
        assert session.execute(text("SELECT count(*) FROM verdict WHERE undone_at IS NULL")).scalar() == 2


def check_return(project: ProjectFile, folder: Path) -> None:
    before = [Decision(1, 41, "accepted"), Decision(2, None, "no_counterpart"), Decision(3, 44, "rejected")]
    for decision in before:
        decide(project, [decision])
    decide(project, [Decision(2, 43, "rejected")])
    undo(project)
    replace(project, "left", write_graph(folder / "few.nt", 1, [4, 5, 6]))
    replace(project, "right", write_graph(folder / "right.nt", 2, [2, 3, 4]))
    with project.read() as session:
        assert list(current_verdicts(session)) == []
    plan = replace(project, "left", write_graph(folder / "all.nt", 1, list(range(1, 41))))
    assert (plan.kept, plan.gone, plan.new, plan.returning) == (3, 0, 37, 37)
    with project.read() as session:  # the right one of the first is still gone; of the undone none comes back
        assert list(current_verdicts(session)) == before[1:]
    replace(project, "right", write_graph(folder / "right.nt", 2, list(range(1, 41))))
    with project.read() as session:
        assert list(current_verdicts(session)) == before
        assert session.scalar(text("SELECT count(*) FROM entity")) == 80


def check_links(project: ProjectFile, folder: Path) -> None:
    stated = f"<{uri(1, 1)}> <{SAME}> <{uri(2, 9)}> .\n"
    replace(project, "left", write_graph(folder / "new.nt", 1, [1, 2], stated))
    with project.read() as session:
        assert arrays.known_links(session).plain.tolist() == [[1, 41], [1, 49], [2, 42]]


@pytest.mark.parametrize("check", [check_replacement, check_return, check_links])
def test_on_a_file(project: ProjectFile, tmp_path: Path, check: Callable[[ProjectFile, Path], None]) -> None:
    check(project, tmp_path)
    with project.read() as session:
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert list(project.sidecar.iterdir()) == []


def test_the_same_version_again_changes_no_number(project: ProjectFile, tmp_path: Path) -> None:
    path = write_graph(tmp_path / "left.nt", 1, list(range(1, 41)))
    replace(project, "left", path)
    before = contents(project)
    plan = replace(project, "left", path)
    assert (plan.kept, plan.gone, plan.new, plan.verdicts) == (40, 0, 0, {})
    after = contents(project)
    for name in ("entity", "relation_triple", "link", "candidate", "verdict"):
        assert before[name] == after[name]


def test_redo_brings_back_nothing_on_what_is_gone(project: ProjectFile, tmp_path: Path) -> None:
    decide(project, [Decision(1, 41, "accepted"), Decision(2, 42, "accepted")])
    replace(project, "left", write_graph(tmp_path / "few.nt", 1, list(range(2, 41))))
    assert redo(project) is None
    undo(project)
    step = redo(project)
    assert step is not None and [d.left_id for d in step.decisions] == [2]
    with project.read() as session:
        assert verdict_counts(session).accepted == 1
        assert disagreements(session) == []


def test_candidates_that_stay_close_their_ranks(project: ProjectFile, tmp_path: Path) -> None:
    replace(project, "right", write_graph(tmp_path / "few.nt", 2, list(range(2, 41))))
    with project.read() as session:
        rows = session.execute(
            text(
                "SELECT max(rank) AS last, count(*) AS n, min(rank) AS first FROM candidate GROUP BY left_id"
            )
        ).all()
        assert all(row.last == row.n and row.first == 1 for row in rows)
        assert min(row.n for row in rows) == 4


@pytest.mark.parametrize("stay", [range(1, 41), range(2, 41), range(100, 103)])
@pytest.mark.parametrize(("side", "graph"), [("left", 1), ("right", 2)])
def test_packed_candidates_say_what_the_rows_say(
    project: ProjectFile, tmp_path: Path, side: str, graph: int, stay: range
) -> None:
    picture = tmp_path / "picture.png"
    Picture.new("RGB", (4, 4)).save(picture)
    depicted = f"<{uri(graph, 2)}> <http://xmlns.com/foaf/0.1/depiction> <{picture.as_uri()}> .\n"
    new_type = f"<{uri(graph, 3)}> <http://example.org/{graph}/r/new> <{uri(graph, 4)}> .\n"
    write_graph(tmp_path / "new.nt", graph, list(stay), (depicted + new_type) * (3 in stay))
    replace(project, side, tmp_path / "new.nt")
    with project.read() as session:
        packed, rows = candidate_columns(session, 1), columns_from_rows(session, 1)
        for name in COLUMNS:
            np.testing.assert_array_equal(getattr(packed, name), getattr(rows, name))
        assert len(packed) == session.scalar(text("SELECT count(*) FROM candidate"))
        if len(packed):
            assert (packed.kind != 0).all()  # every entity is in a triple
            assert (packed.left_image if side == "left" else packed.right_image).any()
        load_queue(session, CandidateFilter(1, queue="all"))  # its facets name the kinds


def test_links_that_came_since_the_plan_stay(project: ProjectFile, tmp_path: Path) -> None:
    path = write_graph(tmp_path / "new.nt", 1, [1, 2])
    (tmp_path / "links.tsv").write_text(f"{uri(1, 1)}\t{uri(2, 5)}\n{uri(1, 3)}\t{uri(2, 6)}\n")
    with closing(prepare_reimport(project, "left", open_side(path, "left"))) as reimport:
        import_links(project, tmp_path / "links.tsv", "seeds")
        assert reimport.apply().links == 39
    with project.read() as session:
        assert arrays.known_links(session).plain.tolist() == [[1, 41], [2, 42]]
        found = session.execute(text("SELECT left_id, right_id, source FROM link ORDER BY 1, 2")).all()
    assert [tuple(row) for row in found] == [(1, 41, "test"), (1, 45, "seeds: links.tsv"), (2, 42, "test")]


def test_it_is_told_before_it_is_done_and_can_be_dropped(project: ProjectFile, tmp_path: Path) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    before = contents(project)
    path = write_graph(tmp_path / "few.nt", 1, [2, 3])
    with closing(prepare_reimport(project, "left", open_side(path, "left"))) as reimport:
        assert reimport.plan.lines() == [
            "The left graph becomes few: of its entities 2 kept, 38 gone, 0 new.",
            "With those that go, 38 known links and 190 candidates go.",
            "Verdicts no longer in force, but kept in the journal: 1 accepted.",
        ]
        stop = threading.Event()
        assert contents(project) == before
        with pytest.raises(Cancelled):
            reimport.apply(lambda p: stop.set() if p.stage == "Writing links" else None, stop)
    assert contents(project) == before


def test_a_copy_is_left_before_each_import(project: ProjectFile, tmp_path: Path) -> None:
    before = contents(project)
    replace(project, "left", write_graph(tmp_path / "few.nt", 1, [1, 2, 3]))
    between = contents(project)
    (tmp_path / "links.tsv").write_text(f"{uri(1, 1)}\t{uri(2, 5)}\n")
    import_links(project, tmp_path / "links.tsv", "seeds")
    copies = sorted(project.path.parent.glob("*.backup-import-*"))
    for path, held in zip(copies, (before, between), strict=True):
        with closing(ProjectFile.open(path)) as copy:
            assert contents(copy) == held


def test_a_wrong_source_changes_nothing(project: ProjectFile, tmp_path: Path) -> None:
    before = contents(project)
    (tmp_path / "bad.nt").write_text("<a> <b>\n")
    with pytest.raises(InputError):
        prepare_reimport(project, "left", open_side(tmp_path / "bad.nt", "left"))
    assert contents(project) == before
    assert list(project.sidecar.iterdir()) == []
    assert not list(project.path.parent.glob("*.backup-*"))


def test_not_while_a_run_is_going(
    project: ProjectFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_graph(tmp_path / "few.nt", 1, [1, 2])
    with closing(prepare_reimport(project, "left", open_side(path, "left"))) as reimport:
        with project.write() as session:
            session.add(Run(id=7, config_json="{}", status="running", started_at="2026-01-01T00:00:00+00:00"))
        lock = run_lock(project.sidecar, 7)
        lock.path.parent.mkdir(parents=True)
        assert lock.take()
        before = contents(project)
        with pytest.raises(ProjectError, match="run 7 is going"):
            reimport.apply()
        command = ["reimport", str(project.path), "--side", "left", "--source", str(path), "--yes"]
        assert run(command) == 1
        assert capsys.readouterr().err == (
            f"mimea-explorer: run 7 is going on the graphs of {project.name}; stop it first\n"
        )
        assert contents(project) == before
        lock.release()  # as when its process has died
        assert reimport.apply().kept == 2


def test_a_side_of_a_dataset_folder_is_a_source_too(project: ProjectFile, tmp_path: Path) -> None:
    folder = tmp_path / "pair"
    for graph, name in ((1, "a"), (2, "b")):
        (folder / name).mkdir(parents=True)
        write_graph(folder / name / "graph.nt", graph, [1, 2, 3])
    both, one = open_side(folder, "right"), open_side(folder / "a", "right")
    assert (both.name, both.format) == ("b", "rdf")
    assert both.reason.endswith("; b is its right graph")
    assert (one.name, one.format, one.reason) == ("a", "rdf", "it holds graph.nt")
    with pytest.raises(InputError, match="no images apart from pair, which holds both graphs"):
        open_side(folder, "right", images=tmp_path)
    with pytest.raises(InputError):
        open_side(tmp_path / "nowhere", "left")


def test_the_command_asks_first(
    project: ProjectFile, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    before = contents(project)
    path = write_graph(tmp_path / "few.nt", 1, [2, 3])
    command = ["reimport", str(project.path), "--side", "left", "--source", str(path)]
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run(command) == 1
    said = capsys.readouterr()
    assert "38 gone" in said.out and "in the journal: 1 accepted" in said.out
    assert said.err == (
        "mimea-explorer: there is no terminal to ask on; with --yes the graph is replaced without asking\n"
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _prompt: "n")
    assert run(command) == 130
    assert contents(project) == before
    monkeypatch.setattr("builtins.input", lambda _prompt: "Y")
    assert run(command) == 0
    assert "Replaced the left graph" in capsys.readouterr().out
    with project.read() as session:
        assert set(session.scalars(text("SELECT left_id FROM candidate"))) == {2, 3}
    assert run([*command[:-1], str(tmp_path / "nowhere.nt"), "--yes"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert run([*command, "--yes"]) == 0
