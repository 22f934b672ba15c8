from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.ablation.cells import Cell, CellFile, cell_key
from core.config import RunConfig
from core.errors import InputError, ProjectError
from core.training.split import Split

SPLIT = Split(*(np.array([[i, i + 10]]) for i in range(3)))


def cell(key: str = "k") -> Cell:
    return Cell(key, "MIMEA", 0, "CPU", "2026-01-01T00:00:00+00:00", 1.5, {"csls": {"mrr": 0.25}})


def test_what_is_appended_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "cells.jsonl"
    with CellFile(path) as file:
        file.append(cell("a"))
        file.append(cell("b"))
        assert file.get("a") == cell("a")
    with CellFile(path) as file:
        assert file.get("b") == cell("b")
        assert file.get("c") is None


def test_half_a_line_of_a_killed_process_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "cells.jsonl"
    with CellFile(path) as file:
        file.append(cell("a"))
        file.append(cell("b"))
    path.write_bytes(path.read_bytes()[:-7])
    with CellFile(path) as file:
        assert file.get("a") == cell("a") and file.get("b") is None
        file.append(cell("c"))
    with CellFile(path) as file:
        assert file.get("a") and file.get("c")


@pytest.mark.parametrize("line", ["nonsense", "[1]", '{"key": "a"}', '{"key": "a", "more": 1}'])
def test_a_damaged_line_is_named_and_nothing_is_changed(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cells.jsonl"
    with CellFile(path) as file:
        file.append(cell("a"))
    path.write_text(path.read_text() + line + "\n")
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"cells.jsonl, line 2: expected .* found"):
        CellFile(path).__enter__()
    assert path.read_bytes() == before


def test_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "cells.jsonl"
    with CellFile(path), pytest.raises(ProjectError, match="another process"):
        CellFile(path).__enter__()
    with CellFile(path):
        pass


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="can't be written"):
        CellFile(tmp_path / "file" / "cells.jsonl").__enter__()


def test_a_key_depends_on_all_that_decides_the_values() -> None:
    config = RunConfig()
    key = cell_key("ranking", config, "graphs", SPLIT)
    assert key == cell_key("ranking", RunConfig(), "graphs", SPLIT)
    others = [
        cell_key("cost", config, "graphs", SPLIT),
        cell_key("ranking", config.replace(random_seed=1), "graphs", SPLIT),
        cell_key("ranking", config.replace(tau=0.2), "graphs", SPLIT),
        cell_key("ranking", config, "other graphs", SPLIT),
        cell_key("ranking", config, "graphs", Split(SPLIT.seed, SPLIT.test, SPLIT.validation)),
    ]
    assert len({key, *others}) == 6
