"""What a run has beside the project: its folder, its checkpoint, and the lock that its process holds."""

from __future__ import annotations

from pathlib import Path

from core.store.lock import ProcessLock
from core.store.project_file import ProjectFile
from core.store.runs import RunInfo, interrupt_runs, list_runs


def run_folder(sidecar: Path, run_id: int) -> Path:
    """Where a run's files lie."""
    return sidecar / "runs" / str(run_id)


def checkpoint_path(sidecar: Path, run_id: int) -> Path:
    """The state from which a run goes on."""
    return run_folder(sidecar, run_id) / "checkpoint.safetensors"


def run_lock(sidecar: Path, run_id: int) -> ProcessLock:
    """Held while the run goes; the system releases it when the process dies."""
    return ProcessLock(run_folder(sidecar, run_id) / "running.lock")


def close_interrupted_runs(project: ProjectFile) -> int:
    """Mark runs whose process is gone as stopped, with the error ``interrupted``; returns how many.

    On a team's server a run without a lock file here is another machine's, which knows better.
    """
    with project.read() as session:
        running = [run.id for run in list_runs(session) if run.status == "running"]
    locks = {run_id: run_lock(project.sidecar, run_id) for run_id in running}
    if project.engine.dialect.name != "sqlite":
        locks = {run_id: lock for run_id, lock in locks.items() if lock.path.exists()}
    gone = [run_id for run_id, lock in locks.items() if not lock.held()]
    if gone:
        with project.write() as session:
            interrupt_runs(session, gone)
    return len(gone)


def resumable_runs(project: ProjectFile) -> list[RunInfo]:
    """Runs that ended early and left a checkpoint, the newest first; none that is going."""
    with project.read() as session:
        found = [run for run in list_runs(session) if run.status != "done"]
    return [
        run
        for run in found
        if checkpoint_path(project.sidecar, run.id).exists() and not run_lock(project.sidecar, run.id).held()
    ]
