"""The window: four pages on a rail, one status bar, and the paths between them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from app.actions import Actions
from app.dialogs import Dialogs
from app.icons import application_icon
from app.menu_dialogs import MenuDialogs
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN, Pages
from app.project import Project
from app.project_care import ProjectCare
from app.project_opener import ProjectOpener
from app.resume_offer import ResumeOffer
from app.settings import Settings
from app.side_work import SideWork
from app.status import StatusReporter
from app.tasks import Tasks
from app.themes import Themes
from app.training_worker import Training
from app.views.message_bar import MessageBar
from app.views.rail import Rail
from app.views.status_bar import StatusBar
from core.store.places import Place, place, without_password
from core.training.devices import DeviceInfo

_SUFFIX = ".mimea"


class MainWindow(QMainWindow):
    """Owns the open project, the run that goes, and the pages that show them."""

    devices_wanted = Signal()  # what they have free is to be shown

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("MIMEA Explorer")
        self.setWindowIcon(application_icon())
        self.setMinimumSize(1000, 640)
        self.setAcceptDrops(True)
        self.settings = settings
        self.tasks = Tasks(self)
        self.project = Project(self.tasks, self)
        self.training = Training(self.project, self)
        self.side_work = SideWork(self)
        self.opener = ProjectOpener(self.project, (self.training, self.side_work), settings, self)
        self.actions_ = Actions(self)
        self._themes = Themes(settings, self.actions_.themes)
        self._care = ProjectCare(self.project, self)
        self._menu = MenuDialogs(settings, self)
        self.message = MessageBar()
        self._offer = ResumeOffer(self.message, self.project, self.training, self.opener)
        self.dialogs = Dialogs(self.project, self.training, settings, self)
        self._closing = False
        start = [self.actions_.new_project, self.actions_.demo, self.actions_.open_project]
        self.pages = Pages(self.project, self.training, self.side_work, start)
        self._waiting: Place | None = None
        self._devices: list[DeviceInfo] = []
        self._rail = Rail(self.actions_.pages.actions())
        self._bar = StatusBar()
        self._status = StatusReporter(self._bar, self.project, self.training, self.opener)
        self._arrange()
        self._connect()
        self._restore()
        self._rail.choose(GRAPHS)

    @property
    def page(self) -> int:
        """The page that is shown."""
        return self.pages.currentIndex()

    @Slot(int)
    def show_page(self, index: int) -> None:
        """Go to a page; the keyboard goes with it."""
        self.pages.show_page(index)
        self._rail.choose(index)

    def open_project(self, project: Place) -> None:
        """Open a project in place of the current one."""
        self.message.hide()
        if not self.pages.complete:
            # The window was just started: the project comes when its pages are there.
            self._waiting = project
            self.pages.load()
            return
        self.opener.open(project)

    @Slot(object)
    def show_devices(self, devices: list[DeviceInfo]) -> None:
        """Say where runs compute, when that is known."""
        self._devices = devices
        self._bar.show_device(devices[-1].name)  # a GPU comes after the processor
        if self.pages.complete:
            self.pages.train.show_devices(devices)

    @Slot(str, str)
    def show_error(self, message: str, details: str = "") -> None:
        """Say above the page what went wrong."""
        self.message.show_error(message, details)

    @property
    def busy(self) -> bool:
        """Whether something is at work that the window waits for before it closes."""
        return bool(self._going())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.busy and self._closing:
            super().closeEvent(event)  # asked a second time: nobody has to wait, and a run can go on later
            return
        if self.busy:
            # The run saves what it learned and then ends; the window is closed when it has.
            event.ignore()
            self._closing = True
            self._bar.show_job(f"{self._going()} … Close again to leave at once.")
            self.setEnabled(False)
            self.training.leave()
            self.side_work.leave()
            self.opener.stop()
            self.dialogs.stop()
            return
        self.pages.wait()
        self.settings.geometry = self.saveGeometry()
        self.pages.save_layout()
        self.project.close()
        self.tasks.wait()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.pages.load()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths[0].suffix == _SUFFIX:
            self.open_project(paths[0])
        else:
            self.new_project(paths)

    def new_project(self, paths: list[Path] | None = None) -> None:
        """Ask what to import."""
        self.dialogs.new_project(paths or [])

    def _going(self) -> str:
        """What has to end before the window closes, in words; empty where nothing has."""
        if self.training.active:
            return "Saving the run"
        if self.side_work.active:
            return "Stopping the ablation or measurement"
        return "Stopping the import" if self.opener.importing or self.dialogs.busy else ""

    def _arrange(self) -> None:
        self.message.setProperty("place", "window")
        body = QVBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.message)
        body.addWidget(self.pages, 1)
        center = QWidget()
        layout = QHBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._rail)
        layout.addLayout(body, 1)
        self.setCentralWidget(center)
        self.setStatusBar(self._bar)

    def _connect(self) -> None:
        actions = self.actions_
        actions.new_project.triggered.connect(self._on_new_project)
        actions.open_project.triggered.connect(self._on_open)
        actions.open_team.triggered.connect(self.dialogs.open_team)
        actions.demo.triggered.connect(self.opener.open_demo)
        actions.export.triggered.connect(self._on_export)
        actions.add_links.triggered.connect(self._care.add_links)
        actions.backup.triggered.connect(self._care.back_up)
        actions.compact.triggered.connect(self._care.compact)
        actions.check.triggered.connect(self._care.check)
        actions.quit.triggered.connect(self.close)
        actions.undo.triggered.connect(self.project.undo)
        actions.redo.triggered.connect(self.project.redo)
        for listing in (actions.settings, actions.keys):
            listing.triggered.connect(self.pages.build)  # or the keys of pages to come would be missing
        actions.settings.triggered.connect(self._menu.show_settings)
        actions.help.triggered.connect(self._menu.show_help)
        actions.keys.triggered.connect(self._menu.show_keys)
        actions.about.triggered.connect(self._menu.show_about)
        actions.recent_menu.aboutToShow.connect(self._fill_recent)
        actions.recent_menu.triggered.connect(self._on_recent)
        self._menu.theme_chosen.connect(self._themes.choose)
        actions.pages.triggered.connect(self._on_page)
        self._rail.chosen.connect(self.show_page)
        self._status.history_changed.connect(actions.set_history)
        self.pages.completed.connect(self._on_pages_completed)
        self.pages.page_requested.connect(self.show_page)
        self.pages.graphs.replace_requested.connect(self.dialogs.replace)
        self.dialogs.project_chosen.connect(self.open_project)
        self.dialogs.refused.connect(self.show_error)
        self.dialogs.done.connect(self.message.show_notice)
        self.dialogs.ended.connect(self._on_work_ended)
        self.project.opened.connect(self._on_opened)
        self.project.closed.connect(self._on_closed)
        self.tasks.failed.connect(self.show_error)
        self.opener.failed.connect(self.show_error)
        self.opener.blocked.connect(self._on_blocked)
        self._care.done.connect(self.message.show_notice)
        self._care.failed.connect(self.show_error)
        self.opener.ready.connect(self._on_ready)
        self.opener.importing_changed.connect(self._on_importing_changed)
        self.training.failed.connect(self._on_training_failed)
        self.training.ended.connect(self._on_work_ended)
        self.side_work.ended.connect(self._on_work_ended)
        self._offer.resumed.connect(self._on_resumed)
        self._on_closed()

    def _restore(self) -> None:
        self.resize(1280, 800)
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)

    @Slot()
    def _on_pages_completed(self) -> None:
        self.actions_.review_menu.addActions(self.pages.review.review_actions())
        self.pages.train.devices_wanted.connect(self.devices_wanted)
        if self._devices:
            self.pages.train.show_devices(self._devices)
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.open_project(waiting)

    @Slot()
    def _on_opened(self) -> None:
        self.message.hide()
        if self.project.read_only:
            self.message.show_notice(self.project.read_only)
        looking = " (read-only)" if self.project.read_only else ""
        self.setWindowTitle(f"{self.project.file.name}{looking} – MIMEA Explorer")
        self.actions_.set_project_open(
            True, may_write=self.project.may_write, is_shared=self.project.file.is_shared
        )

    @Slot()
    def _on_closed(self) -> None:
        self.setWindowTitle("MIMEA Explorer")
        self.actions_.set_project_open(False)

    @Slot(object)
    def _on_blocked(self, blocked: Place) -> None:
        what = "A run" if self.training.active else "An ablation or a measurement"
        waits = " Runs that wait stay in the queue." if self.training.waiting else ""
        name = blocked.name if isinstance(blocked, Path) else without_password(blocked)
        self.message.show_question(
            f"{what} is going; opening {name} stops it and keeps what it has so far.{waits}",
            "Stop and open",
            partial(self.opener.open, blocked, stop=True),
        )

    @Slot(bool)
    def _on_ready(self, reviewable: bool) -> None:
        self.show_page(REVIEW if reviewable else GRAPHS)

    @Slot()
    def _on_work_ended(self) -> None:
        if self._closing and not self.busy:
            self.close()

    @Slot(str, str)
    def _on_training_failed(self, message: str, details: str) -> None:
        """The Run tab says so; the window does where that tab can't be seen."""
        if not self.pages.complete or not self.pages.train.run_tab.isVisible():
            self.show_error(message, details)

    @Slot(bool)
    def _on_importing_changed(self, importing: bool) -> None:
        actions = self.actions_
        for action in (actions.demo, actions.new_project, actions.open_project, actions.open_team):
            action.setEnabled(not importing)
        self._on_work_ended()

    @Slot()
    def _on_new_project(self) -> None:
        self.new_project()

    @Slot()
    def _on_open(self) -> None:
        start = next((str(each.parent) for each in self.settings.recent if isinstance(each, Path)), "")
        chosen, _ = QFileDialog.getOpenFileName(self, "Open a project", start, f"Projects (*{_SUFFIX})")
        if chosen:
            self.open_project(Path(chosen))

    @Slot()
    def _on_resumed(self) -> None:
        self.show_page(TRAIN)

    @Slot()
    def _on_export(self) -> None:
        self.show_page(EXPORT)

    @Slot(QAction)
    def _on_page(self, action: QAction) -> None:
        self.show_page(action.data())

    @Slot()
    def _fill_recent(self) -> None:
        self.actions_.fill_recent(self.settings.recent)

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        self.open_project(place(action.data()))
