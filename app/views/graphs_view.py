"""The Graphs page: both graphs as mirror images, what compares at the same height."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.project import Project
from app.views.elided_label import ElidedLabel
from app.views.empty_state import EmptyState
from app.views.import_report_view import ImportReportView
from app.views.layouts import centred
from app.views.message_bar import MessageBar
from app.views.mirror_table import LABEL_WIDTH, MirrorRow, MirrorTable
from core.store.graphs import GraphInfo, ProjectInfo, project_info


class GraphsView(QWidget):
    """Says what the open project holds, and what its import left out."""

    train_requested = Signal()
    replace_requested = Signal(str, str)  # side, name of the graph

    def __init__(self, project: Project, start_actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("graphsView")
        self._project = project
        self.message = MessageBar()
        self._left = _GraphTitle("leftGraphTitle", Qt.AlignmentFlag.AlignRight)
        self._right = _GraphTitle("rightGraphTitle", Qt.AlignmentFlag.AlignLeft)
        self._left.replace.clicked.connect(self._on_replace_left)
        self._right.replace.clicked.connect(self._on_replace_right)
        self._table = MirrorTable()
        self._links = QLabel(objectName="linksCount", alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._report = ImportReportView()
        self._train = QPushButton("Train", objectName="goTrainButton")
        self._train.clicked.connect(self.train_requested)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "mdi6.graph-outline",
                "No project open",
                "A project holds two knowledge graphs and every decision about them. Start with your own "
                "graphs, or try it on countries, cities and currencies. Folders can be dropped here, too.",
                start_actions,
            )
        )
        self._stack.addWidget(self._content())
        project.opened.connect(self.reload)
        project.runs_changed.connect(self.reload)
        project.graphs_changed.connect(self.reload)
        project.closed.connect(self._on_closed)

    @Slot()
    def reload(self) -> None:
        """Count again."""
        file = self._project.file

        def read() -> ProjectInfo:
            with file.read() as session:
                return project_info(session)

        self._project.tasks.read(self, read, self._show, self._on_failed, key="info", later=True)

    def _content(self) -> QWidget:
        heads = QHBoxLayout()
        heads.addWidget(self._left, 1, Qt.AlignmentFlag.AlignTop)
        heads.addSpacing(LABEL_WIDTH)
        heads.addWidget(self._right, 1, Qt.AlignmentFlag.AlignTop)
        page = QWidget()
        page.setMaximumWidth(theme.PAGE_WIDTH)
        column = QVBoxLayout(page)
        column.setContentsMargins(2 * theme.LARGE, theme.LARGE, 2 * theme.LARGE, theme.LARGE)
        column.setSpacing(theme.MEDIUM)
        column.addWidget(self.message)
        column.addSpacing(theme.MEDIUM)
        column.addLayout(heads)
        column.addSpacing(theme.MEDIUM)
        column.addWidget(self._table)
        column.addSpacing(theme.LARGE)
        column.addWidget(self._links)
        column.addWidget(self._train, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.LARGE)
        column.addWidget(self._report)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(centred(page))
        scroll.setAccessibleName("Graphs")
        return scroll

    @Slot()
    def _on_replace_left(self) -> None:
        self.replace_requested.emit("left", self._left.name)

    @Slot()
    def _on_replace_right(self) -> None:
        self.replace_requested.emit("right", self._right.name)

    @Slot()
    def _on_closed(self) -> None:
        self._stack.setCurrentIndex(0)

    def _on_failed(self, message: str) -> None:
        self._stack.setCurrentIndex(1)
        self.message.show_error(message)

    def _show(self, info: ProjectInfo) -> None:
        if not self._project.is_open:
            return
        self.message.hide()
        self._left.show_graph(info.left)
        self._right.show_graph(info.right)
        for title in (self._left, self._right):
            title.replace.setEnabled(self._project.may_write)
        self._table.show_rows(_rows(info.left, info.right))
        self._links.setText(_links_text(info))
        self._train.setProperty("primary", info.runs == 0)
        self._train.setText("Train" if info.runs == 0 else "Train again")
        self._train.style().unpolish(self._train)
        self._train.style().polish(self._train)
        self._report.show_info(info)
        self._stack.setCurrentIndex(1)


class _GraphTitle(QWidget):
    def __init__(self, name: str, side: Qt.AlignmentFlag) -> None:
        super().__init__()
        self.setObjectName(name)
        self._name = QLabel(alignment=side, textFormat=Qt.TextFormat.PlainText)
        self._name.setFont(theme.font("title"))
        self._source, self._license = ElidedLabel(), ElidedLabel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._name)
        for line in (self._source, self._license):
            line.setAlignment(side)
            line.setProperty("role", "secondary")
            layout.addWidget(line)
        self.replace = QPushButton("Replace…", objectName=f"{name}Replace", flat=True)
        self.replace.setToolTip("Read another version of this graph; entities that both have stay the same")
        layout.addWidget(self.replace, alignment=side)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @property
    def name(self) -> str:
        """Of the graph that is shown."""
        return self._name.text()

    def show_graph(self, graph: GraphInfo) -> None:
        self._name.setText(graph.name)
        self._source.set_whole(graph.source)
        self._license.set_whole(graph.license)
        self._license.setVisible(bool(graph.license))


def _rows(left: GraphInfo, right: GraphInfo) -> list[MirrorRow]:
    def row(label: str, name: str, detail: bool = False) -> MirrorRow:
        return MirrorRow(label, getattr(left, name), getattr(right, name), detail)

    def reported(label: str, name: str) -> list[MirrorRow]:
        """None where an import by an earlier version did not count it."""
        if name in left.report and name in right.report:
            return [MirrorRow(label, left.report[name], right.report[name], True)]
        return []

    return [
        row("entities", "entities"),
        row("with a known link", "linked", True),
        MirrorRow("without one", left.entities - left.linked, right.entities - right.linked, True),
        *reported("in no relation triple", "isolated"),
        row("with an image", "pictured", True),
        row("with a description", "described", True),
        row("relation triples", "relation_triples"),
        row("relation types", "relations", True),
        row("attribute values", "attribute_triples"),
        row("attribute types", "attributes", True),
        *reported("repeated triples merged", "duplicates"),
        row("images", "images"),
    ]


def _links_text(info: ProjectInfo) -> str:
    if not info.links:
        return "No known links. Training needs some: add them with <i>File › Add known links…</i>."
    return (
        f"<b>{info.links:,}</b> known links between the graphs: a run takes some as seeds, tests on the rest."
    )
