"""A finished ablation as files: Markdown and CSV, and for a figure its plot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.ablation.events import AblationFinished
from core.ablation.report import csv_text, markdown
from core.errors import MimeaError


def write_results(finished: AblationFinished, project: str, folder: Path) -> list[Path]:
    """Write the files into ``folder``, over those of an earlier time; returns them, the page first.

    Raises:
        MimeaError: no cell was measured, or a file can't be written.
    """
    if not finished.cells:
        raise MimeaError(f"no cell could be measured: {finished.failed[0].reason}")
    name = finished.study.ablation.name
    contents = {
        f"{name}.md": markdown(finished, project, date.today()).encode(),
        f"{name}.csv": csv_text(finished).encode(),
    }
    if finished.study.ablation.kind == "figure":
        from core.ablation.plot import draw  # matplotlib takes a second to import

        contents |= {f"{name}.svg": draw(finished, "svg"), f"{name}.png": draw(finished, "png")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in contents.items():
            partial = folder / f".{file}.part"
            partial.write_bytes(content)
            partial.replace(folder / file)
    except OSError as error:
        raise MimeaError(f"{folder} can't be written: {error.strerror or error}") from error
    return [folder / file for file in contents]
