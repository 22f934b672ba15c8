"""The walk from pair to pair: where it came from, and the way back."""

from __future__ import annotations

from functools import partial
from typing import Literal, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QToolButton, QWidget

from app import theme
from app.keyed_action import KeyedAction
from app.labels import isolated, plain_tip, unmarked
from app.project import Project
from app.views.elided_label import ElidedLabel
from core.review.journal import Decision
from core.review.walk import pair_of
from core.store.project_file import ProjectFile

Pair = tuple[int, int]
_MOST_STEPS = 100
_WIDEST = 360  # pixels of the name on the button


class WalkBar(QWidget):
    """The button that leads back; hidden at the start of a walk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("walkBar")
        self._back = QToolButton(objectName="walkBackButton", autoRaise=True)
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._back_tip = ""
        self._problem = ElidedLabel()
        self._problem.setObjectName("walkProblem")
        self._problem.setProperty("role", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._back)
        layout.addWidget(self._problem, stretch=1)
        self.hide()

    def use(self, back: KeyedAction) -> None:
        """Let the button trigger ``back``."""
        self._back.setIcon(back.icon())
        self._back_tip = back.toolTip()
        self._back.clicked.connect(back.trigger)

    def show_trail(self, names: list[str], problem: str = "") -> None:
        """Say which pair is one step back, and why a step could not be taken."""
        self._back.setVisible(bool(names))
        steps = f" ({len(names)} steps)" if len(names) > 1 else ""
        name = names[-1] if names else ""
        short = self._back.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _WIDEST)
        if short != name:
            short += "\u2069"  # what isolates the label may be cut off with its end
        self._back.setText(f"Back to {unmarked(short)}{steps}")
        self._back.setAccessibleName(f"Back to {name}{steps}")
        self._back.setToolTip(plain_tip(f"{name}\n{self._back_tip}"))
        self._problem.set_whole(problem)
        self.setVisible(bool(names or problem))


class Walk(QObject):
    """Remembers the pairs that were left by walking; any other way to a pair ends the walk."""

    moved = Signal(int, int)  # show this pair

    def __init__(self, project: Project, bar: WalkBar) -> None:
        super().__init__(bar)
        self._project = project
        self._bar = bar
        self._trail: list[tuple[Pair, str]] = []
        self._here: tuple[Pair, str] | None = None
        self._wanted: Pair | None = None

    def arrive(self, pair: Pair, name: str) -> None:
        """A pair is shown, called ``name``."""
        if pair != self._wanted and self._here is not None and pair != self._here[0]:
            self._trail.clear()
        self._wanted = None
        self._here = pair, name
        self._show()

    @Slot(int, int)
    def go(self, left_id: int, right_id: int) -> None:
        """Walk to a pair."""
        pair = (left_id, right_id)
        if self._here is None or pair == self._here[0]:
            return
        self._trail = [*self._trail, self._here][-_MOST_STEPS:]
        self._wanted = pair
        self.moved.emit(*pair)

    def go_to_neighbour(self, run_id: int, side: str, entity_id: int, label: str) -> None:
        """Walk to the pair that a neighbour is in, if it is in any."""
        work = partial(_find, self._project.file, run_id, cast(Literal["left", "right"], side), entity_id)
        self._project.tasks.read(self, work, partial(self._found, label), key="walk")

    @Slot()
    def back(self) -> None:
        """Return to the pair before."""
        if self._trail:
            pair, _ = self._trail.pop()
            self._wanted = pair
            self.moved.emit(*pair)

    def return_after(self, decision: Decision) -> bool:
        """After a verdict go back to the pair before, unless it was decided with it; whether there is one."""
        if not self._trail:
            return False
        left_id, right_id = self._trail[-1][0]
        if decision.kind in ("accepted", "no_counterpart") and (
            left_id == decision.left_id or right_id == decision.right_id
        ):
            return False
        self.back()
        return True

    def forget(self) -> None:
        """Another project: there is no way back."""
        self._trail.clear()
        self._here = self._wanted = None
        self._show()

    def _found(self, label: str, pair: Pair | None) -> None:
        if pair is None:
            self._show(f"{isolated(label)} has no counterpart, and none is proposed for it")
        else:
            self.go(*pair)

    def _show(self, problem: str = "") -> None:
        self._bar.show_trail([name for _, name in self._trail], problem)


class MouseBack(QObject):
    """Has the back button of a mouse go back, wherever on ``page`` the pointer is."""

    pressed = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        page.installEventFilter(self)
        for area in page.findChildren(QAbstractScrollArea):
            area.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.MouseButtonPress or not isinstance(event, QMouseEvent):
            return False
        if event.button() is not Qt.MouseButton.BackButton:
            return False
        self.pressed.emit()
        return True


def _find(file: ProjectFile, run_id: int, side: Literal["left", "right"], entity_id: int) -> Pair | None:
    with file.read() as session:
        return pair_of(session, run_id, side, entity_id)
