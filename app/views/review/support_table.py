"""The matched neighbours through which a pair is supported: the strongest first, a line each."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app import theme
from app.models.agreement_model import (
    AGREEMENT_ROLE,
    LEFT_RELATION,
    NUMBER,
    RIGHT_RELATION,
    AgreementModel,
)
from app.views.review.mirrored import height_of, share_width
from app.views.review.neighbour_graph import agreement_color, text_on
from app.views.review.plain_text import PlainText
from core.review.neighbourhood import Agreement

_ROW = 24
_MOST_ROWS = 5
_NUMBER_WIDTH = 40
_WIDEST = 1200
_RELATION_SHARE = 0.22
_DISC = 17


class SupportTable(QTableView):
    """Looks as the attributes do; a click or Return walks to the neighbours' own pair."""

    walk_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("supportTable")
        self.setAccessibleName("Matched neighbours")
        self._model = AgreementModel()
        self.setModel(self._model)
        relations = (LEFT_RELATION, RIGHT_RELATION)  # they step back behind the neighbours
        self.setItemDelegate(PlainText(relations, self))
        self.setItemDelegateForColumn(NUMBER, _NumberDelegate((), self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("plain", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_WIDEST)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.clicked.connect(self._walk)
        self.activated.connect(self._walk)

    def show_agreements(self, agreements: tuple[Agreement, ...]) -> None:
        """Show those of a pair; none hides the table."""
        self._model.set_agreements(agreements)
        self.setFixedHeight(height_of(len(agreements), _MOST_ROWS, _ROW))
        self.setVisible(bool(agreements))
        self.executeDelayedItemsLayout()  # or it would be painted as it was, and once more
        self.scrollToTop()

    def sizeHint(self) -> QSize:
        return QSize(600, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        share_width(self, _RELATION_SHARE, _NUMBER_WIDTH)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here."""

    @Slot(QModelIndex)
    def _walk(self, index: QModelIndex) -> None:
        agreement: Agreement = index.data(AGREEMENT_ROLE)
        self.walk_requested.emit(agreement.left_id, agreement.right_id)


class _NumberDelegate(PlainText):
    """The disc or the ring that the two have in the graphs."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        agreement: Agreement = index.data(AGREEMENT_ROLE)
        color = agreement_color(agreement.number)
        disc = QRectF(0, 0, max(_DISC, 8 * len(str(agreement.number)) + 4), _DISC)
        disc.moveCenter(QRectF(option.rect).center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 2))
        painter.setBrush(theme.base_color() if agreement.proposed else QColor(color))
        painter.drawRoundedRect(disc, _DISC / 2, _DISC / 2)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.text_color() if agreement.proposed else text_on(color))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(agreement.number))
        painter.restore()
