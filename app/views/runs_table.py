"""The runs of the project, newest first; the chosen one's curves are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app import theme
from core.modality import MODALITIES, PAPER_MODALITIES
from core.store.runs import INTERRUPTED, RunInfo

_HEADERS = ("Run", "Started", "Ended", "Kept epoch", "MRR", "Hits@1", "Decoding", "Modalities", "Device")
_NUMBERS = {0, 3, 4, 5}
_STATUS = {"done": "finished", "running": "running", "stopped": "stopped", "failed": "failed"}
_MODALITIES: dict[tuple[str, ...], str] = {MODALITIES: "all", PAPER_MODALITIES: "all but name"}
_ROOT = QModelIndex()


class RunsModel(QAbstractTableModel):
    """A few dozen rows at most, so they are all held."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[RunInfo] = []
        self._cells: list[tuple[str, ...]] = []

    def set_runs(self, runs: Sequence[RunInfo]) -> None:
        """Show ``runs`` instead."""
        self.beginResetModel()
        self._runs = list(runs)
        self._cells = [_cells(run) for run in self._runs]
        self.endResetModel()

    def run_at(self, row: int) -> RunInfo:
        """The run in ``row``."""
        return self._runs[row]

    def row_of(self, run_id: int) -> int | None:
        """The row of the run ``run_id``."""
        return next((row for row, run in enumerate(self._runs) if run.id == run_id), None)

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            run = self._runs[index.row()]
            return run.error or f"{', '.join(run.modalities)}\n{run.device}"
        return None


class RunsTable(QTableView):
    """The table over :class:`RunsModel`."""

    picked = Signal(object)  # RunInfo

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsTable")
        self.setAccessibleName("Runs")
        self.runs = RunsModel(self)
        self.setModel(self.runs)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFont(theme.font(tabular=True))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in enumerate((52, 140, 88, 96, 72, 72, 88, 110, 110)):
            self.setColumnWidth(column, width)
        header.setStretchLastSection(True)

    def show_runs(self, runs: Sequence[RunInfo]) -> None:
        """Show ``runs`` and pick the newest."""
        self.runs.set_runs(runs)
        if runs:
            self.selectRow(0)

    @Slot(QItemSelection, QItemSelection)
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if rows := self.selectionModel().selectedRows():
            self.picked.emit(self.runs.run_at(rows[0].row()))


def best_decoding(metrics_json: str | None) -> tuple[str, dict[str, float]] | None:
    """The decoding with the highest MRR of a run's stored metrics; None where nothing was tested."""
    decodings = json.loads(metrics_json or "{}").get("decodings") or {}
    if not decodings:
        return None
    name = max(decodings, key=lambda each: decodings[each]["mrr"])
    return name, decodings[name]


def _cells(run: RunInfo) -> tuple[str, ...]:
    best = best_decoding(run.metrics_json)
    name, metrics = best or ("", {})
    started = datetime.fromisoformat(run.started_at).astimezone()
    return (
        str(run.id),
        f"{started:%d %b %Y, %H:%M}",
        INTERRUPTED if run.error == INTERRUPTED else _STATUS.get(run.status, run.status),
        "" if run.best_epoch is None else str(run.best_epoch),
        f"{metrics['mrr']:.3f}" if best else "–",
        f"{metrics['hits@1']:.3f}" if best else "–",
        name,
        _MODALITIES.get(run.modalities) or ", ".join(run.modalities),
        run.device,
    )


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
