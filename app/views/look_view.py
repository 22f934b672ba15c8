"""What lies at chosen paths, seen before it is imported: columns of tables, format and reason, first rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.views.column_fields import ColumnFields
from app.views.first_rows_view import FirstRowsView
from app.views.look_line import LookLine
from app.views.source_look import Found

if TYPE_CHECKING:
    from core.kg.csv_graph import CsvMapping

_NOTES_SHOWN = 3


class LookView(QWidget):
    """Shows one look at a time; who knows the paths says what to look at whenever one is ``due``."""

    due = Signal()
    found = Signal(object)  # Found, or None while nothing usable is chosen

    def __init__(self, name: str, sides: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = [ColumnFields(side) for side in sides]
        self._line = LookLine(name)
        self._first_rows = FirstRowsView()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        for columns in self._columns:
            layout.addWidget(columns)
            columns.changed.connect(self.choice_changed)
        layout.addWidget(self._line)
        layout.addWidget(self._first_rows, 1)
        self._line.due.connect(self.due)
        self._line.found.connect(self._on_found)
        self._line.failed.connect(self._on_failed)

    def mappings(self, graphs: Sequence[Path | None]) -> list[CsvMapping | None]:
        """What was chosen for the columns of the tables at these paths; None where the guess stands."""
        return [columns.mapping(path) for columns, path in zip(self._columns, graphs, strict=True)]

    @Slot()
    def choice_changed(self) -> None:
        """Forget what was known, which is about what was chosen before; a look is due soon."""
        self.found.emit(None)
        self._line.await_typing()

    def look(self, work: Callable[[], Found]) -> None:
        """Run ``work`` off the GUI thread and show what it finds."""
        self._line.look(work)

    def ask(self, text: str) -> None:
        """Show nothing but what is still to be chosen."""
        self._line.stop()
        self._line.say(text)
        self._show_nothing()

    @Slot(object)
    def _on_found(self, found: Found) -> None:
        for fields, columns in zip(self._columns, found.columns, strict=True):
            fields.set_columns(columns)
        self._first_rows.set_parts(found.first_rows)
        if found.problems:
            self._line.say(found.problems[0], "error")
            return
        notes = "".join(f"\n{note}" for note in found.notes[:_NOTES_SHOWN])
        self._line.say(f"{found.format.upper()}, because {found.reason}.{notes}")
        self.found.emit(found)

    @Slot(str)
    def _on_failed(self, message: str) -> None:
        self._line.say(message, "error")
        self._show_nothing()

    def _show_nothing(self) -> None:
        for columns in self._columns:
            columns.set_columns(None)
        self._first_rows.set_parts(())
