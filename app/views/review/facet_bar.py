"""The facets of the list: a button each, whose menu shows the groups with their sizes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget
from superqt import QFlowLayout

from app import theme
from app.icons import icon
from app.labels import plain_tip, unmarked
from core.review.queue import Queue
from core.store.queues import FacetName

_NAMES: tuple[FacetName, ...] = ("chance", "score", "margin", "mutual", "image", "kind", "verdict", "author")
# What the model says of pairs.
_TELLING: frozenset[FacetName] = frozenset(("chance", "score", "margin", "mutual"))
_LONGEST = 22  # characters of a chosen value on its button

Chosen = tuple[tuple[FacetName, str], ...]


class FacetBar(QWidget):
    """One value of a facet can be chosen at a time; values of several facets narrow each other down."""

    changed = Signal()

    def __init__(self, clear: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("facetBar")
        self._chosen: dict[FacetName, str] = {}
        self._blind = False
        self._menu = QMenu(self, objectName="facetsMenu")
        self._buttons: dict[FacetName, QPushButton] = {}
        self._flow = QFlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setSpacing(theme.SMALL)
        for name in _NAMES:
            button = QPushButton(self, objectName=f"{name}Facet")
            button.setProperty("facet", True)
            button.setProperty("menu", True)
            button.setMenu(QMenu(button))
            button.hide()
            self._buttons[name] = button
        self._clear = QPushButton(
            icon("mdi6.filter-remove-outline"), "", self, objectName="clearFiltersButton"
        )
        self._clear.setProperty("facet", True)
        self._clear.setAccessibleName(clear.text().replace("&", ""))
        self._clear.setToolTip(clear.toolTip())
        self._clear.clicked.connect(clear.trigger)
        self._clear.hide()

    @property
    def chosen(self) -> Chosen:
        """The value of each facet that is narrowed down, of those that can be seen."""
        return tuple((name, value) for name, value in self._chosen.items() if not self._hides(name))

    @property
    def has_focus(self) -> bool:
        """Whether the keyboard is on one of the buttons."""
        return any(button.hasFocus() for button in (*self._buttons.values(), self._clear))

    def choose(self, chosen: Chosen) -> None:
        """Narrow down by these values and no others; nobody is told."""
        self._chosen = dict(chosen)

    def set_blind(self, blind: bool) -> None:
        """Leave what the model says of pairs out of it, or take it in again; nobody is told."""
        self._blind = blind

    def show_facets(self, queue: Queue, *, filtered: bool) -> None:
        """Show the groups of a list; ``filtered`` says whether there is anything to clear."""
        self._clear.setVisible(filtered)
        for name, button in self._buttons.items():
            values = queue.facets.get(name, ())
            title = queue.titles.get(name, name.capitalize())
            chosen = self._chosen.get(name)
            button.setVisible((bool(values) or chosen is not None) and not self._hides(name))
            shown = chosen if chosen is None or len(chosen) <= _LONGEST else f"{chosen[: _LONGEST - 1]}…"
            button.setText(title if shown is None else unmarked(shown))
            button.setAccessibleName(title if chosen is None else f"{title}: {chosen}")
            tip = f"Narrow the list down by {title.lower()}" if chosen is None else f"{title}: {chosen}"
            button.setToolTip(plain_tip(tip))
            button.setProperty("chosen", chosen is not None)
            button.style().unpolish(button)
            button.style().polish(button)
            menu = button.menu()
            menu.clear()
            for value in values:
                action = menu.addAction(f"{unmarked(value.label)}\t{value.count:,}")
                action.setCheckable(True)
                action.setChecked(value.label == chosen)
                action.triggered.connect(partial(self._choose, name, value.label))
            if chosen is not None and chosen not in [value.label for value in values]:
                gone = menu.addAction(f"{unmarked(chosen)}\t0")
                gone.setCheckable(True)
                gone.setChecked(True)
                gone.triggered.connect(partial(self._choose, name, chosen))
        self._line_up()

    @Slot()
    def open_menu(self) -> None:
        """Offer all facets at once, each with its groups."""
        self._menu.clear()
        for button in self._buttons.values():
            if not button.isHidden():
                button.menu().setTitle(button.text())
                self._menu.addMenu(button.menu())
        if not self._menu.isEmpty():
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _line_up(self) -> None:
        """Lay out what is shown alone: the layout leaves gaps for what is hidden."""
        while self._flow.count():
            self._flow.takeAt(0)
        for button in (*self._buttons.values(), self._clear):
            if not button.isHidden():
                self._flow.addWidget(button)
        self._flow.update()

    def _hides(self, name: FacetName) -> bool:
        return self._blind and name in _TELLING

    def _choose(self, name: FacetName, label: str, _checked: bool = False) -> None:
        """Choose a value; one that is chosen already lets all pass again."""
        if self._chosen.get(name) == label:
            del self._chosen[name]
        else:
            self._chosen[name] = label
        self.changed.emit()
