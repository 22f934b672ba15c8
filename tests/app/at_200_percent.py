"""What a screen of 1280x720 at 200 % must show: run by test_scaling.py, as Qt reads its scale once."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QDialog, QLabel, QTextBrowser
from pytestqt.qtbot import QtBot

from app.icons import icon
from app.keyed_action import KeyedAction
from app.main_window import MainWindow
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN
from app.views.review.card_picture import draw_picture
from app.views.review.elsewhere_dialog import _PICTURE
from app.views.review.image_store import THUMBNAIL
from app.views.review.neighbour_graph import NeighbourGraph
from app.views.training.curve_data import Columns
from app.views.training.curve_plot import CurvePlot
from app.views.training.figures import BY_KEY
from tests.window import cut_off, settle

RATIO = 2
TABS = ("run", "runs", "evaluation", "weights", "changes", "ablation")


@pytest.fixture
def low_window(open_window: MainWindow, qtbot: QtBot) -> MainWindow:
    open_window.resize(1280, 720)
    settle(qtbot, open_window)
    assert open_window.devicePixelRatioF() == RATIO
    return open_window


def test_no_text_is_cut_off(low_window: MainWindow, qtbot: QtBot) -> None:
    cut: list[str] = []
    for page in (GRAPHS, REVIEW, EXPORT, TRAIN):
        low_window.show_page(page)
        for tab in TABS if page == TRAIN else ("",):
            if tab:
                low_window.pages.train.show_tab(tab)
            settle(qtbot, low_window)
            cut += cut_off(low_window)
    assert not cut
    assert (low_window.width(), low_window.height()) == (1280, 720)


def test_dialogs_are_no_larger_than_the_window(low_window: MainWindow, qtbot: QtBot) -> None:
    low_window.show_page(REVIEW)
    for action in ("keys", "help", "recheck"):
        low_window.findChild(KeyedAction, f"{action}Action").trigger()
        (dialog,) = (each for each in low_window.findChildren(QDialog) if each.isVisible())
        settle(qtbot, low_window)
        assert dialog.height() < low_window.height() and dialog.width() < low_window.width(), action
        for text in dialog.findChildren(QTextBrowser):
            assert text.horizontalScrollBar().maximum() == 0  # pictures of the help are as wide as the page
        dialog.close()


def test_pictures_have_the_pixels_of_the_screen(qtbot: QtBot) -> None:
    assert icon("mdi6.check").pixmap(24, 24).width() == 24 * RATIO
    assert THUMBNAIL >= _PICTURE * RATIO
    edge = 28
    image = QImage(edge * RATIO, edge * RATIO, QImage.Format.Format_RGB32)
    for x, y in product(range(image.width()), repeat=2):  # the finest pattern, of which blurring leaves grey
        image.setPixelColor(x, y, QColor("white" if (x + y) % 2 else "black"))
    label = QLabel()
    qtbot.addWidget(label)
    label.resize(edge, edge)
    ground = label.grab()
    painter = QPainter(ground)
    draw_picture(painter, label.rect(), image)
    painter.end()
    assert ground.toImage().convertToFormat(image.format()) == image


def test_lines_are_as_thick_as_on_any_screen(low_window: MainWindow, qtbot: QtBot) -> None:
    low_window.show_page(REVIEW)
    settle(qtbot, low_window)
    edges = low_window.findChild(NeighbourGraph)._edges
    assert [edge.opts["pen"].widthF() for edge in edges] == [RATIO, 2 * RATIO, 4 * RATIO]
    columns = Columns(BY_KEY["loss"].columns)
    plot = CurvePlot("plot", QLabel("Loss"))
    plot.show_figure(BY_KEY["loss"], columns)
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    for epochs, thick in ((10, 1.6), (600, 1.0)):
        for epoch in range(len(columns) + 1, epochs + 1):
            columns.append(epoch, {"joint": 1.0})
        plot.redraw()
        assert plot._curves["joint"].opts["pen"].widthF() == thick * RATIO
