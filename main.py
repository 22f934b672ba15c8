"""The one entry point: without a sub-command it opens the window, with one it runs headless."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program on ``sys.argv``; returns the exit status."""
    from core.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
