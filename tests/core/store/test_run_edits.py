"""Tags, notes and deletions of runs."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.errors import ProjectError
from core.review.journal import Decision, current_verdicts, decide
from core.store.epochs import EpochInfo, add_epochs, run_epochs
from core.store.project_file import ProjectFile
from core.store.run_edits import delete_run, dependents, describe_run
from core.store.run_files import run_folder, run_lock
from core.store.runs import get_run, list_runs, start_run


def test_a_tag_and_a_note_are_kept_and_taken_back(project: ProjectFile) -> None:
    with project.write() as session:
        describe_run(session, 1, tag="  baseline ", note="without images\nfirst try")
    with project.read() as session:
        run = get_run(session, 1)
        assert run and (run.tag, run.note) == ("baseline", "without images\nfirst try")
    with project.write() as session:
        describe_run(session, 1, tag=" ", note="")
    with project.read() as session:
        run = get_run(session, 1)
        assert run and (run.tag, run.note) == ("", "")


def test_a_deleted_run_takes_its_results_and_leaves_the_verdicts(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", 0.9, run_id=1), Decision(2, 43, "rejected", 0.4, run_id=1)])
    with project.write() as session:
        other = start_run(session, "{}", "CPU", ("structure",))
        add_epochs(session, other, [EpochInfo(1, 0.5, {"joint": 1.0}, memory=7)])
    folder = run_folder(project.sidecar, 1)
    folder.mkdir(parents=True)
    (folder / "embeddings.safetensors").write_bytes(b"x" * 1000)
    found = dependents(project, 1)
    assert (found.epochs, found.candidates, found.verdicts, found.bytes) == (20, 200, 2, 1000)
    assert "200 candidates" in found.sentence() and "2 verdicts" in found.sentence()

    delete_run(project, 1)
    assert not folder.exists()
    with project.read() as session:
        assert [run.id for run in list_runs(session)] == [other]
        for table in ("candidate", "modality_weight", "run_seed"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
        assert run_epochs(session, other) == [EpochInfo(1, 0.5, {"joint": 1.0}, memory=7)]
        verdicts = {
            (d.left_id, d.right_id, d.kind, d.score_shown, d.run_id) for d in current_verdicts(session)
        }
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert verdicts == {(1, 41, "accepted", 0.9, None), (2, 43, "rejected", 0.4, None)}


def test_a_run_that_goes_is_not_deleted(project: ProjectFile) -> None:
    lock = run_lock(project.sidecar, 1)
    lock.path.parent.mkdir(parents=True)
    assert lock.take()
    with pytest.raises(ProjectError, match="run 1 is going"):
        delete_run(project, 1)
    lock.release()
    with project.read() as session:
        assert get_run(session, 1) is not None
