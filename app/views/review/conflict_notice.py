"""Says, before a pair is accepted, that one of its entities has a counterpart already."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app import theme
from app.icons import icon
from core.review.evidence import Conflict


class ConflictNotice(QFrame):
    """A line above the pair, hidden where nothing contradicts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflictNotice")
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, stretch=1)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_conflicts(self, conflicts: tuple[Conflict, ...]) -> None:
        """Name every counterpart that is in the way; a verdict is possible all the same."""
        self._text.setText("\n".join(map(_sentence, conflicts)))
        self.setVisible(bool(conflicts))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        color = theme.VERDICT_STYLE["unsure"].color
        sheet = f"QFrame#conflictNotice {{ border: 1px solid {color}; border-radius: {theme.RADIUS}px; }}"
        if sheet != self.styleSheet():  # setting it changes the palette, which asks for dressing again
            self.setStyleSheet(sheet)
        self._icon.setPixmap(icon("mdi6.alert-outline", color).pixmap(18, 18))


def _sentence(conflict: Conflict) -> str:
    if conflict.other_id is None:
        return (
            f"{conflict.label} was decided to have no counterpart; accepting this pair replaces that verdict."
        )
    how = "is known from the import" if conflict.seed else "was already accepted"
    return (
        f"{conflict.other_label} {how} as the counterpart of {conflict.label} on the {conflict.side}; "
        "accepting this pair too gives it two."
    )
