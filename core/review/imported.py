"""Verdicts from a file: what another tool or another project's export says of pairs, as one step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import ProjectError
from core.kg.links import open_links, refuse_doubtful
from core.kg.records import SIDES, DenialBatch, LinkBatch, Note
from core.review.journal import FILE_NOTE, Decision, Step, VerdictKind, current_verdicts, decide
from core.store.link_rows import LinkRows
from core.store.links import entities_by_uri
from core.store.project_file import ProjectFile


@dataclass(frozen=True, slots=True)
class VerdictReport:
    """What came of a file of verdicts; ``step`` is None where all of them were in force already."""

    source: str
    accepted: int
    rejected: int
    unchanged: int
    notes: tuple[str, ...]
    step: Step | None

    def lines(self) -> list[str]:
        """The report as a few lines to read."""
        told = f"{self.accepted:,} accepted, {self.rejected:,} rejected, {self.unchanged:,} were so already"
        return [f"{self.source}: {told}", *(f"  {note}" for note in self.notes)]


def import_verdicts(project: ProjectFile, path: Path, author: str) -> VerdictReport:
    """Accept the pairs that a file says are the same and reject those that it denies, all or none.

    Undo takes them back together. A copy of the project is left beside it first.

    Raises:
        InputError: the file is not what it should be.
        ProjectError: the project has no two graphs, or can't be written.
    """
    path = path.expanduser().absolute()
    refuse_doubtful(path)
    with project.read() as session:
        left, right = (entities_by_uri(session, side) for side in SIDES)
        known = {(each.left_id, each.right_id): each.kind for each in current_verdicts(session)}
    if not left or not right:
        raise ProjectError("the project holds no graphs yet; import a dataset first")
    same, denied = LinkRows(left, right), LinkRows(left, right)
    for part in open_links(path).parts:
        for batch in part.read():
            if isinstance(batch, LinkBatch):
                same.unknown += same.add(batch)
            elif isinstance(batch, DenialBatch):
                sources = [path.name] * len(batch.firsts)
                same.unknown += denied.add(LinkBatch(batch.firsts, batch.seconds, sources))
            elif isinstance(batch, Note):
                same.told.append(batch.text)
    decisions = [
        Decision(*pair, kind, author=author, note=f"{FILE_NOTE}{path.name}")
        for kind, rows in _by_kind(same, denied)
        for pair in rows.rows
        if known.get(pair) != kind
    ]
    step = None
    if decisions:
        project.autosave("import")
        step = decide(project, decisions)
    accepted = sum(decision.kind == "accepted" for decision in decisions)
    return VerdictReport(
        source=path.name,
        accepted=accepted,
        rejected=len(decisions) - accepted,
        unchanged=len(same.rows) + len(denied.rows) - len(decisions),
        notes=tuple(same.notes()),
        step=step,
    )


def _by_kind(same: LinkRows, denied: LinkRows) -> tuple[tuple[VerdictKind, LinkRows], ...]:
    return ("rejected", denied), ("accepted", same)
