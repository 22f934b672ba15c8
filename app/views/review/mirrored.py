"""What tables of a pair share whose columns mirror each other around a narrow middle one."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView


def share_width(table: QTableView, outer: float, middle: int) -> None:
    """Five columns: the outer two take a share of the width each, the middle one pixels, two the rest."""
    width = table.viewport().width()
    side = int(width * outer)
    inner = (width - middle) // 2 - side
    for column, size in enumerate((side, inner, middle, inner, side)):
        table.setColumnWidth(column, size)


def height_of(rows: int, most: int, row: int) -> int:
    """Pixels for all rows, or for the ``most`` of them and half a row, which tells that the list goes on."""
    return row * rows if rows <= most else row * most + row // 2
