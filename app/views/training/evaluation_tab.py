"""How good a run is, how far its probabilities can be trusted, and where it fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.job import Report
from app.models.rows_model import Column
from app.project import Project
from app.side_work import SideWork
from app.views.training.metric_columns import metric_columns
from app.views.training.one_a_turn import OneATurn
from app.views.training.page_button import PageButton
from app.views.training.pair_button import PairButton
from app.views.training.rows_table import RowsTable
from app.views.training.tab_page import OneRunTab
from core.store.project_file import ProjectFile
from core.store.run_quality import Confusion
from core.training.quality import Quality, measure_in_child, quality

if TYPE_CHECKING:
    from app.views.training.bars import GroupBars, ReliabilityPlot
    from core.training.evaluate import CandidateSet

_MOST_ROWS = 7  # decodings with and without neighbours, and the one-to-one choice
_RIGHT = "Of the test links, the share whose first candidate among all right entities is right"
_GROUPS = (
    ("degreePlot", "By relations", f"{_RIGHT}, by how many relation triples the left entity has"),
    ("valuesPlot", "By attributes", f"{_RIGHT}, by how many attribute values the left entity has"),
    ("picturePlot", "By images", f"{_RIGHT}, by which sides have an image"),
)


class EvaluationTab(OneRunTab):
    """One run at a time; a double click on a confusion shows its pair."""

    pair_requested = Signal(int, int)

    def __init__(self, project: Project, side_work: SideWork, parent: QWidget | None = None) -> None:
        super().__init__(
            project,
            "mdi6.chart-bar",
            "Nothing to evaluate yet",
            "A run that ended is measured here on the links that it never saw.",
            parent,
        )
        self._quality: Quality | None = None
        self._work = side_work
        self._measuring = False
        self.plots: list[ReliabilityPlot | GroupBars] = []
        self._turns = OneATurn(self)
        self._among = QComboBox(objectName="amongField")
        self._among.setAccessibleName("Ranked among")
        self._among.setToolTip(
            "Papers rank the answer of a test link among those of test links; a curator faces all entities"
        )
        self._among.addItem("among test entities", "test")
        self._among.addItem("among all entities", "all")
        self._measure = PageButton(
            self,
            "measureRun",
            "Measure",
            "Ctrl+M",
            "Rank the test links by every decoding, in both directions: seconds to minutes",
            group="Evaluation",
            icon_name="mdi6.calculator",
        )
        self.table = RowsTable("metricsTable", "Metrics by decoding", _metric_columns())
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.show_all_of(_MOST_ROWS)
        self.confusions = RowsTable("confusionsTable", "Wrong first candidates", _confusion_columns())
        self._lower = QSplitter(Qt.Orientation.Horizontal, objectName="evaluationSplitter")
        self.set_content(self._content())
        self._among.activated.connect(self._show_metrics)
        self._measure.asked.connect(self._on_measure)
        side_work.changed.connect(self._show_metrics)
        self.confusions.activated_row.connect(self._on_confusion)

    def _content(self) -> QWidget:
        header = QHBoxLayout(spacing=theme.MEDIUM)
        header.addWidget(self.choice)
        header.addWidget(self._among)
        header.addWidget(self._measure)
        header.addStretch()
        title = QLabel("Wrong first candidates, the surest first")
        title.setFont(theme.font(bold=True))
        above = QHBoxLayout(spacing=theme.MEDIUM)
        above.addWidget(title)
        above.addStretch()
        above.addWidget(PairButton(self, "reviewConfusion", "Evaluation", [self.confusions]))
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(theme.LARGE, 0, 0, 0)
        column.addLayout(above)
        column.addWidget(self.confusions, 1)
        charts = QWidget()
        self._chart_grid = QGridLayout(charts)
        self._chart_grid.setContentsMargins(0, 0, theme.LARGE, 0)
        self._chart_grid.setSpacing(theme.LARGE)
        self._lower.addWidget(charts)
        self._lower.addWidget(right)
        self._lower.setStretchFactor(0, 3)
        self._lower.setStretchFactor(1, 2)
        self._lower.setSizes([3000, 2000])  # shares: the plots, which come later, would get next to nothing
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.LARGE)
        layout.addLayout(header)
        layout.addWidget(self.table)
        layout.addWidget(self._lower, 1)
        return content

    def read_run(self, run_id: int) -> None:
        self._quality = None
        if run_id and self._project.is_open:
            file = self._project.file
            self._project.tasks.read(
                self, partial(quality, file, run_id), self._show, self.message.show_error, key="quality"
            )

    def _show(self, found: Quality) -> None:
        self._quality = found
        self._show_metrics()
        self.confusions.show_rows(found.confusions)
        self._turns.take(*(partial(self._draw, number, found) for number in range(4)))

    def _draw(self, number: int, found: Quality) -> None:
        # pyqtgraph takes a third of a second to import: it comes with the first numbers, not with the window.
        from app.views.training.bars import GroupBars, ReliabilityPlot

        if number == len(self.plots):
            self.plots.append(GroupBars(*_GROUPS[number - 1]) if number else ReliabilityPlot())
            self._chart_grid.addWidget(self.plots[number], number // 2, number % 2)
        plot = self.plots[number]
        if isinstance(plot, ReliabilityPlot):
            plot.show_reliability(found.reliability)
        else:
            plot.show_groups((found.by_degree, found.by_values, found.by_picture)[number - 1])

    @Slot()
    def _show_metrics(self) -> None:
        found = self._quality
        if found is None:
            return
        among_all = self._among.currentData() == "all"
        stored = found.among_all if among_all else found.among_test
        self.table.show_rows(_metric_rows(stored or {}))
        self.table.show_all_of(_MOST_ROWS)
        self._measure.setVisible(among_all or found.partial)
        self._measure.allow(not self._work.active and not self._project.read_only)
        new = stored is None or not among_all
        self._measure.setText("Measuring …" if self._measuring else "Measure" if new else "Measure again")

    @Slot()
    def _on_measure(self) -> None:
        run_id = self.choice.run_id
        if not run_id or not self._work.free or not self._project.is_open:
            return
        self._measuring = True
        self.message.hide()
        job = self._work.start(partial(_measure, self._project.file, run_id, self._among.currentData()))
        job.failed.connect(self.message.show_error)
        job.ended.connect(self._on_measured)

    @Slot()
    def _on_measured(self) -> None:
        self._measuring = False
        self.read_run(self.choice.run_id)

    @Slot(object)
    def _on_confusion(self, confusion: Confusion) -> None:
        self.pair_requested.emit(confusion.left_id, confusion.proposed_id)


def _measure(
    file: ProjectFile, run_id: int, among: CandidateSet, _report: Report, stop: threading.Event
) -> None:
    measure_in_child(file, run_id, among, stop)


def _metric_rows(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each decoding, with and without matched neighbours, and the one-to-one choice."""
    rows = [
        {"name": name, "decodings": metrics, "reverse": stored.get("reverse", {}).get(name, {})}
        for name, metrics in (stored.get("decodings") or {}).items()
    ]
    rows += [
        {
            "name": f"{name}, without neighbours",
            "decodings": metrics,
            "reverse": stored.get("reverse_without_support", {}).get(name, {}),
        }
        for name, metrics in (stored.get("without_support") or {}).items()
    ]
    rows += [
        {"name": f"one to one ({name})", "decodings": metrics, "reverse": metrics}
        for name, metrics in (stored.get("assignment") or {}).items()
    ]
    return rows


def _metric_columns() -> list[Column]:
    name = Column("Decoding", lambda row: row["name"], 220, meaning="How similarities become a ranking")
    return [name, *metric_columns()]


def _confusion_columns() -> list[Column]:
    return [
        Column("Left", lambda row: row.left_label, 96, meaning="The left entity of a test link"),
        Column("Proposed", lambda row: row.proposed_label, 96, meaning="Its first candidate, a wrong one"),
        Column("Right answer", lambda row: row.right_label, 96, meaning="What the link says"),
        Column(
            "Score", lambda row: f"{row.score:.2f}", 60, number=True, meaning="Of the pair: 1 is the same"
        ),
        Column(
            "Its rank",
            lambda row: str(row.rank) if row.rank else "–",
            60,
            number=True,
            meaning="Of the right answer; a dash is beyond the candidates that were kept",
        ),
    ]
