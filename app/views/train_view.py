"""The Train page: settings at the left, the run that goes or went at the right."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.icons import icon, primary_icon
from app.project import Project
from app.training_worker import Training
from app.views.empty_state import EmptyState
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
        self._start = _button("startTrainingButton", "Start", primary_icon("mdi6.play"), "Ctrl+Return")
        self._start.setProperty("primary", True)
        self._stop = _button("stopTrainingButton", "Stop", icon("mdi6.stop"), "Ctrl+.")

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

        self._start.clicked.connect(self._on_start)
        self._stop.clicked.connect(self._on_stop)
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
        self._start.setEnabled(self._project.is_open and not active and self.form.config is not None)
        self._stop.setEnabled(active and not self._training.stopping)
        self._stop.setText("Stopping …" if self._training.stopping else "Stop")
        self.form.setEnabled(not active)
        self._stop.setShortcut(QKeySequence("Ctrl+."))  # setText drops it


def _button(name: str, text: str, picture: QIcon, shortcut: str) -> QPushButton:
    button = QPushButton(picture, text, objectName=name)
    # A shortcut of a button works while the button can be seen: on this page only, as it should.
    button.setShortcut(QKeySequence(shortcut))
    button.setToolTip(f"{text} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})")
    return button
