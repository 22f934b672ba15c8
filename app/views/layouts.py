"""Small arrangements that several pages share."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QWidget

from app import theme

CONTROL_HEIGHT = 28
_LABEL_WIDTH = 96
_LARGEST = 0.95  # of the window, for a dialog


def centred(page: QWidget) -> QWidget:
    """``page`` as wide as it may be, in the middle of what is wider."""
    around = QWidget()
    layout = QHBoxLayout(around)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addStretch()
    layout.addWidget(page, 100)
    layout.addStretch()
    return around


def resize_within(dialog: QDialog, width: int, height: int) -> None:
    """Make a dialog so large, but not as large as the window that it belongs to, which fits the screen."""
    size, parent = QSize(width, height), dialog.parentWidget()
    dialog.resize(size if parent is None else size.boundedTo(parent.window().size() * _LARGEST))


def lay_out_now() -> None:
    """Before it is painted: what gets another place afterwards has all around it painted once more.

    A list tells its section, that one the content, and the content the area that scrolls: one step each time.
    """
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def form() -> QFormLayout:
    """Rows of a label and a control, on the grid."""
    rows = QFormLayout()
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setHorizontalSpacing(theme.LARGE)
    rows.setVerticalSpacing(theme.MEDIUM)
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return rows


def add_row(rows: QFormLayout, text: str, control: QWidget) -> QLabel:
    """Add a row whose label stands at the height of the control's first line."""
    label = QLabel(text)
    label.setFixedHeight(CONTROL_HEIGHT)
    label.setMinimumWidth(_LABEL_WIDTH)
    label.setBuddy(control)
    named = control.focusProxy() or control
    if not named.accessibleName():
        named.setAccessibleName(QTextDocumentFragment.fromHtml(text).toPlainText().replace("&", ""))
    rows.addRow(label, control)
    return label
