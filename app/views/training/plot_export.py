"""A plot as a file: a picture, a drawing, or its numbers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFile, QIODevice, QPoint, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QImage, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QMessageBox, QToolButton, QWidget

from app import theme
from app.icons import icon
from app.views.save_dialog import ask_for_target
from app.views.training.plots import Plot

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]  # names of the columns, and the rows
_KINDS = {".png": "Picture (*.png)", ".svg": "Drawing (*.svg)", ".csv": "Numbers (*.csv)"}
_SHARPNESS = 2  # pixels of a picture for each of the screen


class ExportButton(QToolButton):
    """Asks for a file and writes the plot into it, as its ending says."""

    saved = Signal(str)

    def __init__(
        self, name: str, plot: Plot, table: Callable[[], Table], parent: QWidget | None = None
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
        path = ask_for_target(self, "Save the plot", f"{self._name}.png", _KINDS)
        if path is None:
            return
        try:
            save_plot(self._plot, self._table(), path)
        except OSError as error:
            QMessageBox.warning(self, "Save the plot", f"{path} can't be written: {error.strerror or error}")
        else:
            self.saved.emit(str(path))


def save_plot(plot: Plot, table: Table, path: Path) -> None:
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
    size = plot.size()
    if path.suffix == ".svg":
        file = QFile(str(path))
        if not file.open(QIODevice.OpenModeFlag.WriteOnly):
            raise OSError(0, file.errorString(), str(path))
        drawing = QSvgGenerator()
        drawing.setOutputDevice(file)
        drawing.setSize(size)
        drawing.setViewBox(QRect(QPoint(), size))
        _paint(plot, drawing, 1)
        file.close()
        return
    picture = QImage(size * _SHARPNESS, QImage.Format.Format_ARGB32)
    picture.setDevicePixelRatio(_SHARPNESS)
    picture.fill(theme.base_color())
    _paint(plot, picture, _SHARPNESS)
    if not picture.save(str(path)):
        raise OSError(0, "the picture can't be written", str(path))


def _paint(plot: Plot, device: QPaintDevice, ratio: float) -> None:
    with plot.drawn_at(ratio):
        painter = QPainter(device)
        plot.render(painter, QRectF(plot.rect()))  # by itself it fills the device's pixels, which are more
        painter.end()
