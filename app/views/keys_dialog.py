"""The list of keys in force, made from the actions themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations, groupby, pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.keyed_action import NATIVE, KeyedAction
from app.views import layouts

# What lists, fields and pictures answer to of themselves, by heading.
FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "Review": (
        ("Up, Down", "Move between pairs"),
        ("Esc", "From a field back to the list"),
    ),
}
_COLUMNS = 3
_NUMBER = re.compile(r"\d+")
_Row = tuple[str, str, str]  # keys, name and what it does
_Section = tuple[str, list[_Row]]  # with its heading
Rows = dict[str, list[_Row]]


def grouped(actions: Iterable[KeyedAction]) -> dict[str, list[KeyedAction]]:
    """The actions under their headings, both in the order they were made in."""
    groups: dict[str, list[KeyedAction]] = {}
    for action in actions:
        groups.setdefault(action.group, []).append(action)
    return groups


def key_rows(actions: Iterable[KeyedAction]) -> Rows:
    """By heading: keys in force, name and what it does; actions without a key are left out."""
    rows = {
        group: _folded(
            (" or ".join(key.toString(NATIVE) for key in action.shortcuts()), action.words, action.tip)
            for action in members
            if action.shortcuts()
        )
        for group, members in grouped(actions).items()
    }
    for group, more in FIXED.items():
        rows.setdefault(group, []).extend((keys, words, words) for keys, words in more)
    return rows


def _folded(rows: Iterable[_Row]) -> list[_Row]:
    """Rows that differ in a number alone, keys and all, as one."""
    found: list[_Row] = []
    for _, same in groupby(rows, lambda row: [_NUMBER.sub("", text) for text in row]):
        series = list(same)
        first, last = series[0], series[-1]
        number = _NUMBER.search(last[1])
        if len(series) > 2 and number:
            words, tip = (_NUMBER.sub(rf"\g<0> to {number[0]}", text) for text in first[1:])
            found.append((f"{first[0]} … {last[0]}", words, tip))
        else:
            found += series
    return found


class KeysDialog(QDialog):
    """All groups side by side; Escape closes it."""

    def __init__(self, rows: Rows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = rows
        self.setObjectName("keysDialog")
        self.setWindowTitle("Keys")
        scroll = QScrollArea(self, widgetResizable=True, objectName="keysList")
        scroll.setAccessibleName("Keys")
        # What is made in its place is dressed once; what is moved there once more, with all that it holds.
        content = QWidget()
        scroll.setWidget(content)
        side_by_side = QHBoxLayout(content)
        side_by_side.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        side_by_side.setSpacing(2 * theme.LARGE)
        for groups in _columns(list(rows.items())):
            column = QVBoxLayout(spacing=theme.LARGE)
            side_by_side.addLayout(column)
            for group, members in groups:
                column.addWidget(_Group(group, members, content))
            column.addStretch()
        told = QLabel("Settings › Keys changes them.")
        told.setProperty("role", "secondary")
        told.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(told)
        wanted = content.sizeHint()
        width = min(wanted.width() + 3 * theme.LARGE, 1200)
        layouts.resize_within(self, width, wanted.height() + told.sizeHint().height())


def _columns(groups: list[_Section]) -> list[list[_Section]]:
    """The groups in their order, in columns that are as even as can be."""
    heights = [len(rows) + 2 for _, rows in groups]

    def unevenness(cuts: tuple[int, ...]) -> int:
        return sum(sum(heights[a:b]) ** 2 for a, b in pairwise((0, *cuts, len(groups))))

    best = min(combinations(range(len(groups) + 1), _COLUMNS - 1), key=unevenness)
    return [groups[a:b] for a, b in pairwise((0, *best, len(groups)))]


class _Group(QWidget):
    def __init__(self, title: str, rows: list[_Row], parent: QWidget) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.LARGE)
        layout.setVerticalSpacing(theme.SMALL + 2)
        layout.setColumnStretch(1, 1)
        heading = QLabel(title, self)
        heading.setFont(theme.font(bold=True))
        layout.addWidget(heading, 0, 0, 1, 2)
        for number, (keys, words, tip) in enumerate(rows, start=1):
            key = QLabel(keys, self, textFormat=Qt.TextFormat.PlainText)
            key.setProperty("role", "secondary")
            layout.addWidget(key, number, 0, Qt.AlignmentFlag.AlignTop)
            what = QLabel(words, self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
            what.setMinimumWidth(180)
            what.setToolTip(tip)
            layout.addWidget(what, number, 1)
