from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import text

from app import theme
from app.tasks import Tasks
from app.views.elided_label import ElidedLabel
from app.views.review.image_store import ImageStore
from app.views.review.neighbour_graph import (
    AGREEMENT_COLORS,
    AGREEMENT_COLORS_ON_DARK,
    NeighbourGraph,
    agreement_color,
    text_on,
)
from app.views.review.pair_panel import PairPanel
from app.views.review.review_desk import ReviewDesk
from app.views.review.weight_bars import WeightBars
from core.config import RunConfig
from core.review.consequences import Consequences
from core.review.evidence import PairEvidence, pair_evidence
from core.review.journal import Decision, decide
from core.review.neighbourhood import EgoGraph, NeighbourComparison
from core.review.score_parts import SupportEvidence
from core.store.project_file import ProjectFile
from tests.window import activate

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def read(project: ProjectFile, left: int, right: int) -> PairEvidence:
    with project.read() as session:
        return pair_evidence(session, 1, left, right)


@pytest.fixture
def panel(qtbot) -> PairPanel:
    tasks = Tasks()
    made = PairPanel(ImageStore(tasks))
    qtbot.addWidget(made)
    made.resize(836, 700)
    made.show()
    yield made
    qtbot.waitUntil(lambda: not tasks.busy)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_pair_can_be_painted(
    panel: PairPanel, project: ProjectFile, scheme: str, request
) -> None:
    application = QApplication.instance()
    before = application.palette(), application.styleSheet()
    request.addfinalizer(lambda: (application.setPalette(before[0]), application.setStyleSheet(before[1])))
    theme.apply_theme(application, scheme)
    decide(
        project,
        [Decision(2, 42, "accepted"), Decision(4, 41, "accepted"), Decision(1, None, "no_counterpart")],
    )
    for pair in ((1, 41), (2, 42), (15, 55), (3, 43), (7, 56), (1, 80)):
        panel.show_evidence(read(project, *pair))
        assert not panel.grab().isNull()
        assert panel.shown.key == pair


def test_nothing_is_cut_off_at_the_smallest_size(panel: PairPanel, project: ProjectFile) -> None:
    panel.resize(640, 500)
    panel.show_evidence(read(project, 1, 41))
    panel.widget().layout().activate()  # as the event loop would, before the hint is asked for
    assert panel.widget().minimumSizeHint().width() <= panel.viewport().width()


def test_what_accepting_would_change_is_said_while_it_is_open(panel: PairPanel, project: ProjectFile) -> None:
    shown = panel.findChild(ElidedLabel, "acceptingPreview")
    accepting = Consequences(excluded=7, displaced=2, confirmed=1, lifted=3)
    evidence = replace(read(project, 1, 41), accepting=accepting)
    panel.show_evidence(evidence)
    assert shown.whole == (
        "Accepting sets 7 pairs aside (2 the best of another entity), speaks for the best candidate of "
        "1 neighbour, lifts another candidate of 3 neighbours"
    )
    panel.set_blind(True)
    assert shown.whole == ""
    panel.set_blind(False)
    panel.show_evidence(replace(evidence, seed=True))
    assert shown.whole == ""


def test_bars_say_the_numbers_in_words(qtbot, project: ProjectFile) -> None:
    bars = WeightBars()
    qtbot.addWidget(bars)
    bars.show_evidence(read(project, 15, 55))
    score, structure, _, attribute, visual, support = bars.lines()
    assert score == "score: 0.9200, the sum of what each part adds"
    assert "similarity 0.8700" in structure and structure.endswith(" to the score")
    assert "missing (no attributes on either side)" in attribute
    assert visual.endswith("weight left none, right none")
    assert support == "matched neighbours: missing (this run asked for none)"


def _adding_up(evidence: PairEvidence) -> PairEvidence:
    """With the score that its parts make, as in a real run."""
    parts = (*evidence.modalities, evidence.support)
    return replace(evidence, score=sum(part.contribution or 0.0 for part in parts))


def test_what_the_parts_add_in_words_sums_up_to_the_score(qtbot, project: ProjectFile) -> None:
    with project.read() as session:
        pairs = session.execute(text("SELECT left_id, right_id FROM candidate ORDER BY id LIMIT 40")).all()
    bars = WeightBars()
    qtbot.addWidget(bars)
    for left_id, right_id in pairs:
        bars.show_evidence(_adding_up(read(project, left_id, right_id)))
        score, *parts = bars.lines()
        added = [found[1] for part in parts if (found := re.search(r"adds (-?\d\.\d{4}) to", part))]
        assert added and f"{sum(map(float, added)):.4f}" == re.findall(r"\d\.\d{4}", score)[0]


def test_bars_show_the_support_and_what_it_adds(qtbot, project: ProjectFile) -> None:
    with project.write() as session:
        config = RunConfig().replace(support_weight=3)
        session.execute(text("UPDATE run SET config_json = :json"), {"json": config.to_json()})
        session.execute(text("UPDATE candidate SET score_support = 0.5"))
    bars = WeightBars()
    qtbot.addWidget(bars)
    evidence = _adding_up(read(project, 1, 41))
    bars.show_evidence(evidence)
    assert bars.lines()[-1] == (
        "matched neighbours: support 0.5000, which counts for 75 % of the score; adds 0.3750 to the score"
    )
    assert bars.accessibleDescription().splitlines() == bars.lines()

    def colored(name: str) -> int:
        """Pixels in a colour of the bars."""
        image, color = bars.grab().toImage(), QColor(name)
        places = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return sum(image.pixelColor(*place) == color for place in places)

    assert colored(theme.SUPPORT_COLOR) > 20
    bars.show_evidence(replace(evidence, support=SupportEvidence(None, None, None, "none")))
    assert colored(theme.SUPPORT_COLOR) == 0


def test_bars_have_a_line_more_where_names_took_part(qtbot, project: ProjectFile) -> None:
    bars = WeightBars()
    qtbot.addWidget(bars)
    bars.show_evidence(read(project, 1, 41))
    bars.set_height(0)  # the lines are as close as they get
    six = bars.sizeHint().height()
    with project.write() as session:
        session.execute(text("UPDATE run SET modalities = modalities || ',name'"))
        session.execute(text("UPDATE candidate SET score_name = 0.75"))
        session.execute(text("UPDATE modality_weight SET name = 0.25"))
    bars.show_evidence(read(project, 1, 41))
    assert bars.lines()[5].startswith("name: similarity 0.7500, weight left 0.2500, right 0.2500; adds ")
    assert bars.sizeHint().height() > six
    bars.set_height(2 * six)  # where there is room, the lines share it
    assert six < bars.sizeHint().height() <= 2 * six


def test_a_graph_is_drawn_where_the_core_put_it(qtbot, project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (2, 4, 8)])
    comparison = read(project, 1, 41).neighbours
    graph = NeighbourGraph()
    qtbot.addWidget(graph)
    graph.resize(400, 240)
    graph.show_graph(comparison.left)
    xs, ys = graph._nodes.getData()
    assert list(zip(xs, ys, strict=True))[:-1] == [(n.x, n.y) for n in comparison.left.nodes]
    graph.grab()
    with qtbot.waitSignal(graph.neighbour_activated) as clicked:
        graph._clicked(None, [graph._nodes.points()[0]], None)
    assert clicked.args == [comparison.left.nodes[0]]


def test_how_many_neighbours_there_are_and_agree_is_said(panel: PairPanel, project: ProjectFile) -> None:
    section = panel.neighbours
    decide(project, [Decision(2, 42, "accepted"), Decision(4, 44, "rejected")])
    neighbours = read(project, 1, 41).neighbours
    section.show_comparison(neighbours)
    assert section._left_count.whole == "4 neighbours"
    assert section._agreement.text() == "1 agree (25 %), 2 proposed"
    section.show_comparison(replace(neighbours, left=replace(neighbours.left, total=1_004)))
    assert section._left_count.whole == "4 neighbours, +1,000 more"
    section.show_comparison(replace(neighbours, agreements=()))
    assert section._agreement.text() == "0 agree"


def test_numbers_read_on_their_colour() -> None:
    for name in (*AGREEMENT_COLORS, *AGREEMENT_COLORS_ON_DARK):
        assert _contrast(QColor(name), text_on(QColor(name))) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_matched_neighbours_stand_out_from_their_ground(qapp: QApplication, name: theme.Theme) -> None:
    theme.apply_theme(qapp, name)
    grounds = theme.base_color(), qapp.palette().window().color()
    least = min(_contrast(agreement_color(number), ground) for number in range(1, 9) for ground in grounds)
    theme.apply_theme(qapp, "light")
    assert least >= 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_buttons_of_a_panel_stand_out_from_their_ground(
    qtbot, qapp: QApplication, name: theme.Theme
) -> None:
    theme.apply_theme(qapp, name)
    desk = ReviewDesk({"list": ("List", QLabel("rows"))})
    qtbot.addWidget(desk)
    desk.show()
    ground = qapp.palette().window().color()
    buttons = [desk.findChild(QWidget, f"qt_dockwidget_{what}button") for what in ("close", "float")]
    pictures = [button.grab().toImage() for button in buttons]
    theme.apply_theme(qapp, "light")
    for picture in pictures:
        pixels = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
        assert max(_contrast(pixel, ground) for pixel in pixels) >= 3


def test_the_counts_of_wide_neighbourhoods_are_whole_in_a_small_window(
    qtbot, panel: PairPanel, project: ProjectFile
) -> None:
    panel.show_evidence(read(project, 1, 41))
    panel.resize(800, 700)  # what a window of 1280 leaves to it
    panel.show()
    section = panel.neighbours
    crowded = EgoGraph(138, (), 1_312)
    section.show_comparison(NeighbourComparison(crowded, crowded, ()))
    counts = (section._left_count, section._right_count)
    qtbot.waitUntil(lambda: all(count.text() == count.whole for count in counts))
    assert section._left_count.whole == "138 near, 1,312 beyond, +1,450 more"


def test_the_ground_of_a_graph_follows_the_theme(qtbot, qapp: QApplication, panel: PairPanel) -> None:
    panel.show()
    grounds = []
    for name in ("dark", "light"):
        theme.apply_theme(qapp, name)
        grounds.append(panel.neighbours.left.grab().toImage().pixelColor(2, 2).lightness())
    assert grounds[0] < 128 < grounds[1]


def test_neighbours_are_walked_by_the_keyboard(qtbot, project: ProjectFile) -> None:
    with project.read() as session:
        neighbours = pair_evidence(session, 1, 1, 41).neighbours.left
    graph = NeighbourGraph()
    qtbot.addWidget(graph)
    assert graph.focusPolicy() is Qt.FocusPolicy.NoFocus  # nothing to go to
    graph.resize(400, 240)
    graph.show_graph(neighbours)
    graph.show()
    activate(qtbot, graph)
    graph.setFocus()
    qtbot.waitUntil(graph.hasFocus)
    walked = []
    graph.neighbour_activated.connect(walked.append)
    before = graph.grab().toImage()
    for _ in neighbours.nodes:
        qtbot.keyClick(graph, Qt.Key.Key_Return)
        qtbot.keyClick(graph, Qt.Key.Key_Down)
    assert len(walked) == len(neighbours.nodes) and set(walked) == set(neighbours.nodes)
    qtbot.keyClick(graph, Qt.Key.Key_Left)
    qtbot.keyClick(graph, Qt.Key.Key_Return)
    assert walked[-1] == walked[-2]
    assert graph.grab().toImage() != before, "the ring did not move"


def _contrast(one, other) -> float:
    def luminance(color) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_long_name_is_cut_with_all_of_it_in_the_tooltip(qtbot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setFixedWidth(120)
    label.set_whole("Democratic and Popular Republic of\nSomewhere <b>Far</b>")
    assert label.text().endswith("…")
    assert "Far" in label.toolTip()
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_all_evidence_is_in_sight_at_the_usual_size(panel: PairPanel, project: ProjectFile, qtbot) -> None:
    panel.show_evidence(read(project, 1, 41))
    panel.resize(836, 700)
    graph = panel.neighbours.left
    qtbot.waitUntil(
        lambda: (
            graph.mapTo(panel.viewport(), graph.rect().bottomLeft()).y() <= panel.viewport().height()
            and graph.height() >= 200
        )
    )
    panel.resize(1700, 1300)
    qtbot.waitUntil(lambda: graph.height() >= 350 and panel.left_image.height() >= 350)
