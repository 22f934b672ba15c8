from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Picture
from sqlalchemy import text

from app.tasks import Tasks
from app.views.review.image_pane import ImagePane
from app.views.review.image_store import LARGE, THUMBNAIL, ImageStore, decode
from core.store.entities import EntityCard, ImageRef
from core.store.project_file import ProjectFile

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "imageio", "libpng")


def test_a_picture_is_decoded_no_larger_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "wide.jpg"
    Picture.new("RGB", (4000, 1000), (200, 30, 30)).save(path)
    large, small = decode(str(path), LARGE), decode(str(path), THUMBNAIL)
    assert (large.image.width(), large.image.height()) == (LARGE, LARGE // 4)
    assert (small.image.width(), small.image.height()) == (THUMBNAIL, THUMBNAIL // 4)


def test_a_line_of_a_picture_keeps_a_pixel(tmp_path: Path) -> None:
    path = tmp_path / "line.png"
    Picture.new("RGB", (4000, 2)).save(path)
    assert decode(str(path), THUMBNAIL).image.height() == 1


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"])
def test_a_broken_picture_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    assert decode(str(path), LARGE).problem == "image unreadable"


def test_a_picture_that_is_gone(tmp_path: Path) -> None:
    assert decode(str(tmp_path / "gone.png"), LARGE).problem == "image file gone"


def test_the_format_is_known_by_content(tmp_path: Path) -> None:
    path = tmp_path / "jpeg.png"
    Picture.new("RGB", (10, 10)).save(path, format="JPEG")
    assert decode(str(path), LARGE).problem == ""


def test_the_store_keeps_within_its_bound(qtbot, tmp_path: Path) -> None:
    tasks = Tasks()
    store = ImageStore(tasks, most_bytes=100_000)
    for number in range(12):
        path = tmp_path / f"{number}.png"
        Picture.new("RGB", (100, 100)).save(path)
        store.get(ImageRef(str(path)), LARGE)
    qtbot.waitUntil(lambda: not tasks.busy)
    assert 0 < store.bytes <= 100_000
    assert store.bytes == sum(picture.size for picture in store._pictures.values())
    store.clear()
    assert store.bytes == 0


def test_the_pane_says_why_there_is_no_picture(qtbot, tmp_path: Path) -> None:
    tasks = Tasks()
    pane = ImagePane(ImageStore(tasks))
    qtbot.addWidget(pane)
    pane.show_entity(EntityCard(1, "u", "Kenya"))
    assert pane.problem == "no image"
    good = tmp_path / "good.png"
    Picture.new("RGB", (10, 10)).save(good)
    card = EntityCard(2, "u", "Chad", images=(ImageRef(str(tmp_path / "gone.png")), ImageRef(str(good))))
    pane.show_entity(card)
    qtbot.waitUntil(lambda: pane.problem == "image file gone")
    pane.next_picture()
    qtbot.waitUntil(lambda: pane.has_picture)
    pane.grab()
    # An entity with the same picture as the last one, or none, is not taken for it.
    pane.show_entity(EntityCard(3, "u", "Mali"))
    assert not pane.has_picture
    assert pane.problem == "no image"


def test_the_page_shows_pictures_and_what_became_of_them(open_page, project: ProjectFile) -> None:
    with project.write() as session:
        paths = dict(session.execute(text("SELECT entity_id, path FROM image")).all())
    Path(paths[41]).write_bytes(b"not a picture")
    Path(paths[2]).unlink()
    page = open_page(project.path)
    left, right = page.find(ImagePane, "leftImage"), page.find(ImagePane, "rightImage")
    assert left.has_picture
    assert right.problem == "image unreadable"
    page.view._queue.select(1)
    page.settle()
    assert left.problem == "image file gone"
    assert right.has_picture


def test_a_picture_outside_its_folder_is_not_opened(open_page, project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE image SET status = 'outside' WHERE entity_id = 41"))
    page = open_page(project.path)
    assert page.shown == (1, 41)
    right = page.find(ImagePane, "rightImage")
    assert right.problem == "image outside its folder" and not right.has_picture
