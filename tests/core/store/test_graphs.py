from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ProjectError
from core.store.graphs import project_info
from core.store.project_file import ProjectFile
from core.store.schema import Verdict


def test_everything_is_counted(project: ProjectFile) -> None:
    with project.write() as session:
        for step, kind in enumerate(["accepted", "accepted", "rejected"]):
            session.add(
                Verdict(
                    step=step, left_id=1, right_id=41 + step, kind=kind, decided_at="2026-01-01T00:00:00Z"
                )
            )
    with project.read() as session:
        info = project_info(session)
    assert (info.left.side, info.left.name, info.left.entities) == ("left", "Atlas", 40)
    assert (info.right.name, info.right.relations, info.right.attributes) == ("Factbook", 2, 3)
    assert info.runs == 1
    assert info.verdicts == {"accepted": 2, "rejected": 1}
    assert 0 < info.left.pictured <= info.left.images
    assert json.loads(json.dumps(info.as_dict()))["left"]["entities"] == 40
    assert "verdicts: 2 accepted, 1 rejected" in info.lines()


def test_a_project_without_graphs_says_so(tmp_path: Path) -> None:
    project = ProjectFile.create(tmp_path / "empty.mimea")
    with project.read() as session, pytest.raises(ProjectError, match="no graphs"):
        project_info(session)
    project.close()
