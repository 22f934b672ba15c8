"""What the import of both graphs found and left out, as the project keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from core.store.graphs import GraphInfo, ProjectInfo

_FILES_NAMED = 3


class ImportReportView(QLabel):
    """Sentences that say whose they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="importReport", wordWrap=True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)

    def show_info(self, info: ProjectInfo) -> None:
        """Show the reports of both graphs."""
        notes = list(_notes(info.left, info.right))
        items = "".join(f"<li style='margin-bottom:4px'>{note}</li>" for note in notes)
        self.setText(f"<p><b>From the import</b></p><ul style='margin-left:-22px'>{items}</ul>")
        self.setVisible(bool(notes))


def _notes(left: GraphInfo, right: GraphInfo) -> Iterator[str]:
    """As HTML; what both reports say stands once, the rest with the name of its graph."""
    told = [_said(graph.report) for graph in (left, right)]
    yield from (note for note in told[0] if note in told[1])
    for graph, own, other in ((left, *told), (right, *reversed(told))):
        yield from (f"<b>{escape(graph.name)}:</b> {note}" for note in own if note not in other)


def _said(report: dict[str, Any]) -> list[str]:
    told = []
    if report.get("format") and report.get("reason"):
        told.append(f"{report['format'].upper()}, because {report['reason']}.")
    told += [f"{note}." for note in report.get("notes", [])]
    encodings: dict[str, str] = report.get("encodings", {})
    for encoding, count in Counter(encodings.values()).items():
        named = [file for file, held in encodings.items() if held == encoding][:_FILES_NAMED]
        more = f" and {count - len(named):,} more" if count > len(named) else ""
        told.append(f"{encoding}: {', '.join(named)}{more}.")
    return [escape(note, quote=False) for note in told]
