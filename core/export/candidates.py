"""The proposed pairs of a run as CSV, for spreadsheets and scripts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from core.errors import MimeaError
from core.export.tables import csv_line
from core.store.project_file import ProjectFile

COLUMNS = (
    "left_uri", "left_label", "right_uri", "right_label", "rank", "score",
    "score_structure", "score_relation", "score_attribute", "score_visual", "mutual",
)  # fmt: skip


def candidate_lines(project: ProjectFile, run_id: int, top: int) -> Iterator[str]:
    """A header and one CSV line a candidate of rank ``top`` or better, by left entity and rank.

    Raises:
        MimeaError: the run has no candidates.
    """
    with project.read() as session:
        rows = session.execute(
            text("""
            SELECT l.uri, l.label, r.uri, r.label, c.rank, c.score, c.score_structure, c.score_relation,
                   c.score_attribute, c.score_visual, c.mutual
            FROM candidate c JOIN entity l ON l.id = c.left_id JOIN entity r ON r.id = c.right_id
            WHERE c.run_id = :run AND c.rank <= :top ORDER BY c.left_id, c.rank"""),
            {"run": run_id, "top": top},
        )
        empty = True
        for row in rows:
            if empty:
                yield csv_line(COLUMNS)
            empty = False
            yield csv_line(row)
        if empty:
            raise MimeaError(f"run {run_id} has no candidates; train first")
