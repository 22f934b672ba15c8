"""Opens the hub board, reads hubs for it off the GUI thread, and writes what it is told."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.settings import Settings
from app.views.review.hub_board import HubBoard
from app.views.review.image_store import ImageStore
from app.views.review.pair_actions import PairActions
from core.review.hubs import Hub, hub_ids, read_hub
from core.store.project_file import ProjectFile

_SHARE = 0.9  # of the window
Found = tuple[Hub | None, int]


class Hubs(QObject):
    """After a hub was resolved the next one is shown, the largest first."""

    def __init__(self, project: Project, images: ImageStore, actions: PairActions, page: QWidget) -> None:
        super().__init__(page)
        self._project = project
        self._images = images
        self._actions = actions
        self._page = page
        self._board: HubBoard | None = None
        self._run_id = 0
        self._asked: Found = (None, 0)
        project.verdicts_changed.connect(self._on_verdicts)
        project.closed.connect(self._close)

    @property
    def board(self) -> HubBoard | None:
        """The board while it is open."""
        return self._board

    def open(self, run_id: int, right_id: int) -> None:
        """Ask about ``right_id`` if several left entities claim it, else about the largest hub."""
        if not self._project.is_open or self._board is not None:
            return
        self._run_id, self._asked = run_id, (None, 0)
        # At once: a key pressed while the hub is read must not judge the pair behind the board.
        self._board = HubBoard(self._images, self._actions, self._page.window())
        self._board.resolved.connect(self._resolve)
        self._board.skipped.connect(self._skip)
        self._board.finished.connect(self._on_finished)
        self._board.resize(self._page.window().size() * _SHARE)
        self._board.wait()
        self._board.open()
        self._read(right_id, skip=False)

    def _read(self, right_id: int | None, *, skip: bool) -> None:
        work = partial(_read, self._project.file, self._run_id, right_id, skip)
        self._project.tasks.read(self, work, self._show, self._failed, key="hub")

    def _show(self, found: Found) -> None:
        self._asked = found
        if self._board is not None:
            self._board.show_hub(*found, hidden=self._actions.blind.isChecked())

    def _failed(self, error: str) -> None:
        """Ask again what was asked, so that another answer, or the same once more, can be given."""
        self._show(self._asked)
        if self._board is not None:
            self._board.show_failure(error)

    @Slot(object)
    def _resolve(self, chosen: int | None) -> None:
        if self._board is None or self._board.hub is None:
            return
        decisions = self._board.hub.resolved(chosen, Settings().author)
        if decisions:
            self._board.wait()
            self._project.decide(decisions, self._failed)
        else:
            self._skip()

    @Slot()
    def _skip(self) -> None:
        if self._board is not None and self._board.hub is not None:
            self._read(self._board.hub.card.id, skip=True)

    @Slot()
    def _on_verdicts(self) -> None:
        if self._board is not None:
            self._read(None, skip=False)

    @Slot()
    def _on_finished(self) -> None:
        if self._board is not None:
            self._board.deleteLater()
            self._board = None

    @Slot()
    def _close(self) -> None:
        if self._board is not None:
            self._board.close()


def _read(file: ProjectFile, run_id: int, right_id: int | None, skip: bool) -> Found:
    with file.read() as session:
        ids = hub_ids(session, run_id)
        if not ids:
            return None, 0
        if skip and right_id in ids:
            wanted = ids[(ids.index(right_id) + 1) % len(ids)]
        else:
            wanted = right_id if right_id in ids else ids[0]
        return read_hub(session, run_id, wanted), len(ids)
