"""A look at files that takes long."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from app.views.source_look import Found, look_at
from core.errors import Cancelled
from core.kg.source import Dataset, GraphSource
from core.kg.stopping import check_stop


class SlowLook:
    """The look of ``module`` takes for ever the first time, unless it is stopped, and is as usual then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        self.begun, self.stopped = threading.Event(), threading.Event()
        monkeypatch.setattr(module, "look_at", self._look)

    def _look(self, source: Dataset | GraphSource, graphs: Sequence[Path | None]) -> Found:
        if self.begun.is_set():
            return look_at(source, graphs)
        self.begun.set()
        try:
            while True:
                check_stop()
                self.stopped.wait(0.01)
        except Cancelled:
            self.stopped.set()
            raise
