"""The verdicts that an export writes, with what the model said of each pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.export.options import ExportOptions
from core.modality import MODALITIES
from core.review.journal import BULK_NOTES, VerdictKind

SUPPORT = "support"
PARTS = (*MODALITIES, SUPPORT)
_QUERY = """
SELECT l.uri, l.label, r.uri, r.label, v.kind, v.score_shown, v.author, v.decided_at, v.note, v.run_id,
       c.probability, c.score_structure, c.score_relation, c.score_attribute, c.score_visual, c.score_name,
       c.score_support
FROM {view} v JOIN entity l ON l.id = v.left_id LEFT JOIN entity r ON r.id = v.right_id
LEFT JOIN candidate c ON c.run_id = v.run_id AND c.left_id = v.left_id AND c.right_id = v.right_id
WHERE {where} ORDER BY l.uri, r.uri
"""


@dataclass(frozen=True, slots=True)
class ExportedVerdict:
    """A verdict as it leaves; ``score`` is the one shown when it was decided, None where there was none.

    The right side is empty exactly for ``no_counterpart``. ``probability`` is that of the pair being right,
    where the run that proposed it was calibrated. ``parts`` holds what the run that proposed the
    pair computed: the similarity within each modality, and ``support`` by matched neighbours.
    """

    left_uri: str
    left_label: str
    right_uri: str
    right_label: str
    kind: VerdictKind
    score: float | None
    author: str
    decided_at: str
    note: str
    run_id: int | None
    probability: float | None
    parts: Mapping[str, float]

    @property
    def in_bulk(self) -> bool:
        """Whether the pair was judged with many others, so that nobody looked at this one."""
        return self.note in BULK_NOTES


def wanted_verdicts(
    session: Session, kinds: Sequence[VerdictKind], options: ExportOptions, most: int | None = None
) -> list[ExportedVerdict]:
    """The verdicts of these kinds that ``options`` lets through, by the URIs of the pair.

    Of these the first ``most``, where that is given.
    """
    view, where, values = _chosen(kinds, options)
    query = _QUERY.format(view=view, where=where)
    if most is not None:
        query, values = f"{query} LIMIT :most", values | {"most": most}
    rows = session.execute(text(query).bindparams(bindparam("kinds", expanding=True)), values)
    return [
        ExportedVerdict(
            left_uri, left_label, right_uri or "", right_label or "", kind, score, author, at, note, run_id,
            probability,
            {name: value for name, value in zip(PARTS, scores, strict=True) if value is not None},
        )
        for (
            left_uri, left_label, right_uri, right_label, kind, score, author, at, note, run_id,
            probability, *scores
        ) in rows
    ]  # fmt: skip


def count_verdicts(
    session: Session, kinds: Sequence[VerdictKind], options: ExportOptions
) -> Counter[VerdictKind]:
    """How many verdicts of each kind :func:`wanted_verdicts` would find."""
    view, where, values = _chosen(kinds, options)
    query = text(f"SELECT v.kind, count(*) FROM {view} v WHERE {where} GROUP BY v.kind")
    rows = session.execute(query.bindparams(bindparam("kinds", expanding=True)), values)
    return Counter({kind: count for kind, count in rows})  # noqa: C416, rows are no plain tuples


def _chosen(kinds: Sequence[VerdictKind], options: ExportOptions) -> tuple[str, str, dict[str, Any]]:
    """The view to look in, called ``v``, the condition, and its values."""
    where = ["v.kind IN :kinds"]
    values: dict[str, Any] = {"kinds": list(kinds)}
    if options.author is not None:
        where.append("v.author = :author")
        values["author"] = options.author
    if options.run_id is not None:
        where.append("v.run_id = :run")
        values["run"] = options.run_id
    if options.since is not None:
        # Times are stored as ISO 8601 in UTC, so that their order is that of the text.
        where.append("v.decided_at >= :since")
        values["since"] = options.since.isoformat()
    return "current_verdict" if options.author is None else "author_verdict", " AND ".join(where), values


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """By whom, and on which runs' proposals, verdicts were made: what an export can be narrowed to."""

    authors: tuple[str, ...]
    run_ids: tuple[int, ...]


def export_choices(session: Session) -> ExportChoices:
    """All authors with a name, and all runs, that have verdicts in force."""
    authors = session.execute(
        text("SELECT DISTINCT author FROM author_verdict WHERE author <> '' ORDER BY 1")
    )
    runs = session.execute(
        text("SELECT DISTINCT run_id FROM author_verdict WHERE run_id IS NOT NULL ORDER BY 1")
    )
    return ExportChoices(tuple(authors.scalars()), tuple(runs.scalars()))
