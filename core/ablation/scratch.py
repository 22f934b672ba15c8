"""A copy of a project to train in, so that the curator's own gets neither runs nor candidates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ProjectError
from core.store.backup import backup
from core.store.copying import copy_contents
from core.store.project_file import ProjectFile
from core.store.run_files import run_folder
from core.store.runs import clear_results


@contextmanager
def scratch_copy(project: ProjectFile, folder: Path) -> Iterator[ProjectFile]:
    """A copy of ``project`` with its cached features, in ``folder``, which is removed at the end.

    Raises:
        ProjectError: there is no room for it.
    """
    shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
    try:
        copy = _copy(project, folder)
        try:
            yield copy
        finally:
            copy.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget_run(scratch: ProjectFile, run_id: int) -> None:
    """Remove a run's results: those of a whole table would fill the disk."""
    with scratch.write() as session:
        clear_results(session, run_id)
    shutil.rmtree(run_folder(scratch.sidecar, run_id), ignore_errors=True)


def _copy(project: ProjectFile, folder: Path) -> ProjectFile:
    path = folder / "scratch.mimea"
    try:
        folder.mkdir(parents=True)
        features = project.sidecar / "features"
        if features.is_dir():
            shutil.copytree(features, folder / f"{path.name}.d" / features.name)
    except OSError as error:
        raise ProjectError(f"{folder} can't be written: {error.strerror or error}") from error
    if project.engine.dialect.name == "sqlite":
        return ProjectFile.open(backup(project.path, path))
    copy = ProjectFile.create(path)  # of a team's project, whose tables are on a server
    copy_contents(project, copy)
    return copy
