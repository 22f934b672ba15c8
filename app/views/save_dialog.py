"""Asks where a file shall go, so that the file asked about is the one that is written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_for_target(parent: QWidget, title: str, start: str, kinds: Mapping[str, str]) -> Path | None:
    """A path that ends as one of ``kinds``, filters by suffix; None where the person thought better of it.

    A name without such an end gets that of the chosen filter. Where there is a file of that name, the dialog
    comes again with the whole name: its question about replacing was about another one, or was not asked.
    """
    dialog = QFileDialog(parent, title, start, ";;".join(kinds.values()))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(start)
    found: Path | None = None
    while found is None and dialog.exec():
        chosen = dialog.selectedFiles()[0]
        suffix = next(end for end, words in kinds.items() if words == dialog.selectedNameFilter())
        complete = chosen.endswith(tuple(kinds))
        whole = Path(chosen if complete else chosen + suffix)
        if complete or not os.path.exists(whole):  # noqa: PTH110 - False in a folder that is shut, too
            found = whole
        else:
            dialog.selectFile(str(whole))
    dialog.deleteLater()
    return found
