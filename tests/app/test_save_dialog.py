"""The file that is asked about is the file that is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.views import save_dialog
from app.views.new_project_dialog import _as_project
from app.views.save_dialog import ask_for_target

KINDS = {".json": "Settings (*.json)", ".txt": "Text (*.txt)"}


class _Answers(QFileDialog):
    """A person who types these names in turn, and then gives up."""

    names: tuple[str, ...] = ()
    kind = ""
    offered: list[str]

    def exec(self) -> int:
        cls = type(self)
        cls.offered.append(Path(self.selectedFiles()[0]).name)
        if not cls.names:
            return 0
        if cls.kind:
            self.selectNameFilter(cls.kind)
        name, *rest = cls.names
        cls.names = tuple(rest)
        self.selectFile(name)
        return 1


@pytest.fixture
def ask(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Path | None, list[str]]]:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(save_dialog, "QFileDialog", _Answers)

    def ask_with(*names: str, kind: str = "") -> tuple[Path | None, list[str]]:
        _Answers.names = tuple(str(tmp_path / name) for name in names)
        _Answers.kind, _Answers.offered = kind, []
        found = ask_for_target(parent, "Save", str(tmp_path / "start.json"), KINDS)
        return found, _Answers.offered

    return ask_with


def test_a_name_gets_the_end_of_the_filter_and_keeps_its_own_dots(ask, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert ask("settings")[0] == tmp_path / "settings.json"
    assert ask("run.v2")[0] == tmp_path / "run.v2.json"
    assert ask("run.json")[0] == tmp_path / "run.json"
    assert ask("run", kind=KINDS[".txt"])[0] == tmp_path / "run.txt"
    assert ask()[0] is None


def test_a_file_that_the_dialog_did_not_ask_about_is_not_replaced(ask, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "settings.json").write_text("mine")
    assert ask("settings") == (None, ["start.json", "settings.json"])  # asked again, with its whole name
    assert ask("settings", "other.json")[0] == tmp_path / "other.json"
    assert ask("settings", "settings.json")[0] == tmp_path / "settings.json"


def test_a_project_keeps_the_dots_of_its_name(tmp_path: Path) -> None:
    assert _as_project(tmp_path / "my.project") == tmp_path / "my.project.mimea"
    assert _as_project(tmp_path / "my.mimea") == tmp_path / "my.mimea"
