"""The review page: judges one pair after the other, each verdict on disk before the next pair is shown."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.candidate_model import MOST_MARKED, CandidateModel
from app.project import Project
from app.views.review.evidence_store import EvidenceStore, Pair
from app.views.review.image_store import ImageStore
from app.views.review.judging import Judging
from app.views.review.list_tools import ListTools
from app.views.review.listing import Listing, read_facets, read_listing
from app.views.review.pair_panel import PairPanel
from app.views.review.pair_tools import PairTools
from app.views.review.queue_panel import QueuePanel
from app.views.review.read_ahead import ReadAhead
from app.views.review.review_actions import ReviewActions
from app.views.review.review_pages import ReviewPages
from app.views.review.review_panels import ReviewPanels
from app.views.review.verdict_bar import VerdictBar
from core.review.evidence import PairEvidence
from core.review.journal import Decision, Step
from core.review.queue import Queue
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter, QueueName


class ReviewView(QWidget):
    """Holds which pair is shown, nothing that the store has."""

    train_requested = Signal()
    graphs_requested = Signal()

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewView")
        self._project = project
        self._pair: Pair | None = None  # chosen; shown once its evidence is there
        self._evidence = EvidenceStore(project.tasks, self)
        self._images = ImageStore(project.tasks, self)
        self._model = CandidateModel(project.tasks, self)
        self._actions = ReviewActions(self)
        self._queue = QueuePanel(self._model, self._actions.clear)
        self._panel = PairPanel(self._images)
        self._pair_tools = PairTools(project, self._panel, self._images, self)
        self._bar = VerdictBar(self._actions.verdicts)
        self._ahead = ReadAhead(self._evidence, self._images, self._model, self._queue)
        self._tools = ListTools(
            project, self._model, self._queue, self._images, self._actions, self._shown, self
        )
        self._judging = Judging(project, self._evidence, self._bar, self._tools, self._shown, self)
        self._panels = ReviewPanels(
            project, self._queue, self._images, self._actions.verdicts, self, self.focus_table
        )
        self._pages = ReviewPages(self._panels.desk, self._panel, self._bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._queue.set_blind(self._pair_tools.blind)
        self._panels.desk.take_actions(self.actions())
        self._connect()
        self._allow()
        self.reload()

    def review_actions(self) -> list[QAction]:
        """For the Review menu, in its order."""
        return [*self._actions.all(), *self._pair_tools.menu_actions(), *self._panels.actions]

    def save_layout(self) -> None:
        """Remember where the panels stand."""
        self._panels.desk.save_layout()

    def show_queue(self, name: QueueName, pairs: Collection[Pair] | None = None) -> None:
        """Show a queue; with ``pairs`` only these of it, until something else is asked for."""
        only = None if pairs is None else frozenset(pairs)
        self._queue.show_filter(CandidateFilter(0, queue=name, pairs=only))

    def focus_table(self) -> None:
        """Put the keyboard on the list, so that the letters judge and the arrows move.

        Not while another page is shown: Qt would give the keyboard to what nobody sees.
        """
        if not self.isVisible():
            return
        (self if self._panels.list_closed else self._queue.table).setFocus()

    @Slot()
    def reload(self) -> None:
        """Read the list again; the pair shown stays, where it is still in the list."""
        self._reload(self._pair)

    @Slot(int, int)
    def show_pair(self, left_id: int, right_id: int) -> None:
        """Show a pair that another page names: on its row if the list has it, else without one."""
        self._go_to(left_id, right_id)

    def _connect(self) -> None:
        project = self._project
        project.opened.connect(self._opened)
        project.closed.connect(self._closed)
        project.opened.connect(self._allow)
        project.closed.connect(self._allow)
        project.verdicts_changed.connect(self._verdicts_changed)
        project.runs_changed.connect(self._results_changed)
        project.graphs_changed.connect(self._results_changed)
        for kind, action in self._actions.verdicts.items():
            action.triggered.connect(partial(self._judging.judge, kind))
        self._actions.note.triggered.connect(self._bar.note.setFocus)
        self._actions.focus_list.triggered.connect(self.focus_table)
        self._actions.reload.triggered.connect(self.reload)
        self._pages.clear_filters.triggered.connect(self._queue.clear_filters)
        self._pages.show_all.triggered.connect(self._queue.show_all)
        self._pages.train.triggered.connect(self.train_requested)
        self._pages.load_graphs.triggered.connect(self.graphs_requested)
        self._queue.filter_changed.connect(self._refilter)
        self._queue.row_chosen.connect(self._row_chosen)
        self._bar.note_left.connect(self.focus_table)
        self._pair_tools.pair_wanted.connect(self._go_to)
        self._pair_tools.blind_changed.connect(self._queue.set_blind)
        self._panels.pair_chosen.connect(self._go_to)
        self._panel.disagreement.settled.connect(self._judging.settle)
        self._evidence.loaded.connect(self._evidence_loaded)

    # The list

    @Slot()
    def _refilter(self) -> None:
        self._reload(self._pair, self._model.current)

    def _reload(self, wanted: Pair | None, last: Queue | None = None) -> None:
        if not self._project.is_open:
            self._model.set_queue(None, None, ("Left", "Right"))
            self._evidence.set_source(None, 0)
            self._pages.setCurrentWidget(self._pages.no_project)
            return
        file = self._project.file
        self._project.tasks.read(
            self,
            partial(read_listing, file, self._queue.wanted(0), wanted, last),
            partial(self._listed, file, self._model.marks),
            key="list",
        )

    def _listed(self, file: ProjectFile, marks: int, listing: Listing) -> None:
        if not self._project.is_open or self._project.file is not file:
            return
        queue = listing.queue
        if queue is None:
            self._model.set_queue(None, None, listing.names)
            self._pages.setCurrentWidget(self._pages.no_run)
            return
        self._evidence.set_source(file, queue.wanted.run_id)
        self._model.set_queue(file, queue, listing.names, listing.near)
        if marks != self._model.marks:
            self._model.outdate()
        if self._pages.currentWidget() is not self._pages.desk:
            # Before the page is shown: the first filter would get the keyboard else.
            self.focus_table()
            self._pages.setCurrentWidget(self._pages.desk)
        if not self._busy_elsewhere():
            self.focus_table()
        self._queue.show_list(queue)
        self._choose_row(listing.row)
        if queue.found.facets is None:
            work = partial(read_facets, file, queue)
            self._project.tasks.read(self, work, self._completed, key="facets", later=True)

    def _completed(self, queue: Queue) -> None:
        if self._model.complete(queue):
            self._queue.show_facets(queue)

    def _choose_row(self, row: int | None) -> None:
        if row is None:
            self._pair = None
            self._panel.forget()
            self._pages.show_no_pair(filtered=self._queue.is_filtered)
        else:
            self._queue.select(row)

    def _busy_elsewhere(self) -> bool:
        """Whether somebody types or chooses a filter, so that the list must not take the keyboard."""
        return self._bar.note.hasFocus() or self._queue.filters_have_focus or self._panels.have_focus

    # The pair

    @Slot(int)
    def _row_chosen(self, row: int) -> None:
        pair = self._model.pair_at(row)
        if pair is not None:
            self._show_pair(pair)

    def _show_pair(self, pair: Pair) -> None:
        if pair != self._pair:
            self._judging.turn_away()
        self._pair = pair
        evidence = self._evidence.get(pair)
        if evidence is not None:
            self._show(evidence)

    @Slot(object)
    def _evidence_loaded(self, evidence: PairEvidence) -> None:
        if evidence.key == self._pair:
            self._show(evidence)
            self._judging.go_on()
        else:
            self._ahead.read_images(evidence)

    def _show(self, evidence: PairEvidence) -> None:
        self._pair_tools.show_evidence(evidence)
        self._pages.show_pair()
        self._ahead.start()

    @Slot(int, int)
    def _go_to(self, left_id: int, right_id: int) -> None:
        """Show a pair: on its row if the list has it, else without one."""
        queue = self._model.queue
        row = queue.row_of(left_id, right_id) if queue is not None else None
        if row is None:
            self._queue.table.clearSelection()  # none of its rows is the pair that is judged
            self._show_pair((left_id, right_id))
        else:
            self._queue.select(row)

    # Verdicts

    @Slot(object, str)
    def _verdicts_changed(self, step: Step, how: str) -> None:
        self._judging.saved()
        self._evidence.outdate()
        self._model.mark(step, how)
        if self._model.queue is not None:
            self._queue.show_verdicts(self._model.queue, step)
        decision = next((d for d in step.decisions if self._is_shown(d)), step.decisions[0])
        if len(step.decisions) > MOST_MARKED:
            self.reload()
        elif how == "decided" and (self._is_shown(decision) or len(step.decisions) == 1):
            self._go_on(decision)
        elif len(step.decisions) > 1:
            self.reload()
        elif how in ("undone", "redone"):
            self._come_back(decision)
        elif self._pair is not None:
            self._show_pair(self._pair)

    def _shown(self) -> PairEvidence | None:
        evidence = self._panel.shown
        return evidence if evidence is not None and evidence.key == self._pair else None

    def _is_shown(self, decision: Decision) -> bool:
        """Whether a decision is about the pair on the screen."""
        pair = self._pair
        return pair is not None and pair[0] == decision.left_id and decision.right_id in (None, pair[1])

    def _go_on(self, decision: Decision) -> None:
        queue, pair = self._model.queue, self._pair
        if queue is None or not (self._is_shown(decision) and self._actions.advance.isChecked()):
            if pair is not None:
                self._show_pair(pair)
            return
        if self._pair_tools.walk.return_after(decision):
            return
        row = queue.next_waiting(self._queue.row)
        if row is None:
            self._reload(None)  # pairs that came up because a better one was rejected, or the end
        else:
            self._queue.select(row)

    def _come_back(self, decision: Decision) -> None:
        """An undone or redone verdict: show its pair."""
        queue, pair = self._model.queue, self._pair
        if pair is not None and self._is_shown(decision):
            self._show_pair(pair)
            return
        row = queue.row_of(decision.left_id, decision.right_id) if queue is not None else None
        if row is not None:
            self._queue.select(row)
        elif decision.right_id is not None:
            self._reload((decision.left_id, decision.right_id))
        else:
            self.reload()

    # What changed elsewhere

    @Slot()
    def _allow(self) -> None:
        """Offer what changes a project where it can be changed."""
        may_write = self._project.may_write
        self._actions.allow_writing(may_write)
        self._pair_tools.actions.hub.setEnabled(may_write)
        self._panel.disagreement.allow_settling(may_write)

    @Slot()
    def _opened(self) -> None:
        self._pair = None
        self._judging.saved()
        self._images.clear()
        self._reload(None)

    @Slot()
    def _closed(self) -> None:
        self._pair = None
        self._panel.forget()
        self._reload(None)

    @Slot()
    def _results_changed(self) -> None:
        self._evidence.outdate()
        self.reload()
