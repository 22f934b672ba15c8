"""Locks between processes: one window at a time changes a project, one process drives a run."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import ProjectError


class ProcessLock:
    """A lock of the operating system on a file of its own: it ends with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Not per thread: the window opens on one thread and may close on another.
        self._lock = FileLock(self.path, thread_local=False)

    def take(self) -> bool:
        """Take the lock; False where another process has it.

        Raises:
            ProjectError: no lock can be had in that folder.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except (OSError, NotImplementedError) as error:
            raise ProjectError(f"{self.path} can't be locked: {error}") from error
        return True

    def release(self) -> None:
        """Let others have it."""
        if self._lock.is_locked:
            if os.name == "posix":
                # While it is still ours: who opened the file before sees that it has lost its name.
                self.path.unlink(missing_ok=True)
            self._lock.release()

    def held(self) -> bool:
        """Whether some process, this one included, has it.

        Raises:
            ProjectError: no lock can be had in that folder.
        """
        if not self.path.exists():
            return False
        if self._lock.is_locked or not self.take():
            return True
        self.release()
        return False


class EditingLock(ProcessLock):
    """On ``NAME.mimea.lock``: held by the window that may change the project.

    Not on the project file itself: there SQLite has its own locks, which ours would meet on network drives.
    """

    def __init__(self, project: Path) -> None:
        super().__init__(project.with_name(f"{project.name}.lock"))
