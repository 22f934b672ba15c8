"""A framed line above the pair that asks for attention before a verdict."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.icons import icon


class Notice(QFrame):
    """An icon beside words, both in the colour of what is unsure; hidden until there is something to say."""

    def __init__(self, name: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon_name = icon_name
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText, objectName=f"{name}Text")
        self.words = QVBoxLayout(spacing=theme.MEDIUM)
        self.words.addWidget(self._text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self.words, stretch=1)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, lines: list[str]) -> None:
        """Say something else; nothing hides it."""
        self._text.setText("\n".join(lines))
        self.setVisible(bool(lines))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        color = theme.VERDICT_STYLE["unsure"].color
        frame = f"border: 1px solid {color}; border-radius: {theme.RADIUS}px;"
        sheet = f"QFrame#{self.objectName()} {{ {frame} }}"
        if sheet != self.styleSheet():  # setting it changes the palette, which asks for dressing again
            self.setStyleSheet(sheet)
        self._icon.setPixmap(icon(self._icon_name, color).pixmap(18, 18))
