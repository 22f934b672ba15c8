"""Queues, facets, many verdicts at once, conflicts and finding by hand, by the keys that do them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QListWidget, QMenu, QPushButton
from safetensors.numpy import save_file

from app import theme
from app.keyed_action import KeyedAction
from app.labels import isolated
from app.models.candidate_model import LEFT, RIGHT
from app.models.hit_model import HIT_ROLE, HitModel
from app.views.review.bulk_dialog import BulkDialog
from app.views.review.queue_chooser import COUNT_ROLE
from core.review.elsewhere import Hit
from core.review.journal import BULK_NOTE, FOUND_NOTE, Decision, decide
from core.store.entities import EntityCard
from core.store.project_file import ProjectFile
from core.store.run_files import run_folder
from tests.window import activate

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def count_of(page, queue: str) -> int:
    chooser = page.view._queue.chooser
    return chooser.itemData(chooser.findData(queue), COUNT_ROLE)


def choose(page, facet: str, label: str) -> None:
    menu = page.find(QPushButton, f"{facet}Facet").menu()
    next(action for action in menu.actions() if action.text().startswith(f"{label}\t")).trigger()
    page.settle()


def pairs(page) -> list[tuple[int, int]]:
    queue = page.view._model.queue
    return list(zip(queue.left_ids.tolist(), queue.right_ids.tolist(), strict=True))


def test_each_queue_says_how_many_it_holds_and_keeps_up(page) -> None:
    assert count_of(page, "undecided") == len(pairs(page)) == 27
    page.press(Key.Key_A)
    page.press(Key.Key_R)
    assert (count_of(page, "accepted"), count_of(page, "rejected"), count_of(page, "mine")) == (1, 1, 2)
    assert count_of(page, "undecided") == 26  # the rejected one's second candidate waits
    page.project.undo()
    page.settle()
    assert count_of(page, "rejected") == 0


def test_facets_combine_with_the_search_and_one_key_clears_all(page) -> None:
    choose(page, "mutual", "Each other's best")
    choose(page, "image", "On both sides")
    assert {left for left, _ in pairs(page)} == {i for i in range(1, 41) if i % 3 and i % 7}
    assert page.find(QPushButton, "mutualFacet").property("chosen")
    page.search("peru")
    assert {left for left, _ in pairs(page)} == {4, 16, 40}
    page.view.focus_table()
    page.press(Key.Key_C)
    assert len(pairs(page)) == 27 and not page.view._queue.is_filtered
    choose(page, "mutual", "One-sided")
    choose(page, "mutual", "One-sided")  # again: it lets all pass
    assert len(pairs(page)) == 27


def test_another_page_can_have_a_queue_or_some_of_its_pairs_shown(page) -> None:
    page.view.show_queue("mutual")
    page.settle()
    assert {left for left, _ in pairs(page)} == {i for i in range(1, 41) if i % 3 and i % 7}
    page.view.show_queue("all", [(3, 43), (2, 42)])
    page.settle()
    assert pairs(page) == [(2, 42), (3, 43)]
    page.press(Key.Key_C)
    assert len(pairs(page)) == 27


def test_all_that_is_listed_is_accepted_as_one_step_after_a_preview(page) -> None:
    choose(page, "mutual", "Each other's best")
    listed = pairs(page)
    page.press(Key.Key_A, CONTROL)
    page.press(Key.Key_A)
    dialog = page.dialog("bulkDialog")
    assert dialog.findChild(QLabel, "bulkNumber").text() == f"Accept {len(listed)} pairs"
    assert "no probabilities" in dialog.findChild(QLabel, "bulkFacts").text()
    assert page.stored() == []
    page.answer("bulkDialog", Key.Key_Return)
    assert {(v.left_id, v.right_id, v.note) for v in page.stored()} == {(*pair, BULK_NOTE) for pair in listed}
    page.project.undo()
    page.settle()
    assert page.stored() == []


def test_a_step_of_many_is_undone_after_a_restart(page, project: ProjectFile, open_page) -> None:
    page.press(Key.Key_A)
    page.press(Key.Key_A, CONTROL)
    page.press(Key.Key_A)
    page.answer("bulkDialog", Key.Key_Return)
    given = page.stored()
    assert len(given) > 20
    page.leave()
    again = open_page(project.path)
    again.project.undo()
    again.settle()
    assert again.stored() == given[:1]
    again.project.redo()
    again.settle()
    assert again.stored() == given


def test_some_rows_are_rejected_together(page) -> None:
    for _ in range(2):
        page.press(Key.Key_Down, SHIFT)
    page.press(Key.Key_R)
    page.answer("bulkDialog", Key.Key_Escape)
    assert page.stored() == []
    page.press(Key.Key_R)
    page.answer("bulkDialog", Key.Key_Return)
    assert [(v.left_id, v.kind) for v in page.stored()] == [(1, "rejected"), (2, "rejected"), (4, "rejected")]


def test_conflicts_are_foretold(page) -> None:
    combo = page.view._queue.best
    combo.setCurrentIndex(1)
    page.settle()
    page.view.focus_table()
    page.press(Key.Key_A, CONTROL | SHIFT)
    dialog = page.dialog("bulkDialog")
    assert dialog.findChild(QListWidget, "bulkClashes").count() == 0
    dialog._exclusive.setChecked(False)
    page.settle()
    assert dialog.findChild(QListWidget, "bulkClashes").count() > 20
    assert "conflicts arise" in dialog.findChild(QLabel, "bulkFacts").text()
    dialog.reject()


@pytest.mark.parametrize(
    ("key", "left"),
    [
        (Key.Key_R, {(1, 41, "rejected"), (1, 0, "accepted")}),
        (Key.Key_K, {(1, 41, "accepted"), (1, 0, "accepted")}),
        (Key.Key_Escape, {(1, 41, "accepted")}),
    ],
)
def test_a_second_counterpart_is_asked_about(page, key, left) -> None:
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    other = page.view._panel.for_left.others[1]  # the first is the pair that is shown
    page.view._panel.pair_chosen.emit(other.left_id, other.right_id)
    page.settle()
    page.press(Key.Key_A)
    page.answer("secondCounterpart", key)
    expected = {(one, two or other.right_id, kind) for one, two, kind in left}
    assert {(v.left_id, v.right_id, v.kind) for v in page.stored()} == expected
    page.view.focus_table()
    page.press(Key.Key_U)  # whatever was answered, the next verdict is taken
    assert "unsure" in {v.kind for v in page.stored()}


def test_what_a_verdict_excludes_is_said_and_steps_back(page) -> None:
    page.view._queue.best.setCurrentIndex(1)
    page.settle()
    page.view.focus_table()
    page.view._queue.select(0)
    page.settle()
    left, right = page.shown
    others = [pair for pair in pairs(page) if pair != (left, right) and (pair[0] == left or pair[1] == right)]
    page.press(Key.Key_A)
    assert f"accepting excludes {len(others)} pair" in page.find(QLabel, "queueCount").text()
    row = pairs(page).index(others[0])
    page.text(row, 0)
    page.settle()
    assert page.text(row, 3) == "•"
    model = page.table.model()
    grey = [model.index(row, column).data(Qt.ItemDataRole.ForegroundRole) for column in (LEFT, RIGHT)]
    assert grey == [theme.secondary_color()] * 2
    free = next(n for n, pair in enumerate(pairs(page)) if pair not in others and pair[0] not in (left, 3))
    page.text(free, LEFT)
    assert model.index(free, LEFT).data(Qt.ItemDataRole.ForegroundRole) is None


def test_a_conflict_is_resolved_side_by_side(project: ProjectFile, open_page) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada"), Decision(2, 41, "accepted", author="bo")])
    page = open_page(project.path)
    page.view.show_queue("conflict")
    page.settle()
    page.view.focus_table()
    assert page.shown in ((1, 41), (2, 41))
    page.press(Key.Key_X)
    dialog = page.dialog("conflictDialog")
    first, second = (dialog.findChild(QPushButton, f"keep{n}Button").accessibleName() for n in (1, 2))
    assert {first, second} == {f"Keep {isolated(label)}" for label in ("France 1", "Chad 2")}
    page.answer("conflictDialog", Key.Key_2)
    kept = 1 if "France 1" in second else 2
    assert [(v.left_id, v.kind) for v in page.stored() if v.kind == "accepted"] == [(kept, "accepted")]
    assert count_of(page, "accepted") == 1


def test_the_keys_of_the_questions_can_be_changed(project: ProjectFile, open_page) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada"), Decision(2, 41, "accepted", author="bo")])
    page = open_page(project.path)
    page.find(KeyedAction, "keep1Action").set_keys([QKeySequence("W")])
    page.find(KeyedAction, "secondReplaceAction").set_keys([QKeySequence("E")])
    page.view.show_queue("conflict")
    page.settle()
    page.view.focus_table()
    page.press(Key.Key_X)
    assert page.dialog("conflictDialog").findChild(QPushButton, "keep1Button").text() == "Keep this  ·  W"
    page.answer("conflictDialog", Key.Key_W)
    ((left, right),) = [(v.left_id, v.right_id) for v in page.stored() if v.kind == "accepted"]
    assert right == 41
    page.view.show_pair(3 - left, 41)  # the one that was rejected
    page.settle()
    page.press(Key.Key_A)
    page.answer("secondCounterpart", Key.Key_E)
    assert [v.left_id for v in page.stored() if v.kind == "accepted"] == [3 - left]


def test_without_a_conflict_it_is_said(page) -> None:
    page.press(Key.Key_X)
    assert "nothing else claims these two" in page.find(QLabel, "queueCount").text()


def test_a_counterpart_is_found_by_hand(page) -> None:
    page.press(Key.Key_F)
    dialog = page.dialog("elsewhereDialog")
    dialog._field.setText("togo 20")
    page.qtbot.waitUntil(lambda: not dialog._timer.isActive())
    page.settle()
    page.answer("elsewhereDialog", Key.Key_Return)
    (verdict,) = page.stored()
    assert (verdict.left_id, verdict.right_id, verdict.kind) == (1, 60, "accepted")
    assert (verdict.score_shown, verdict.note) == (None, FOUND_NOTE)
    page.view.show_queue("accepted")
    page.settle()
    assert pairs(page) == [(1, 60)]
    assert page.shown == (1, 60)


def test_a_search_by_image_says_why_it_can_not(page) -> None:
    page.press(Key.Key_F)
    dialog = page.dialog("elsewhereDialog")
    dialog._by.setCurrentIndex(1)
    page.settle()
    assert "train again" in dialog.findChild(QLabel, "elsewhereTold").text()
    dialog.reject()


def test_a_counterpart_is_found_by_image(project: ProjectFile, open_page) -> None:
    path = run_folder(project.sidecar, 1) / "embeddings.safetensors"
    path.parent.mkdir(parents=True)
    visual = np.array([(1, 0), (0.6, 0.8), (0.8, 0.6)], np.float32)
    save_file({"entity_ids": np.array([1, 59, 60]), "visual": visual}, path, {"n_left": "1"})
    page = open_page(project.path)
    page.press(Key.Key_F)
    dialog = page.dialog("elsewhereDialog")
    dialog._by.setFocus()
    page.qtbot.keyClick(dialog._by, Key.Key_Down)
    page.settle()
    model = dialog._list.model()
    hits = [model.index(row, 0).data(HIT_ROLE) for row in range(model.rowCount())]
    assert [(hit.card.id, hit.why) for hit in hits] == [(60, "image 0.80"), (59, "image 0.60")]
    assert not dialog.findChild(QLabel, "elsewhereTold").text()
    page.answer("elsewhereDialog", Key.Key_Return)
    (verdict,) = page.stored()
    assert (verdict.left_id, verdict.right_id, verdict.kind) == (1, 60, "accepted")
    assert (verdict.score_shown, verdict.note) == (None, FOUND_NOTE)


def test_a_filter_is_kept_under_a_name(page) -> None:
    choose(page, "mutual", "One-sided")
    page.view.focus_table()
    page.press(Key.Key_B, CONTROL)
    page.dialog("saveFilterDialog").setTextValue(" odd ones ")
    page.answer("saveFilterDialog", Key.Key_Return)
    page.press(Key.Key_C)
    menu = page.view._tools._filters._menu
    next(action for action in menu.actions() if action.text() == "odd ones").trigger()
    page.settle()
    assert {left % 7 for left, _ in pairs(page)} == {0}


def test_the_hits_as_a_model() -> None:
    model = HitModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    hits = [Hit(EntityCard(i, f"u{i}", f"Thing {i}"), "why", "taken") for i in range(3)]
    model.set_hits(hits)
    model.set_hits(hits[:1])
    assert model.rowCount() == 1 and model.index(0, 0).data() == "Thing 0"


def test_a_plan_that_comes_after_its_dialog_was_closed_is_dropped(page) -> None:  # type: ignore[no-untyped-def]
    page.find(KeyedAction, "acceptListedAction").trigger()
    (dialog,) = page.view.findChildren(BulkDialog)
    dialog.reject()
    QApplication.sendPostedEvents(
        dialog, QEvent.Type.DeferredDelete.value
    )  # as the next turn of the loop does
    page.settle()
    assert page.stored() == []


def test_what_accepting_would_set_aside_is_said_before(page) -> None:  # type: ignore[no-untyped-def]
    others = page.view._panel.for_left
    assert len(others.others) == 5
    assert others._heading.whole.endswith("accepting sets 4 aside")
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    assert page.shown == (1, 41) and "aside" not in others._heading.whole


def menu_of(page, name: str, key: Qt.Key) -> dict[str, QAction]:
    """What a menu offers that ``key`` opens from the list, by its text."""
    activate(page.qtbot, page.view)
    page.view.focus_table()
    page.press(key)
    menu = page.find(QMenu, name)
    assert menu.isVisible()
    return {action.text(): action for action in menu.actions()}


def test_the_list_is_sorted_by_keys_alone(page) -> None:
    offered = menu_of(page, "sortMenu", Key.Key_S)
    assert offered["The queue's own order"].isChecked() and "Likely, highest first" not in offered
    menu = page.find(QMenu, "sortMenu")
    for key in [Key.Key_Down] * (list(offered).index("Score, lowest first") + 1) + [Key.Key_Return]:
        page.qtbot.keyClick(menu, key)
    page.settle()
    assert page.view._model.queue.wanted.ordered_by == "score_ascending"
    assert menu_of(page, "sortMenu", Key.Key_S)["Score, lowest first"].isChecked()
    menu.close()
    page.find(KeyedAction, "blindAction").trigger()
    page.settle()
    assert not any("Score" in each for each in menu_of(page, "sortMenu", Key.Key_S))
    menu.close()


def test_best_facets_and_saved_filters_have_keys(page) -> None:
    best = page.table.model().rowCount()
    page.press(Key.Key_E)
    assert page.table.model().rowCount() > best and not page.view._queue.best.currentData()
    page.press(Key.Key_E)
    assert page.table.model().rowCount() == best
    facets = menu_of(page, "facetsMenu", Key.Key_T)
    values = facets["Mutual"].menu().actions()
    next(value for value in values if value.text().startswith("Each other's best")).trigger()
    page.find(QMenu, "facetsMenu").close()
    page.settle()
    assert page.view._model.queue.wanted.facets == (("mutual", "Each other's best"),)
    assert "Save this filter…" in menu_of(page, "savedFiltersMenu", Key.Key_V)
    page.find(QMenu, "savedFiltersMenu").close()


def test_what_is_looked_for_elsewhere_changes_by_key(page) -> None:
    page.press(Key.Key_F)
    dialog = page.dialog("elsewhereDialog")
    by = dialog.findChild(QComboBox, "elsewhereBy")
    assert "Alt+B" in by.toolTip() and by.currentData() == "text"
    activate(page.qtbot, dialog)
    for way in ("image", "text"):
        page.qtbot.keyClick(dialog.focusWidget(), Key.Key_B, Qt.KeyboardModifier.AltModifier)
        page.settle()
        assert by.currentData() == way
    dialog.reject()
