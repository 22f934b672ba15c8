"""Has graphics views painted with the rest of their window, and not before it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QGraphicsView, QWidget


class PaintTogether(QObject):
    """For one view: whenever its scene changed, Qt has all that is dirty of the window painted at once.

    That is before the window is laid out, and once more for each view and for what the layout moves: a page
    with plots was painted three times. Here such a request waits its turn behind all other events.
    """

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._window: QWidget | None = None
        view.scene().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() is QEvent.Type.UpdateRequest:
            QCoreApplication.postEvent(watched, QEvent(event.type()), Qt.EventPriority.LowEventPriority.value)
            return True
        view = self.parent()
        if (
            event.type() is QEvent.Type.MetaCall
            and isinstance(view, QGraphicsView)
            and watched is view.scene()
        ):
            self._window = view.window()
            self._window.installEventFilter(self)
            try:
                return watched.event(event)
            finally:
                self._window.removeEventFilter(self)
                self._window = None
        return False
