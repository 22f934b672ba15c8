"""A line above a page's content that says what went wrong or was done, with details on demand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon


class MessageBar(QFrame):
    """Hidden until it has something to say; never modal, closed by its button or the next message."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True, textInteractionFlags=Qt.TextInteractionFlag.TextBrowserInteraction)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setObjectName("messageText")
        self._action = QPushButton(objectName="messageAction")
        self._later = QPushButton("Later", objectName="messageLater")
        self._toggle = QPushButton("Show details", checkable=True)
        self._copy = QPushButton("Copy")
        self._close = QPushButton(icon("mdi6.close"), "", flat=True, toolTip="Dismiss")
        self._close.setProperty("compact", True)
        self._close.setAccessibleName("Dismiss the message")
        self._details = QPlainTextEdit(readOnly=True, maximumHeight=160)

        line = QHBoxLayout(spacing=theme.MEDIUM)
        line.addWidget(self._icon)
        line.addWidget(self._text, stretch=1)
        for button in (self._action, self._later, self._toggle, self._copy, self._close):
            line.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM + theme.SMALL, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        layout.addLayout(line)
        layout.addWidget(self._details)

        self._run: Callable[[], None] | None = None
        self._toggle.toggled.connect(self._show_details)
        self._copy.clicked.connect(self._copy_text)
        self._close.clicked.connect(self.hide)
        self._later.clicked.connect(self.hide)
        self._action.clicked.connect(self._run_action)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, empty while hidden."""
        return self._text.text() if not self.isHidden() else ""

    def show_error(self, message: str, details: str = "") -> None:
        """Say what went wrong; ``details`` stay folded."""
        self._show("mdi6.alert-circle-outline", "error", message, details)

    def show_notice(self, message: str, action: str = "", run: Callable[[], None] | None = None) -> None:
        """Say what was done, with one button for what naturally follows."""
        self._offer("mdi6.check-circle-outline", message, action, run)

    def show_question(
        self, message: str, action: str, run: Callable[[], None], refuse: str = "Later"
    ) -> None:
        """Ask something that can wait; ``refuse`` is the button that leaves everything as it is."""
        self._offer("mdi6.help-circle-outline", message, action, run)
        self._close.hide()
        self._later.setText(refuse)
        self._later.show()

    def _offer(self, icon_name: str, message: str, action: str, run: Callable[[], None] | None) -> None:
        self._show(icon_name, "notice", message, "")
        self._run = run
        self._action.setText(action)
        self._action.setVisible(bool(action))

    def _show(self, icon_name: str, tone: str, message: str, details: str) -> None:
        color = theme.error_color() if tone == "error" else theme.secondary_color()
        self._icon.setPixmap(icon(icon_name, color.name()).pixmap(18, 18))
        self._text.setText(message)
        self._details.setPlainText(details)
        self._toggle.setChecked(False)
        self._toggle.setVisible(bool(details))
        self._copy.setVisible(tone == "error")
        self._close.show()
        for button in (self._action, self._later):
            button.hide()
        self._details.hide()
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    @Slot(bool)
    def _show_details(self, wanted: bool) -> None:
        self._details.setVisible(wanted)
        self._toggle.setText("Hide details" if wanted else "Show details")

    @Slot()
    def _copy_text(self) -> None:
        details = self._details.toPlainText()
        QGuiApplication.clipboard().setText(self._text.text() + (f"\n\n{details}" if details else ""))

    @Slot()
    def _run_action(self) -> None:
        if self._run is not None:
            self._run()
