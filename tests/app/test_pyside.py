from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont


class Emitter(QObject):
    emitted = Signal()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on")
def test_qt_calls_count_references_to_none_and_true(qapp) -> None:
    # PySide6 6.12.0 took one away with every call, until the interpreter died.
    font, emitter = QFont(), Emitter()
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(500):
        font.setBold(True)
        emitter.emitted.emit()
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert all(abs(a - b) < 100 for a, b in zip(after, before, strict=True))
