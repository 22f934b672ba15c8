"""The Export page: accepted links as a file, with a look at its first lines before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QFont, QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.icons import primary_icon
from app.project import Project
from app.views import layouts
from app.views.empty_state import EmptyState
from app.views.message_bar import MessageBar
from app.views.path_field import PathField
from core.export.links import FORMATS, preview, write_links

_PREVIEW_LINES = 20
_TYPING_MILLISECONDS = 250


class ExportView(QWidget):
    """Writes the accepted links of the open project."""

    def __init__(self, project: Project, start_actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportView")
        self._project = project
        self.message = MessageBar()
        self._format = QComboBox(objectName="exportFormat")
        for name, title in FORMATS.items():
            self._format.addItem(title, name)
        self._path = PathField("exportPath", "save", "Where the file is written")
        self._base = QLineEdit(objectName="exportBaseIri", placeholderText="https://example.org/id/")
        self._base.setToolTip("Put before identifiers that are no IRIs of their own")
        self._export = QPushButton(primary_icon("mdi6.tray-arrow-up"), "Export", objectName="exportButton")
        self._export.setProperty("primary", True)
        self._count = QLabel(objectName="exportCount")
        self._count.setFont(theme.font(bold=True, tabular=True))
        self._preview = QPlainTextEdit(objectName="exportPreview", readOnly=True)
        self._preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._preview.setFont(_fixed_font())
        self._preview.setPlaceholderText("Pairs that you accept on the Review page appear here.")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "mdi6.tray-arrow-up",
                "Nothing to export yet",
                "Links that were accepted in a project are written here as N-Triples, Turtle or CSV.",
                start_actions,
            )
        )
        self._stack.addWidget(self._content())
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self._load_preview)

        self._format.activated.connect(self._on_format)
        self._base.textEdited.connect(self._typing.start)
        self._path.changed.connect(self._update_button)
        self._export.clicked.connect(self._on_export)
        project.opened.connect(self._on_opened)
        project.closed.connect(self._on_closed)
        project.verdicts_changed.connect(self._on_verdicts_changed)

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().showEvent(event)
        self._load_preview()

    def _content(self) -> QWidget:
        form = layouts.form()
        layouts.add_row(form, "&Format", self._format)
        layouts.add_row(form, "F&ile", self._path)
        layouts.add_row(form, "&Base IRI", self._base)
        buttons = QHBoxLayout()
        buttons.addWidget(self._count)
        buttons.addStretch()
        buttons.addWidget(self._export)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * theme.LARGE, theme.LARGE, 2 * theme.LARGE, theme.LARGE)
        column.setSpacing(theme.LARGE)
        column.addWidget(self.message)
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self._preview, 1)
        content.setMaximumWidth(theme.PAGE_WIDTH)
        return layouts.centred(content)

    @Slot()
    def _on_opened(self) -> None:
        self.message.hide()
        self._path.set_path(self._project.file.path.with_suffix(f".{self._format.currentData()}"))
        self._stack.setCurrentIndex(1)
        self._load_preview()

    @Slot()
    def _on_closed(self) -> None:
        self._stack.setCurrentIndex(0)

    @Slot()
    def _on_verdicts_changed(self) -> None:
        if self.isVisible():
            self._load_preview()

    @Slot()
    def _on_format(self) -> None:
        if self._path.path is not None:
            self._path.set_path(self._path.path.with_suffix(f".{self._format.currentData()}"))
        self._load_preview()

    @Slot()
    def _load_preview(self) -> None:
        if not self._project.is_open:
            return
        file, name, base = self._project.file, self._format.currentData(), self._base.text().strip()
        self._project.tasks.read(
            self,
            lambda: preview(file, name, _PREVIEW_LINES, base_iri=base),
            self._show_preview,
            self._on_preview_failed,
            key="preview",
        )

    def _show_preview(self, found: tuple[str, int]) -> None:
        text, count = found
        self._preview.setPlainText(text if count else "")
        links = "1 accepted link" if count == 1 else f"{count:,} accepted links"
        shown = f", the first {_PREVIEW_LINES} lines below" if text.count("\n") >= _PREVIEW_LINES else ""
        self._count.setText(links + shown)
        if self.message.property("about") == "preview":
            self.message.hide()
        self._export.setProperty("possible", count > 0)
        self._update_button()

    def _on_preview_failed(self, message: str) -> None:
        self._preview.clear()
        self._count.clear()
        self.message.show_error(message)
        self.message.setProperty("about", "preview")
        self._export.setProperty("possible", False)
        self._update_button()

    @Slot()
    def _update_button(self) -> None:
        self._export.setEnabled(bool(self._export.property("possible")) and self._path.path is not None)

    @Slot()
    def _on_export(self) -> None:
        path = self._path.path
        if path is None:
            return
        file, name, base = self._project.file, self._format.currentData(), self._base.text().strip()
        self._export.setEnabled(False)
        self._project.tasks.write(
            self,
            lambda: (path, write_links(file, path, name, base_iri=base)),
            self._on_exported,
            self._on_export_failed,
        )

    def _on_exported(self, result: tuple[Path, int]) -> None:
        path, count = result
        links = "1 link" if count == 1 else f"{count:,} links"
        self.message.setProperty("about", "export")
        self.message.show_notice(
            f"{links} written to {path}",
            "Open folder",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))),
        )
        self._update_button()

    def _on_export_failed(self, message: str) -> None:
        self.message.setProperty("about", "export")
        self.message.show_error(message)
        self._update_button()


def _fixed_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(theme.font("small").pointSizeF())
    return font
