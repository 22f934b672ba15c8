"""What each column of a table is: chosen here where the header does not say it, or says it wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from app import theme

if TYPE_CHECKING:
    from app.views.source_look import Columns
    from core.kg.csv_graph import CsvMapping

_PARTS = {
    "head": "Head",
    "relation": "Relation",
    "tail": "Tail",
    "id": "Identifier",
    "label": "Label",
    "description": "Description",
    "image": "Image file",
}
_A_ROW = 4
_NONE = "–"


class ColumnFields(QWidget):
    """One choice for each thing that a column can be; hidden while its graph is no single table."""

    changed = Signal()

    def __init__(self, side: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: Columns | None = None
        self._header = QCheckBox(
            f"The {side} table's first row names its columns", objectName=f"{side}Header"
        )
        self._choices = {part: QComboBox(objectName=f"{side}Column_{part}") for part in _PARTS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SMALL)
        grid.addWidget(self._header, 0, 0, 1, _A_ROW)
        for place, (part, title) in enumerate(_PARTS.items()):
            row, column = 1 + 2 * (place // _A_ROW), place % _A_ROW
            label = QLabel(title)
            label.setBuddy(self._choices[part])
            self._choices[part].setAccessibleName(f"{side} column: {title}")
            grid.addWidget(label, row, column)
            grid.addWidget(self._choices[part], row + 1, column)
            self._choices[part].activated.connect(self._on_chosen)
        self._header.clicked.connect(self._on_header)
        self.hide()

    def set_columns(self, columns: Columns | None) -> None:
        """Show the columns of a table as they were guessed; what was chosen for the same table stays."""
        self.setVisible(columns is not None)
        if columns is None or (
            self._columns is not None
            and (columns.path, columns.first_row) == (self._columns.path, self._columns.first_row)
        ):
            self._columns = self._columns if columns is not None else None
            return
        self._columns = columns
        self._header.setChecked(columns.guess is None or columns.guess.header)
        self._fill()
        for part, choice in self._choices.items():
            choice.setCurrentIndex(max(0, choice.findData(getattr(columns.guess, part, ""))))

    def mapping(self, path: Path | None) -> CsvMapping | None:
        """What was chosen for the table at ``path``; None where the guess stands, or another one is shown."""
        if self._columns is None or self._columns.path != path:
            return None
        from core.kg.csv_graph import CsvMapping

        chosen = {part: choice.currentData() for part, choice in self._choices.items()}
        mapping = CsvMapping(header=self._header.isChecked(), **chosen)
        return None if mapping == self._columns.guess else mapping

    def _fill(self) -> None:
        assert self._columns is not None
        row = self._columns.first_row
        named = self._header.isChecked()
        for choice in self._choices.values():
            choice.clear()
            choice.addItem(_NONE, "")
            for number, cell in enumerate(row, 1):
                choice.addItem(cell if named else f"{number}: {cell}", cell if named else str(number))

    @Slot()
    def _on_header(self) -> None:
        places = [choice.currentIndex() for choice in self._choices.values()]
        self._fill()
        for choice, place in zip(self._choices.values(), places, strict=True):
            choice.setCurrentIndex(place)  # the same column, by its name now or by its number
        self.changed.emit()

    @Slot()
    def _on_chosen(self) -> None:
        self.changed.emit()
