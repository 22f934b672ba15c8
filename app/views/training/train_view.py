"""The Train page: running, comparing, judging and ablating runs, a tab each."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.keyed_action import tell_key
from app.project import Project
from app.side_work import SideWork
from app.training_worker import Training
from app.views.empty_state import EmptyState
from app.views.message_bar import MessageBar
from app.views.training.run_panel import RunPanel
from app.views.training.run_tab import RunTab
from app.views.training.settings_form import SettingsForm
from app.views.training.tab_bar import Tab, TabPages
from core.training.devices import DeviceInfo


class TrainView(QWidget):
    """Holds the tabs. Others may be added with :meth:`add_tab` before or after the page is shown."""

    review_requested = Signal()
    pairs_requested = Signal(object)  # a queue of (left, right) pairs, likewise
    devices_wanted = Signal()
    pair_requested = Signal(int, int)  # left and right entity, to be shown on the Review page

    def __init__(
        self,
        project: Project,
        training: Training,
        side_work: SideWork,
        start_actions: list[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainView")
        self._project = project
        self._training = training
        self._work = side_work
        self._devices: list[DeviceInfo] = []
        self.tabs = TabPages()
        for tab in (
            Tab("run", "Run", "Start a run and watch it", self._run_tab),
            Tab("runs", "Runs", "All runs: compare, tag, resume, delete", self._runs_tab),
            Tab("evaluation", "Evaluation", "How good a run is, and where it fails", self._evaluation_tab),
            Tab("weights", "Weights", "Which modalities a run relied on", self._weights_tab),
            Tab(
                "changes",
                "What changed",
                "What the newest run changed, and what to teach next",
                self._changes_tab,
            ),
            Tab("ablation", "Ablation", "The paper's tables and figure on these graphs", self._ablation_tab),
        ):
            self.tabs.add_tab(tab)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "mdi6.chart-line",
                "Nothing to train on yet",
                "A run learns from two graphs and a few known links between them.",
                start_actions,
            )
        )
        self._stack.addWidget(self.tabs)
        project.opened.connect(self._update)
        project.closed.connect(self._update)
        self._update()
        self.tabs.show_tab("run")
        self.setFocusProxy(self.tabs)

    @property
    def run_tab(self) -> RunTab:
        """The tab that starts and shows runs; built now unless it is there."""
        tab = self.tabs.page("run")
        assert isinstance(tab, RunTab)
        return tab

    @property
    def form(self) -> SettingsForm:
        """The settings of the next run."""
        return self.run_tab.form

    @property
    def panel(self) -> RunPanel:
        """What is shown of the run that goes."""
        return self.run_tab.panel

    @property
    def message(self) -> MessageBar:
        """What went wrong with it."""
        return self.run_tab.message

    def add_tab(self, tab: Tab) -> None:
        """Add a tab at the end; its page is built when it is first shown."""
        self.tabs.add_tab(tab)

    def show_tab(self, name: str) -> None:
        """Go to a tab."""
        self.tabs.show_tab(name)

    def show_devices(self, devices: list[DeviceInfo]) -> None:
        """Say where runs can compute."""
        self._devices = devices
        self.run_tab.show_devices(devices)

    @Slot()
    def _update(self) -> None:
        self._stack.setCurrentIndex(1 if self._project.is_open else 0)

    def _run_tab(self) -> QWidget:
        tab = RunTab(self._project, self._training)
        tab.review_requested.connect(self.review_requested)
        tab.devices_wanted.connect(self.devices_wanted)
        tab.panel.changes_requested.connect(self._on_changes)
        button = tab.panel.what_changed
        tell_key(self.tabs.action("changes"), button, "What this run changed, and what to teach next")
        return tab

    def _runs_tab(self) -> QWidget:
        from app.views.training.runs_tab import RunsTab

        tab = RunsTab(self._project, self._training)
        tab.settings_requested.connect(self._on_settings)
        tab.pair_requested.connect(self.pair_requested)
        return tab

    def _changes_tab(self) -> QWidget:
        from app.views.training.changes_tab import ChangesTab

        tab = ChangesTab(self._project, self._training)
        tab.pair_requested.connect(self.pair_requested)
        tab.pairs_requested.connect(self.pairs_requested)
        return tab

    def _evaluation_tab(self) -> QWidget:
        from app.views.training.evaluation_tab import EvaluationTab

        tab = EvaluationTab(self._project, self._work)
        tab.pair_requested.connect(self.pair_requested)
        return tab

    def _weights_tab(self) -> QWidget:
        from app.views.training.weights_tab import WeightsTab

        tab = WeightsTab(self._project)
        tab.pair_requested.connect(self.pair_requested)
        return tab

    def _ablation_tab(self) -> QWidget:
        from app.views.training.ablation_tab import AblationTab

        tab = AblationTab(self._project, self._work, lambda: self.form.config)
        self.form.changed.connect(tab.renew)
        return tab

    @Slot()
    def _on_changes(self) -> None:
        self.show_tab("changes")

    @Slot(object)
    def _on_settings(self, config: object) -> None:
        self.form.set_config(config)
        self.show_tab("run")
