"""Takes the pictures of the help: pages, tabs and dialogs on the demo, in all themes, small and large.

    python packaging/screenshots.py [--out DIR] [--project FILE] [--themes NAME ...] [--only PATTERN ...]

All pictures go to DIR (default build/screenshots); those that the README and the help show are copied to
resources/help with 256 colours. Without --project the demo is imported and trained first; a second run that
learns from some verdicts is made in any case. All together takes about a quarter of an hour on two cores.
With --only, just the pictures whose names match are taken ('walk-*' 'dialog-keys-*'); then none is copied.
QT_SCALE_FACTOR=1.5 before the command shows what a screen of 150 % does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from core.environment import prepare  # noqa: E402

prepare()

from PIL import Image  # noqa: E402
from PySide6.QtCore import QSettings, QSize  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from scenes import Cast, scenes, settle  # noqa: E402
from sqlalchemy import text  # noqa: E402

from app import theme  # noqa: E402
from app.application import create_application  # noqa: E402
from app.device_finder import DeviceFinder  # noqa: E402
from app.garbage import GarbageCollector  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN  # noqa: E402
from app.settings import Settings  # noqa: E402
from core.cli import run  # noqa: E402
from core.review.evidence import PairEvidence, pair_evidence  # noqa: E402
from core.review.journal import Decision, decide  # noqa: E402
from core.review.queue import load_queue  # noqa: E402
from core.store.candidates import CandidateRow, candidate_rows, reviewable_run  # noqa: E402
from core.store.project_file import ProjectFile  # noqa: E402
from core.store.queues import CandidateFilter  # noqa: E402

HELP = ROOT / "resources" / "help"
SMALL, LARGE = (1280, 800), (2560, 1440)
THEMES: tuple[theme.Theme, ...] = ("light", "dark", "contrast")
PAGES = {"graphs": GRAPHS, "train": TRAIN, "review": REVIEW, "export": EXPORT}
# By the name in the help.
SHOWN = {
    **{page: f"{page}-light-1280x800" for page in PAGES},
    "train": "train-run-light",
    "review-dark": "review-dark-1280x800",
    **{name: f"train-{name}-light" for name in ("runs", "evaluation", "weights", "changes", "ablation")},
    **{name: f"{name}-light" for name in ("walk", "blind", "panels")},
    **{name: f"dialog-{name}-light" for name in ("second", "conflict", "bulk", "hubs", "import")},
    **{name: f"dialog-{name}-light" for name in ("settings", "settings-keys")},
}
FOLDER = Path(tempfile.gettempdir()) / "mimea-pictures"  # its name is seen in some of them
ACCEPTED = 214
COLORS = 256


@dataclass(frozen=True, slots=True)
class Album:
    """The folder of the pictures, and which of them are to be taken."""

    folder: Path
    patterns: Sequence[str]

    def wants(self, picture: str) -> bool:
        """Whether there is to be a picture of this name."""
        return any(fnmatch(picture, pattern) for pattern in self.patterns)

    def take(self, widget: QWidget, picture: str) -> None:
        """Take a picture if it is wanted."""
        if self.wants(picture):
            widget.grab().save(str(self.folder / f"{picture}.png"))


def main() -> None:
    """Make the demo if need be, then go through themes, sizes and scenes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--project", type=Path, help="a trained project of the demo graphs; it is copied")
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--only", nargs="+", default=["*"], metavar="PATTERN", help="names of pictures")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    os.environ["HOME"] = str(FOLDER)
    try:
        path = FOLDER / "countries.mimea"
        if options.project:
            shutil.copy(options.project, path)
            shutil.copytree(f"{options.project}.d", f"{path}.d")
        elif run(["demo", str(FOLDER)]) != 0:
            sys.exit("the demo could not be made")
        graphs = _neutral_sources(path)
        accepted = _accept_some(path)
        if run(["train", str(path), "--preset", "quick"]) != 0:
            sys.exit("the second run failed")
        cast = _cast(path, accepted)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(FOLDER))
        application = create_application()
        Settings().author = "ada"
        GarbageCollector(application)
        for name in options.themes:
            _shoot_theme(application, name, path, (cast, graphs), Album(options.out, options.only))
    finally:
        shutil.rmtree(FOLDER)
    if options.only != ["*"] or options.themes != THEMES:
        return
    for name, picture in SHOWN.items():
        _reduce(options.out / f"{picture}.png", HELP / f"{name}.png")
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}, {len(SHOWN)} of them in {HELP}")


def _neutral_sources(path: Path) -> list[Path]:
    """Both graphs by paths that say nothing of the machine on which the pictures are taken."""
    project = ProjectFile.open(path)
    graphs = []
    for name in ("atlas", "factbook"):
        graphs.append(FOLDER / name)
        graphs[-1].symlink_to(ROOT / "resources" / "demo" / name)
        with project.write() as session:
            values = {"name": name, "source": str(graphs[-1])}
            session.execute(text("UPDATE graph SET source = :source WHERE name = :name"), values)
    project.close()
    return graphs


def _accept_some(path: Path) -> list[CandidateRow]:
    """Accept the best pairs, as a curator would have by then, but for one that is worth a picture."""
    project = ProjectFile.open(path)
    rows, run_id = _undecided(project)
    with project.read() as session:
        worth = next(row for row in rows if _tells(pair_evidence(session, run_id, row.left_id, row.right_id)))
    chosen = [row for row in rows if row.mutual and row != worth][:ACCEPTED]
    decide(project, [Decision(r.left_id, r.right_id, "accepted", r.score, run_id, "ada") for r in chosen])
    project.close()
    return chosen


def _cast(path: Path, accepted: list[CandidateRow]) -> Cast:
    project = ProjectFile.open(path)
    rows, run_id = _undecided(project)
    with project.read() as session:
        telling = next(
            row for row in rows if _tells(pair_evidence(session, run_id, row.left_id, row.right_id))
        )
        pairs = (pair_evidence(session, run_id, row.left_id, row.right_id) for row in accepted)
        taken = next(pair for pair in pairs if pair.left.images and all(o.image for o in pair.for_left[:2]))
        second = next(other for other in taken.for_left if other.right_id != taken.right.id)
    project.close()
    return Cast((telling.left_id, telling.right_id), (second.left_id, second.right_id))


def _undecided(project: ProjectFile) -> tuple[list[CandidateRow], int]:
    with project.read() as session:
        run_id = reviewable_run(session)
        assert run_id is not None
        return candidate_rows(session, load_queue(session, CandidateFilter(run_id)).ids), run_id


def _tells(pair: PairEvidence) -> bool:
    """Two flags to compare, neighbours on both sides, and names that alone would not have told."""
    visual = next(m.similarity for m in pair.modalities if m.modality == "visual")
    return bool(pair.mutual and visual and pair.left.label != pair.right.label and len(pair.attributes) > 5)


def _shoot_theme(
    application: QApplication, name: theme.Theme, path: Path, shown: tuple[Cast, list[Path]], album: Album
) -> None:
    cast, graphs = shown
    theme.apply_theme(application, name)
    window = MainWindow(Settings())
    window.resize(*SMALL)
    finder = DeviceFinder(window)
    finder.found.connect(window.show_devices)
    window.show()
    finder.start()
    settle(window, lambda: not finder.busy)
    album.take(window, f"empty-{name}")
    window.open_project(path)
    settle(window, lambda: window.page == REVIEW)
    window.pages.review.show_pair(*cast.telling)
    sizes: dict[str, QSize] = {}
    for width, height in (SMALL, LARGE):
        window.resize(width, height)
        for page, index in PAGES.items():
            window.show_page(index)
            settle(window)
            album.take(window, f"{page}-{name}-{width}x{height}")
        if (width, height) == LARGE and name == "contrast":
            break  # it differs from the others in its colours only
        end = name if (width, height) == SMALL else f"{name}-{width}x{height}"
        for picture, widget in scenes(
            window, cast, graphs, lambda scene, end=end: album.wants(f"{scene}-{end}")
        ):
            if sizes.get(picture) != widget.size():  # or it would be the same picture again
                album.take(widget, f"{picture}-{end}")
            sizes[picture] = widget.size()
    window.close()
    settle(window, lambda: not window.isVisible())


def _reduce(source: Path, target: Path) -> None:
    """Copy a picture with fewer colours: thin marks keep theirs, and what is widest has exactly its own."""
    with Image.open(source) as picture:
        whole = picture.convert("RGB")
    fewer = whole.quantize(COLORS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    # A quantiser gives a colour the mean of all that it stands for, which tints a ground.
    palette = fewer.getpalette() or []
    seen = Counter(zip(fewer.tobytes(), *(band.tobytes() for band in whole.split()), strict=True))
    for (place, *color), _ in reversed(seen.most_common()):
        palette[3 * place : 3 * place + 3] = color
    fewer.putpalette(palette)
    fewer.save(target, optimize=True)


if __name__ == "__main__":
    main()
