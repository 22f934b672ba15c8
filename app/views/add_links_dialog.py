"""Adds known links to the open project: choose a file, see what it holds, and say what for."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.views import layouts
from app.views.first_rows_view import FirstRowsView
from app.views.look_line import LookLine
from app.views.path_field import PathField
from core.store.links import LinksFound, look_at_links
from core.store.project_file import ProjectFile
from core.words import are, counted

VERDICTS = "verdicts"
_USES = {
    "seeds": "as seeds, to train on",
    "reference": "as a reference, only to measure against",
    VERDICTS: "as verdicts, which one undo takes back",
}
_ROWS = 5
_NOTES_SHOWN = 3


class AddLinksDialog(QDialog):
    """Emits the file and what it is for: a role of links, or :data:`VERDICTS`."""

    chosen = Signal(object, str)  # Path, use

    def __init__(self, file: ProjectFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("addLinksDialog")
        self.setWindowTitle("Add known links")
        self.setMinimumWidth(620)
        self._file = file
        self._path = PathField("linksFileField", "file", "Two columns, RDF, SSSOM, CSV or an alignment")
        self._use = QComboBox(objectName="linksUse")
        for use, words in _USES.items():
            self._use.addItem(words, use)
        self._look = LookLine("linksFound")
        self._first_rows = FirstRowsView()
        self._add = QPushButton("Add", objectName="addLinksButton", default=True, enabled=False)
        self._add.setProperty("primary", True)
        self._cancel = QPushButton("Cancel", objectName="cancelLinksButton")
        self._arrange()
        self._path.changed.connect(self._on_changed)
        self._look.due.connect(self._on_path)
        self._look.found.connect(self._on_found)
        self._look.failed.connect(self._on_failed)
        self._add.clicked.connect(self.accept)
        self._cancel.clicked.connect(self.reject)
        self._on_path()

    @Slot()
    def accept(self) -> None:
        """Hand over what was chosen."""
        super().accept()
        self.chosen.emit(self._path.path, self._use.currentData())

    def _arrange(self) -> None:
        form = layouts.form()
        layouts.add_row(form, "&File", self._path)
        layouts.add_row(form, "&Use them", self._use)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM + theme.SMALL)
        layout.addLayout(form)
        layout.addWidget(self._look)
        layout.addWidget(self._first_rows, 1)
        layout.addStretch()
        layout.addLayout(buttons)

    @Slot()
    def _on_changed(self) -> None:
        self._add.setEnabled(False)  # what was seen is another file's
        self._look.await_typing()

    @Slot()
    def _on_path(self) -> None:
        path = self._path.path
        self._first_rows.set_parts(())
        if path is None:
            self._look.stop()
            self._look.say("Choose the file.")
        else:
            self._look.look(lambda: look_at_links(self._file, path, _ROWS))

    @Slot(object)
    def _on_found(self, found: LinksFound) -> None:
        self._first_rows.set_parts([found.first_rows])
        told = [f"{found.format}, because {found.reason}.", _count(found), *found.notes[:_NOTES_SHOWN]]
        self._look.say("\n".join(told))
        self._add.setEnabled(True)

    @Slot(str)
    def _on_failed(self, message: str) -> None:
        self._look.say(message, "error")


def _count(found: LinksFound) -> str:
    links = f"{counted(found.links, 'link')} between the two graphs"
    return f"{links}, {found.known:,} {are(found.known)} known already" if found.known else links
