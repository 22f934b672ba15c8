"""The help pages in a window of their own, beside the work."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl, Slot
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from app import theme
from app.theme import RESOURCES
from app.views import layouts

_PAGES = (
    ("index.md", "First steps"),
    ("import.md", "Import"),
    ("training.md", "Training"),
    ("teaching.md", "Teaching"),
    ("model.md", "The model"),
    ("review.md", "Review"),
    ("export.md", "Export"),
    ("keys.md", "Keys"),
)
_ITEM_HEIGHT = 30
_INDENT = 44  # pixels by which a list moves its pictures in


class HelpWindow(QDialog):
    """A list of pages and the page chosen; links lead from one to another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpWindow")
        self.setWindowTitle("Help")
        layouts.resize_within(self, 1080, 960)
        self._list = QListWidget(objectName="helpPages")
        self._list.setAccessibleName("Pages")
        self._list.setFixedWidth(180)
        for file, title in _PAGES:
            item = QListWidgetItem(title, self._list)
            item.setSizeHint(QSize(0, _ITEM_HEIGHT))
            item.setData(Qt.ItemDataRole.UserRole, file)
        self._text = _PageBrowser(objectName="helpText", openExternalLinks=True)
        self._text.setAccessibleName("The page")
        self._text.setSearchPaths([str(RESOURCES / "help")])
        self._text.document().setDocumentMargin(2 * theme.LARGE)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._list)
        layout.addWidget(self._text, 1)
        self._list.currentItemChanged.connect(self._on_chosen)
        self._text.sourceChanged.connect(self._on_source_changed)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)

    def show_page(self, file: str) -> None:
        """Bring the window up on ``file``."""
        self._text.setSource(QUrl(file))
        self.show()
        self.activateWindow()

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_chosen(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self._text.setSource(QUrl(item.data(Qt.ItemDataRole.UserRole)))

    @Slot(QUrl)
    def _on_source_changed(self, source: QUrl) -> None:
        for row, (file, _) in enumerate(_PAGES):
            if source.fileName() == file:
                self._list.setCurrentRow(row)


class _PageBrowser(QTextBrowser):
    """Pictures that are wider than the page are shown as wide as it."""

    def loadResource(self, kind: int, name: QUrl) -> Any:
        found = super().loadResource(kind, name)
        if kind != QTextDocument.ResourceType.ImageResource.value or not isinstance(found, QByteArray):
            return found
        image, ratio = QImage.fromData(found), self.devicePixelRatioF()
        margins = 2 * self.document().documentMargin() + _INDENT
        room = self.width() - self.verticalScrollBar().sizeHint().width() - int(margins)
        if image.width() > room:
            image = image.scaledToWidth(int(room * ratio), Qt.TransformationMode.SmoothTransformation)
            image.setDevicePixelRatio(ratio)
        return image
