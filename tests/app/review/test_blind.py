"""Judging blind: nothing that the model says of a pair is told before its verdict."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from sqlalchemy import text

from app.keyed_action import KeyedAction
from app.models.queue_titles import QUEUE_TIPS
from app.settings import Settings
from app.views.review.neighbour_graph import NeighbourGraph
from app.views.review.weight_bars import WeightBars
from core.review.journal import Decision, decide
from core.store.candidate_columns import columns_from_rows, pack_candidates, renew_facts
from core.store.project_file import ProjectFile

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key = Qt.Key
# A number with two places, a share, a rank, and the words for them; but not that they are hidden.
TELLING = re.compile(
    r"0\.\d\d|\d %|#\d|likely|score(?! hidden)|best first|strength|\d proposed|proposed \(|by the run only",
    re.IGNORECASE,
)


def test_blind_hides_what_the_model_says_until_the_verdict(page) -> None:
    panel = page.view._panel
    page.press(Key.Key_B)
    assert Settings().blind
    assert page.text(0, 0) == "" and "0.9" not in page.table.model().headerData(0, Qt.Orientation.Horizontal)
    shown = [label.text() for label in panel.header.findChildren(QLabel) if label.isVisibleTo(panel)]
    assert not any("0.9" in each or "#1" in each or "likely" in each for each in shown)
    assert page.visible(page.find(QLabel, "blindNotice"))
    assert not page.visible(page.find(WeightBars, "weightBars"))
    labels = [other.label for other in panel.for_left.others]
    assert labels == sorted(labels)
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    assert page.shown == (1, 41) and page.text(page.row, 0) == "0.98"
    assert page.visible(page.find(WeightBars, "weightBars"))
    page.press(Key.Key_B)
    assert page.text(0, 0) == "0.97" and not Settings().blind


def test_blind_leaks_nothing_anywhere_on_the_page(page, project: ProjectFile) -> None:
    with project.write() as session:
        told = "probability = 0.1 + left_id % 4 * 0.25, score = score / (1 + left_id % 2)"
        session.execute(text(f"UPDATE candidate SET {told}"))
        pack_candidates(session, 1, columns_from_rows(session, 1))
    page.view.reload()
    page.settle()
    assert sum(bool(TELLING.search(line)) for line in page.said(page.view)) > 20
    *telling, image = (
        page.find(QPushButton, f"{facet}Facet") for facet in ("chance", "score", "mutual", "image")
    )
    page.qtbot.waitUntil(lambda: all(map(page.visible, (*telling, image))))
    graphs = [page.find(NeighbourGraph, name) for name in ("leftGraph", "rightGraph")]
    assert any(node.proposed for graph in graphs for node in graph.graph.nodes)
    page.press(Key.Key_B)
    assert not any(node.proposed for graph in graphs for node in graph.graph.nodes)
    explained = {*QUEUE_TIPS.values(), *page.said(page.find(QWidget, "sessionPanel"))}
    explained |= {"What the score is made of", *(line for facet in telling for line in page.said(facet))}
    leaks = [line for line in page.said(page.view) if TELLING.search(line) and line not in explained]
    assert not leaks
    assert not any(map(page.visible, telling)) and page.visible(image)
    page.qtbot.waitUntil(lambda: image.x() == 0)
    page.press(Key.Key_B)
    assert all(map(page.visible, telling))
    page.qtbot.waitUntil(lambda: telling[0].x() == 0 and telling[0].geometry().bottom() < image.y())


def test_blind_lists_pairs_by_name_and_brings_order_and_facets_back(page) -> None:
    queue = page.view._queue
    queue.facets.choose((("mutual", "Each other's best"),))
    for _ in range(2):
        queue.table.horizontalHeader().sectionClicked.emit(0)
        page.settle()
    told_before = page.view._model.queue.wanted
    assert told_before.ordered_by == "score_ascending" and told_before.facets
    page.press(Key.Key_B)
    names = [page.text(row, 1) for row in range(page.table.model().rowCount())]
    assert names == sorted(names) and len(names) == 27
    queue.table.horizontalHeader().sectionClicked.emit(0)
    page.settle()
    assert page.view._model.queue.wanted.ordered_by == "left_label"
    assert queue.chooser.currentText() == "Undecided, by name"
    page.view.focus_table()
    page.press(Key.Key_B)
    assert page.view._model.queue.wanted == told_before
    assert queue.chooser.currentText() == "Undecided, teaching most"


def test_dialogs_of_somebody_who_judges_blind_tell_no_more(project: ProjectFile, open_page) -> None:
    with project.write() as session:
        session.execute(text("UPDATE candidate SET probability = 0.5 + score / 4"))
        renew_facts(session, 1)
    decide(project, [Decision(1, 42, "accepted", author="ada")])
    page = open_page(project.path)
    for blind in (False, True):
        page.view.show_queue("conflict")
        page.settle()
        page.find(KeyedAction, "resolveConflictAction").trigger()
        dialog = page.dialog("conflictDialog")
        proposed = [line for line in page.said(dialog) if line.startswith("score hidden")]
        assert bool(proposed) == blind
        dialog.reject()
        page.view.show_queue("undecided")
        page.settle()
        page.find(KeyedAction, "acceptListedAction").trigger()
        facts = page.dialog("bulkDialog").findChild(QLabel, "bulkFacts").text()
        assert ("Expected precision" in facts) != blind and ("judge blind" in facts) == blind
        page.dialog("bulkDialog").reject()
        page.find(KeyedAction, "blindAction").trigger()
        page.settle()
