"""The walls of DESIGN section 2: core knows no Qt, data flows one way, app touches no SQL and no tensors."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import REPOSITORY

ROOMS = [
    "kg",
    "store",
    "features",
    "model",
    "alignment",
    "training",
    "review",
    "export",
    "ablation",
    "simulation",
]
QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt", "qtawesome", "qtpy", "app"}
CORE_FILES = sorted((REPOSITORY / "core").rglob("*.py"))
APP_FILES = sorted((REPOSITORY / "app").rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module


def relative(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def test_there_is_something_to_check() -> None:
    assert len(CORE_FILES) > 10
    assert len(APP_FILES) > 3


@pytest.mark.parametrize("path", CORE_FILES, ids=relative)
def test_core_imports_no_qt(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in QT}


@pytest.mark.parametrize("path", CORE_FILES, ids=relative)
def test_a_room_imports_only_from_its_left(path: Path) -> None:
    room = path.relative_to(REPOSITORY / "core").parts[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "core" or len(parts) < 2:
            continue
        if room in ROOMS:
            left = [*ROOMS[: ROOMS.index(room) + 1], "config", "errors", "modality", "presets", "words"]
            assert parts[1] in left, f"{room} imports {name}"


@pytest.mark.parametrize("path", APP_FILES, ids=relative)
def test_app_touches_neither_sql_nor_tensors(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in {"sqlalchemy", "sqlite3", "torch"}}


@pytest.mark.parametrize("module", ["core.cli", "app.application"])
def test_starting_does_not_wait_for_torch(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('torch', 'torch_geometric', 'ot') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
