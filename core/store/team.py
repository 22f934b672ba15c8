"""Importing straight onto a team's server."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from core.errors import ProjectError
from core.kg.source import Dataset
from core.store.copying import copy_contents
from core.store.engines import reason
from core.store.import_report import ImportProgress, ImportReport, ProgressMeter
from core.store.importer import import_dataset
from core.store.places import without_password
from core.store.project_file import ProjectFile


def import_to_server(
    url: str,
    dataset: Dataset,
    *,
    on_progress: Callable[[ImportProgress], None] | None = None,
    cancelled: threading.Event | None = None,
) -> ImportReport:
    """Read ``dataset`` into a new project at ``url``; leaves nothing there unless it succeeds.

    It is read into a file first: what is wrong with the sources shows before the server gets a row.

    Raises:
        InputError: a file of the dataset is not what it should be.
        ProjectError: there is a project already, or the server can't be reached or written.
        Cancelled: ``cancelled`` was set.
    """
    with closing(ProjectFile.create_url(url)) as target:
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "graphs.mimea")
                report = import_dataset(path, dataset, on_progress=on_progress, cancelled=cancelled)
                with closing(ProjectFile.open(path)) as source:
                    ProgressMeter(on_progress, cancelled).stage("Copying to the server")
                    copy_contents(source, target)
        except BaseException as error:
            target.drop()
            if isinstance(error, DatabaseError):
                place = without_password(url)
                raise ProjectError(f"{place} can't be written: {reason(error)}") from error
            raise
    return report
