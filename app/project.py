"""The open project: the one object whose signals say what changed, and through which views change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.settings import Settings
from app.tasks import Tasks
from core.review import journal
from core.review.journal import Decision, Step
from core.store.places import Place
from core.store.project_file import ProjectFile


class Project(QObject):
    """Holds the open :class:`ProjectFile`, or none. Views read through :attr:`file` in tasks of their own."""

    opened = Signal()
    closed = Signal()
    verdicts_changed = Signal(object, str)  # the Step, on disk, and "decided", "undone", "redone" and so on
    graphs_changed = Signal()  # one was replaced, or known links were added
    runs_changed = Signal(int)  # run id; its candidates are in the store
    failed = Signal(str)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self._file: ProjectFile | None = None
        self._wanted: Place | None = None  # what is being opened

    @property
    def file(self) -> ProjectFile:
        """The open project file.

        Raises:
            RuntimeError: none is open; ask :attr:`is_open` first.
        """
        if self._file is None:
            raise RuntimeError("no project is open")
        return self._file

    @property
    def is_open(self) -> bool:
        """Whether a project is open."""
        return self._file is not None

    def holds(self, file: ProjectFile) -> bool:
        """Whether ``file``, of which something was read or asked, is the open project still."""
        return self._file is file

    @property
    def read_only(self) -> str:
        """Why the open project can only be looked at; empty where it can be changed."""
        return self._file.read_only if self._file is not None else ""

    @property
    def may_write(self) -> bool:
        """Whether there is a project that can be changed."""
        return self._file is not None and not self._file.read_only

    @property
    def whose(self) -> str | None:
        """Whose steps are undone and redone: one's own on a team's server, elsewhere anybody's (None)."""
        return Settings().author if self.file.is_shared else None

    def open(self, place: Place) -> None:
        """Open a project in place of the current one; ``opened`` or ``failed`` follows.

        Where another window has it already, it is :attr:`read_only` here.
        """
        if self._file is not None and self._file.path == place:
            self.close()  # or it would stand in its own way
        self._wanted = place
        # Not on this thread: a file of an earlier format is copied and brought up to date first.
        self.tasks.write(
            self, lambda: ProjectFile.open_for_editing(place), partial(self._on_file, place), self.failed.emit
        )

    def close(self) -> None:
        """Close the project; its file is closed off the GUI thread, once every task on it has ended."""
        self._wanted = None
        if self._file is None:
            return
        file, self._file = self._file, None
        self.tasks.write_after_all(self, file.close)
        self.closed.emit()

    def decide(self, decisions: Sequence[Decision], failed: Callable[[str], None] | None = None) -> None:
        """Write verdicts as one step; ``verdicts_changed`` follows when they are on disk, else ``failed``.

        Without ``failed`` the window says why.
        """
        file = self.file
        self.tasks.write(self, lambda: journal.decide(file, decisions), self._decided, failed)

    def take_step(self, work: Callable[[ProjectFile], Step]) -> None:
        """Have ``work`` write a step, such as one of many verdicts; ``verdicts_changed`` follows."""
        file = self.file
        self.tasks.write(self, lambda: work(file), self._decided)

    @Slot()
    def undo(self) -> None:
        """Undo the last step; ``verdicts_changed`` follows if there was one."""
        file, whose = self.file, self.whose
        self.tasks.write(self, lambda: journal.undo(file, whose), partial(self._marked, "undone"))

    @Slot()
    def redo(self) -> None:
        """Redo the step that was undone last; ``verdicts_changed`` follows if there was one."""
        file, whose = self.file, self.whose
        self.tasks.write(self, lambda: journal.redo(file, whose), partial(self._marked, "redone"))

    def revoke(self, verdicts: Sequence[int]) -> None:
        """Take some verdicts back, by their ids; ``verdicts_changed`` follows if any was in force."""
        file, ids = self.file, list(verdicts)
        self.tasks.write(self, lambda: journal.revoke(file, ids), partial(self._marked, "revoked"))

    def restore(self, verdicts: Sequence[int]) -> None:
        """Bring back verdicts that were undone; ``verdicts_changed`` follows if any was."""
        file, ids = self.file, list(verdicts)
        self.tasks.write(self, lambda: journal.restore(file, ids), partial(self._marked, "restored"))

    def _on_file(self, place: Place, file: ProjectFile) -> None:
        if self._wanted != place:  # another was asked for meanwhile, or the window closes
            self.tasks.write(self, file.close)
            return
        self.close()
        self._file = file
        self.opened.emit()

    def _decided(self, step: Step) -> None:
        self.verdicts_changed.emit(step, "decided")

    def _marked(self, how: str, step: Step | None) -> None:
        if step is not None:
            self.verdicts_changed.emit(step, how)
