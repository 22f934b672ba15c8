"""What the newest run changed: verdicts it contradicts, pairs that jumped, other best candidates."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.labels import pair_text
from app.models.rows_model import Column
from app.project import Project
from app.training_worker import Training
from app.views.training.page_button import PageButton
from app.views.training.pair_button import PairButton
from app.views.training.rows_table import RowsTable
from app.views.training.tab_page import TabPage
from core.review.changes import JUMP, SURE, TOP, Change, Changes, changes, new_verdicts

Pair = tuple[int, int]
Found = tuple[Changes | None, int]
# (name in Changes, title, what it means, key of its button)
_PARTS = (
    (
        "contradicted",
        "Verdicts it contradicts",
        "Accepted pairs that are no longer first, rejected ones that now are, and candidates of at least "
        f"{SURE:.0%} for entities without a counterpart",
        "Alt+Shift+1",
    ),
    (
        "jumped",
        "Pairs that jumped",
        f"Undecided pairs that rose by {JUMP} places or more and are now among the first {TOP}",
        "Alt+Shift+2",
    ),
    (
        "best",
        "Another best candidate",
        "Undecided entities whose best candidate was another one in the run before",
        "Alt+Shift+3",
    ),
)


class ChangesTab(TabPage):
    """Reads when it is shown and when runs or verdicts have changed since."""

    pairs_requested = Signal(object)  # (left, right) pairs, to be gone through on the Review page
    pair_requested = Signal(int, int)

    def __init__(self, project: Project, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(
            "mdi6.compare-horizontal",
            "No run yet",
            "What a run changed against your verdicts and the run before it is listed here.",
            parent,
        )
        self.setObjectName("changesTab")
        self._project = project
        self._training = training
        self._stale = True
        self._title = QLabel(objectName="changesTitle")
        self._title.setFont(theme.font("title"))
        self._new = QLabel(objectName="newVerdicts")
        self._new.setProperty("role", "secondary")
        self._refresh = PageButton(
            self,
            "refreshCandidates",
            "Refresh candidates",
            "Ctrl+Shift+F5",
            "Take in the verdicts since the newest run: a short run that begins with its model",
            group="Training",
            icon_name="mdi6.refresh",
        )
        self._parts = {name: _Part(self, *words) for name, *words in _PARTS}
        self.set_content(self._content())
        self._refresh.asked.connect(training.refresh)
        for part in self._parts.values():
            part.pairs_requested.connect(self.pairs_requested)
            part.table.activated_row.connect(self._on_activated)
        for signal in (training.started, training.ended, project.opened, project.runs_changed):
            signal.connect(self._on_changed)
        project.verdicts_changed.connect(self._on_changed)
        project.closed.connect(self._on_closed)
        self._allow(False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load()

    def _content(self) -> QWidget:
        header = QHBoxLayout(spacing=theme.LARGE)
        header.addWidget(self._title)
        header.addStretch()
        tables = [part.table for part in self._parts.values()]
        header.addWidget(PairButton(self, "reviewChange", "Training", tables))
        header.addWidget(self._new)
        header.addWidget(self._refresh)
        columns = QHBoxLayout(spacing=theme.LARGE)
        for part in self._parts.values():
            columns.addWidget(part, 1)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.LARGE)
        layout.addLayout(header)
        layout.addLayout(columns, 1)
        return content

    @Slot()
    def _on_changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._load()

    def _load(self) -> None:
        if not self._stale or not self._project.is_open:
            return
        self._stale = False
        file = self._project.file

        def read() -> Found:
            with file.read() as session:
                return changes(session), new_verdicts(session)

        self._project.tasks.read(self, read, self._show, key="changes")

    def _show(self, found: Found) -> None:
        changed, new = found
        self.show_content(changed is not None)
        self._allow(changed is not None)
        if changed is None:
            return
        before = "" if changed.before_id is None else f" against run {changed.before_id}"
        self._title.setText(f"Run {changed.run_id}{before}")
        self._new.setText(f"{new:,} new {'verdict' if new == 1 else 'verdicts'} since")
        for name, part in self._parts.items():
            part.show_changes(getattr(changed, name))

    @Slot()
    def _on_closed(self) -> None:
        self._allow(False)

    def _allow(self, there: bool) -> None:
        """Offer what needs a run, on the button and by the key."""
        self._refresh.allow(there and not self._training.active and self._project.may_write)
        if not there:
            for part in self._parts.values():
                part.show_changes([])

    @Slot(object)
    def _on_activated(self, change: Change) -> None:
        self.pair_requested.emit(change.left_id, change.right_id)


class _Part(QWidget):
    """One kind of change: its number, its pairs, and the button that makes a queue of them."""

    pairs_requested = Signal(object)

    def __init__(self, page: ChangesTab, title: str, meaning: str, key: str) -> None:
        super().__init__()
        name = "".join(word.capitalize() for word in title.split())
        self._words = title
        self._pairs: list[Pair] = []
        self._title = QLabel(title)
        self._title.setFont(theme.font(bold=True))
        self._title.setToolTip(meaning)
        self._meaning = QLabel(meaning, wordWrap=True)
        self._meaning.setProperty("role", "secondary")
        self._meaning.setFont(theme.font("small"))
        self.table = RowsTable(f"changes{name}", title, _columns(), _hint)
        self._review = PageButton(
            page,
            f"review{name}",
            f"Review {title[0].lower()}{title[1:]}",
            key,
            "Go through them on the Review page",
            group="Training",
            icon_name="mdi6.playlist-check",
        )
        self._review.asked.connect(self._on_review)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._title)
        layout.addWidget(self._meaning)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._review)

    def show_changes(self, found: Sequence[Change]) -> None:
        """Show these, the most telling ones first."""
        self._pairs = [(change.left_id, change.right_id) for change in found]
        self._title.setText(f"{self._words}: {len(found):,}")
        self.table.show_rows(found)
        self._review.allow(bool(found))

    @Slot()
    def _on_review(self) -> None:
        self.pairs_requested.emit(self._pairs)


def _columns() -> list[Column]:
    return [
        Column("Left", lambda change: change.left_label, 110, meaning="The left entity of the pair"),
        Column("Right", lambda change: change.right_label, 110, meaning="The right entity of the pair"),
        Column(
            "Before", lambda change: _rank(change.before), 56, number=True, meaning="Rank in the run before"
        ),
        Column("Now", lambda change: _rank(change.now), 48, number=True, meaning="Rank in this run"),
    ]


def _rank(rank: int | None) -> str:
    return "–" if rank is None else f"#{rank}"


def _hint(change: Change) -> str:
    told = pair_text(change.left_label, change.right_label)
    if change.verdict is None:
        return told
    return f"{told}\nThe verdict in force: {change.verdict.replace('_', ' ')}"
