"""Writes resources/help/keys.md, the default keys as a page for the web, from the actions of the window.

python packaging/keys_page.py
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings  # noqa: E402

from app.application import create_application  # noqa: E402
from app.keyed_action import KeyedAction  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.views.keys_dialog import key_rows  # noqa: E402

PAGE = ROOT / "resources" / "help" / "keys.md"
_HEAD = """# Keys

`?` lists the keys in force. *Edit > Settings > Keys* changes them; these are the first ones.

![Settings, Keys: each key is changed in its own cell](settings-keys.png)
"""


def keys_page(actions: Iterable[KeyedAction]) -> str:
    """The page as Markdown: a table for each heading."""
    parts = [_HEAD]
    for group, rows in key_rows(actions).items():
        lines = [
            f"| {keys} | {words} |" if words == tip else f"| {keys} | {words}: {tip[0].lower()}{tip[1:]} |"
            for keys, words, tip in rows
        ]
        parts.append("\n".join([f"## {group}", "", "| Key | What it does |", "|---|---|", *lines]) + "\n")
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        application = create_application()
        window = MainWindow(Settings())
        window.pages.build()
        PAGE.write_text(keys_page(window.findChildren(KeyedAction)), encoding="utf-8")
        del window, application
    print(PAGE)


if __name__ == "__main__":
    main()
