"""Says what judging many pairs at once would do, before it is done."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.labels import isolated, plain_tip
from core.review.bulk_plan import BulkPlan, Clash

_ROW = 24
_WORDS = {"accepted": ("Accept", "accepted"), "rejected": ("Reject", "rejected")}


class BulkDialog(QDialog):
    """Its plan is made anew where pairs that exclude each other are to be taken or left out."""

    exclusive_changed = Signal(bool)
    confirmed = Signal(object)  # the plan

    def __init__(self, kind: str, parent: QWidget | None = None, *, hidden: bool = False) -> None:
        super().__init__(parent)
        self._hidden = hidden  # what the model says of pairs without a verdict
        self.setObjectName("bulkDialog")
        self.setMinimumWidth(460)
        self._plan: BulkPlan | None = None
        self._verb, self._done = _WORDS[kind]
        self.setWindowTitle(f"{self._verb} many pairs")
        self._number = QLabel(objectName="bulkNumber")
        self._number.setFont(theme.font("title"))
        self._facts = QLabel(wordWrap=True, objectName="bulkFacts")
        self._exclusive = QCheckBox("Leave out pairs that exclude each other", checked=True)
        self._exclusive.setObjectName("bulkExclusive")
        self._exclusive.setToolTip(
            "No entity gets a second counterpart; of several pairs the likelier is taken"
        )
        self._exclusive.setVisible(kind == "accepted")
        self._exclusive.toggled.connect(self._ask_anew)
        self._clashes = QListWidget(objectName="bulkClashes")
        self._clashes.setAccessibleName("Entities that would have several counterparts")
        self._clashes.setMaximumHeight(160)
        self._clashes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._clashes.hide()
        undo = QLabel("It is one step: Undo takes all of it back.")
        undo.setProperty("role", "secondary")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._confirm = QPushButton(self._verb, objectName="bulkConfirm")
        self._confirm.setProperty("primary", True)
        self._confirm.setDefault(True)
        self._confirm.setEnabled(False)
        self._buttons.addButton(self._confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self._take)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM)
        for widget in (self._number, self._facts, self._exclusive, self._clashes, undo, self._buttons):
            layout.addWidget(widget)
        self._number.setText("Looking at the pairs …")

    def show_plan(self, plan: BulkPlan) -> None:
        """Say what ``plan`` does."""
        self._plan = plan
        pairs = "pair" if len(plan) == 1 else "pairs"
        self._number.setText(
            f"{self._verb} {len(plan):,} {pairs}" if len(plan) else f"Nothing to be {self._done}"
        )
        self._facts.setText("\n".join(_facts(plan, hidden=self._hidden)))
        self._facts.setVisible(bool(self._facts.text()))
        self._clashes.clear()
        for clash in plan.clashes:
            item = QListWidgetItem(_clash_text(clash), self._clashes)
            item.setToolTip(plain_tip(item.text()))
            item.setSizeHint(QSize(0, _ROW))  # no wider than the list, so that it is elided
        self._clashes.setVisible(bool(plan.clashes))
        self._confirm.setText(f"{self._verb} {len(plan):,}")
        self._confirm.setEnabled(len(plan) > 0)
        self._confirm.setFocus(Qt.FocusReason.OtherFocusReason)
        self.adjustSize()

    @Slot(bool)
    def _ask_anew(self, exclusive: bool) -> None:
        self._confirm.setEnabled(False)
        self.exclusive_changed.emit(exclusive)

    @Slot()
    def _take(self) -> None:
        self.confirmed.emit(self._plan)
        self.accept()


def _facts(plan: BulkPlan, *, hidden: bool) -> list[str]:
    facts = []
    if hidden and plan.kind == "accepted":
        facts.append("What precision to expect is hidden while you judge blind.")
    elif plan.precision is not None:
        wrong = round((1 - plan.precision) * len(plan))
        facts.append(f"Expected precision {plan.precision * 100:.1f} %: about {wrong:,} of them wrong.")
    elif plan.kind == "accepted" and len(plan):
        facts.append("The run has no probabilities, so nothing can be said of how many are right.")
    if plan.left_out:
        facts.append(
            f"Left out, since they exclude each other or an entity has its counterpart: {plan.left_out:,}."
        )
    if plan.clashing:
        facts.append(f"{plan.clashing:,} conflicts arise: these entities would have several counterparts.")
    if plan.decided:
        facts.append(f"Decided already, and left as they are: {plan.decided:,}.")
    return facts


def _clash_text(clash: Clash) -> str:
    return f"{isolated(clash.label)}: {', '.join(map(isolated, clash.others))}"
