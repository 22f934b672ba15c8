"""What can be done from the list beyond one verdict: many at once, conflicts, finding by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.keyed_action import tell_key
from app.models.candidate_model import CandidateModel
from app.project import Project
from app.search_index import SearchIndex
from app.settings import Settings
from app.views.review.accepting import Accepting
from app.views.review.bulk import Bulk
from app.views.review.conflicts import Conflicts
from app.views.review.elsewhere import Elsewhere
from app.views.review.image_store import ImageStore
from app.views.review.question_actions import QuestionActions
from app.views.review.queue_counts import QueueCounts
from app.views.review.queue_panel import QueuePanel
from app.views.review.review_actions import ReviewActions
from app.views.review.saved_filters import SavedFilters
from core.review.bulk_plan import BulkKind
from core.review.evidence import PairEvidence
from core.review.journal import FOUND_NOTE, Decision


class ListTools(QObject):
    """Makes these and connects them with their actions; ``shown`` tells the pair on the screen."""

    def __init__(
        self,
        project: Project,
        model: CandidateModel,
        panel: QueuePanel,
        images: ImageStore,
        actions: ReviewActions,
        shown: Callable[[], PairEvidence | None],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._project = project
        self._model = model
        self._panel = panel
        self._shown = shown
        self.counts = QueueCounts(project, panel)
        questions = QuestionActions(page)
        self.accepting = Accepting(project, questions, page)
        self._bulk = Bulk(project, model, page)
        self._conflicts = Conflicts(project, images, questions, page)
        self._elsewhere = Elsewhere(project, images, questions, page)
        self._index = SearchIndex(project, self)
        self._filters = SavedFilters(project, panel)
        tell_key(actions.queue, panel.chooser, "Which pairs the list holds, and in which order")
        tell_key(
            actions.search,
            panel.search,
            "Every word is looked for in labels, URIs and attribute values of both sides",
        )
        tell_key(actions.saved, self._filters.button, "Saved filters")
        tell_key(
            actions.sort, panel.table.horizontalHeader(), "A click sorts, another one the other way round"
        )
        tell_key(actions.facets, panel.facets, "Narrow the list down")
        tell_key(
            actions.best, panel.best, "Whether the list holds one pair of each entity that waits, or all"
        )
        actions.next.triggered.connect(partial(panel.go_on, 1))
        actions.previous.triggered.connect(partial(panel.go_on, -1))
        actions.search.triggered.connect(panel.focus_search)
        actions.queue.triggered.connect(panel.chooser.showPopup)
        actions.clear.triggered.connect(panel.clear_filters)
        actions.save_filter.triggered.connect(self._filters.save)
        actions.saved.triggered.connect(self._filters.open_menu)
        actions.sort.triggered.connect(panel.open_sort_menu)
        actions.facets.triggered.connect(panel.facets.open_menu)
        actions.best.triggered.connect(panel.switch_best)
        actions.accept_listed.triggered.connect(self._accept_listed)
        actions.reject_listed.triggered.connect(self._reject_listed)
        actions.resolve.triggered.connect(self._resolve)
        actions.elsewhere.triggered.connect(self._find)
        self._conflicts.nothing.connect(panel.say)
        self._elsewhere.found.connect(self._found)

    def judges_many(self, kind: str) -> bool:
        """Whether several rows are selected; then they are asked about, in place of the pair shown."""
        ranges = self._panel.table.selected
        if sum(last - first + 1 for first, last in ranges) < 2:
            return False
        if kind in ("accepted", "rejected"):
            self._bulk.start("accepted" if kind == "accepted" else "rejected", ranges)
        else:
            self._panel.say("several pairs can be accepted or rejected together")
        return True

    @Slot()
    def _accept_listed(self) -> None:
        self._start("accepted")

    @Slot()
    def _reject_listed(self) -> None:
        self._start("rejected")

    def _start(self, kind: BulkKind) -> None:
        if self._model.queue is not None and len(self._model.queue):
            self._bulk.start(kind)

    @Slot()
    def _resolve(self) -> None:
        evidence = self._shown()
        if evidence is not None:
            self._conflicts.resolve(evidence.run_id, evidence.key)

    @Slot()
    def _find(self) -> None:
        evidence = self._shown()
        if evidence is not None and self._model.queue is not None:
            self._elsewhere.start(evidence, self._model.names[1])

    @Slot(int, int)
    def _found(self, left_id: int, right_id: int) -> None:
        evidence = self._shown()
        if evidence is not None:
            decision = Decision(
                left_id, right_id, "accepted", None, evidence.run_id, Settings().author, FOUND_NOTE
            )
            self.accepting.accept_found(decision)
