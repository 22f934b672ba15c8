from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.paint_together import PaintTogether


class Counting(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.paints = 0
        self.setMinimumSize(50, 50)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self.paints += 1


@pytest.mark.parametrize("together", [True, False])
def test_a_scene_that_changes_has_its_window_painted_in_its_turn(qtbot: QtBot, together: bool) -> None:
    window, beside, view = QWidget(), Counting(), pg.GraphicsView()
    item = pg.QtWidgets.QGraphicsRectItem(0, 0, 10, 10)
    view.addItem(item)
    if together:
        PaintTogether(view)
    layout = QHBoxLayout(window)
    layout.addWidget(beside)
    layout.addWidget(view)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: beside.paints > 0)
    QCoreApplication.processEvents()  # whatever else showing it left to be painted
    beside.paints = 0
    beside.update()
    item.setRect(0, 0, 20, 20)
    QCoreApplication.sendPostedEvents(view.scene(), QEvent.Type.MetaCall.value)
    assert beside.paints == (0 if together else 1)  # what Qt does by itself, or this would test nothing
    qtbot.waitUntil(lambda: beside.paints == 1)
