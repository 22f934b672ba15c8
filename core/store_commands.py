"""The sub-commands that look after a project file: backup, compact, check."""

from __future__ import annotations

import argparse
import threading

from core.errors import ProjectError
from core.store import backup as care


def backup(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Copy a project."""
    copy = care.backup(options.project, options.out, replace=options.force)
    print(f"Copied to {copy}")


def compact(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Shrink a project file."""
    before, after = care.compact(options.project)
    print(f"{options.project} had {before / 1e6:,.1f} MB and has {after / 1e6:,.1f} MB now")


def check(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Say whether a project file is sound; what is wrong with it is printed, and the exit status is 1."""
    problems = care.problems(options.project)
    if problems:
        print("\n".join(problems))
        raise ProjectError(f"{options.project} is damaged; go back to a backup, or export what can be read")
    print(f"{options.project} is sound")
