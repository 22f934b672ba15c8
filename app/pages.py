"""The four pages. The first is there with the window; the others are imported once it can be seen."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.job import Job, Report
from app.project import Project
from app.side_work import SideWork
from app.training_worker import Training
from app.views import layouts
from app.views.graphs_view import GraphsView

if TYPE_CHECKING:
    from app.views.export_view import ExportView
    from app.views.review.review_view import ReviewView
    from app.views.training.train_view import TrainView

GRAPHS, TRAIN, REVIEW, EXPORT = range(4)


class Pages(QStackedWidget):
    """Shows one page at a time. All but :attr:`graphs` exist once it is :attr:`complete`."""

    completed = Signal()
    page_requested = Signal(int)

    train: TrainView
    review: ReviewView
    export: ExportView

    def __init__(
        self,
        project: Project,
        training: Training,
        side_work: SideWork,
        start_actions: list[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self._project = project
        self._training = training
        self._side_work = side_work
        self._start_actions = start_actions
        self._importing: Job | None = None
        self.complete = False
        self.graphs = GraphsView(project, start_actions)
        self.graphs.train_requested.connect(self._ask_for_train)
        self.addWidget(self.graphs)

    def load(self) -> None:
        """Import the other pages off the GUI thread, then build one by one; ``completed`` follows."""
        if self._importing is None and not self.complete:
            self._importing = Job(_import, self)
            self._importing.succeeded.connect(self._on_imported)
            self._importing.ended.connect(self._on_import_ended)
            self._importing.start()

    def build(self) -> None:
        """Build the other pages now, unless they are there."""
        while not self.complete:
            self._build_next()

    def _build_next(self) -> None:
        """Build the first page that is not there yet."""
        match self.count():
            case 1:
                from app.views.training.train_view import TrainView

                self.train = TrainView(self._project, self._training, self._side_work, self._start_actions)
                self.train.review_requested.connect(self._ask_for_review)
                self.train.pair_requested.connect(self._ask_for_pair)
                self.train.pairs_requested.connect(self._ask_for_pairs)
                self.addWidget(self.train)
            case 2:
                from app.views.review.review_view import ReviewView

                self.review = ReviewView(self._project)
                self.review.train_requested.connect(self._ask_for_train)
                self.review.graphs_requested.connect(self._ask_for_graphs)
                self.addWidget(self.review)
            case 3 if self.train.tabs.build_next():
                pass  # a tab a turn: their keys are listed with all others
            case _:
                from app.views.export_view import ExportView

                self.export = ExportView(self._project, self._start_actions)
                self.addWidget(self.export)
                self.complete = True
                self.completed.emit()

    def show_page(self, index: int) -> None:
        """Show a page and put the keyboard on it."""
        self.build()
        self.setCurrentIndex(index)
        layouts.lay_out_now()
        if index == REVIEW:
            self.review.focus_table()
        else:
            self.currentWidget().setFocus()

    def save_layout(self) -> None:
        """Have the pages remember where their panels stand."""
        if self.complete:
            self.review.save_layout()

    def wait(self) -> None:
        """Block until nothing is imported any more; for closing the window."""
        if self._importing is not None:
            self._importing.wait()

    @Slot(object)
    def _on_imported(self, _nothing: object) -> None:
        self._build_in_turn()

    @Slot()
    def _build_in_turn(self) -> None:
        """One page a turn of the event loop, so that the window answers in between."""
        if not self.complete:
            self._build_next()
            QTimer.singleShot(0, self._build_in_turn)

    @Slot()
    def _on_import_ended(self) -> None:
        self._importing = None

    @Slot()
    def _ask_for_graphs(self) -> None:
        self.page_requested.emit(GRAPHS)

    @Slot()
    def _ask_for_train(self) -> None:
        self.page_requested.emit(TRAIN)

    @Slot()
    def _ask_for_review(self) -> None:
        self.page_requested.emit(REVIEW)

    @Slot(object)
    def _ask_for_pairs(self, pairs: list[tuple[int, int]]) -> None:
        self.review.show_queue("all", pairs)
        self.page_requested.emit(REVIEW)

    @Slot(int, int)
    def _ask_for_pair(self, left_id: int, right_id: int) -> None:
        self.page_requested.emit(REVIEW)
        self.review.show_pair(left_id, right_id)


def _import(_report: Report, _stop: threading.Event) -> None:
    import app.views.export_view
    import app.views.review.review_view
    import app.views.training.ablation_tab
    import app.views.training.changes_tab
    import app.views.training.evaluation_tab
    import app.views.training.runs_tab
    import app.views.training.train_view
    import app.views.training.weights_tab  # noqa: F401
