"""What a page shows while it has nothing to show: what is missing, and the button that helps."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon

_TEXT_WIDTH = 460


class EmptyState(QWidget):
    """An icon, one sentence, an explanation, and one button for each action; the first is the main one."""

    def __init__(
        self, icon_name: str, title: str, text: str, actions: list[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setPixmap(icon(icon_name).pixmap(48, 48))
        heading = QLabel(title, alignment=Qt.AlignmentFlag.AlignCenter)
        heading.setFont(theme.font("title"))
        explanation = QLabel(text, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        explanation.setProperty("role", "secondary")
        explanation.setFixedWidth(_TEXT_WIDTH)
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.addStretch()
        for number, action in enumerate(actions):
            buttons.addWidget(action_button(action, primary=number == 0))
        buttons.addStretch()

        # In a line of its own: a layout that aligns a label doesn't ask how high its wrapped text is.
        text_line = QHBoxLayout()
        text_line.addStretch()
        text_line.addWidget(explanation)
        text_line.addStretch()

        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addSpacing(theme.MEDIUM)
        layout.addWidget(heading)
        layout.addLayout(text_line)
        layout.addSpacing(theme.MEDIUM)
        layout.addLayout(buttons)
        layout.addStretch(3)

    def changeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange:
            self._picture.setPixmap(icon(self._icon_name).pixmap(48, 48))


def action_button(action: QAction, *, primary: bool = False) -> QPushButton:
    """A button that triggers ``action`` and is enabled with it."""
    button = QPushButton(action.text().replace("&", "").removesuffix("…"))
    button.setProperty("primary", primary)
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    action.changed.connect(partial(_renew_tip, button, action))
    return button


def _renew_tip(button: QPushButton, action: QAction) -> None:
    button.setToolTip(action.toolTip())  # it names the key, which may have been changed
