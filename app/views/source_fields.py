"""Where the graphs of a new project come from: one dataset folder, or two graphs named apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QRadioButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.views import layouts
from app.views.look_view import LookView
from app.views.path_field import PathField
from app.views.source_look import look_at
from core.kg.records import SIDES

if TYPE_CHECKING:
    from core.kg.csv_graph import CsvMapping
    from core.kg.source import Dataset


class SourceFields(QWidget):
    """Looks at what was chosen and says which format it is in."""

    found = Signal(object)  # Found, or None while nothing usable is chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._one = QRadioButton("One folder with both graphs", objectName="oneFolderChoice", checked=True)
        self._two = QRadioButton("Two graphs", objectName="twoGraphsChoice")
        self._group = QButtonGroup(self)
        self._group.addButton(self._one, 0)
        self._group.addButton(self._two, 1)
        self._dataset = PathField(
            "datasetPathField", "folder", "A dataset folder: MMKB, DBP15K, OpenEA, RDF or tables"
        )
        self._left = PathField("leftPathField", "either", "The left graph: a folder, an RDF file or a table")
        self._right = PathField(
            "rightPathField", "either", "The right graph: a folder, an RDF file or a table"
        )
        self._links = PathField(
            "linksPathField", "file", "Known links: two columns, RDF, SSSOM or an alignment"
        )
        self._images = [
            PathField(f"{side}ImagesPathField", "folder", f"Folder with the {side} graph's images")
            for side in ("left", "right")
        ]
        self._pages = QStackedWidget()
        self._pages.addWidget(_form([("Folder", self._dataset)]))
        optional = [
            ("Known links", self._links),
            ("Left images", self._images[0]),
            ("Right images", self._images[1]),
        ]
        self._pages.addWidget(_form([("Left graph", self._left), ("Right graph", self._right), *optional]))
        for _, field in optional:
            field.set_placeholder("optional")
        self._look = LookView("detectedFormat", SIDES)
        self._look.due.connect(self._on_due)
        self._look.found.connect(self.found)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._one)
        layout.addWidget(self._two)
        layout.addWidget(self._pages)
        layout.addWidget(self._look, 1)
        layout.addStretch()
        self._group.idClicked.connect(self._choose)
        for field in (self._dataset, self._left, self._right, self._links, *self._images):
            field.changed.connect(self._look.choice_changed)
        self._choose(0)

    def set_paths(self, paths: Sequence[Path]) -> None:
        """Fill in what was dropped: one dataset folder, or a left and a right graph."""
        if len(paths) == 1:
            self._one.setChecked(True)
            self._choose(0)
            self._dataset.set_path(paths[0])
        elif len(paths) >= 2:
            self._two.setChecked(True)
            self._choose(1)
            self._left.set_path(paths[0])
            self._right.set_path(paths[1])

    def source(self) -> Callable[[], Dataset] | None:
        """What opens the dataset that was chosen; None while paths are missing."""
        if self._one.isChecked():
            folder = self._dataset.path
            return None if folder is None else lambda: _open_one(folder)
        left, right = self._left.path, self._right.path
        if left is None or right is None:
            return None
        links, images = self._links.path, [field.path for field in self._images]
        mappings = self._look.mappings((left, right))
        return lambda: _open_two(left, right, links, images, mappings)

    @Slot(int)
    def _choose(self, index: int) -> None:
        for page in range(self._pages.count()):  # the one in front alone takes room
            shown = QSizePolicy.Policy.Preferred if page == index else QSizePolicy.Policy.Ignored
            self._pages.widget(page).setSizePolicy(QSizePolicy.Policy.Preferred, shown)
        self._pages.setCurrentIndex(index)
        self._look.choice_changed()

    @Slot()
    def _on_due(self) -> None:
        source = self.source()
        if source is None:
            self._look.ask("Choose the folder." if self._one.isChecked() else "Choose both graphs.")
            return
        graphs = (None, None) if self._one.isChecked() else (self._left.path, self._right.path)
        self._look.look(lambda: look_at(source(), graphs))


def _open_one(folder: Path) -> Dataset:
    from core.kg.dataset import open_dataset

    return open_dataset(folder)


def _open_two(
    left: Path,
    right: Path,
    links: Path | None,
    images: Sequence[Path | None],
    mappings: Sequence[CsvMapping | None],
) -> Dataset:
    from core.kg.dataset import open_pair

    return open_pair(
        left,
        right,
        links=links,
        images_left=images[0],
        images_right=images[1],
        mapping_left=mappings[0],
        mapping_right=mappings[1],
    )


def _form(rows: list[tuple[str, PathField]]) -> QWidget:
    page = QWidget()
    form = layouts.form()
    page.setLayout(form)
    for label, field in rows:
        layouts.add_row(form, label, field)
    return page
