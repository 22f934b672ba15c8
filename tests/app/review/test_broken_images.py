"""Whatever became of the image files, the page shows every pair and takes verdicts."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Picture
from PySide6.QtCore import Qt
from sqlalchemy import text

from core.store.project_file import ProjectFile


def _huge(path: Path) -> None:
    """A well-formed picture of 60,000 x 60,000 points in a few bytes: decoded it would take 10 gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + checksum

    side = (60_000).to_bytes(4, "big")
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", side + side + bytes([8, 2, 0, 0, 0]))
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def _noise(path: Path) -> None:
    path.write_bytes(os.urandom(4_000))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _locked(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)  # that leads nowhere


def _wide(path: Path) -> None:
    Picture.new("RGB", (20_000, 3)).save(path)


def _other_format(path: Path) -> None:
    Picture.new("CMYK", (40, 40)).save(path, format="TIFF")


HARM: list[Callable[[Path], None]] = [
    _huge,
    _cut,
    _noise,
    _folder,
    _locked,
    _wide,
    _other_format,
    Path.unlink,
    lambda path: path.write_bytes(b""),
]


@pytest.mark.qt_log_ignore("imageio", "libpng")
def test_broken_images_do_not_break_the_page(open_page, project: ProjectFile) -> None:  # type: ignore[no-untyped-def]
    with project.read() as session:
        paths = [Path(path) for path in session.scalars(text("SELECT path FROM image ORDER BY id"))]
    assert len(paths) > 4 * len(HARM)
    for number, path in enumerate(paths):
        if number % 10:
            HARM[number % len(HARM)](path)
    page = open_page(project.path)
    seen: set[tuple[int, int]] = set()
    problems: set[str] = set()
    for _ in range(page.table.model().rowCount()):
        assert page.shown is not None
        seen.add(page.shown)
        for pane in (page.view._panel.left_image, page.view._panel.right_image):
            assert pane.has_picture or pane.problem
            problems.add(pane.problem)
            assert not pane.grab().isNull()
        page.press(Qt.Key.Key_Down)
    assert len(seen) > 20
    assert {"", "image file gone", "image unreadable"} <= problems
    page.press(Qt.Key.Key_A)
    assert len(page.stored()) == 1
