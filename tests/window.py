"""What tests of windows share."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def activate(qtbot: QtBot, window: QWidget) -> None:
    """Give ``window`` the keys, as a window manager does when it opens and when what lay over it closes.

    Asked for until it is given: an X server ignores a request that is older than the last change of focus. Qt
    dates its request by the last event that it has seen; the request is one, so that the next is newer.
    """

    def active() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    window.activateWindow()  # in any case: that something else has the keys now may be on its way
    qtbot.waitUntil(active)
