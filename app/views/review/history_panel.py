"""All verdicts, newest first; any of them can be taken back, or brought back, by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QItemSelection, QModelIndex, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.keyed_action import page_action
from app.models.history_model import KIND, PAIR, ROW_ROLE, WHEN, HistoryModel
from app.project import Project
from app.views.empty_state import action_button
from app.views.review.paged_table import PagedTable
from core.review.history import HistoryRow, history_ids
from core.store.candidates import Ids
from core.store.project_file import ProjectFile

_ROW = 26
_MOST = 5_000  # verdicts taken back at once: more is a bulk step, which undo takes back


class HistoryPanel(QWidget):
    """Reads only while it can be seen."""

    pair_chosen = Signal(int, int)  # left and right id

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPanel")
        self._project = project
        self._model = HistoryModel(project.tasks, self)
        self.table = PagedTable(self._model, _ROW, (PAIR,), {KIND: 30, WHEN: 84})
        self.table.setObjectName("historyTable")
        self.table.setAccessibleName("Verdicts, newest first")
        self.revoke = page_action(
            self,
            "revoke",
            "Revoke",
            ["Del"],
            "Take these verdicts back and leave all others",
            group="History",
        )
        self.restore = page_action(
            self, "restore", "Restore", ["Ins"], "Bring these verdicts back", group="History"
        )
        self._count = QLabel(objectName="historyCount")
        self._count.setProperty("role", "secondary")
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        for action in (self.revoke, self.restore):
            button = action_button(action)
            button.setObjectName(action.objectName().replace("Action", "Button"))
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        self._count.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, 0)
        layout.addWidget(self._count)
        layout.addLayout(buttons)
        self.revoke.triggered.connect(self._revoke)
        self.restore.triggered.connect(self._restore)
        self.table.selectionModel().selectionChanged.connect(self._offer)
        self.table.activated.connect(self._go)
        self.table.doubleClicked.connect(self._go)
        self._timer = QTimer(self, singleShot=True, interval=0)  # many pages may come at once
        self._timer.timeout.connect(self._offer)
        self._model.dataChanged.connect(self._timer.start)
        self._model.modelReset.connect(self._offer)
        project.opened.connect(self.reload)
        project.closed.connect(self.reload)
        project.verdicts_changed.connect(self.reload)
        project.graphs_changed.connect(self.reload)
        self._offer()

    @Slot()
    def reload(self) -> None:
        """Read the journal again, unless nobody sees it."""
        if not self._project.is_open:
            self._model.show(None, None)
        elif self.isVisible():
            file = self._project.file
            self._project.tasks.read(self, partial(_ids_of, file), partial(self._show, file), key="history")

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().showEvent(event)
        self.reload()

    def _show(self, file: ProjectFile, ids: Ids) -> None:
        if self._project.is_open and self._project.file is file:
            self._model.show(file, ids)
            self._offer()

    def _chosen(self) -> Iterator[int]:
        """The rows that are selected, without an index for each."""
        for part in self.table.selectionModel().selection():
            yield from range(part.top(), part.bottom() + 1)

    def _ids(self, *, undone: bool) -> list[int]:
        """The verdicts chosen, but for those known to be taken back (or known not to be) already."""
        found = ((row, self._model.known(row)) for row in self._chosen())
        return [
            self._model.id_at(row)
            for row, known in found
            if known is None or (known.undone_at is not None) is undone
        ]

    @Slot()
    @Slot(QItemSelection, QItemSelection)
    def _offer(self, *_: object) -> None:
        parts = self.table.selectionModel().selection()
        many = sum(part.height() for part in parts) > _MOST
        may = self._project.is_open and not self._project.read_only and not many
        self.revoke.setEnabled(may and bool(self._ids(undone=False)))
        self.restore.setEnabled(may and bool(self._ids(undone=True)))
        count = self._model.rowCount()
        told = f"{count:,} {'verdict' if count == 1 else 'verdicts'}" if self._project.is_open else ""
        self._count.setText(f"{told}; at most {_MOST:,} can be revoked at once" if many else told)

    @Slot()
    def _revoke(self) -> None:
        self._project.revoke(self._ids(undone=False))

    @Slot()
    def _restore(self) -> None:
        self._project.restore(self._ids(undone=True))

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex) -> None:
        row: HistoryRow | None = index.data(ROW_ROLE)
        if row is not None and row.right_id is not None:
            self.pair_chosen.emit(row.left_id, row.right_id)


def _ids_of(file: ProjectFile) -> Ids:
    with file.read() as session:
        return history_ids(session)
