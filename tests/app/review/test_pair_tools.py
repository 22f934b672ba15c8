"""What can be done with a pair beside judging it, by the keys."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import text
from torch.nn import functional

from app.labels import isolated
from app.models.agreement_model import AgreementModel
from app.models.claimant_model import ClaimantModel
from app.models.other_model import OtherModel
from app.settings import Settings
from app.views.review.image_pane import ImagePane
from app.views.review.neighbour_graph import NeighbourGraph
from app.views.review.support_table import SupportTable
from app.views.review.weight_bars import WeightBars
from core.model.pmf import joint_embedding
from core.review.evidence import pair_evidence
from core.review.hubs import read_hub
from core.review.journal import Decision, decide
from core.review.what_if import WhatIf
from core.store.project_file import ProjectFile
from core.training.embeddings import Embeddings, embeddings_path, save_embeddings

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key, Modifier = Qt.Key, Qt.KeyboardModifier


def keep_embeddings(project: ProjectFile) -> None:
    """What the small project's run would have kept."""
    generator = torch.Generator().manual_seed(1)
    things = torch.randn(40, 6, generator=generator).repeat(2, 1)
    parts = {
        modality: functional.normalize(things + 0.8 * torch.randn(80, 6, generator=generator))
        for modality in ("structure", "relation", "attribute", "visual")
    }
    weights = torch.full((80, 4), 0.25)
    kept = Embeddings(np.arange(1, 81), 40, joint_embedding(parts, weights), parts, weights)
    save_embeddings(embeddings_path(project.sidecar, 1), kept)


def make_hub(project: ProjectFile, right_id: int = 41, lefts: tuple[int, ...] = (1, 2, 4)) -> None:
    """Let several left entities have the same one as their best candidate."""
    with project.write() as session:
        session.execute(
            text(f"UPDATE candidate SET right_id = :right WHERE rank = 1 AND left_id IN {lefts}"),
            {"right": right_id},
        )
        session.execute(
            text(f"DELETE FROM candidate WHERE rank > 1 AND left_id IN {lefts} AND right_id = :right"),
            {"right": right_id},
        )


def test_models_keep_the_rules(project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4, 8)])
    make_hub(project)
    with project.read() as session:
        evidence, hub = pair_evidence(session, 1, 1, 41), read_hub(session, 1, 41)
    agreements, claimants, others = AgreementModel(), ClaimantModel(), OtherModel()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    for model in (agreements, claimants, others):
        QAbstractItemModelTester(model, mode, model)
    agreements.set_agreements(evidence.neighbours.agreements)
    claimants.set_claimants(hub.claimants, hidden=False)
    others.set_others(evidence.for_left, (1, 41), hidden=True)
    assert agreements.rowCount() and claimants.rowCount() and others.rowCount()


def test_a_part_is_left_out_and_the_rank_moves(page, project: ProjectFile) -> None:
    keep_embeddings(project)
    page.press(Key.Key_V, Modifier.ShiftModifier)
    line = page.find(QLabel, "whatIfLine")
    expected = WhatIf.of_run(project.sidecar, 1).ask((1, 41), ["visual"])
    assert line.whole.startswith(f"without: #{expected.before.rank} → #{expected.after.rank}, ")
    assert f"number {expected.after.rank_back} of 40" in line.toolTip()
    page.press(Key.Key_R, Modifier.ShiftModifier)
    assert page.find(WeightBars, "weightBars").left_out == {"visual", "relation"}
    for key in (Key.Key_S, Key.Key_A):
        page.press(key, Modifier.ShiftModifier)
    assert page.find(WeightBars, "weightBars").left_out == {"visual", "relation", "structure"}  # one stays
    page.press(Key.Key_Down)
    assert page.find(WeightBars, "weightBars").left_out == frozenset()
    assert line.whole == "Untick a part to see the rank without it"
    assert page.stored() == []


def test_a_run_without_embeddings_says_so(page) -> None:
    page.press(Key.Key_V, Modifier.ShiftModifier)
    assert "missing or damaged" in page.find(QLabel, "whatIfLine").whole


def test_a_number_picks_a_candidate_of_either_side(page) -> None:
    third = page.view._panel.for_left.others[2]
    page.press(Key.Key_3)
    assert page.shown == (1, third.right_id)
    page.press(Key.Key_Left, Modifier.AltModifier)
    assert page.shown == (1, 41)
    others = page.view._panel.for_right.others
    assert len(others) > 1
    page.press(Key.Key_2, Modifier.AltModifier)
    assert page.shown == (others[1].left_id, 41)
    page.press(Key.Key_9)  # there are five
    assert page.shown == (others[1].left_id, 41)


def test_a_walk_through_neighbours_and_back(page, qtbot, project: ProjectFile) -> None:
    graph = page.find(NeighbourGraph, "leftGraph")
    neighbour = graph.graph.nodes[0]
    graph.neighbour_activated.emit(neighbour)
    page.settle()
    first = page.shown
    assert first is not None and first[0] == neighbour.entity_id
    table = page.find(SupportTable, "supportTable")
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 1))
    agreement = page.view._panel.shown.neighbours.agreements[0]
    page.press(Key.Key_Return)
    assert page.shown == (agreement.left_id, agreement.right_id)
    bar = page.find(QWidget, "walkBar")
    assert page.visible(bar)
    page.press(Key.Key_Left, Modifier.AltModifier)
    assert page.shown == first
    area = page.view._panel.viewport()
    back = QMouseEvent(
        QMouseEvent.Type.MouseButtonPress, QPointF(5, 5), QPointF(5, 5), Qt.MouseButton.BackButton,
        Qt.MouseButton.BackButton, Modifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(area, back)
    page.settle()
    assert page.shown == (1, 41)
    assert not page.visible(bar)
    page.press(Key.Key_Left, Modifier.AltModifier)
    assert page.shown == (1, 41)


def test_another_way_to_a_pair_ends_the_walk(page) -> None:
    page.press(Key.Key_2)
    page.view._queue.select(4)
    page.settle()
    here = page.shown
    page.press(Key.Key_Left, Modifier.AltModifier)
    assert page.shown == here


def test_a_verdict_on_another_candidate_leads_back_unless_it_decides_the_entity(page) -> None:
    page.press(Key.Key_2)
    second = page.shown
    page.press(Key.Key_R)
    assert page.shown == (1, 41)
    page.press(Key.Key_3)
    third = page.shown
    page.press(Key.Key_A)
    assert page.shown is not None and page.shown[0] != 1
    assert {(v.left_id, v.right_id, v.kind) for v in page.stored()} == {
        (*second, "rejected"), (*third, "accepted"),
    }  # fmt: skip


def test_a_neighbour_without_a_pair_says_so(page, project: ProjectFile) -> None:
    graph = page.find(NeighbourGraph, "rightGraph")
    neighbour = graph.graph.nodes[-1]
    with project.write() as session:
        session.execute(text("DELETE FROM candidate WHERE right_id = :id"), {"id": neighbour.entity_id})
        session.execute(text("DELETE FROM run_seed WHERE right_id = :id"), {"id": neighbour.entity_id})
    graph.neighbour_activated.emit(neighbour)
    page.settle()
    assert page.shown == (1, 41)
    problem = page.find(QLabel, "walkProblem").text()
    assert problem.startswith(f"{isolated(neighbour.label)} has no counterpart")


def test_two_steps_stay_until_they_are_switched_off(page) -> None:
    graph = page.find(NeighbourGraph, "leftGraph")
    page.press(Key.Key_G)
    assert {node.hop for node in graph.graph.nodes} == {1, 2}
    page.press(Key.Key_Down)
    assert {node.hop for node in graph.graph.nodes} == {1, 2}
    page.press(Key.Key_G)
    assert {node.hop for node in graph.graph.nodes} == {1}


def test_the_history_of_a_pair_keeps_what_was_taken_back(page) -> None:
    page.press(Key.Key_M)
    page.find(QWidget, "noteField").setText("same flag")
    page.press(Key.Key_Return)
    page.press(Key.Key_R)
    page.project.undo()
    page.settle()
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    first, second = page.find(QWidget, "pairHistory").lines
    assert first.startswith(f"✓ Accepted by {Settings().author}, ")
    assert second.startswith("✗ Rejected") and ": same flag (taken back " in second
    page.press(Key.Key_Down)
    assert not page.visible(page.find(QWidget, "pairHistory"))


def test_addresses_are_copied_and_opened(page, monkeypatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    page.press(Key.Key_Y, Modifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == "http://example.org/2/0001"
    page.press(Key.Key_O)
    assert [url.toString() for url in opened] == ["http://example.org/1/0001"]


def test_the_wheel_enlarges_a_picture_and_keys_both(page, qtbot) -> None:
    left, right = page.find(ImagePane, "leftImage"), page.find(ImagePane, "rightImage")

    def turn(notches: int, at: QPoint) -> QWheelEvent:
        event = QWheelEvent(
            QPointF(at), left.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, Modifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(left, event)
        return event

    corner = QPoint(left.width() // 4, left.height() // 4)
    before = left._on_picture(QPointF(corner))
    assert turn(5, corner).isAccepted() and left.zoom > 2
    after = left._on_picture(QPointF(corner))
    assert (after - before).manhattanLength() < 0.25
    page.settle()
    left.grab()
    at = left.rect().center()
    qtbot.mousePress(left, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(left, at - QPoint(40, 30))
    qtbot.mouseRelease(left, Qt.MouseButton.LeftButton, pos=at - QPoint(40, 30))
    turn(-9, corner)
    assert left.zoom == 1.0
    assert not turn(-1, corner).isAccepted()  # the page scrolls
    page.press(Key.Key_Plus)
    assert left.zoom == right.zoom > 1
    page.press(Key.Key_Down)
    assert left.zoom == right.zoom == 1.0


def test_a_key_shows_the_next_of_several_pictures(page, project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(
            text(
                "INSERT INTO image (entity_id, path, sha256, status, width, height)"
                " SELECT 1, path, sha256, 'ok', 64, 48 FROM image WHERE entity_id = 2"
            )
        )
    page.view._evidence.outdate()
    page.view._show_pair((1, 41))
    page.settle()
    left = page.find(ImagePane, "leftImage")
    page.press(Key.Key_BracketLeft)
    assert left.number == 1
    page.press(Key.Key_BracketLeft)
    page.press(Key.Key_BracketRight)
    assert left.number == 0


def test_the_mouse_reads_a_neighbour_and_walks_to_it(page) -> None:
    assert page.shown == (1, 41)
    graph = page.find(NeighbourGraph, "leftGraph")
    node = next(node for node in graph.graph.nodes if node.entity_id == 2)
    place = graph._to_view(node.x, node.y).toPoint()
    page.qtbot.mouseMove(graph.viewport(), place)
    page.qtbot.waitUntil(lambda: graph._box.toolTip() == "Chad 2\ncapital →")
    page.qtbot.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    page.settle()
    assert page.shown == (1, 41)  # there is nothing
    page.qtbot.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=place)
    page.settle()
    assert page.shown == (2, 42)
