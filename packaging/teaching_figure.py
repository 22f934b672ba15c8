"""Draws the figure of the help's page on teaching from the tables beside it, a column for each.

    python packaging/teaching_figure.py

The tables come from `python main.py simulate PROJECT --csv TABLE`; one that is not there has no column.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.simulation.report import draw  # noqa: E402
from core.simulation.rounds import by_order, read, summary  # noqa: E402

HELP = ROOT / "resources" / "help"
TABLES = {"Demo": "teaching.csv", "FB15K-DB15K": "teaching-fb15k-db15k.csv"}


def main() -> None:
    """Draw what there is."""
    found = {title: read(HELP / name) for title, name in TABLES.items() if (HELP / name).exists()}
    parts = [(title, by_order(rounds)) for title, rounds in found.items()]
    (HELP / "teaching.svg").write_bytes(draw(parts, "svg"))
    (HELP / "teaching.png").write_bytes(draw(parts, "png"))
    for title, rounds in found.items():
        print(f"{title}\n{summary(rounds)}\n")


if __name__ == "__main__":
    main()
