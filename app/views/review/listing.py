"""What the list of the review page shows, read in one go off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from core.review.queue import Queue, load_queue, with_facets
from core.store.candidates import reviewable_run
from core.store.entities import graph_names
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter


@dataclass(frozen=True, slots=True)
class Listing:
    """The graphs' names and the list; no queue where no run has candidates."""

    names: tuple[str, str]
    queue: Queue | None


def read_listing(file: ProjectFile, wanted: CandidateFilter, last: Queue | None = None) -> Listing:
    """The list of the newest run that can be reviewed, whatever run ``wanted`` names.

    ``last`` is the list that is shown, if it is still as the store is.
    """
    with file.read() as session:
        run_id = reviewable_run(session)
        names = graph_names(session)
        if run_id is None:
            return Listing(names, None)
        return Listing(names, load_queue(session, wanted.for_run(run_id), last))


def read_facets(file: ProjectFile, queue: Queue) -> Queue:
    """The list with its facets, which takes as long again as the list itself."""
    with file.read() as session:
        return with_facets(session, queue)
