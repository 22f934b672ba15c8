"""The curves of a run, live or from the store: which figures are shown is for the person to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from app import theme
from app.views.training.curve_data import Columns
from app.views.training.figures import BY_KEY, FIGURES, Figure
from app.views.training.one_a_turn import OneATurn
from core.store.epochs import EpochInfo
from core.training.epoch_log import of_epoch, with_evaluation
from core.training.events import EpochDone, Evaluated, Event

if TYPE_CHECKING:
    from app.views.training.curve_plot import CurvePlot

_REDRAW_MILLISECONDS = 100
_TWO_COLUMNS = 1300  # pixels from which four plots stand two by two
_SHOWN = ("loss", "ranking", "weights", "phi")


class Curves(QWidget):
    """Plots over the same epochs. Events only fill buffers; a timer draws those that can be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = {figure.key: Columns(figure.columns) for figure in FIGURES}
        self._plots: list[CurvePlot] = []
        self._growing: CurvePlot | None = None  # has no figure yet
        self._choices = [self._choice(number, key) for number, key in enumerate(_SHOWN)]
        self._dirty = False
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.LARGE)
        self._timer = QTimer(self)
        self._timer.setInterval(_REDRAW_MILLISECONDS)
        self._timer.timeout.connect(self._redraw)
        self._turns = OneATurn(self)

    def clear(self) -> None:
        """Begin a new run."""
        for columns in self.columns.values():
            columns.clear()
        for plot in self._plots:
            plot.forget()
        self._dirty = True

    def take(self, event: Event) -> None:
        """Count an event in."""
        match event:
            case EpochDone():
                self._add(of_epoch(event), evaluated=False)
            case Evaluated():
                self._add(with_evaluation(EpochInfo(event.epoch, 0.0, {}), event), evaluated=True)

    def show_history(self, epochs: Iterable[EpochInfo]) -> None:
        """Show a run of the store."""
        self.clear()
        for info in epochs:
            self._add(info, evaluated=False)
            if info.mrr is not None:
                self._add(info, evaluated=True)
        self._redraw()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._build()
        self._redraw()
        self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._build()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            for plot in self._plots:
                plot.apply_theme()

    def _add(self, info: EpochInfo, *, evaluated: bool) -> None:
        for figure in FIGURES:
            if figure.evaluated is evaluated:
                self.columns[figure.key].append(info.epoch, figure.values(info))
        self._dirty = True

    def _choice(self, number: int, key: str) -> QComboBox:
        box = QComboBox(objectName=f"figure{number + 1}Field")
        box.setAccessibleName(f"Figure {number + 1}")
        for figure in FIGURES:
            box.addItem(figure.title, figure.key)
        box.setToolTip("What the plot below shows")
        box.setCurrentIndex(box.findData(key))
        box.activated.connect(self._on_chosen)
        return box

    @property
    def _room(self) -> int:
        """How many plots are shown: two above each other, or four where there is room."""
        return len(self._choices) if self.width() >= _TWO_COLUMNS else 2

    def _build(self) -> None:
        """Build the plots that are missing, and give each its figure in a turn of its own."""
        self._turns.take(*[self._grow] * 2 * (self._room - len(self._plots)))

    def _grow(self) -> None:
        number = len(self._plots)
        if number >= self._room:
            return
        # pyqtgraph takes a third of a second to import: it comes with the first curves, not with the window.
        from app.views.training.curve_plot import CurvePlot

        box = self._choices[number]
        if self._growing is None:
            self._growing = CurvePlot(f"curve{number + 1}Plot", box, self)
        else:
            plot, self._growing = self._growing, None
            figure = self._figure(box)
            plot.show_figure(figure, self.columns[figure.key])
            if self._plots:
                plot.follow(self._plots[0])
            self._plots.append(plot)
            self._arrange()
            self._dirty = True

    def _arrange(self) -> None:
        for number, plot in enumerate(self._plots):
            self._layout.addWidget(plot, number % 2, number // 2)
            plot.setVisible(number < self._room)

    def _figure(self, box: QComboBox) -> Figure:
        return BY_KEY[box.currentData()]

    @Slot()
    def _on_chosen(self) -> None:
        for plot, box in zip(self._plots, self._choices, strict=False):  # some may not be there yet
            figure = self._figure(box)
            plot.show_figure(figure, self.columns[figure.key])

    @Slot()
    def _redraw(self) -> None:
        if not self._dirty:
            return
        for plot in self._plots:
            if not plot.isHidden():
                plot.redraw()
        self._dirty = False
