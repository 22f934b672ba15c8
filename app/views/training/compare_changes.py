"""What differs between two of the runs that are compared: ranks, first candidates, pairs gained and lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.models.rows_model import Column
from app.project import Project
from app.views.training.pair_button import PairButton
from app.views.training.rows_table import RowsTable
from core.store.project_file import ProjectFile
from core.store.run_comparison import Comparison, FirstChange, PairChange, RankChange, compare_runs
from core.store.runs import RunInfo

_LEFT = "The left entity"
_BEYOND = "Among all right entities; a dash is beyond the candidates that were kept"


class ComparedChanges(QWidget):
    """Compares the oldest of the runs with the newest, until two others are chosen."""

    pair_requested = Signal(int, int)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.before = _run_field("beforeRunField", "Run before")
        self.after = _run_field("afterRunField", "Run after")
        self._summary = QLabel(wordWrap=True, objectName="compareSummary")
        self._summary.setProperty("role", "secondary")
        self.ranks = RowsTable("rankChanges", "Links whose rank changed", _rank_columns())
        self.firsts = RowsTable("firstChanges", "First candidates that changed", _first_columns())
        self.pairs = RowsTable("pairChanges", "Candidates gained and lost", _pair_columns())
        self._titles = {table: QLabel() for table in (self.ranks, self.firsts, self.pairs)}
        for title in self._titles.values():
            title.setFont(theme.font(bold=True))
            title.setContentsMargins(0, theme.SMALL, 0, 0)
        self._arrange()
        for field in (self.before, self.after):
            field.activated.connect(self._read)
        self.ranks.activated_row.connect(self._on_pair)
        self.firsts.activated_row.connect(self._on_first)
        self.pairs.activated_row.connect(self._on_pair)
        self._show(None)

    def _arrange(self) -> None:
        header = QHBoxLayout(spacing=theme.MEDIUM)
        self._choice = QWidget()
        choice = QHBoxLayout(self._choice)
        choice.setContentsMargins(0, 0, 0, 0)
        for part in (QLabel("From"), self.before, QLabel("to"), self.after):
            choice.addWidget(part)
        header.addWidget(self._choice)
        header.addWidget(self._summary, 1)
        header.addWidget(PairButton(self, "reviewCompared", "Compare", list(self._titles)))
        grid = QGridLayout(horizontalSpacing=theme.LARGE, verticalSpacing=theme.SMALL)
        for table, (row, column, width) in zip(self._titles, ((0, 0, 2), (2, 0, 1), (2, 1, 1)), strict=True):
            grid.addWidget(self._titles[table], row, column, 1, width)
            grid.addWidget(table, row + 1, column, 1, width)
            grid.setRowStretch(row + 1, 1)
            grid.setColumnStretch(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        layout.addLayout(header)
        layout.addLayout(grid, 1)

    def show_runs(self, runs: Sequence[RunInfo]) -> None:
        """Compare two of ``runs``, which are in order of their numbers."""
        usable = [run for run in runs if run.best_epoch is not None]
        for field in (self.before, self.after):
            field.clear()
            for run in usable:
                field.addItem(f"run {run.id}" + (f"  ·  {run.tag}" if run.tag else ""), run.id)
        self.after.setCurrentIndex(len(usable) - 1)
        self._choice.setVisible(len(usable) > 1)
        self._read()

    @Slot()
    def _read(self) -> None:
        pair = (self.before.currentData(), self.after.currentData())
        if self.before.count() < 2 or pair[0] == pair[1]:
            self._show(None)
            return
        file = self._project.file

        def read() -> Comparison:
            with file.read() as session:
                return compare_runs(session, *pair)

        self._project.tasks.read(self, read, partial(self._show_read, file), key="compare")

    def _show_read(self, file: ProjectFile, found: Comparison) -> None:
        wanted = (self.before.currentData(), self.after.currentData())
        if self._project.holds(file) and wanted == (found.before, found.after):
            self._show(found)

    def _show(self, both: Comparison | None) -> None:
        parts = (
            (self.ranks, both.ranks if both else (), both.better + both.worse if both else 0),
            (self.firsts, both.firsts if both else (), both.firsts_changed if both else 0),
            (self.pairs, both.pairs if both else (), both.gained + both.lost if both else 0),
        )
        for table, rows, there in parts:
            table.show_rows(rows)
            count = f"first {len(rows):,} of {there:,}" if len(rows) < there else f"{there:,}"
            self._titles[table].setText(f"{table.accessibleName()}: {count}")
        self._summary.setText(self._words(both))

    def _words(self, both: Comparison | None) -> str:
        if both is None and self.before.count() > 1:
            return "Choose two different runs."
        if both is None:
            return "Choose two runs that ended, with Ctrl or Shift, to see what changed between them."
        links = f"Of {both.links:,} test links {both.better:,} rank better and {both.worse:,} worse"
        pairs = f"of all candidates {both.gained:,} were gained and {both.lost:,} lost"
        return f"{links}; {pairs}. A tick is the right answer, where a link tells."

    @Slot(object)
    def _on_pair(self, change: RankChange | PairChange) -> None:
        self.pair_requested.emit(change.left_id, change.right_id)

    @Slot(object)
    def _on_first(self, change: FirstChange) -> None:
        self.pair_requested.emit(change.left_id, change.after_id)


def _run_field(name: str, title: str) -> QComboBox:
    field = QComboBox(objectName=name)
    field.setAccessibleName(title)
    field.setToolTip(f"{title}, of those that are chosen above")
    return field


def _rank_columns() -> list[Column]:
    return [
        Column("Left", lambda row: row.left_label, 240, meaning=_LEFT),
        Column("Right answer", lambda row: row.right_label, 240, meaning="What the link says"),
        Column("Rank before", lambda row: _rank(row.before), 110, number=True, meaning=_BEYOND),
        Column("Rank after", lambda row: _rank(row.after), 110, number=True, meaning=_BEYOND),
        Column("", lambda row: "better" if _better(row) else "worse", 80),
    ]


def _first_columns() -> list[Column]:
    return [
        Column("Left", lambda row: row.left_label, 120, meaning=_LEFT),
        Column(
            "First before",
            lambda row: _marked(row.before_label, row.answer_id, row.before_id),
            120,
            meaning="Its best candidate in the run before",
        ),
        Column(
            "First after",
            lambda row: _marked(row.after_label, row.answer_id, row.after_id),
            120,
            meaning="Its best candidate in the run after",
        ),
    ]


def _pair_columns() -> list[Column]:
    return [
        Column("Left", lambda row: row.left_label, 120, meaning=_LEFT),
        Column(
            "Candidate",
            lambda row: _marked(row.right_label, row.answer_id, row.right_id),
            120,
            meaning="A candidate that one of the two runs has and the other has not",
        ),
        Column("Rank", lambda row: _rank(row.rank), 56, number=True, meaning="In the run that has it"),
        Column(
            "",
            lambda row: "gained" if row.gained else "lost",
            64,
            meaning="Gained: the run after has it; lost: the run before",
        ),
    ]


def _rank(rank: int) -> str:
    return str(rank) if rank else "–"


def _better(change: RankChange) -> bool:
    return bool(change.after) and (not change.before or change.after < change.before)


def _marked(label: str, answer: int | None, entity: int) -> str:
    if answer is None:
        return label
    return f"✓ {label}" if answer == entity else f"✗ {label}"
