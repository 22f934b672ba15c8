"""Loss and metric curves of a run, live or from the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.views.curve_data import LOSSES, METRICS, Columns

if TYPE_CHECKING:
    from app.views.curve_plot import CurvePlot
    from core.store.runs import EpochInfo

_REDRAW_MILLISECONDS = 100


class Curves(QWidget):
    """Two plots above each other over the same epochs. Events only fill buffers; a timer draws them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.losses = Columns(LOSSES)
        self.metrics = Columns(METRICS)
        self._held_out = "test"
        self._plots: tuple[CurvePlot, CurvePlot] | None = None
        self._dirty = False
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.LARGE)
        self._timer = QTimer(self)
        self._timer.setInterval(_REDRAW_MILLISECONDS)
        self._timer.timeout.connect(self._redraw)

    def clear(self) -> None:
        """Begin a new run."""
        self.losses.clear()
        self.metrics.clear()
        self._dirty = True

    def add_losses(self, epoch: int, losses: Mapping[str, float]) -> None:
        """An epoch is over."""
        self.losses.append(epoch, losses)
        self._dirty = True

    def add_metrics(self, epoch: int, held_out: str, metrics: Mapping[str, float]) -> None:
        """An epoch was evaluated on the ``held_out`` links."""
        self._held_out = held_out
        self.metrics.append(epoch, metrics)
        self._dirty = True

    def show_history(self, epochs: Iterable[EpochInfo], held_out: str) -> None:
        """Show a run of the store."""
        self.clear()
        self._held_out = held_out
        for info in epochs:
            self.losses.append(info.epoch, info.losses)
            if info.mrr is not None:
                values = {"mrr": info.mrr, "hits@1": info.hits1, "hits@10": info.hits10}
                self.metrics.append(info.epoch, values)
        self._redraw()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        if self._plots is None:
            self._build()
        self._redraw()
        self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._plots is not None:
            for plot in self._plots:
                plot.apply_theme()

    def _build(self) -> None:
        # pyqtgraph takes a third of a second to import: it comes with the first curves, not with the window.
        from app.views.curve_plot import CurvePlot, loss_lines, metric_lines

        losses = CurvePlot("lossPlot", "Loss", self.losses, loss_lines(), self)
        metrics = CurvePlot("metricPlot", "", self.metrics, metric_lines(), self)
        metrics.follow(losses)
        metrics.keep_unit_range()
        self._plots = (losses, metrics)
        self._layout.addWidget(losses)
        self._layout.addWidget(metrics)
        self._dirty = True

    @Slot()
    def _redraw(self) -> None:
        if not self._dirty or self._plots is None:
            return
        losses, metrics = self._plots
        metrics.set_title(f"Ranking of {self._held_out} links")
        losses.redraw()
        metrics.redraw()
        self._dirty = False
