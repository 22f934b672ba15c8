"""The sub-commands that look after a project file: backup, compact, check."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from core.errors import ProjectError
from core.store import backup as care


def backup(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Copy a project."""
    copy = care.backup(_file(options), options.out, replace=options.force)
    print(f"Copied to {copy}")


def compact(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Shrink a project file."""
    path = _file(options)
    before, after = care.compact(path)
    print(f"{path} had {before / 1e6:,.1f} MB and has {after / 1e6:,.1f} MB now")


def check(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Say whether a project file is sound; what is wrong with it is printed, and the exit status is 1."""
    path = _file(options)
    problems = care.problems(path)
    if problems:
        print("\n".join(problems))
        raise ProjectError(f"{path} is damaged; go back to a backup, or export what can be read")
    print(f"{path} is sound")


def _file(options: argparse.Namespace) -> Path:
    if isinstance(options.project, str):
        raise ProjectError("a project on a server is looked after there; this is for project files")
    assert isinstance(options.project, Path)
    return options.project
