"""The Export page: accepted links as a file, with a look at its first lines before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QFont, QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
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
from app.views.export_options import ExportOptionsForm
from app.views.message_bar import MessageBar
from app.views.path_field import PathField, documents_folder
from core.errors import FileExistsAlreadyError, MimeaError
from core.export.links import FORMATS, Preview, Written, preview, write_links
from core.export.options import ExportOptions
from core.export.verdicts import ExportChoices, export_choices
from core.store.project_file import ProjectFile
from core.words import counted

_PREVIEW_ROWS = 20


class ExportView(QWidget):
    """Writes the accepted links of the open project."""

    def __init__(self, project: Project, start_actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportView")
        self._project = project
        self.message = MessageBar()
        self._format = QComboBox(objectName="exportFormat")
        for name, shape in FORMATS.items():
            self._format.addItem(shape.title, name)
        self._suffix = FORMATS[self._format.currentData()].suffix
        self._path = PathField("exportPath", "save", "Where the file is written")
        self._options = ExportOptionsForm()
        self._export = QPushButton(primary_icon("mdi6.tray-arrow-up"), "Export", objectName="exportButton")
        self._export.setProperty("primary", True)
        self._count = QLabel(objectName="exportCount")
        self._count.setFont(theme.font(bold=True, tabular=True))
        self._preview = QPlainTextEdit(objectName="exportPreview", readOnly=True)
        self._preview.setAccessibleName("The first lines of the file")
        self._preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._preview.setFont(_fixed_font())
        # Eight whole characters, so that no column touches the next one.
        self._preview.setTabStopDistance(8 * QFontMetricsF(_fixed_font()).horizontalAdvance(" "))
        self._preview.setPlaceholderText("Pairs that you accept on the Review page appear here.")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "mdi6.tray-arrow-up",
                "Nothing to export yet",
                "Links accepted in a project are written here in the formats that other tools read.",
                start_actions,
            )
        )
        self._stack.addWidget(self._content())

        self._format.activated.connect(self._on_format)
        self._options.changed.connect(self._load_preview)
        self._path.changed.connect(self._update_button)
        for signal in (self._path.changed, self._format.activated, self._options.changed):
            signal.connect(self._forget_export)
        self._export.clicked.connect(self._on_export_clicked)
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
        column.addWidget(self._options)
        column.addLayout(buttons)
        column.addWidget(self._preview, 1)
        content.setMaximumWidth(theme.PAGE_WIDTH)
        return layouts.centred(content)

    @Slot()
    def _on_opened(self) -> None:
        self.message.hide()
        self._suffix = FORMATS[self._format.currentData()].suffix
        file = self._project.file
        folder = documents_folder() if file.is_shared else file.path.parent
        self._path.set_path(folder / f"{file.name}{self._suffix}")
        self._stack.setCurrentIndex(1)
        self._load_preview()

    @Slot()
    def _on_closed(self) -> None:
        self._forget_export()
        self._stack.setCurrentIndex(0)

    @Slot()
    def _on_verdicts_changed(self) -> None:
        if self.isVisible():
            self._load_preview()

    @Slot()
    def _on_format(self) -> None:
        before, self._suffix = self._suffix, FORMATS[self._format.currentData()].suffix
        path = self._path.path
        if path is not None:
            stem = path.name.removesuffix(before) if path.name.endswith(before) else path.stem
            self._path.set_path(path.with_name(stem + self._suffix))
        self._load_preview()

    @Slot()
    def _load_preview(self) -> None:
        if not self._project.is_open:
            return
        options = self._chosen()
        if options is None:
            return
        file, name = self._project.file, self._format.currentData()

        def load() -> tuple[ExportChoices, Preview]:
            with file.read() as session:
                choices = export_choices(session)
            return choices, preview(file, name, _PREVIEW_ROWS, options)

        self._project.tasks.read(
            self,
            load,
            self._show_preview,
            self._on_preview_failed,
            key="preview",
            later=not self.isVisible(),
        )

    def _chosen(self) -> ExportOptions | None:
        try:
            return self._options.options()
        except MimeaError as error:
            self._on_preview_failed(str(error))
            return None

    def _show_preview(self, loaded: tuple[ExportChoices, Preview]) -> None:
        choices, found = loaded
        self._options.show_choices(choices)
        self._preview.setPlainText("" if found.is_empty else found.text)
        told = counted(found.links, "accepted link")
        told += f", {found.rejected:,} rejected" if found.rejected else ""
        told += f", {found.unsure:,} unsure" if found.unsure else ""
        if found.text.count("\n") >= found.header_lines + _PREVIEW_ROWS:
            told += f", the first {_PREVIEW_ROWS} rows "
            told += f"of {found.of_pairs:,} links below" if found.of_pairs < found.links else "below"
        self._count.setText(told)
        if self.message.property("about") == "preview":
            self.message.hide()
        self._export.setProperty("possible", not found.is_empty)
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
    def _forget_export(self) -> None:
        """What was said of an export, or asked about one, is not about what is chosen now."""
        if self.message.property("about") == "export":
            self.message.hide()

    @Slot()
    def _on_export_clicked(self) -> None:
        path, options = self._path.path, self._chosen()
        if path is not None and options is not None:
            self._write(path, self._format.currentData(), options)

    def _write(self, path: Path, name: str, options: ExportOptions) -> None:
        file = self._project.file
        self._export.setEnabled(False)

        def write() -> Written | FileExistsAlreadyError:
            try:
                return write_links(file, path, name, options)
            except FileExistsAlreadyError as error:  # a question here, not a failure
                return error

        again = partial(self._write, path, name, replace(options, replace=True))
        self._project.tasks.write(self, write, partial(self._on_written, file, again), self._on_export_failed)

    def _on_written(
        self, file: ProjectFile, again: Callable[[], None], result: Written | FileExistsAlreadyError
    ) -> None:
        if not self._project.holds(file):
            return
        self.message.setProperty("about", "export")
        if isinstance(result, Written):
            self._tell(result)
        else:
            question = f"{result.path} exists already."
            self.message.show_question(question, "Replace it", again, "Keep it")
        self._update_button()

    def _tell(self, written: Written) -> None:
        others = "".join(f", and {path.name}" for path in written.files[1:])
        folder = written.files[0].parent
        self.message.show_notice(
            f"{counted(written.links, 'link')} written to {written.files[0]}{others}",
            "Open folder",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))),
        )

    def _on_export_failed(self, message: str) -> None:
        self.message.setProperty("about", "export")
        self.message.show_error(message)
        self._update_button()


def _fixed_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(theme.font("small").pointSizeF())
    return font
