"""What the Export page lets a person choose, as :class:`core.export.options.ExportOptions`."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from app import theme
from app.settings import Settings
from app.views import layouts
from core.export.iri import BASES
from core.export.options import ExportOptions, checked_orcid
from core.export.verdicts import ExportChoices

_TYPING_MILLISECONDS = 250


class ExportOptionsForm(QWidget):
    """The options as rows of a form; ``changed`` follows a choice at once and typing after a pause."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rejected = QCheckBox("&rejected pairs", objectName="exportRejected")
        self._rejected.setToolTip(
            "And entities without a counterpart, where the format has a way to say that"
        )
        self._unsure = QCheckBox("pairs left &unsure, as a second file", objectName="exportUnsure")
        self._author = QComboBox(objectName="exportAuthor")
        self._author.setToolTip("Whose decisions are written")
        self._run = QComboBox(objectName="exportRun")
        self._run.setToolTip("Decisions on what this run proposed")
        self._since = QCheckBox("&since", objectName="exportSince")
        self._date = QDateEdit(
            QDate.currentDate(), calendarPopup=True, displayFormat="yyyy-MM-dd", enabled=False
        )
        self._date.setObjectName("exportDate")
        self._base = QComboBox(objectName="exportBaseIri", editable=True)
        self._base.addItems(["", *BASES.values()])
        self._base.lineEdit().setPlaceholderText("https://example.org/id/")
        self._base.setToolTip("Put before identifiers that are no IRIs of their own")
        self._orcid = QLineEdit(objectName="exportOrcid", placeholderText="0000-0002-1825-0097")
        self._orcid.setText(Settings().orcid)
        self._orcid.setToolTip("Your ORCID iD: says in the file who you are, and is remembered")
        self.show_choices(ExportChoices((), ()))
        self._arrange()

        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self.changed)
        for box in (self._rejected, self._unsure, self._since):
            box.toggled.connect(self.changed)
        for choice in (self._author, self._run):
            choice.activated.connect(self.changed)
        self._since.toggled.connect(self._date.setEnabled)
        self._date.dateChanged.connect(self.changed)
        self._base.currentTextChanged.connect(self._typing.start)
        self._orcid.textEdited.connect(self._typing.start)
        self._orcid.editingFinished.connect(self._remember_orcid)

    def options(self) -> ExportOptions:
        """What is chosen.

        Raises:
            MimeaError: the ORCID iD is none.
        """
        return ExportOptions(
            rejected=self._rejected.isChecked(),
            unsure=self._unsure.isChecked(),
            author=self._author.currentData(),
            run_id=self._run.currentData(),
            since=self._day() if self._since.isChecked() else None,
            base_iri=self._base.currentText().strip(),
            exporter=Settings().author,
            orcid=checked_orcid(self._orcid.text()),
        )

    def show_choices(self, choices: ExportChoices) -> None:
        """Offer the authors and runs there are; what was chosen stays where it still exists."""
        _fill(self._author, "Everybody's", [(name, name) for name in choices.authors])
        _fill(self._run, "of all runs", [(f"of run {number}", number) for number in choices.run_ids])

    def _arrange(self) -> None:
        rows = layouts.form()
        self.setLayout(rows)
        layouts.add_row(rows, "Also", _line(self._rejected, self._unsure))
        layouts.add_row(rows, "&Decisions", _line(self._author, self._run, self._since, self._date))
        layouts.add_row(rows, "&Base IRI", self._base)
        layouts.add_row(rows, "&ORCID iD", self._orcid)

    def _day(self) -> date:
        chosen = self._date.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    @Slot()
    def _remember_orcid(self) -> None:
        Settings().orcid = self._orcid.text()


def _line(*widgets: QWidget) -> QWidget:
    line = QWidget()
    layout = QHBoxLayout(line, spacing=theme.LARGE)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch()
    line.setFocusProxy(widgets[0])
    return line


def _fill(box: QComboBox, everything: str, choices: list[tuple[str, object]]) -> None:
    kept = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        box.addItem(everything, None)
        for text, value in choices:
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(kept)))
