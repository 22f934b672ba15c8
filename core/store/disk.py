"""Files that are on disk for good, and never in the place of another."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def move_new(source: Path, target: Path) -> None:
    """Rename without overwriting, which POSIX's rename would do.

    Raises:
        FileExistsError: there is a file at the target.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        source.rename(target)
    else:
        source.unlink()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where the system lets one ask for that."""
    if os.name == "posix":
        sync(folder)


def sync(path: Path) -> None:
    """Have what a file holds, or the names in a folder, on disk."""
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
