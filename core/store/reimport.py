"""One graph of a project replaced by another version of it, without losing what was decided.

The new version is first read into a file of its own, so that what the replacement would cost can be told
before it is done, and nothing has happened until then. Entities are known by their URIs: those that both
versions have keep their row, and with it verdicts, links and runs. What becomes of the others says
:mod:`core.store.vanished`.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import ProjectError
from core.kg.records import SIDES, Batch, EntityBatch, LinkBatch, Side
from core.kg.source import Dataset, GraphSource, LinkSource, Part
from core.store.import_report import ImportProgress, ProgressMeter
from core.store.importer import import_dataset
from core.store.project_file import ProjectFile
from core.store.replacement import Replacement
from core.store.run_files import going_runs
from core.store.schema import Candidate, Entity, Graph, Link
from core.store.vanished import PRESENT, VANISHED
from core.words import counted

_ROWS = 20_000

OnProgress = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True)
class ReimportPlan:
    """What the replacement does: entities by URI, and what hangs on those that are gone.

    ``verdicts`` are those in force on entities that are gone, by kind; ``returning`` entities went in an
    earlier re-import and are there again; ``links`` and ``candidates`` will be removed.
    """

    side: Side
    name: str
    kept: int
    gone: int
    new: int
    returning: int
    verdicts: dict[str, int]
    links: int
    candidates: int

    def lines(self) -> list[str]:
        """A few lines to read before it is done."""
        back = f" ({self.returning:,} of them return)" if self.returning else ""
        told = [
            f"The {self.side} graph becomes {self.name}: of its entities {self.kept:,} kept, "
            f"{self.gone:,} gone, {self.new:,} new{back}."
        ]
        if self.gone:
            links, candidates = counted(self.links, "known link"), counted(self.candidates, "candidate")
            told.append(f"With those that go, {links} and {candidates} go.")
            kinds = ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in sorted(self.verdicts.items()))
            told.append(
                f"Verdicts no longer in force, but kept in the journal: {kinds}."
                if kinds
                else "No verdict is affected."
            )
        return told


class Reimport:
    """A version of one graph that was read and waits to take its place; :meth:`close` throws it away."""

    def __init__(self, project: ProjectFile, side: Side, folder: tempfile.TemporaryDirectory[str]) -> None:
        self._project = project
        self._folder = folder
        self._side: Side = side
        self._staged = ProjectFile.open(_staged(folder))
        try:
            with project.read() as session, self._staged.read() as staged:
                self.plan = _plan(session, staged, side)
        except BaseException:
            self._staged.close()  # who made the folder removes it
            raise

    def apply(
        self, on_progress: OnProgress | None = None, cancelled: threading.Event | None = None
    ) -> ReimportPlan:
        """Replace the graph in one transaction, with a copy of the project left beside it.

        Returns:
            What was done: more than planned, where others have decided in between.

        Raises:
            Cancelled: ``cancelled`` was set; the project is as it was.
            ProjectError: a run is going, or the project or its copy can't be written.
        """
        _require_no_run(self._project)
        meter = ProgressMeter(on_progress, cancelled)
        meter.stage("Saving a copy")
        self._project.autosave("import")
        with self._staged.read() as staged, self._project.write() as session:
            plan = _plan(session, staged, self._side)
            Replacement(session, staged, self._side, meter).run()
            meter.stage("Saving")
        return plan

    def close(self) -> None:
        """Remove the file that the graph was read into."""
        self._staged.close()
        self._folder.cleanup()


def prepare_reimport(
    project: ProjectFile,
    side: Side,
    source: GraphSource,
    on_progress: OnProgress | None = None,
    cancelled: threading.Event | None = None,
) -> Reimport:
    """Read ``source`` and compare it with the project's graph of that side; the project is not changed.

    Raises:
        InputError: a file of the source is not what it should be.
        ProjectError: the project has no graphs yet, a run is going, or its folder can't be written.
        Cancelled: ``cancelled`` was set.
    """
    _require_no_run(project)
    with project.read() as session:
        if set(session.scalars(select(Graph.side))) != set(SIDES):
            raise ProjectError("the project holds no graphs yet; import a dataset first")
    try:
        project.sidecar.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix="reimport-", dir=project.sidecar)
    except OSError as error:
        raise ProjectError(f"{project.sidecar} can't be written: {error.strerror or error}") from error
    try:
        import_dataset(
            _staged(folder), _dataset(project, side, source), on_progress=on_progress, cancelled=cancelled
        )
        return Reimport(project, side, folder)
    except BaseException:
        folder.cleanup()
        raise


def _require_no_run(project: ProjectFile) -> None:
    """A run numbers the entities when it begins, and stores candidates by these numbers at its end."""
    if going := going_runs(project):
        raise ProjectError(f"run {going[0]} is going on the graphs of {project.name}; stop it first")


def _staged(folder: tempfile.TemporaryDirectory[str]) -> Path:
    return Path(folder.name, "graph.mimea")


def _dataset(project: ProjectFile, side: Side, source: GraphSource) -> Dataset:
    """The new version beside the other graph's URIs: enough to find which links have both ends."""
    other = Part("the other graph", 0, lambda: _present(project, "right" if side == "left" else "left"))
    graphs = (source, GraphSource("the other graph", "", "", (other,)))
    left, right = graphs if side == "left" else reversed(graphs)
    links = LinkSource("", (Part("the known links", 0, lambda: _known_links(project)),))
    return Dataset(source.name, left, right, links, "", "")


def _present(project: ProjectFile, side: str) -> Iterator[Batch]:
    with project.read() as session:
        query = select(Entity.uri).join(Graph, Graph.id == Entity.graph_id)
        uris = session.scalars(query.where(Graph.side == side, PRESENT).execution_options(yield_per=_ROWS))
        for part in uris.partitions():
            yield EntityBatch(list(part))


def _known_links(project: ProjectFile) -> Iterator[Batch]:
    left, right = Entity.__table__.alias(), Entity.__table__.alias()
    query = (
        select(left.c.uri, right.c.uri, Link.source)
        .join(left, left.c.id == Link.left_id)
        .join(right, right.c.id == Link.right_id)
        .order_by(Link.left_id, Link.right_id)
    )
    with project.read() as session:
        for rows in session.execute(query.execution_options(yield_per=_ROWS)).partitions():
            lefts, rights, sources = (list(part) for part in zip(*rows, strict=True))
            yield LinkBatch(lefts, rights, sources)


def _plan(session: Session, staged: Session, side: Side) -> ReimportPlan:
    def entities(source: Session, *wanted: object) -> dict[str, int]:
        query = select(Entity.uri, Entity.id).join(Graph, Graph.id == Entity.graph_id)
        rows = source.execute(query.where(Graph.side == side, *wanted))  # type: ignore[arg-type]
        return {row.uri: row.id for row in rows}

    old, new = entities(session, PRESENT), entities(staged).keys()
    gone = {number for uri, number in old.items() if uri not in new}
    kept = len(old) - len(gone)
    end = "left_id" if side == "left" else "right_id"

    def lost(name: str) -> int:
        """How many rows of a table have an end that is gone."""
        ends = session.execute(text(f"SELECT {end}, count(*) FROM {name} GROUP BY {end}"))
        return sum(number for entity, number in ends if entity in gone)

    verdicts = session.execute(text(f"SELECT {end}, kind FROM current_verdict"))
    return ReimportPlan(
        side=side,
        name=staged.scalars(select(Graph.name).where(Graph.side == side)).one(),
        kept=kept,
        gone=len(gone),
        new=len(new) - kept,
        returning=len(entities(session, VANISHED).keys() & new),
        verdicts=dict(Counter(kind for entity, kind in verdicts if entity in gone)),
        links=lost(Link.__tablename__),
        candidates=lost(Candidate.__tablename__),
    )
