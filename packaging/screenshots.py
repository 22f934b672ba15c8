"""Takes the pictures of the help: pages and dialogs on the demo, in all themes, small and large.

    python packaging/screenshots.py [--out DIR] [--project FILE]

All pictures go to DIR (default build/screenshots); those that the README and the help show are copied to
resources/help. Without --project the demo is imported and trained first (about two minutes).
QT_SCALE_FACTOR=1.5 before the command shows what a screen of 150 % does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from core.environment import prepare  # noqa: E402

prepare()

from PySide6.QtCore import QEventLoop, QSettings, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QTableView  # noqa: E402

from app import theme  # noqa: E402
from app.application import create_application  # noqa: E402
from app.keyed_action import KeyedAction  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN  # noqa: E402
from app.settings import Settings  # noqa: E402
from core.cli import run  # noqa: E402
from core.review.evidence import PairEvidence, pair_evidence  # noqa: E402
from core.review.journal import Decision, decide  # noqa: E402
from core.review.queue import load_queue  # noqa: E402
from core.store.candidates import candidate_rows, reviewable_run  # noqa: E402
from core.store.project_file import ProjectFile  # noqa: E402
from core.store.queues import CandidateFilter  # noqa: E402

HELP = ROOT / "resources" / "help"
SIZES = {"1280x800": (1280, 800), "2560x1440": (2560, 1440)}
THEMES: tuple[theme.Theme, ...] = ("light", "dark", "contrast")
PAGES = {"graphs": GRAPHS, "train": TRAIN, "review": REVIEW, "export": EXPORT}
SHOWN = [*(f"{page}-light-1280x800" for page in PAGES), "review-dark-1280x800"]
ACCEPTED = 214
PANELS = ("history", "session")  # of the review page, closed at first
# Ask the system for a file, or leave.
_NO_PICTURE = {"openProjectAction", "addLinksAction", "backupAction", "exportAction"}
_LIMIT_MILLISECONDS = 60_000


def main() -> None:
    """Make the demo if need be, then go through pages, themes and sizes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--project", type=Path, help="a trained project of the demo graphs; it is copied")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "countries.mimea"
        if options.project:
            shutil.copy(options.project, path)
        elif run(["demo", folder]) != 0:
            sys.exit("the demo could not be made")
        row = _decide_some(path)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        _shoot_all(create_application(), path, row, options.out)
    for name in SHOWN:
        shutil.copy(
            options.out / f"{name}.png", HELP / f"{name.removesuffix('-1280x800').removesuffix('-light')}.png"
        )
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}, {len(SHOWN)} of them in {HELP}")


def _decide_some(path: Path) -> int:
    """Accept the best pairs, as a curator would have by then; the row of a pair that is worth a picture."""
    project = ProjectFile.open(path)
    with project.read() as session:
        run_id = reviewable_run(session)
        assert run_id is not None
        rows = candidate_rows(session, load_queue(session, CandidateFilter(run_id)).ids)
        worth = next(row for row in rows if _tells(pair_evidence(session, run_id, row.left_id, row.right_id)))
    chosen = [row for row in rows if row.mutual and row != worth][:ACCEPTED]
    decide(project, [Decision(r.left_id, r.right_id, "accepted", r.score, run_id, "ada") for r in chosen])
    with project.read() as session:
        left = candidate_rows(session, load_queue(session, CandidateFilter(run_id)).ids)
    project.close()
    return next(i for i, row in enumerate(left) if row.left_id == worth.left_id)


def _tells(pair: PairEvidence) -> bool:
    """Two flags to compare, neighbours on both sides, and names that alone would not have told."""
    visual = next(m.similarity for m in pair.modalities if m.modality == "visual")
    return bool(pair.mutual and visual and pair.left.label != pair.right.label and len(pair.attributes) > 5)


def _shoot_all(application: QApplication, path: Path, row: int, out: Path) -> None:
    for name in THEMES:
        theme.apply_theme(application, name)
        window = MainWindow(Settings())
        window.show()
        _wait(lambda w=window: not w.tasks.busy)
        _shoot(window, "empty", GRAPHS, name, "1280x800", out)
        window.open_project(path)
        _wait(lambda w=window: w.page == REVIEW and not w.tasks.busy)
        table = window.findChild(QTableView, "candidateTable")
        table.setCurrentIndex(table.model().index(row, 0))
        for size in SIZES:
            for page, index in PAGES.items():
                _shoot(window, page, index, name, size, out)
        window.resize(*SIZES["1280x800"])
        _shoot_dialogs(window, name, out)
        for panel in PANELS:
            _action(window, panel).trigger()
        _shoot(window, "panels", REVIEW, name, "1280x800", out)
        window.close()
        _wait(lambda w=window: not w.isVisible())


def _shoot_dialogs(window: MainWindow, theme_name: str, out: Path) -> None:
    """Every dialog that an action opens: those end in three dots, but for the lists of keys and of help."""
    window.show_page(REVIEW)
    for action in window.findChildren(KeyedAction):
        asks = action.text().endswith("…") or action.objectName() in ("keysAction", "helpAction")
        if not asks or not action.isEnabled() or action.objectName() in _NO_PICTURE:
            continue
        before = set(_dialogs())
        action.trigger()
        _wait(lambda: not window.tasks.busy)
        for dialog in set(_dialogs()) - before:
            name = action.objectName().removesuffix("Action")
            dialog.grab().save(str(out / f"dialog-{name}-{theme_name}.png"))
            dialog.close()
            _wait(lambda: not window.tasks.busy)


def _dialogs() -> list[QDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def _action(window: MainWindow, name: str) -> KeyedAction:
    action = window.findChild(KeyedAction, f"{name}Action")
    assert action is not None, name
    return action


def _shoot(window: MainWindow, page: str, index: int, theme_name: str, size: str, out: Path) -> None:
    window.resize(*SIZES[size])
    window.show_page(index)
    _wait(lambda: not window.tasks.busy)
    window.grab().save(str(out / f"{page}-{theme_name}-{size}.png"))


def _wait(done: Callable[[], bool], quiet: int = 14) -> None:
    """Run the event loop until ``done`` was true ``quiet`` looks in a row, for layouts and late tasks."""
    loop, timer, calm = QEventLoop(), QTimer(interval=50), 0

    def look() -> None:
        nonlocal calm
        calm = calm + 1 if done() else 0
        if calm >= quiet:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    QTimer.singleShot(_LIMIT_MILLISECONDS, loop, lambda: sys.exit("the window did not come to rest"))
    loop.exec()


if __name__ == "__main__":
    main()
