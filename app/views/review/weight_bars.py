"""What a pair's score is made of: each modality and matched neighbours, how alike and what each adds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QToolTip, QWidget

from app import theme
from app.models.candidate_model import percent
from app.views.review.bar_rows import HEAD, ROW, SIDE, THIN_BAR, BarRows
from app.views.review.part_words import (
    Evidence,
    color_of,
    in_words,
    name_of,
    part_of,
    value_of,
    weights_of,
)
from core.modality import MODALITIES, PAPER_MODALITIES, Part, Parts
from core.review.evidence import PairEvidence
from core.review.score_parts import shown_parts

_FEWEST_LINES = 1 + len(PAPER_MODALITIES) + 1
_TICK = 20  # the width of a box before a name
_NUMBER = 36  # the width of a column of numbers
_PALE = 80  # opacity of 255: the similarity behind what it adds
_STRIPES = Qt.BrushStyle.FDiagPattern


class WeightBars(QWidget):
    """A line for the score, a line a part of it; the weights of a side stand on that side.

    The solid bars of the parts, one after the other, make the bar of the score. A part can be left out by its
    box, to see what becomes of the rank.
    """

    left_out_changed = Signal(object)  # Parts

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weightBars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(264)
        self.setMaximumWidth(420)
        self._evidence: PairEvidence | None = None
        self._height = HEAD + _FEWEST_LINES * ROW
        self._rows = BarRows(self.width(), self._height, _FEWEST_LINES)
        parts: tuple[Part, ...] = (*MODALITIES, "support")
        self._boxes = {part: _box(self, part) for part in parts}
        for box in self._boxes.values():
            box.toggled.connect(self._on_toggled)

    @property
    def left_out(self) -> Parts:
        """The parts whose boxes are empty."""
        return frozenset(part for part, box in self._boxes.items() if not box.isChecked())

    def toggle(self, part: Part) -> None:
        """Leave a part out, or take it in again, where that can be done."""
        if self._boxes[part].isEnabled():
            self._boxes[part].toggle()

    def set_height(self, height: int) -> None:
        """Move the lines together where ``height`` pixels are too few for them."""
        self._height = height
        self._place_rows()
        self.updateGeometry()
        self.update()

    def show_evidence(self, evidence: PairEvidence | None) -> None:
        """Show the numbers of a pair."""
        if evidence is None or self._evidence is None or evidence.key != self._evidence.key:
            self._take_all_in()
        self._evidence = evidence
        self._place_rows()
        self.updateGeometry()
        self.setAccessibleName("What the score is made of")
        self.setAccessibleDescription("\n".join(self.lines()))
        self.update()

    def lines(self) -> list[str]:
        """The numbers in words, for tooltips and screen readers."""
        if self._evidence is None:
            return []
        score = self._evidence.score
        whole = "not scored by this run" if score is None else f"{score:.4f}, the sum of what each part adds"
        return [f"score: {whole}", *map(in_words, self._parts, self._additions(digits=4))]

    def sizeHint(self) -> QSize:
        return QSize(320, HEAD + self._lines * self._rows.row_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_rows()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            row = (event.pos().y() - HEAD) // self._rows.row_height
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
        self._paint_score(painter, self._rows.row(0), self._evidence.score)
        for number, (part, adds) in enumerate(zip(self._parts, self._additions(2), strict=True), start=1):
            self._paint_part(painter, self._rows.row(number), part, adds)

    @Slot(bool)
    def _on_toggled(self, _checked: bool) -> None:
        self._place_rows()
        self.update()
        self.left_out_changed.emit(self.left_out)

    def _take_all_in(self) -> None:
        for box in self._boxes.values():
            box.blockSignals(True)
            box.setChecked(True)
            box.blockSignals(False)

    def _place_rows(self) -> None:
        """Lines, and boxes before the names; the last part that is left can't be left out too."""
        self._rows = BarRows(self.width(), self._height, self._lines)
        lines = {part_of(part): (number, part) for number, part in enumerate(self._parts, start=1)}
        there = {part for part, (_, evidence) in lines.items() if value_of(evidence) is not None}
        for part, box in self._boxes.items():
            box.setVisible(part in lines)
            box.setEnabled(part in there and there - self.left_out != {part})
            if part in lines:
                text = self._rows.text(self._rows.middle(self._rows.row(lines[part][0])))
                size = box.sizeHint()
                box.setGeometry(
                    QRect(text.left() - 1, text.center().y() - size.height() // 2, _TICK, size.height())
                )

    @property
    def _parts(self) -> tuple[Evidence, ...]:
        evidence = self._evidence
        return () if evidence is None else (*evidence.modalities, evidence.support)

    def _additions(self, digits: int) -> list[str]:
        """What each part adds, as text that sums up to the score as text."""
        score = self._evidence.score if self._evidence is not None else None
        return shown_parts([part.contribution for part in self._parts], score or 0.0, digits)

    @property
    def _lines(self) -> int:
        return max(_FEWEST_LINES, 1 + len(self._parts))

    def _paint_head(self, painter: QPainter) -> None:
        painter.setFont(theme.font("small"))
        painter.setPen(theme.secondary_color())
        row = self._rows.head()
        middle = self._rows.middle(row)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        for place, align, word in (
            (row, left, "weight"),
            (row, right, "weight"),
            (middle, right, "adds"),
            (middle.adjusted(0, 0, -_NUMBER, 0), right, "similarity"),
        ):
            painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, word)

    def _paint_score(self, painter: QPainter, row: QRect, score: float | None) -> None:
        self._paint_words(painter, row, "score", ("" if score is None else f"{score:.2f}",), bold=True)
        if score is None:
            self._paint_remark(painter, row, "score", "not scored")
        track = self._rows.track(row)
        self._paint_track(painter, track, hatched=score is None)
        start = track.left()
        painter.setClipPath(_rounded(track))
        for part in self._parts:
            length = track.width() * max(0.0, part.contribution or 0.0)
            # A gap of a pixel tells neighbouring parts apart without their colours.
            _fill(painter, QRectF(start, track.top(), max(0.0, length - 1), track.height()), part)
            start += length
        painter.setClipping(False)

    def _paint_part(self, painter: QPainter, row: QRect, part: Evidence, adds: str) -> None:
        name, value = name_of(part_of(part)), value_of(part)
        track = self._rows.track(row)
        self._paint_track(painter, track, hatched=value is None)
        if value is None:
            self._paint_words(painter, row, name, (), indent=_TICK)
            self._paint_remark(painter, row, name, part.missing, indent=_TICK)
        else:
            self._paint_words(painter, row, name, (f"{value:.2f}", adds), indent=_TICK)
            painter.setClipPath(_rounded(track))
            # A negative similarity has no length; its number says what it is.
            for length, opacity in ((value, _PALE), (part.contribution or 0.0, 255)):
                bar = QRectF(
                    track.left(),
                    track.top(),
                    track.width() * max(0.0, min(1.0, length)),
                    self._rows.bar_height,
                )
                _fill(painter, bar, part, opacity)
            painter.setClipping(False)
        for weight, left in zip(weights_of(part), (True, False), strict=True):
            self._paint_weight(painter, row, weight, part, left=left)

    def _paint_words(
        self,
        painter: QPainter,
        row: QRect,
        name: str,
        numbers: tuple[str, ...],
        *,
        bold: bool = False,
        indent: int = 0,
    ) -> None:
        """The name, and numbers in columns from the right; where room is scarce the name gives way."""
        place = self._rows.text(self._rows.middle(row))
        painter.setFont(theme.font(bold=bold, tabular=True))
        painter.setPen(self.palette().text().color())
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, number in enumerate(reversed(numbers)):
            painter.drawText(place.adjusted(0, 0, -_NUMBER * column, 0), align, number)
        place.adjust(indent, 0, 0, 0)
        room = place.width() - _NUMBER * len(numbers)
        metrics = QFontMetrics(painter.font())
        if metrics.horizontalAdvance(name) > room:
            name = name.split()[-1]
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_remark(
        self, painter: QPainter, row: QRect, name: str, remark: str, *, indent: int = 0
    ) -> None:
        """Why there is no number, after the name."""
        taken = indent + QFontMetrics(theme.font()).horizontalAdvance(name) + theme.MEDIUM
        rest = self._rows.text(self._rows.middle(row)).adjusted(taken, 0, 0, 0)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.secondary_color())
        text = QFontMetrics(painter.font()).elidedText(remark, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_track(self, painter: QPainter, track: QRectF, *, hatched: bool) -> None:
        missing = QBrush(theme.border_color(), Qt.BrushStyle.BDiagPattern)
        painter.fillPath(_rounded(track), missing if hatched else self.palette().midlight())

    def _paint_weight(
        self, painter: QPainter, row: QRect, weight: float | None, part: Evidence, *, left: bool
    ) -> None:
        place = self._rows.text(row)
        place = QRect(row.left() if left else row.right() - SIDE + 1, place.top(), SIDE, place.height())
        align = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(self.palette().text().color() if weight is not None else theme.secondary_color())
        shown = "–" if weight is None else percent(weight) if part_of(part) == "support" else f"{weight:.2f}"
        painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, shown)
        if weight is None:
            return
        length = max(2.0, SIDE * min(1.0, weight))
        start = place.left() if left else place.right() + 1 - length
        top = self._rows.track(row).top() + (self._rows.bar_height - THIN_BAR) / 2
        painter.setClipPath(_rounded(QRectF(start, top, length, THIN_BAR)))
        _fill(painter, QRectF(start, top, length, THIN_BAR), part)
        painter.setClipping(False)


def _box(parent: QWidget, part: Part) -> QCheckBox:
    box = QCheckBox(parent, checked=True, objectName=f"{part}Box")
    box.setAccessibleName(f"Count {name_of(part)}")
    box.setToolTip(f"Untick it to see the rank without {name_of(part)}")
    box.hide()
    return box


def _fill(painter: QPainter, place: QRectF, part: Evidence, opacity: int = 255) -> None:
    """A bar in the part's colour; support is striped too, so that nobody has to tell it by colour alone."""
    color = QColor(color_of(part_of(part)))
    color.setAlpha(opacity)
    painter.fillRect(place, color)
    if part_of(part) == "support":
        painter.fillRect(place, QBrush(theme.base_color(), _STRIPES))


def _rounded(place: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(place, place.height() / 2, place.height() / 2)
    return path
