"""Which modalities a run relied on: for all entities, by type, and where one of them decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
from app.models.rows_model import Column
from app.project import Project
from app.views.training.one_a_turn import OneATurn
from app.views.training.pair_button import PairButton
from app.views.training.rows_table import RowsTable
from app.views.training.setting_fields import MODALITY_ICON
from app.views.training.tab_page import OneRunTab
from core.review.deciding import Decided, Weights, weights_of

if TYPE_CHECKING:
    from app.views.training.weights_plot import TypeBars, WeightsPlot

_FIRST_SHOWN = "visual"  # what pictures did is what people ask first


class WeightsTab(OneRunTab):
    """One run at a time; a double click on an entity shows its pair."""

    pair_requested = Signal(int, int)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(
            project,
            "mdi6.scale-balance",
            "No weights yet",
            "A run that ended shows here how much each modality counted for each entity.",
            parent,
        )
        self._weights: Weights | None = None
        self.plots: list[WeightsPlot | TypeBars] = []
        self._turns = OneATurn(self)
        self._modality = QComboBox(objectName="decidedByField")
        self._modality.setAccessibleName("Modality that decided")
        self._modality.setToolTip("The pairs of this modality are listed; how many there are is beside it")
        self._modality.setMinimumWidth(150)
        self._meaning = QLabel(wordWrap=True)
        self._meaning.setProperty("role", "secondary")
        self._meaning.setFont(theme.font("small"))
        self._meaning.setText("First candidates that lead the next one, and would not without this modality.")
        self.decided = RowsTable("decidedTable", "Pairs that a modality decided", _columns())
        self._charts = QWidget()
        self._chart_column = QVBoxLayout(self._charts)
        self._chart_column.setContentsMargins(0, 0, theme.LARGE, 0)
        self._chart_column.setSpacing(theme.LARGE)
        self.set_content(self._content())
        self._modality.activated.connect(self._show_decided)
        self.decided.activated_row.connect(self._on_decided)

    def _content(self) -> QWidget:
        header = QHBoxLayout()
        header.addWidget(self.choice)
        header.addStretch()
        which = QHBoxLayout(spacing=theme.MEDIUM)
        title = QLabel("Decided by")
        title.setFont(theme.font(bold=True))
        which.addWidget(title)
        which.addWidget(self._modality)
        which.addStretch()
        which.addWidget(PairButton(self, "reviewDecided", "Weights", [self.decided]))
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(theme.LARGE, 0, 0, 0)
        column.setSpacing(theme.MEDIUM)
        column.addLayout(which)
        column.addWidget(self._meaning)
        column.addWidget(self.decided, 1)
        splitter = QSplitter(
            Qt.Orientation.Horizontal, objectName="weightsSplitter", childrenCollapsible=False
        )
        splitter.addWidget(self._charts)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([3000, 2000])  # shares: the plots, which come later, would get next to nothing
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.LARGE)
        layout.addLayout(header)
        layout.addWidget(splitter, 1)
        return content

    def read_run(self, run_id: int) -> None:
        self._weights = None
        if not run_id or not self._project.is_open:
            return
        file = self._project.file

        def read() -> Weights:
            with file.read() as session:
                return weights_of(session, run_id)

        self._project.tasks.read(self, read, self._show, self.message.show_error, key="weights")

    def _show(self, found: Weights) -> None:
        self._weights = found
        before = self._modality.currentData() or _FIRST_SHOWN
        self._modality.clear()
        for modality, count in found.decided.items():
            mark = icon(MODALITY_ICON, theme.MODALITY_COLORS[modality])
            self._modality.addItem(mark, f"{modality.capitalize()} ({count:,})", modality)
        self._modality.setCurrentIndex(max(0, self._modality.findData(before)))
        self._show_decided()
        self._turns.take(partial(self._draw, 0, found), partial(self._draw, 1, found))

    def _draw(self, number: int, found: Weights) -> None:
        # pyqtgraph takes a third of a second to import: it comes with the first weights, not with the window.
        from app.views.training.weights_plot import TypeBars, WeightsPlot

        if number == len(self.plots):
            self.plots.append((WeightsPlot, TypeBars)[number]())
            self._chart_column.addWidget(self.plots[number], 2 + number)  # a stretch of 2 and of 3
        self.plots[number].show_weights(found)

    @Slot()
    def _show_decided(self) -> None:
        if self._weights is not None:
            wanted = self._modality.currentData()
            self.decided.show_rows([each for each in self._weights.examples if each.modality == wanted])

    @Slot(object)
    def _on_decided(self, decided: Decided) -> None:
        self.pair_requested.emit(decided.left_id, decided.right_id)


def _columns() -> list[Column]:
    return [
        Column("Left", lambda row: row.left_label, 100, meaning="The left entity"),
        Column("First", lambda row: row.right_label, 100, meaning="Its first candidate"),
        Column("Next", lambda row: row.other_label, 100, meaning="Who would be first without the modality"),
        Column(
            "Lead",
            lambda row: f"{row.margin:.3f}",
            56,
            number=True,
            meaning="Of the first score over the next",
        ),
        Column(
            "Of it",
            lambda row: f"{row.part:.3f}",
            56,
            number=True,
            meaning="What the modality gave of the lead",
        ),
    ]
