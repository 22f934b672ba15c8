"""The help pages in a window of their own, beside the work."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from app import theme
from app.theme import RESOURCES

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


class HelpWindow(QDialog):
    """A list of pages and the page chosen; links lead from one to another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpWindow")
        self.setWindowTitle("Help")
        self.resize(860, 620)
        self._list = QListWidget(objectName="helpPages")
        self._list.setFixedWidth(180)
        for file, title in _PAGES:
            item = QListWidgetItem(title, self._list)
            item.setSizeHint(QSize(0, _ITEM_HEIGHT))
            item.setData(Qt.ItemDataRole.UserRole, file)
        self._text = QTextBrowser(objectName="helpText", openExternalLinks=True)
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
