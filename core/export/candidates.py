"""The proposed pairs of a run as CSV, for spreadsheets and scripts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.errors import MimeaError
from core.export.tables import csv_line
from core.modality import with_a_place
from core.store.project_file import ProjectFile
from core.store.runs import get_run
from core.store.schema import Candidate, Entity


def candidate_lines(project: ProjectFile, run_id: int, top: int) -> Iterator[str]:
    """A header and one CSV line a candidate of rank ``top`` or better, by left entity and rank.

    Raises:
        MimeaError: the run has no candidates.
    """
    left, right = aliased(Entity), aliased(Entity)
    with project.read() as session:
        run = get_run(session, run_id)
        scores = [f"score_{modality}" for modality in with_a_place(run.modalities if run else ())]
        supported = select(Candidate.id).where(
            Candidate.run_id == run_id, Candidate.score_support.is_not(None)
        )
        if session.scalar(supported.limit(1)) is not None:
            scores.append("score_support")
        columns = {
            "left_uri": left.uri,
            "left_label": left.label,
            "right_uri": right.uri,
            "right_label": right.label,
            **{
                name: getattr(Candidate, name) for name in ("rank", "score", "probability", *scores, "mutual")
            },
        }
        rows = session.execute(
            select(*columns.values())
            .select_from(Candidate)
            .join(left, left.id == Candidate.left_id)
            .join(right, right.id == Candidate.right_id)
            .where(Candidate.run_id == run_id, Candidate.rank <= top)
            .order_by(Candidate.left_id, Candidate.rank)
        )
        empty = True
        for row in rows:
            if empty:
                yield csv_line(columns)
            empty = False
            yield csv_line(row)
        if empty:
            raise MimeaError(f"run {run_id} has no candidates; train first")
