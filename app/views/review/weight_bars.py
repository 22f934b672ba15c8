"""How alike the pair is in each modality, and how much each side's fusion lets that modality count."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from core.modality import PAPER_MODALITIES
from core.review.evidence import ModalityEvidence, PairEvidence

_ROW, _CLOSE_ROW, _LOWEST_ROW = 40, 34, 27
_FEWEST_LINES = 1 + len(PAPER_MODALITIES)
_HEAD = 18
_SIDE = 40
_BAR, _THIN_BAR = 8, 4


class WeightBars(QWidget):
    """A line a modality, the joint score first; the weights of a side stand on that side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weightBars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(264)
        self.setMaximumWidth(420)
        self._evidence: PairEvidence | None = None
        self._height = _HEAD + _FEWEST_LINES * _ROW

    def set_height(self, height: int) -> None:
        """Move the lines together where ``height`` pixels are too few for them."""
        self._height = height
        self.updateGeometry()
        self.update()

    def show_evidence(self, evidence: PairEvidence | None) -> None:
        """Show the numbers of a pair."""
        self._evidence = evidence
        self.updateGeometry()
        self.setAccessibleName("Evidence by modality")
        self.setAccessibleDescription("\n".join(self.lines()))
        self.update()

    def lines(self) -> list[str]:
        """The numbers in words, for tooltips and screen readers."""
        if self._evidence is None:
            return []
        score = self._evidence.score
        joint = "joint score: not scored by this run" if score is None else f"joint score {score:.4f}"
        return [joint, *map(_in_words, self._evidence.modalities)]

    def sizeHint(self) -> QSize:
        return QSize(320, _HEAD + self._lines * self._row)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            row = (event.pos().y() - _HEAD) // self._row
            lines = self.lines()
            if 0 <= row < len(lines):
                QToolTip.showText(event.globalPos(), lines[row], self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._evidence is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        self._paint_joint(painter, self._row_rect(0), self._evidence)
        for number, modality in enumerate(self._evidence.modalities, start=1):
            self._paint_modality(painter, self._row_rect(number), modality)

    @property
    def _lines(self) -> int:
        return _FEWEST_LINES if self._evidence is None else 1 + len(self._evidence.modalities)

    @property
    def _row(self) -> int:
        return max(_LOWEST_ROW, min(_ROW, (self._height - _HEAD) // self._lines))

    @property
    def _bar(self) -> int:
        return _BAR if self._row > _CLOSE_ROW else _THIN_BAR

    @property
    def _bar_top(self) -> int:
        """Below the line of text."""
        return 19 + self._row // 8

    def _row_rect(self, number: int) -> QRect:
        return QRect(0, _HEAD + number * self._row, self.width(), self._row)

    def _middle(self, row: QRect) -> QRect:
        return row.adjusted(_SIDE + theme.MEDIUM, 0, -_SIDE - theme.MEDIUM, 0)

    def _paint_head(self, painter: QPainter) -> None:
        painter.setFont(theme.font("small"))
        painter.setPen(theme.secondary_color())
        row = QRect(0, 0, self.width(), _HEAD)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "weight")
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "weight")
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, "similarity")

    def _paint_joint(self, painter: QPainter, row: QRect, evidence: PairEvidence) -> None:
        middle = self._middle(row)
        number = "not scored" if evidence.score is None else f"{evidence.score:.2f}"
        self._paint_line(painter, middle, "joint score", number, bold=True)
        self._paint_bar(painter, middle, evidence.score, self.palette().text().color())

    def _paint_modality(self, painter: QPainter, row: QRect, line: ModalityEvidence) -> None:
        color = QColor(theme.MODALITY_COLORS[line.modality])
        middle = self._middle(row)
        if line.similarity is None:
            self._paint_line(painter, middle, line.modality, line.missing, weak=True)
        else:
            self._paint_line(painter, middle, line.modality, f"{line.similarity:.2f}")
        self._paint_bar(painter, middle, line.similarity, color)
        self._paint_weight(painter, row, line.left_weight, color, left=True)
        self._paint_weight(painter, row, line.right_weight, color, left=False)

    def _paint_line(
        self,
        painter: QPainter,
        place: QRect,
        name: str,
        number: str,
        *,
        bold: bool = False,
        weak: bool = False,
    ) -> None:
        upper = QRect(place.left(), place.top() + self._row // 20, place.width(), 19)
        painter.setFont(theme.font(bold=bold, tabular=True))
        painter.setPen(self.palette().text().color())
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        taken = painter.fontMetrics().horizontalAdvance(name) + theme.MEDIUM
        rest = upper.adjusted(taken, 0, 0, 0)
        if weak:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.secondary_color())
        text = QFontMetrics(painter.font()).elidedText(number, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bar(self, painter: QPainter, place: QRect, value: float | None, color: QColor) -> None:
        bar = self._bar
        track = QRectF(place.left(), place.top() + self._bar_top, place.width(), bar)
        painter.setPen(Qt.PenStyle.NoPen)
        if value is None:
            painter.setBrush(QBrush(theme.border_color(), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(track, bar / 2, bar / 2)
            return
        painter.setBrush(self.palette().midlight())
        painter.drawRoundedRect(track, bar / 2, bar / 2)
        # A negative similarity has no length; its number says what it is.
        share = max(0.0, min(1.0, value))
        if share > 0.0:
            painter.setBrush(color)
            filled = QRectF(track.left(), track.top(), max(bar, track.width() * share), bar)
            painter.drawRoundedRect(filled, bar / 2, bar / 2)

    def _paint_weight(
        self, painter: QPainter, row: QRect, weight: float | None, color: QColor, *, left: bool
    ) -> None:
        place = QRect(row.left() if left else row.right() - _SIDE + 1, row.top() + self._row // 20, _SIDE, 19)
        align = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(self.palette().text().color() if weight is not None else theme.secondary_color())
        painter.drawText(
            place, align | Qt.AlignmentFlag.AlignVCenter, "–" if weight is None else f"{weight:.2f}"
        )
        if weight is None:
            return
        length = max(2.0, _SIDE * min(1.0, weight))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        start = place.left() if left else place.right() + 1 - length
        weighed = QRectF(start, row.top() + self._bar_top + (self._bar - _THIN_BAR) / 2, length, _THIN_BAR)
        painter.drawRoundedRect(weighed, 2, 2)


def _in_words(line: ModalityEvidence) -> str:
    similarity = f"{line.similarity:.4f}" if line.similarity is not None else f"missing ({line.missing})"
    left, right = ("none" if w is None else f"{w:.4f}" for w in (line.left_weight, line.right_weight))
    return f"{line.modality}: similarity {similarity}, weight left {left}, right {right}"
