"""The table of candidates: rows of one height, letters that judge."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.models.candidate_model import LEFT, RIGHT, SCORE, VERDICT, CandidateModel

_ROW = 28


class CandidateTable(QTableView):
    """Several rows can be selected, to judge them in one go; the current one is the pair that is shown."""

    def __init__(self, model: CandidateModel) -> None:
        super().__init__()
        self.setObjectName("candidateTable")
        self.setAccessibleName("Candidates")
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setStyleSheet("QHeaderView::section { padding: 5px 3px; }")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        # A fixed height: anything that asks each row for its size would read the whole list.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(LEFT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(RIGHT, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(SCORE, 64)
        self.setColumnWidth(VERDICT, 32)

    @property
    def selected(self) -> list[tuple[int, int]]:
        """The selected rows as (first, last); a million of them are one such range."""
        return [(part.top(), part.bottom()) for part in self.selectionModel().selection()]

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here; searching is the search field's."""


class _CellDelegate(QStyledItemDelegate):
    """The whole row is what is current: no frame around one of its cells."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
