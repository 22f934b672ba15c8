from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from core.ablation.cells import Cell
from core.ablation.events import AblationFinished, CellFailed
from core.ablation.plot import draw
from core.ablation.report import csv_text, markdown
from core.ablation.results import write_results
from core.ablation.study import Study
from core.ablation.variants import Ablation, Variant, costs, sweeps
from core.config import RunConfig
from core.errors import MimeaError
from core.training.devices import pick_device
from core.training.split import Split

TODAY = date(2026, 1, 31)
VALUES = {"MIMEA": (0.5, 0.7), "w/o OTMA": (0.4, 0.5), "w/o PMF": (0.6, 0.6)}
PAIRS = np.array([[1, 2]])


def metrics(value: float) -> dict[str, dict[str, float]]:
    one = {"mrr": value, "hits@1": value / 2, "hits@10": value + 0.1}
    return {decoding: dict(one) for decoding in ("cosine", "csls", "sinkhorn")}


def finished(
    ablation: Ablation, values: dict[str, tuple[dict[str, dict[str, float]], ...]], **changes: object
) -> AblationFinished:
    cells = [
        Cell(f"{name}{seed}", name, seed, "CPU, 1 thread", "2026-01-31T00:00:00+00:00", 1.0, value)
        for name, by_seed in values.items()
        for seed, value in enumerate(by_seed)
    ]
    study = Study(
        ablation=ablation,
        config=RunConfig().replace(epochs=60, **changes),
        plans=(),
        device=pick_device("cpu"),
        split=Split(PAIRS, PAIRS, PAIRS),
        left_out={"visual": "no readable images in the left graph"},
        entities=(1200, 34),
        links=3,
    )
    failed = (CellFailed("w/o PMF", 2, "the loss is no longer a number"),)
    return AblationFinished(study, "CPU, 1 thread", tuple(cells), failed)


@pytest.fixture
def ranked() -> AblationFinished:
    ablation = Ablation(
        "table4",
        "Modules",
        (
            Variant("w/o PMF", {"fusion": "equal"}),
            Variant("w/o OTMA", {"transport": ()}),
            Variant("MIMEA", {}),
            Variant("w/o MCL", {"contrastive": ()}),
        ),
    )
    return finished(ablation, {name: tuple(map(metrics, values)) for name, values in VALUES.items()})


def rows(text: str, section: str) -> dict[str, list[str]]:
    body = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    table = [line for line in body.splitlines() if line.startswith("|")]
    return {cells[0]: cells[1:] for cells in ([c.strip() for c in line[1:-1].split("|")] for line in table)}


def test_the_page_stands_on_its_own(ranked: AblationFinished) -> None:
    text = markdown(ranked, "countries", TODAY)
    for part in (
        "# Modules", "countries: 1,200 left and 34 right entities, 3 known links", "2026-01-31",
        "CPU, 1 thread", "epochs = 60", "Left out: visual | no readable images",
        "Failed: w/o PMF, random seed 2 | the loss",
        "MIMEA Explorer", "torch", "| Random seeds | 0, 1 |", "against MIMEA",
    ):  # fmt: skip
        assert part in text


def test_mean_spread_and_p_stand_in_the_table(ranked: AblationFinished) -> None:
    table = rows(markdown(ranked, "countries", TODAY), "CSLS")
    assert list(table)[2:] == ["w/o PMF", "w/o OTMA", "MIMEA", "w/o MCL"]
    # MIMEA 0.5 and 0.7: mean 0.6, deviation 0.2 / √2; the two best means are both bold.
    assert table["MIMEA"][:2] == ["**0.600 ± 0.141**", "-"]
    # Differences -0.1, -0.2: t = -0.15 / 0.05 = -3 with one degree of freedom, p = 1 - 2 atan(3) / π = 0.205
    assert table["w/o OTMA"][:2] == ["0.450 ± 0.071", "0.205"]
    assert table["w/o PMF"][0] == "**0.600 ± 0.000**"
    assert table["w/o MCL"] == ["-"] * 6


def test_one_random_seed_shows_no_spread() -> None:
    ablation = Ablation("one", "One", (Variant("MIMEA", {}), Variant("w/o OTMA", {"transport": ()})))
    one = finished(ablation, {"MIMEA": (metrics(0.5),), "w/o OTMA": (metrics(0.4),)})
    table = rows(markdown(one, "p", TODAY), "Cosine")
    assert table["w/o OTMA"][:2] == ["0.400 ± -", "-"]


def test_csv_is_long_and_complete(ranked: AblationFinished) -> None:
    found = list(csv.DictReader(io.StringIO(csv_text(ranked))))
    assert len(found) == 3 * 3 * 3
    row = next(
        r for r in found if (r["variant"], r["measure"], r["metric"]) == ("w/o OTMA", "sinkhorn", "hits@1")
    )
    assert row["ablation"] == "table4" and row["changes"] == '{"transport": []}'
    assert float(row["mean"]) == pytest.approx(0.225)
    assert float(row["std"]) == pytest.approx(0.05 / 2**0.5)
    assert float(row["p"]) == pytest.approx(0.2048, abs=1e-4)
    assert row["random_seeds"] == "0 1" and row["values"] == "0.2 0.25"
    reference = next(r for r in found if r["variant"] == "MIMEA")
    assert reference["p"] == "" and reference["std"] != ""


def test_costs_have_a_table_of_their_own() -> None:
    ablation = costs(RunConfig())
    value = {
        "model": {"parameters": 2_440_000},
        "inference": {"flops": 67.77e9, "seconds": 0.5, "seconds_std": 0.01, "relative": 1.0},
        "epoch": {"flops": 1.5e9},
    }
    half = {**value, "inference": {"flops": 30e9, "seconds": 0.25, "seconds_std": 0.02, "relative": 0.5}}
    result = finished(ablation, {"MIMEA": (value,), "w/o PMF": (half,)})
    text = markdown(result, "p", TODAY)
    assert "| MIMEA | 2.440 | 67.770 | 1.500 | 500.0 ± 10.0 | 1.00× |" in text
    assert "| w/o PMF | 2.440 | 30.000 | 1.500 | 250.0 ± 20.0 | 0.50× |" in text


@pytest.fixture
def swept() -> AblationFinished:
    ablation = sweeps(RunConfig())
    values = {
        variant.name: tuple(metrics(0.4 + 0.01 * i + 0.02 * seed) for seed in range(3))
        for i, variant in enumerate(ablation.variants)
    }
    return finished(ablation, values)


def test_the_figure_has_a_line_for_each_decoding_in_each_panel(swept: AblationFinished) -> None:
    svg = draw(swept, "svg")
    root = ElementTree.fromstring(svg)
    names = [group.get("id", "") for group in root.iter("{http://www.w3.org/2000/svg}g")]
    assert sum(name.startswith("axes_") for name in names) == 4 * 3
    assert sum(name.startswith("FillBetweenPolyCollection_") for name in names) == 4 * 3 * 3
    picture = Image.open(io.BytesIO(draw(swept, "png")))
    assert picture.format == "PNG" and picture.width > 1000


def test_files_are_written_over_those_of_before(
    tmp_path: Path, ranked: AblationFinished, swept: AblationFinished
) -> None:
    folder = tmp_path / "new" / "folder"
    assert [path.name for path in write_results(ranked, "p", folder)] == ["table4.md", "table4.csv"]
    (folder / "table4.md").write_text("old")
    write_results(ranked, "p", folder)
    assert (folder / "table4.md").read_text(encoding="utf-8").startswith("# Modules")
    names = [path.name for path in write_results(swept, "p", folder)]
    assert names == ["figure3.md", "figure3.csv", "figure3.svg", "figure3.png"]
    assert len(list(folder.iterdir())) == 6


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, ranked: AblationFinished) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MimeaError, match="can't be written"):
        write_results(ranked, "p", tmp_path / "file")
    nothing = AblationFinished(ranked.study, ranked.device, (), ranked.failed)
    with pytest.raises(MimeaError, match="no cell could be measured: the loss"):
        write_results(nothing, "p", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
