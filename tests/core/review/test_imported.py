from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.export.links import FORMATS, write_links
from core.export.options import ExportOptions
from core.review.imported import import_verdicts
from core.review.journal import Decision, current_verdicts, decide, history_state, redo, undo
from core.store.project_file import ProjectFile

LEFT, RIGHT = "http://example.org/1/", "http://example.org/2/"
SSSOM = f"""#curie_map:
#  l: {LEFT}
#  r: {RIGHT}
subject_id\tpredicate_id\tobject_id\tpredicate_modifier\tmapping_justification
l:0001\towl:sameAs\tr:0001\t\tsemapv:ManualMappingCuration
l:0002\towl:sameAs\tr:0003\tNot\tsemapv:ManualMappingCuration
l:0005\towl:sameAs\tr:ffff\t\tsemapv:ManualMappingCuration
"""


def in_force(project: ProjectFile) -> set[tuple[int, int | None, str, str]]:
    with project.read() as session:
        return {(d.left_id, d.right_id, d.kind, d.note) for d in current_verdicts(session)}


def test_pairs_and_denials_become_one_step(project: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "other.sssom.tsv"
    path.write_text(SSSOM, encoding="utf-8")
    decide(project, [Decision(9, 49, "unsure")])
    report = import_verdicts(project, path, "ada")
    assert (report.accepted, report.rejected, report.unchanged) == (1, 1, 0)
    assert "1 link was left out" in report.lines()[1]
    imported = {(1, 41, "accepted", "from other.sssom.tsv"), (2, 43, "rejected", "from other.sssom.tsv")}
    assert in_force(project) == imported | {(9, 49, "unsure", "")}

    other = ProjectFile.open(project.path)  # as after a restart
    assert undo(other) is not None
    assert in_force(other) == {(9, 49, "unsure", "")}
    assert redo(other) is not None
    assert in_force(other) == imported | {(9, 49, "unsure", "")}
    other.close()


def test_what_is_in_force_already_is_not_decided_again(project: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "other.sssom.tsv"
    path.write_text(SSSOM, encoding="utf-8")
    import_verdicts(project, path, "ada")
    again = import_verdicts(project, path, "bob")
    assert (again.accepted, again.rejected, again.unchanged, again.step) == (0, 0, 2, None)


def test_a_file_that_is_wrong_changes_nothing(project: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "other.sssom.tsv"
    path.write_text(SSSOM.replace("l:0005", "nowhere:0005"), encoding="utf-8")
    with pytest.raises(InputError, match="curie_map"):
        import_verdicts(project, path, "ada")
    with project.read() as session:
        assert history_state(session) == (False, False)


@pytest.mark.parametrize("name", FORMATS)
def test_verdicts_come_back_from_each_export_as_they_were(
    project: ProjectFile, tmp_path: Path, name: str
) -> None:
    decide(project, [Decision(1, 41, "accepted", 0.9, 1), Decision(2, 43, "rejected", 0.4, 1)])
    decide(project, [Decision(3, 43, "unsure", 0.5, 1)])
    options = ExportOptions(rejected=True, unsure=True)
    files = write_links(project, tmp_path / f"x{FORMATS[name].suffix}", name, options).files
    undo(project)
    undo(project)
    for path in files:
        if (".unsure." in path.name and name != "csv") or (".rejected." in path.name and name == "openea"):
            with pytest.raises(InputError, match="by its name"):
                import_verdicts(project, path, "ada")
        else:
            report = import_verdicts(project, path, "ada")
            kept = [note for note in report.notes if "left out" in note or "no links" in note]
            left_out = ["1 row of x.unsure.csv neither accepted nor rejected was left out"]
            assert kept == left_out * path.name.endswith(".unsure.csv")
    assert {found[:3] for found in in_force(project)} == {(1, 41, "accepted"), (2, 43, "rejected")} - (
        {(2, 43, "rejected")} if name == "openea" else set()
    )


def test_a_file_of_that_name_tells_what_it_left_out(project: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "deny.csv"
    path.write_text(f"left_uri,right_uri,verdict\n{LEFT}0001,{RIGHT}0001,unsure\n", encoding="utf-8")
    report = import_verdicts(project, path, "ada")
    assert report.notes == ("1 row of deny.csv neither accepted nor rejected was left out",)
