from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.views.mirror_table import MirrorTable
from core.kg.dataset import open_dataset
from core.store.importer import import_dataset


def lay_out(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    """Two graphs whose import had something to remark on."""
    a, b, c = (f"<http://x/{name}>" for name in "abc")
    files = {
        "one/g.nt": f"{a} <http://x/r> {b} .\n" * 3 + f'{c} <http://x/p> "v" .\n{c} <http://x/p> "v" .\n',
        "two/g.nt": f"\ufeff{a} <http://x/r> {b} .\n",
        "links.nt": f"{a} <http://www.w3.org/2002/07/owl#sameAs> {a} .\n"
        f"{b} <http://www.w3.org/2002/07/owl#sameAs> <http://x/nowhere> .\n",
    }
    path = tmp_path / "remarks.mimea"
    import_dataset(path, open_dataset(lay_out(tmp_path / "in", files)))
    return path


def test_the_page_tells_what_the_import_found(window: MainWindow, imported: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.opener.ready):
        window.opener.open(imported)
    table = window.findChild(MirrorTable, "graphCounts")
    report = window.findChild(QLabel, "importReport")
    qtbot.waitUntil(lambda: "entities" in table.accessibleDescription())
    told = table.accessibleDescription().split("; ")
    for row in (
        "entities: 3 left, 2 right",
        "with a known link: 1 left, 1 right",
        "without one: 2 left, 1 right",
        "in no relation triple: 1 left, 0 right",
        "repeated triples merged: 3 left, 0 right",
    ):
        assert row in told
    said = report.text()
    assert "RDF, because" in said
    assert "1 link was left out" in said
    assert "<b>one:</b> UTF-8: g.nt." in said
    assert "<b>two:</b> UTF-8 with a byte-order mark: g.nt." in said


def test_names_of_graphs_stay_text(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "html.mimea"
    folder = lay_out(
        tmp_path / "html",
        {
            "<i>l/g.nt": "<http://x/a> <http://x/r> <http://x/b> .\n",
            "r/g.nt": "\ufeff<http://x/a> <http://x/r> <http://x/b> .\n",
        },
    )
    import_dataset(path, open_dataset(folder))
    with qtbot.waitSignal(window.opener.ready):
        window.opener.open(path)
    report = window.findChild(QLabel, "importReport")
    qtbot.waitUntil(lambda: "UTF-8" in report.text())
    assert "<b>&lt;i&gt;l:</b>" in report.text()
