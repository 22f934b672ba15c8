from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from app import theme
from app.labels import isolated
from app.settings import Settings
from app.views.review.image_store import LARGE
from app.views.review.listing import read_listing
from core.errors import MimeaError
from core.review import journal
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile

# Qt's offscreen platform says this of any window with a smallest size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key = Qt.Key


def test_a_project_opens_on_the_first_undecided_pair_with_the_keyboard_on_the_list(page) -> None:
    assert page.shown == (1, 41)
    assert page.row == 0
    assert page.view.focusWidget() is page.table
    assert page.text(0, 0) == "0.98"
    assert page.text(0, 1) == "France 1"


def test_pairs_decided_earlier_are_not_offered_again(open_page, project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    page = open_page(project.path)
    assert page.shown == (2, 42)


@pytest.mark.parametrize(
    ("key", "kind", "right"),
    [
        (Key.Key_A, "accepted", 41),
        (Key.Key_R, "rejected", 41),
        (Key.Key_U, "unsure", 41),
        (Key.Key_N, "no_counterpart", None),
    ],
)
def test_a_letter_writes_the_verdict_and_shows_the_next_pair(page, key, kind, right) -> None:
    page.press(key)
    (verdict,) = page.stored()
    assert (verdict.left_id, verdict.right_id, verdict.kind) == (1, right, kind)
    assert verdict.score_shown == pytest.approx(0.976)
    assert verdict.run_id == 1
    assert page.shown == (2, 42)
    assert page.row == 1
    assert page.text(0, 3) == theme.VERDICT_STYLE[kind].glyph


def test_the_verdict_is_on_disk_before_the_next_pair_is_shown(page, qtbot) -> None:
    seen: list[int] = []
    show = page.view._panel.show_evidence

    def spy(evidence) -> None:
        if evidence.key != (1, 41):
            seen.append(len(page.stored()))
        show(evidence)

    page.view._panel.show_evidence = spy
    page.press(Key.Key_A)
    assert seen
    assert set(seen) == {1}


def test_the_list_is_never_shown_without_its_first_rows(page) -> None:
    model = page.view._model
    shown = []
    model.modelReset.connect(lambda: shown.append([model.index(row, 1).data() for row in range(3)]))
    page.view.reload()
    page.settle()
    assert shown == [["France 1", "Chad 2", "Peru 4"]]


def test_a_list_that_was_read_before_a_verdict_shows_it_all_the_same(page, monkeypatch) -> None:
    def late(*asked):
        listing = read_listing(*asked)
        assert judged.wait(10)
        return listing

    judged = threading.Event()
    monkeypatch.setattr("app.views.review.review_view.read_listing", late)
    page.view.reload()
    page.qtbot.keyClick(page.table, Key.Key_A)
    page.qtbot.waitUntil(lambda: page.view._model.marks == 1)
    judged.set()
    page.settle()
    assert page.text(0, 3) == theme.VERDICT_STYLE["accepted"].glyph
    assert not page.view._model.queue.waiting[0]


def test_a_key_pressed_before_the_pair_is_shown_does_not_judge_it(page, qtbot) -> None:
    for _ in range(3):
        qtbot.keyClick(page.table, Key.Key_A)
    page.settle()
    assert len(page.stored()) == 1


def test_the_next_five_and_their_pictures_are_here_before_they_are_asked_for(page) -> None:
    view, row, pictures = page.view, page.row, 0
    for _ in range(5):
        row = view._model.queue.next_waiting(row)
        pair = view._model.pair_at(row)
        assert view._evidence.is_current(pair)
        evidence = view._evidence._kept[pair]
        for image in (*evidence.left.images[:1], *evidence.right.images[:1]):
            assert view._images.held(image, LARGE) is not None
            pictures += 1
    assert pictures >= 5


def test_a_whole_queue_by_keyboard(page) -> None:
    rows = page.table.model().rowCount()
    for _ in range(rows):
        page.press(Key.Key_A)
        if page.asked:  # of every seventh entity another one's counterpart ranks first
            page.answer("secondCounterpart", Key.Key_K)
    assert len(page.stored()) == rows
    assert page.visible(page.view._pages.all_done)
    page.press(Key.Key_A)
    assert len(page.stored()) == rows


def test_rejected_best_candidates_make_room_for_the_next(page) -> None:
    rows = page.table.model().rowCount()
    for _ in range(rows):
        page.press(Key.Key_R)
    # At the end of the list what was second best comes up.
    assert page.shown is not None
    assert page.view._panel.shown.rank == 2


def test_undo_and_redo_come_back_to_the_pair(page) -> None:
    for key in (Key.Key_A, Key.Key_R, Key.Key_U):
        page.press(key)
    page.project.undo()
    page.settle()
    assert page.shown == (4, 44)
    assert len(page.stored()) == 2
    assert page.text(2, 3) == ""
    page.project.undo()
    page.settle()
    assert page.shown == (2, 42)
    page.project.redo()
    page.settle()
    assert page.shown == (2, 42)
    assert len(page.stored()) == 2
    assert page.text(1, 3) == "✗"


def test_undoing_what_the_list_no_longer_holds_shows_the_pair_again(page) -> None:
    page.press(Key.Key_A)
    page.view.reload()
    page.settle()
    assert page.view._model.queue.row_of(1, 41) is None
    page.project.undo()
    page.settle()
    assert page.shown == (1, 41)
    assert page.row == 0


def test_undoing_no_counterpart_comes_back_too(page) -> None:
    page.press(Key.Key_N)
    assert page.shown == (2, 42)
    page.project.undo()
    page.settle()
    assert page.shown == (1, 41)
    assert page.stored() == []


def test_arrows_move_and_decided_pairs_can_be_judged_anew(page) -> None:
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    assert page.shown == (1, 41)
    assert page.find(QLabel, "pairVerdict").text() == f"✓ Accepted by {Settings().author}"
    page.press(Key.Key_R)
    assert [(v.left_id, v.kind) for v in page.stored()] == [(1, "rejected")]
    assert page.shown == (2, 42)


def test_next_undecided_skips_what_is_decided(page) -> None:
    page.press(Key.Key_Down)
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    page.press(Key.Key_Up)
    assert page.row == 0
    page.press(Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert page.row == 2
    page.press(Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert page.row == 0


def test_without_going_on_the_pair_stays(page) -> None:
    page.view._actions.advance.setChecked(False)
    page.press(Key.Key_A)
    assert page.shown == (1, 41)
    assert page.find(QLabel, "pairVerdict").text() == f"✓ Accepted by {Settings().author}"


def test_letters_are_letters_in_a_text_field(page) -> None:
    note = page.find(QLineEdit, "noteField")
    page.press(Key.Key_M)
    assert page.view.focusWidget() is note
    for key in (Key.Key_A, Key.Key_R, Key.Key_N):
        page.press(key)
    assert note.text() == "arn"
    assert page.stored() == []
    page.press(Key.Key_Return)
    assert page.view.focusWidget() is page.table
    page.press(Key.Key_A)
    assert page.stored()[0].note == "arn"
    assert note.text() == ""


def test_the_buttons_do_what_the_letters_do(page, qtbot) -> None:
    for name in ("acceptButton", "rejectButton", "unsureButton", "noCounterpartButton"):
        qtbot.mouseClick(page.find(QPushButton, name), Qt.MouseButton.LeftButton)
        page.settle()
    assert [v.kind for v in page.stored()] == ["accepted", "rejected", "unsure", "no_counterpart"]
    assert page.view.focusWidget() is page.table


def test_search_is_by_words_on_both_sides(page) -> None:
    page.press(Key.Key_Slash)
    assert page.view.focusWidget() is page.find(QLineEdit, "searchField")
    page.search("republic peru")
    assert {page.text(row, 2) for row in range(page.table.model().rowCount())} == {
        "Republic of Peru 4",
        "Republic of Peru 16",
        "Republic of Peru 40",
    }
    assert page.view.focusWidget() is page.find(QLineEdit, "searchField")
    page.press(Key.Key_Down)
    assert page.view.focusWidget() is page.table
    page.search("%")
    assert page.table.model().rowCount() == 0


def test_nothing_found_offers_to_clear_the_filters(page, qtbot) -> None:
    page.search("no such entity")
    empty = page.view._pages.none_found
    assert page.visible(empty)
    page.press(Key.Key_Return)
    page.press(Key.Key_A)
    assert page.stored() == []
    qtbot.mouseClick(empty.findChild(QPushButton), Qt.MouseButton.LeftButton)
    page.settle()
    assert page.find(QLineEdit, "searchField").text() == ""
    assert page.shown is not None


def test_the_verdict_filter(page) -> None:
    page.press(Key.Key_A)
    page.press(Key.Key_R)
    combo = page.find(QComboBox, "verdictFilter")
    for value, lefts in (("accepted", [1]), ("rejected", [2]), ("unsure", []), ("no_counterpart", [])):
        combo.setCurrentIndex(combo.findData(value))
        page.settle()
        queue = page.view._model.queue
        assert queue.left_ids.tolist() == lefts
        assert not queue.waiting.any()
    combo.setCurrentIndex(combo.findData("all"))
    page.settle()
    assert page.table.model().rowCount() == 40


def test_all_candidates(page) -> None:
    combo = page.find(QComboBox, "queueCombo")
    combo.setCurrentIndex(1)
    page.settle()
    scores = [float(page.text(row, 0)) for row in range(0, page.table.model().rowCount(), 7)]
    assert scores == sorted(scores, reverse=True)
    # Accepting one settles its competitors: none of them comes next.
    page.view._queue.select(0)
    page.settle()
    left = page.shown[0]
    page.press(Key.Key_A)
    queue = page.view._model.queue
    assert not queue.waiting[queue.left_ids == left].any()


def test_sorting_is_by_the_header(page, qtbot) -> None:
    page.view._queue._sort(1)
    page.settle()
    labels = [page.text(row, 1) for row in range(page.table.model().rowCount())]
    assert labels == sorted(labels)
    page.view._queue._sort(0)
    page.settle()
    page.view._queue._sort(0)
    page.settle()
    assert page.view._model.queue.wanted.order == "score_ascending"
    # The pair that was shown stays the current one through all of it.
    assert page.shown == (1, 41)


def test_other_candidates_lead_to_their_pair_and_accepting_one_warns(page) -> None:
    page.press(Key.Key_A)
    page.press(Key.Key_Up)
    other = page.view._panel.for_left.others[1]
    page.view._panel.pair_chosen.emit(other.left_id, other.right_id)
    page.settle()
    assert page.shown == (other.left_id, other.right_id)
    notice = page.find(QWidget, "conflictNotice")
    assert f"already accepted as the counterpart of {isolated('France 1')}" in notice.text
    page.press(Key.Key_A)
    page.answer("secondCounterpart", Key.Key_K)
    assert [(v.left_id, v.right_id) for v in page.stored()] == [(1, 41), (1, other.right_id)]


def test_a_run_without_candidates_offers_to_train(open_page, untrained: Path, qtbot) -> None:
    page = open_page(untrained)
    assert page.visible(page.view._pages.no_run)
    with qtbot.waitSignal(page.view.train_requested):
        qtbot.mouseClick(page.view._pages.no_run.findChild(QPushButton), Qt.MouseButton.LeftButton)


def test_no_project_and_a_closed_one(open_page, project: ProjectFile, qtbot) -> None:
    page = open_page(None)
    assert page.visible(page.view._pages.no_project)
    with qtbot.waitSignal(page.project.opened):
        page.project.open(project.path)
    page.settle()
    assert page.shown == (1, 41)
    page.project.close()
    page.settle()
    assert page.visible(page.view._pages.no_project)
    assert page.table.model().rowCount() == 0


def test_a_new_run_is_shown_and_the_pair_stays(page) -> None:
    page.press(Key.Key_Down)
    page.project.runs_changed.emit(1)
    page.settle()
    assert page.shown == (2, 42)


def _full_disk(*_arguments):
    raise MimeaError("the disk is full")


def test_a_failed_write_does_not_block_the_next(page, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(journal, "decide", _full_disk)
        page.press(Key.Key_A)
    assert page.stored() == []
    assert page.shown == (1, 41)
    page.press(Key.Key_A)
    assert len(page.stored()) == 1


def test_the_menu_has_every_action_once(page) -> None:
    shortcuts = [s.toString() for a in page.view.review_actions() for s in a.shortcuts()]
    assert len(shortcuts) == len(set(shortcuts))
    assert {"A", "R", "U", "N", "/", "Ctrl+F"} <= set(shortcuts)
