"""The button beside tables of pairs that says, and does, what a double click on one of them does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.views.training.page_button import PageButton
from app.views.training.rows_table import RowsTable


class PairButton(PageButton):
    """Activates the row that is chosen; only one is, in one of the tables."""

    def __init__(self, page: QWidget, name: str, group: str, tables: Sequence[RowsTable]) -> None:
        super().__init__(
            page,
            name,
            "Review pair",
            "Ctrl+J",
            "Show the chosen pair on the Review page, as a double click does",
            group=group,
            icon_name="mdi6.arrow-right",
            compact=True,
        )
        self._tables = tables
        for table in tables:
            table.chosen.connect(partial(self._on_chosen, table))
            table.rows.modelReset.connect(self._renew)
        self.asked.connect(self._on_asked)
        self._renew()

    def _on_chosen(self, chosen_in: RowsTable, rows: list[Any]) -> None:
        for table in self._tables:
            if rows and table is not chosen_in:
                table.clearSelection()
        self._renew()

    @Slot()
    def _renew(self) -> None:
        self.allow(any(table.chosen_rows for table in self._tables))

    @Slot()
    def _on_asked(self) -> None:
        for table in self._tables:
            for row in table.chosen_rows:
                table.activated_row.emit(row)
