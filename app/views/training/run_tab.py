"""Starting runs: settings and switches at the left, the run that goes or went last at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.project import Project
from app.training_worker import Training
from app.views.message_bar import MessageBar
from app.views.training.run_buttons import RunButtons
from app.views.training.run_facts import size
from app.views.training.run_panel import RunPanel
from app.views.training.settings_form import SettingsForm
from core.config import RunConfig
from core.store.graphs import ProjectInfo, project_info
from core.training.devices import DeviceInfo
from core.training.estimate import estimate, that_fit


class RunTab(QWidget):
    """Starts runs of the open project and shows them."""

    review_requested = Signal()
    devices_wanted = Signal()  # what is free may have changed

    def __init__(self, project: Project, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._training = training
        self._devices: list[DeviceInfo] = []
        self._info: ProjectInfo | None = None
        self.form = SettingsForm()
        self.buttons = RunButtons(training, self)
        self.message = MessageBar()
        self.panel = RunPanel(project, training)
        self._device = QLabel("Looking for a GPU …", wordWrap=True, objectName="trainDevice")
        self._device.setProperty("role", "secondary")
        self._need = QLabel(wordWrap=True, objectName="trainNeed")
        self._need.setToolTip("Counted from the shapes of what a run holds at its peak; a rough figure")
        self._arrange()
        self.buttons.start_requested.connect(self._on_start)
        self.form.changed.connect(self._update)
        self.panel.review_requested.connect(self.review_requested)
        training.failed.connect(self._on_failed)
        project.opened.connect(self._on_opened)
        project.closed.connect(self._update)
        project.graphs_changed.connect(self._count)
        if project.is_open:
            self._count()
        self._update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.devices_wanted.emit()

    def show_devices(self, devices: list[DeviceInfo]) -> None:
        """Say where runs can compute."""
        self._devices = devices
        self.form.show_devices(devices)
        self._update()

    def _arrange(self) -> None:
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(self.form)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields scroll it to themselves
        left = QWidget()
        left.setFixedWidth(356)
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.MEDIUM, theme.LARGE)
        column.setSpacing(theme.MEDIUM)
        column.addWidget(scroll, 1)
        column.addWidget(self.buttons)
        column.addWidget(self._device)
        column.addWidget(self._need)
        right = QVBoxLayout()
        right.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        right.addWidget(self.message)
        right.addWidget(self.panel, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addLayout(right, 1)

    @Slot()
    def _on_start(self) -> None:
        config = self.form.config
        if config is not None and self._project.is_open:
            self.message.hide()
            self._training.start(config)

    @Slot(str, str)
    def _on_failed(self, message: str, details: str) -> None:
        self.message.show_error(message, details)

    @Slot()
    def _on_opened(self) -> None:
        self.message.hide()
        self._info = None
        self._count()
        self._update()

    @Slot()
    def _count(self) -> None:
        file = self._project.file

        def read() -> ProjectInfo:
            with file.read() as session:
                return project_info(session)

        self._project.tasks.read(self, read, self._on_counted, lambda _error: None, key="info", later=True)

    def _on_counted(self, info: ProjectInfo) -> None:
        self._info = info
        self._update()

    @Slot()
    def _update(self) -> None:
        config = self.form.config
        ready = self._project.is_open and not self._project.read_only and config is not None
        self.buttons.set_ready(ready)
        device = self._chosen(config)
        self._device.setText(f"Trains on: {describe(device)}" if device else "Looking for a GPU …")
        words, fits = ("", True)
        if config is not None and self._info is not None:
            words, fits = need(self._info, config, device)
        self._need.setText(words)
        self._need.setVisible(bool(words))
        self._need.setProperty("role", "secondary" if fits else "error")
        self._need.style().unpolish(self._need)
        self._need.style().polish(self._need)

    def _chosen(self, config: RunConfig | None) -> DeviceInfo | None:
        wanted = "auto" if config is None else config.training.device
        fitting = [each for each in self._devices if wanted in ("auto", each.kind)]
        return fitting[-1] if fitting else None  # a GPU comes after the processor


def describe(device: DeviceInfo) -> str:
    """The device with its free memory."""
    return device.name if device.free is None else f"{device.name}, {size(device.free)} free"


def need(info: ProjectInfo, config: RunConfig, device: DeviceInfo | None) -> tuple[str, bool]:
    """What a run needs in memory, and whether the device has it; if not, the words say what would fit."""
    needed = estimate(info, config).peak
    if device is None or device.free is None or needed <= device.free:
        return f"Needs about {size(needed)} of memory", True
    words = f"Needs about {size(needed)} of memory, and only {size(device.free)} are free."
    smaller = next(that_fit(info, config, device.free), None)
    if smaller is None:
        return f"{words} Close other programs, or leave modalities out.", False
    changes = []
    if smaller.model.dimension != config.model.dimension:
        changes.append(f"dimension {smaller.model.dimension}")
    if smaller.training.batch_size != config.training.batch_size:
        changes.append(f"batch size {smaller.training.batch_size}")
    return f"{words} It would fit with {' and '.join(changes)}.", False
