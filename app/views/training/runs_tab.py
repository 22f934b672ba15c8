"""All runs of the project: what they were, what can be done with them, and two or more side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app import theme
from app.models.rows_model import Column
from app.project import Project
from app.training_worker import Training
from app.views.training import run_words
from app.views.training.compare_panel import ComparePanel
from app.views.training.preset_bar import ask_where_to_save
from app.views.training.rows_table import RowsTable
from app.views.training.run_actions import RunActions
from app.views.training.tab_page import TabPage
from core.store.project_file import ProjectFile
from core.store.run_edits import Dependents, delete_run, dependents, describe_run
from core.store.run_files import resumable_runs
from core.store.runs import RunInfo, list_runs

Listing = tuple[Sequence[RunInfo], set[int]]  # all runs, and those that can go on


class RunsTab(TabPage):
    """Reads the runs when they may have changed; all that it does goes through the project's tasks."""

    settings_requested = Signal(object)  # RunConfig
    pair_requested = Signal(int, int)

    def __init__(self, project: Project, training: Training, parent: QWidget | None = None) -> None:
        super().__init__("mdi6.chart-line", "No run yet", "Runs that you start are listed here.", parent)
        self._project = project
        self._training = training
        self._differing: dict[int, str] = {}
        self._resumable: set[int] = set()
        self.actions_ = RunActions(self)
        self.table = RowsTable("runsTable", "Runs", self._columns(), _hint, many=True)
        self.compare = ComparePanel(project)
        self.set_content(self._content())
        self.table.chosen.connect(self._on_chosen)
        self.compare.pair_requested.connect(self.pair_requested)
        self.actions_.asked.connect(self._on_asked)
        for signal in (training.started, training.queue_changed, project.opened, project.runs_changed):
            signal.connect(self._load)
        for signal in (project.opened, project.closed):
            signal.connect(self.message.hide)  # it speaks of the project before

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load()

    @Slot()
    def _load(self) -> None:
        """Read the runs again, if somebody looks."""
        if not self._project.is_open or not self.isVisible():
            return
        file = self._project.file

        def read() -> Listing:
            with file.read() as session:
                found = list_runs(session)
            return found, {run.id for run in resumable_runs(file)}

        self._project.tasks.read(self, read, self._show, key="runs")

    def _content(self) -> QWidget:
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, theme.MEDIUM)
        column.setSpacing(theme.MEDIUM)
        column.addWidget(self.actions_.bar)
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, objectName="runsSplitter", childrenCollapsible=False)
        splitter.addWidget(upper)
        splitter.addWidget(self.compare)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        return splitter

    def _columns(self) -> list[Column]:
        return [
            Column("Run", lambda run: str(run.id), 52, number=True, meaning="Its number in this project"),
            Column("Tag", lambda run: run.tag, 110, meaning="Your own word for the run"),
            Column("Status", run_words.status, 92, meaning="How it ended, or that it waits or goes"),
            Column("MRR", lambda run: run_words.metric(run, "mrr"), 72, number=True, meaning=_BEST),
            Column("Hits@1", lambda run: run_words.metric(run, "hits@1"), 72, number=True, meaning=_BEST),
            Column(
                "Decoding",
                lambda run: (run_words.best_decoding(run.metrics_json) or ("",))[0],
                88,
                meaning="The one that does best on test links",
            ),
            Column("Kept epoch", _kept_epoch, 92, number=True, meaning="The epoch that candidates come from"),
            Column("Time", run_words.took, 76, number=True, meaning="From its start to its end"),
            Column("Device", lambda run: run.device, 110, meaning="Where it computed"),
            Column("Started", run_words.started, 150, meaning="When it began, or was queued"),
            Column(
                "Settings that differ",
                lambda run: self._differing.get(run.id, ""),
                150,
                meaning="Those in which not all runs of this list agree",
            ),
        ]

    def _show(self, found: Listing) -> None:
        runs, self._resumable = found
        self._differing = run_words.differing(runs)
        chosen = {run.id for run in self.table.chosen_rows}
        self.table.show_rows(runs)
        self.show_content(bool(runs))
        again = [row for row, run in enumerate(runs) if run.id in chosen] or ([0] if runs else [])
        for row in again:
            index = self.table.rows.index(row, 0)
            flags = self.table.selectionModel().SelectionFlag
            self.table.selectionModel().select(index, flags.Select | flags.Rows)

    @Slot(list)
    def _on_chosen(self, runs: list[RunInfo]) -> None:
        going, waiting = self._training.going, set(self._training.waiting)
        resumable = self._resumable - waiting - {going}
        self.actions_.enable(runs, resumable, waiting, going, writable=not self._project.read_only)
        self.compare.show_runs(runs)

    @Slot(str, object)
    def _on_asked(self, what: str, value: object) -> None:
        """Do with the chosen runs what a button says; some come with a value."""
        runs: list[RunInfo] = self.table.chosen_rows
        if not runs or not self._project.is_open:
            return
        self.message.hide()
        run = runs[0]
        config = run_words.configuration(run)
        match what:
            case "again" if config is not None:
                self._training.start(config)
            case "settings" if config is not None:
                self.settings_requested.emit(config)
            case "start" if config is not None:
                self._training.start_queued(run.id, config)
            case "resume":
                self._training.resume(run.id)
            case "withdraw":
                self._training.withdraw(run.id)
            case "describe" if isinstance(value, tuple):
                self._describe(run, *value)
            case "export":
                self._export(run)
            case "delete":
                self._ask_to_delete(runs)

    def _describe(self, run: RunInfo, tag: str, note: str) -> None:
        file = self._project.file

        def write() -> None:
            with file.write() as session:
                describe_run(session, run.id, tag=tag, note=note)

        self._write(write, run.id)

    def _export(self, run: RunInfo) -> None:
        path = ask_where_to_save(self, f"run-{run.id}.json")
        if path is None:
            return
        try:
            path.write_text(run.config_json + "\n", encoding="utf-8")
        except OSError as error:
            self.message.show_error(f"{path} can't be written: {error.strerror or error}")
        else:
            self.message.show_notice(f"Settings of run {run.id} written to {path}")

    def _ask_to_delete(self, runs: Sequence[RunInfo]) -> None:
        """Say what depends on the runs first."""
        file = self._project.file

        def read() -> list[Dependents]:
            return [dependents(file, run.id) for run in runs]

        self._project.tasks.read(self, read, partial(self._question, file, list(runs)), key="dependents")

    def _question(self, file: ProjectFile, runs: list[RunInfo], found: list[Dependents]) -> None:
        if not self._project.holds(file):
            return
        total = Dependents(*(sum(values) for values in zip(*map(_numbers, found), strict=True)))
        names = ", ".join(str(run.id) for run in runs)
        which = f"Delete run {names}?" if len(runs) == 1 else f"Delete runs {names}?"
        self.message.show_question(
            f"{which} {total.sentence()}", "Delete", partial(self._delete, file, [run.id for run in runs])
        )

    def _delete(self, file: ProjectFile, run_ids: list[int]) -> None:
        self.message.hide()
        if not self._project.holds(file):
            return

        def write() -> None:
            for run_id in run_ids:
                delete_run(file, run_id)

        self._write(write, max(run_ids))

    def _write(self, work: Callable[[], Any], run_id: int) -> None:
        self._project.tasks.write(self, work, partial(self._written, run_id), self.message.show_error)

    def _written(self, run_id: int, _nothing: object) -> None:
        self._project.runs_changed.emit(run_id)


_BEST = "On test links, by the decoding that does best"


def _kept_epoch(run: RunInfo) -> str:
    return "" if run.best_epoch is None else str(run.best_epoch)


def _hint(run: RunInfo) -> str:
    parts = (run.error, run.note, ", ".join(run.modalities), run.device)
    return "\n".join(part for part in parts if part)


def _numbers(found: Dependents) -> tuple[int, int, int, int]:
    return found.epochs, found.candidates, found.verdicts, found.bytes
