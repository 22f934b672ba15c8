"""A plot as a file: a picture, a drawing, or its numbers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QToolButton, QWidget

from app import theme
from app.icons import icon

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]  # names of the columns, and the rows
_KINDS = {".png": "Picture (*.png)", ".svg": "Drawing (*.svg)", ".csv": "Numbers (*.csv)"}
_PICTURE_WIDTH = 1600  # pixels


class ExportButton(QToolButton):
    """Asks for a file and writes the plot into it, as its ending says."""

    saved = Signal(str)

    def __init__(
        self, name: str, plot: pg.PlotWidget, table: Callable[[], Table], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._plot, self._table = name, plot, table
        self.setObjectName(f"{name}Export")
        self.setIcon(icon("mdi6.tray-arrow-down"))
        self.setAutoRaise(True)
        self.setAccessibleName("Save the plot")
        self.setToolTip("Save as PNG, SVG or CSV")
        self.clicked.connect(self._ask)

    @Slot()
    def _ask(self) -> None:
        chosen, kind = QFileDialog.getSaveFileName(
            self, "Save the plot", f"{self._name}.png", ";;".join(_KINDS.values())
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix not in _KINDS:
            path = path.with_name(path.name + next(end for end, words in _KINDS.items() if words == kind))
        try:
            save_plot(self._plot, self._table(), path)
        except OSError as error:
            QMessageBox.warning(self, "Save the plot", f"{path} can't be written: {error.strerror or error}")
        else:
            self.saved.emit(str(path))


def save_plot(plot: pg.PlotWidget, table: Table, path: Path) -> None:
    """Write a plot as PNG or SVG, or its numbers as CSV.

    Raises:
        OSError: the file can't be written.
    """
    if path.suffix == ".csv":
        names, rows = table
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows(rows)
        return
    from pyqtgraph.exporters import ImageExporter, SVGExporter

    if path.suffix == ".svg":
        path.write_bytes(SVGExporter(plot.getPlotItem()).export(toBytes=True))
        return
    exporter = ImageExporter(plot.getPlotItem())
    exporter.parameters()["width"] = _PICTURE_WIDTH
    exporter.parameters()["background"] = theme.base_color()
    if not exporter.export(toBytes=True).save(str(path)):
        raise OSError(0, "the picture can't be written", str(path))
