"""What a run has beside the project: its folder, its checkpoint, and the lock that its process holds."""

from __future__ import annotations

from pathlib import Path

from core.store.lock import ProcessLock
from core.store.project_file import ProjectFile
from core.store.runs import RunInfo, finish_run, get_run, interrupt_runs, list_runs


def run_folder(sidecar: Path, run_id: int) -> Path:
    """Where a run's files lie."""
    return sidecar / "runs" / str(run_id)


def checkpoint_path(sidecar: Path, run_id: int) -> Path:
    """The state from which a run goes on."""
    return run_folder(sidecar, run_id) / "checkpoint.safetensors"


def model_path(sidecar: Path, run_id: int) -> Path:
    """The model that the run's embeddings come from, with which another run may begin."""
    return run_folder(sidecar, run_id) / "model.safetensors"


def run_lock(sidecar: Path, run_id: int) -> ProcessLock:
    """Held while the run goes; the system releases it when the process dies."""
    return ProcessLock(run_folder(sidecar, run_id) / "running.lock")


def going_runs(project: ProjectFile) -> list[int]:
    """Runs that a process is at, this one or another."""
    return [run_id for run_id, goes in _unfinished(project).items() if goes]


def close_interrupted_runs(project: ProjectFile) -> int:
    """Mark runs whose process is gone as stopped, with the error ``interrupted``; returns how many."""
    gone = [run_id for run_id, goes in _unfinished(project).items() if not goes]
    if gone:
        with project.write() as session:
            interrupt_runs(session, gone)
    return len(gone)


def close_broken_run(project: ProjectFile, run_id: int, reason: str) -> None:
    """Mark a run whose process is gone: as failed where it never began, else as interrupted."""
    close_interrupted_runs(project)
    with project.write() as session:
        run = get_run(session, run_id)
        if run is not None and run.status == "queued":
            finish_run(session, run_id, "failed", error=reason)


def _unfinished(project: ProjectFile) -> dict[int, bool]:
    """Whether a process is at it, of each run that has no end yet.

    On a team's server a run without a lock file here is another machine's, which knows better: it counts as
    going until that machine says otherwise.
    """
    with project.read() as session:
        running = [run.id for run in list_runs(session) if run.status == "running"]
    locks = {run_id: run_lock(project.sidecar, run_id) for run_id in running}
    is_shared = project.engine.dialect.name != "sqlite"
    return {run_id: lock.held() or (is_shared and not lock.path.exists()) for run_id, lock in locks.items()}


def resumable_runs(project: ProjectFile) -> list[RunInfo]:
    """Runs that ended early and left a checkpoint, the newest first; none that is going."""
    with project.read() as session:
        found = [run for run in list_runs(session) if run.status not in ("done", "queued")]
    return [
        run
        for run in found
        if checkpoint_path(project.sidecar, run.id).exists() and not run_lock(project.sidecar, run.id).held()
    ]
