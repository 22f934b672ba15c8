"""A path that can be typed, dropped or chosen in the system's dialog."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app import theme
from app.icons import icon

Kind = Literal["folder", "file", "save", "either"]


def documents_folder() -> Path:
    """Where a person's own files go if nothing says otherwise."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


class PathField(QWidget):
    """A line edit named ``name`` and a button; ``either`` is a folder or a file, chosen as a folder."""

    changed = Signal()
    edited = Signal()  # changed by the person, not by set_path

    def __init__(self, name: str, kind: Kind, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._tooltip = tooltip
        self._edit = QLineEdit(objectName=name)
        self._edit.setToolTip(tooltip)
        self.setFocusProxy(self._edit)
        picture = "mdi6.file-outline" if kind in ("file", "save") else "mdi6.folder-outline"
        self._button = QPushButton(icon(picture), "", objectName=f"{name}Button", toolTip="Choose …")
        self._button.setProperty("compact", True)
        self._button.setAccessibleName(f"Choose: {tooltip}" if tooltip else "Choose a path")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._edit, 1)
        layout.addWidget(self._button)
        self.setAcceptDrops(True)
        self._edit.setAcceptDrops(False)
        self._edit.textChanged.connect(self.changed)
        self._edit.textEdited.connect(self.edited)
        self._button.clicked.connect(self._choose)

    @property
    def path(self) -> Path | None:
        """What was entered; None while empty."""
        text = self._edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        """Show ``path``."""
        self._edit.setText(str(path) if path else "")

    def set_placeholder(self, text: str) -> None:
        """What is meant while nothing is entered."""
        self._edit.setPlaceholderText(text)

    @Slot()
    def _choose(self) -> None:
        start = str(self.path or "")
        if self._kind in ("folder", "either"):
            chosen = QFileDialog.getExistingDirectory(self, self._tooltip, start)
        elif self._kind == "file":
            chosen, _ = QFileDialog.getOpenFileName(self, self._tooltip, start)
        else:
            chosen, _ = QFileDialog.getSaveFileName(self, self._tooltip, start)
        if chosen:
            self._edit.setText(chosen)
            self.edited.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self._edit.setText(next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()))
        event.acceptProposedAction()
