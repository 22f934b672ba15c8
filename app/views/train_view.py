"""The Train page: settings at the left, the run that goes or went at the right."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.icons import icon, primary_icon
from app.keyed_action import KeyedAction
from app.project import Project
from app.training_worker import Training
from app.views.empty_state import EmptyState, action_button
from app.views.message_bar import MessageBar
from app.views.run_panel import RunPanel
from app.views.settings_form import SettingsForm


class TrainView(QWidget):
    """Starts and stops runs of the open project and shows them."""

    review_requested = Signal()

    def __init__(
        self,
        project: Project,
        training: Training,
        start_actions: list[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainView")
        self._project = project
        self._training = training
        self.form = SettingsForm()
        self.message = MessageBar()
        self.panel = RunPanel(project, training)
        self._device = QLabel(wordWrap=True)
        self._device.setProperty("role", "secondary")
        self._device.setObjectName("trainDevice")
        self._start_run = self._action("startTraining", "Start", "Ctrl+Return", "Start a run")
        self._stop_run = self._action(
            "stopTraining", "Stop", "Ctrl+.", "Stop the run and keep its best state"
        )
        self._start = action_button(self._start_run, primary=True)
        self._start.setObjectName("startTrainingButton")
        self._start.setIcon(primary_icon("mdi6.play"))
        self._stop = action_button(self._stop_run)
        self._stop.setObjectName("stopTrainingButton")
        self._stop.setIcon(icon("mdi6.stop"))

        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "mdi6.chart-line",
                "Nothing to train on yet",
                "A run learns from two graphs and a few known links between them.",
                start_actions,
            )
        )
        self._stack.addWidget(self._content())

        self._start_run.triggered.connect(self._on_start)
        self._stop_run.triggered.connect(self._on_stop)
        self.form.changed.connect(self._update_buttons)
        self.panel.review_requested.connect(self.review_requested)
        training.started.connect(self._update_buttons)
        training.ended.connect(self._update_buttons)
        training.failed.connect(self._on_failed)
        project.opened.connect(self._on_opened)
        project.closed.connect(self._on_closed)
        self.show_device("")
        self._update_buttons()

    def show_device(self, text: str) -> None:
        """Say where runs compute."""
        self._device.setText(f"Trains on: {text}" if text else "Looking for a GPU …")

    def _content(self) -> QWidget:
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.addWidget(self._start, 1)
        buttons.addWidget(self._stop, 1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(self.form)
        left = QWidget()
        left.setFixedWidth(356)
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.MEDIUM, theme.LARGE)
        column.setSpacing(theme.MEDIUM)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)
        column.addWidget(self._device)
        right = QVBoxLayout()
        right.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        right.addWidget(self.message)
        right.addWidget(self.panel, 1)
        content = QWidget()
        layout = QHBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addLayout(right, 1)
        return content

    @Slot()
    def _on_start(self) -> None:
        config = self.form.config
        if config is not None and self._project.is_open and not self._training.active:
            self.message.hide()
            self._training.start(config)

    @Slot()
    def _on_stop(self) -> None:
        self._training.stop()
        self._update_buttons()

    @Slot(str, str)
    def _on_failed(self, message: str, details: str) -> None:
        self.message.show_error(message, details)

    @Slot()
    def _on_opened(self) -> None:
        self.message.hide()
        self._stack.setCurrentIndex(1)
        self._update_buttons()

    @Slot()
    def _on_closed(self) -> None:
        self._stack.setCurrentIndex(0)
        self._update_buttons()

    @Slot()
    def _update_buttons(self) -> None:
        active = self._training.active
        self._start_run.setEnabled(self._project.is_open and not active and self.form.config is not None)
        self._stop_run.setEnabled(active and not self._training.stopping)
        self._stop.setText("Stopping …" if self._training.stopping else "Stop")
        self.form.setEnabled(not active)

    def _action(self, name: str, text: str, key: str, tip: str) -> KeyedAction:
        action = KeyedAction(f"{name}Action", text, [key], self, group="Train", tip=tip, on_page=True)
        self.addAction(action)
        return action
