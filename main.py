"""The one entry point: a sub-command runs headless, a project or nothing opens the window."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from core.environment import prepare

COMMANDS = (
    *("import", "reimport", "links", "train", "evaluate", "ablate", "simulate", "candidates", "accept"),
    *("export", "diff", "backup", "compact", "check", "info", "demo"),
)  # fmt: skip


def main() -> int:
    """Run the program on ``sys.argv``; returns the exit status."""
    prepare()
    arguments = sys.argv[1:]
    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        from core.cli import run

        return run(arguments)
    if len(arguments) > 1:
        return _usage(f"one project at a time; {arguments[0]!r} is no command")
    return _open_window(arguments[0] if arguments else None)


def _open_window(written: str | None) -> int:
    if not _has_display():
        print(
            "mimea-explorer: there is no display to open a window on; without one use "
            + ", ".join(COMMANDS)
            + " (see --help)",
            file=sys.stderr,
        )
        return 1
    from core.store.places import place

    project = None if written is None else place(written)
    if isinstance(project, Path) and not project.exists():
        return _usage(f"{written!r} is neither a project file nor a command")
    if sys.platform == "win32":
        # Torch's DLLs fail to load once Qt's are there (pytorch#166628); elsewhere torch is imported later.
        import torch  # noqa: F401
    from app.application import main as open_window

    return open_window(project)


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in ("offscreen", "minimal", "vnc", "eglfs", "linuxfb"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _usage(message: str) -> int:
    print(f"mimea-explorer: {message}; see --help", file=sys.stderr)
    return 2


if __name__ == "__main__":
    multiprocessing.freeze_support()  # in a bundle, a process that an import starts begins here too
    sys.exit(main())
