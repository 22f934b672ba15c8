"""What the list of the review page shows, read in one go off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from core.review.queue import Queue, load_queue, with_facets
from core.store.candidates import CandidateRow, candidate_rows, reviewable_run
from core.store.entities import graph_names
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter

_NEAR = 50  # rows on either side of the one that is selected: more than any screen has room for


@dataclass(frozen=True, slots=True)
class Listing:
    """The graphs' names and the list; no queue where no run has candidates.

    ``row`` is to be selected, None in an empty list; ``near`` are the rows around it, so that the list is
    never shown without them.
    """

    names: tuple[str, str]
    queue: Queue | None = None
    row: int | None = None
    near: tuple[CandidateRow, ...] = ()


def read_listing(
    file: ProjectFile,
    wanted: CandidateFilter,
    pair: tuple[int, int] | None = None,
    last: Queue | None = None,
) -> Listing:
    """The list of the newest run that can be reviewed, whatever run ``wanted`` names.

    ``pair`` is to be selected where the list has it, else the first that waits. ``last`` is the list that is
    shown, if it is still as the store is.
    """
    with file.read() as session:
        run_id = reviewable_run(session)
        names = graph_names(session)
        if run_id is None:
            return Listing(names)
        queue = load_queue(session, wanted.for_run(run_id), last)
        row = _row_to_select(queue, pair)
        return Listing(names, queue, row, tuple(candidate_rows(session, _ids_near(queue, row))))


def read_facets(file: ProjectFile, queue: Queue) -> Queue:
    """The list with its facets, which takes as long again as the list itself."""
    with file.read() as session:
        return with_facets(session, queue)


def _row_to_select(queue: Queue, pair: tuple[int, int] | None) -> int | None:
    row = queue.row_of(*pair) if pair else None
    if row is None:
        row = queue.next_waiting(-1)
    return 0 if row is None and len(queue) else row


def _ids_near(queue: Queue, row: int | None) -> list[int]:
    return [] if row is None else queue.ids[max(0, row - _NEAR) : row + _NEAR].tolist()
