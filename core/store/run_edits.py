"""What people do to runs that are over or have not begun: tag, note, delete."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import ProjectError
from core.store.project_file import ProjectFile
from core.store.run_files import going_runs, run_folder, run_lock
from core.store.runs import get_run
from core.store.schema import Base, Candidate, Epoch, Run, Verdict

_PART = 10_000  # candidates a transaction: a curator's verdict waits for one of them at most


@dataclass(frozen=True, slots=True)
class Dependents:
    """What goes with a run (``epochs``, ``candidates``, ``bytes`` on disk), and the verdicts that stay."""

    epochs: int
    candidates: int
    verdicts: int
    bytes: int

    def sentence(self) -> str:
        """For the question before a deletion."""
        gone = (
            f"{self.epochs:,} epochs, {self.candidates:,} candidates and {self.bytes / 1e6:,.1f} MB of files"
        )
        if not self.verdicts:
            return f"{gone} go with it."
        return (
            f"{gone} go with it. {self.verdicts:,} verdicts were given on its candidates: they stay in "
            "force, but no longer say which run proposed the pair."
        )


def describe_run(session: Session, run_id: int, *, tag: str, note: str) -> None:
    """Set people's own words for a run."""
    session.execute(
        update(Run).where(Run.id == run_id).values(tag=tag.strip() or None, note=note.strip() or None)
    )


def dependents(project: ProjectFile, run_id: int) -> Dependents:
    """What depends on a run."""
    with project.read() as session:
        epochs, candidates, verdicts = (
            session.scalar(select(func.count()).select_from(table).where(table.run_id == run_id)) or 0
            for table in (Epoch, Candidate, Verdict)
        )
    folder = run_folder(project.sidecar, run_id)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Dependents(epochs, candidates, verdicts, size)


def withdraw_run(project: ProjectFile, run_id: int) -> None:
    """Remove a run that never began; one that did stays as it is."""
    with project.read() as session:
        run = get_run(session, run_id)
    if run is not None and run.status == "queued":
        delete_run(project, run_id)


def delete_run(project: ProjectFile, run_id: int) -> None:
    """Remove a run with all that it wrote; verdicts on its candidates stay without it.

    Raises:
        ProjectError: the run is going.
    """
    if run_id in going_runs(project) or run_lock(project.sidecar, run_id).held():
        raise ProjectError(f"run {run_id} is going; stop it first")
    some = select(Candidate.id).where(Candidate.run_id == run_id).limit(_PART)
    while True:
        with project.write() as session:
            found = session.scalars(some).all()
            session.execute(delete(Candidate).where(Candidate.id.in_(found)))
        if not found:
            break
    with project.write() as session:
        _remove(session, run_id)
    shutil.rmtree(run_folder(project.sidecar, run_id), ignore_errors=True)


def _remove(session: Session, run_id: int) -> None:
    """The run's row, and whatever refers to it: such rows go, or forget the run where they may."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is Run.__table__.c.id for key in column.foreign_keys):
                mine = column == run_id
                session.execute(
                    update(table).where(mine).values({column.name: None})
                    if column.nullable
                    else delete(table).where(mine)
                )
    session.execute(delete(Run).where(Run.id == run_id))
