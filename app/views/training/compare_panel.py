"""Runs side by side: their curves over each other, their metrics, and what changed between two of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QComboBox, QTabWidget, QVBoxLayout, QWidget

from app import theme
from app.models.rows_model import Column
from app.project import Project
from app.views.training.compare_changes import ComparedChanges
from app.views.training.curve_data import Columns, Overlay
from app.views.training.figures import BY_KEY, FIGURES, Figure, Line, Style
from app.views.training.metric_columns import metric_columns
from app.views.training.rows_table import RowsTable
from core.store.epochs import EpochInfo, run_epochs
from core.store.project_file import ProjectFile
from core.store.runs import RunInfo

if TYPE_CHECKING:
    from app.views.training.curve_plot import CurvePlot

_MOST_RUNS = 8  # as many as can be told apart by colour
# Okabe and Ito's; modalities have them too, but never in a plot of runs.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A8A8A", "#B8A800")
_STYLES: tuple[Style, ...] = ("solid", "dash", "dot", "dash-dot")

Found = dict[int, list[EpochInfo]]


class ComparePanel(QWidget):
    """Shows the runs that are chosen: one alone has its curves too."""

    pair_requested = Signal(int, int)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._runs: list[RunInfo] = []
        self._epochs: dict[int, list[EpochInfo]] = {}
        self._plot: CurvePlot | None = None
        self._figure = QComboBox(objectName="compareFigureField")
        self._figure.setAccessibleName("Curve to compare")
        self._figure.setToolTip("Which curve of the chosen runs is drawn")
        for figure in FIGURES:
            for line in figure.lines:
                words = figure.title if len(figure.lines) == 1 else f"{figure.title}: {line.label}"
                self._figure.addItem(words, (figure.key, line.name))
        self._figure.activated.connect(self._draw)
        self.metrics = RowsTable("compareMetrics", "Metrics of the runs", _metric_columns())
        self.changes = ComparedChanges(project)
        self.changes.pair_requested.connect(self.pair_requested)
        self._curves = QWidget()
        QVBoxLayout(self._curves).setContentsMargins(0, theme.MEDIUM, 0, 0)
        self._tabs = QTabWidget(objectName="compareTabs", documentMode=True)
        self._tabs.addTab(self._curves, "Curves")
        self._tabs.addTab(self.metrics, "Metrics")
        self._tabs.addTab(self.changes, "Changes")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._tabs)

    def show_runs(self, runs: Sequence[RunInfo]) -> None:
        """Compare ``runs``; the changes are those between two of them."""
        self._runs = sorted(runs, key=lambda run: run.id)[:_MOST_RUNS]
        self.metrics.show_rows([row for run in self._runs for row in _metric_rows(run)])
        ids = [run.id for run in self._runs]
        self.changes.show_runs(self._runs)
        if not ids:
            self._show({})
            return
        file = self._project.file

        def read() -> Found:
            with file.read() as session:
                return {run_id: run_epochs(session, run_id) for run_id in ids}

        self._project.tasks.read(self, read, partial(self._show_read, file, ids), key="epochs of runs")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._plot is not None:
            self._plot.apply_theme()

    def _show_read(self, file: ProjectFile, ids: list[int], found: Found) -> None:
        if self._project.holds(file) and ids == [run.id for run in self._runs]:  # still wanted
            self._show(found)

    def _show(self, found: Found) -> None:
        self._epochs = found
        self._draw()

    @Slot()
    def _draw(self) -> None:
        key, column = self._figure.currentData()
        figure = BY_KEY[key]
        data = {f"run {run_id}": _columns(figure, epochs) for run_id, epochs in self._epochs.items()}
        lines = tuple(
            Line(name, name.capitalize(), _COLORS[i], _STYLES[i % len(_STYLES)])
            for i, name in enumerate(data)
        )
        shown = Figure(key, figure.title, figure.meaning, lines, figure.values, unit=figure.unit)
        if self._plot is None:
            from app.views.training.curve_plot import CurvePlot  # a third of a second: with the first curves

            self._plot = CurvePlot("comparePlot", self._figure, self._curves)
            layout = self._curves.layout()
            assert layout is not None
            layout.addWidget(self._plot)
        self._plot.show_figure(shown, Overlay(data, column))


def _columns(figure: Figure, epochs: Sequence[EpochInfo]) -> Columns:
    columns = Columns(figure.columns)
    for info in epochs:
        if not figure.evaluated or info.mrr is not None:
            columns.append(info.epoch, figure.values(info))
    return columns


def _metric_rows(run: RunInfo) -> list[dict[str, Any]]:
    """A row for each decoding of a run, there and back."""
    stored = json.loads(run.metrics_json or "{}")
    decodings, reverse = stored.get("decodings") or {}, stored.get("reverse") or {}
    return [
        {"run": run, "decoding": name, "decodings": metrics, "reverse": reverse.get(name, {})}
        for name, metrics in decodings.items()
    ]


def _metric_columns() -> list[Column]:
    return [
        Column("Run", lambda row: str(row["run"].id), 52, number=True, meaning="Its number in this project"),
        Column("Tag", lambda row: row["run"].tag, 110, meaning="Your own word for the run"),
        Column("Decoding", lambda row: row["decoding"], 96, meaning="How similarities become a ranking"),
        *metric_columns(),
    ]
