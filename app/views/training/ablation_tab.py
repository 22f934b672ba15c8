"""The paper's tables and figure on the project's graphs: start, watch, and read what came out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.ablation_job import ablation_work
from app.project import Project
from app.side_work import SideWork
from app.views.message_bar import MessageBar
from app.views.training.ablation_table import AblationTable
from app.views.training.page_button import PageButton
from core.config import RunConfig
from core.training.events import Progress

if TYPE_CHECKING:
    from core.ablation.events import AblationFinished

_TABLE_SHARE = 0.6  # of the width; the rest is the chart's

_KINDS = {
    "table4": "Table 4: modalities and modules",
    "table5": "Table 5: transport by modality",
    "table6": "Table 6: distributions and fusions",
    "table7": "Table 7: pivot of the fusion",
    "table8": "Table 8: cost",
    "figure3": "Figure 3: hyper-parameters",
}
_ICONS = {
    "startAblation": "mdi6.play",
    "stopAblation": "mdi6.stop",
    "ablationFiles": "mdi6.folder-open-outline",
}


class AblationTab(QWidget):
    """Takes the settings of the Run tab, support by neighbours left out, as the command does."""

    def __init__(
        self,
        project: Project,
        side_work: SideWork,
        config: Callable[[], RunConfig | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._work = side_work
        self._config = config
        self._label = ""  # of the cell that is going
        self._mine = False  # what is going was started here
        self._kind = QComboBox(objectName="ablationField")
        self._kind.setAccessibleName("Table or figure")
        self._kind.setToolTip("Which of the paper's tables and figures is measured on these graphs")
        for name, words in _KINDS.items():
            self._kind.addItem(words, name)
        self._seeds = QSpinBox(objectName="ablationSeedsField", minimum=1, maximum=20, value=3)
        self._seeds.setAccessibleName("Random seeds")
        self._seeds.setToolTip(
            "Each variant is trained once with each random seed; two or more give a spread"
        )
        self._start = self._button(
            "startAblation",
            "Start",
            "Ctrl+Return",
            "Train every variant; what was measured before is taken over",
        )
        self._stop = self._button(
            "stopAblation", "Stop", "Ctrl+.", "What was measured is kept; the next start goes on from there"
        )
        self._open = self._button(
            "ablationFiles",
            "Files",
            "Ctrl+Shift+F",
            "Open the folder with the tables as Markdown and CSV, and the figure",
        )
        self._status = QLabel(objectName="ablationStatus", wordWrap=True)
        self._status.setProperty("role", "secondary")
        self._progress = QProgressBar(objectName="ablationProgress", textVisible=False)
        self.message = MessageBar()
        self.table = AblationTable()
        self._splitter = QSplitter(
            Qt.Orientation.Horizontal, objectName="ablationSplitter", childrenCollapsible=False
        )
        self._chart = QWidget()
        self._chart.hide()  # until there is something to draw
        QVBoxLayout(self._chart).setContentsMargins(theme.LARGE, 0, 0, 0)
        self._arrange()
        self._start.asked.connect(self._on_start)
        self._stop.asked.connect(side_work.stop)
        self._open.asked.connect(self._on_open)
        side_work.changed.connect(self.renew)
        for signal in (project.opened, project.closed):
            signal.connect(self._forget)
        self.renew()

    def _arrange(self) -> None:
        row = QHBoxLayout(spacing=theme.MEDIUM)
        for part in (self._kind, QLabel("Random seeds"), self._seeds, self._start, self._stop, self._open):
            row.addWidget(part)
        row.addStretch()
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self._chart)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self.message)
        layout.addLayout(row)
        layout.addWidget(self._status)
        layout.addWidget(self._progress)
        layout.addSpacing(theme.MEDIUM)
        layout.addWidget(self._splitter, 1)

    def _button(self, name: str, text: str, key: str, tip: str) -> PageButton:
        return PageButton(
            self, name, text, key, tip, group="Ablation", icon_name=_ICONS[name], primary=text == "Start"
        )

    @Slot()
    def _on_start(self) -> None:
        config = self._config()
        if config is None or not self._work.free or not self._project.is_open:
            return
        self.message.hide()
        # The paper's tables are about the model; support by neighbours would cover its differences.
        iterative = "off" if config.training.iterative == "propagation" else config.training.iterative
        plain = config.replace(support_weight=0, iterative=iterative)
        work = ablation_work(self._project.file, self._kind.currentData(), plain, self._seeds.value())
        self._mine, self._label = True, ""
        job = self._work.start(work)
        job.reported.connect(self._on_event)
        job.succeeded.connect(self._on_finished)
        job.cancelled.connect(self._on_cancelled)
        job.failed.connect(self._on_failed)

    @Slot()
    def _forget(self) -> None:
        """What stands here is of another project."""
        self.message.hide()
        self._status.clear()
        self.table.show_rows([])
        self._show_chart(None)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Offer what can be done now, with the settings as they are."""
        active = self._work.active
        self._mine = self._mine and active  # else a run is being measured
        self._start.allow(not active and self._project.may_write and self._config() is not None)
        self._stop.allow(self._mine and not self._work.stopping)
        self._kind.setEnabled(not active)
        self._seeds.setEnabled(not active)
        self._progress.setVisible(self._mine)
        if not active and not self._status.text():
            self._status.setText(
                "Trains the variants with the settings of the Run tab, in a copy of the project. For a first "
                "look choose a small number of epochs there."
            )

    @Slot(object)
    def _on_event(self, event: object) -> None:
        from core.ablation.events import AblationStarted, CellDone, CellFailed, CellStarted

        match event:
            case AblationStarted():
                left_out = "".join(f" Without {what}: {why}." for what, why in event.left_out.items())
                known = f"{event.cells} cells, {event.known} measured before"
                self._status.setText(f"{event.title} on {event.device}: {known}.{left_out}")
            case CellStarted():
                self._label = (
                    f"Cell {event.index} of {event.cells}: {event.variant}, random seed {event.random_seed}"
                )
                if event.seconds_left is not None:
                    self._label += f", {timedelta(seconds=round(event.seconds_left))} left"
            case Progress():
                words = f"{self._label}: {event.stage}" if self._label else event.stage
                self._status.setText(words)
                self._progress.setRange(0, event.total)
                self._progress.setValue(event.done)
            case CellDone():
                self._status.setText(f"{self._label}: measured in {event.cell.seconds:.0f} s")
            case CellFailed():
                self.message.show_error(f"{event.variant}, random seed {event.random_seed}: {event.reason}")

    @Slot()
    def _on_cancelled(self) -> None:
        self._status.setText("Stopped. What was measured is kept: the next start goes on from there.")

    @Slot(str, str)
    def _on_failed(self, message: str, details: str) -> None:
        self._status.setText("Failed")
        self.message.show_error(message, details)

    @Slot(object)
    def _on_finished(self, finished: AblationFinished) -> None:
        from app.views.training.ablation_plot import chart
        from core.ablation.report import summaries

        self._label = ""
        found = summaries(finished)
        ablation = finished.study.ablation
        self._status.setText(
            f"{ablation.title} on {finished.device}: {len(finished.cells)} cells; p of the paired t-test is "
            f"against {ablation.reference}. The files lie beside the project."
        )
        self.table.show_results([variant.name for variant in ablation.variants], found)
        self._show_chart(chart(ablation, found))

    def _show_chart(self, new: QWidget | None) -> None:
        layout = self._chart.layout()
        assert layout is not None
        while (item := layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        if new is not None:
            layout.addWidget(new)
            if self._chart.isHidden():
                self._chart.show()
                table = int(_TABLE_SHARE * self._splitter.width())
                self._splitter.setSizes([table, self._splitter.width() - table])
        else:
            self._chart.hide()

    @Slot()
    def _on_open(self) -> None:
        if self._project.is_open:
            folder = self._project.file.sidecar / "ablations"
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
