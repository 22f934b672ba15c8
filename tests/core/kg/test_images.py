from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.kg.images import ImageFacts, ImageFolder, inside, inspect


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "webp", "bmp", "tiff"])
def test_a_picture_is_measured(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    Image.new("RGB", (30, 20), "red").save(path)
    assert inspect(path) == ImageFacts("ok", hashlib.sha256(path.read_bytes()).hexdigest(), 30, 20)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    assert inspect(tmp_path / "a.png") == ImageFacts("missing")


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_cut_picture_is_unreadable(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    Image.effect_noise((300, 200), 90).save(path)
    path.write_bytes(path.read_bytes()[:-2000])
    assert inspect(path).status == "unreadable"


def test_what_is_no_picture_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("not a picture")
    assert inspect(tmp_path / "a.png").status == "unreadable"
    assert inspect(tmp_path).status == "unreadable"
    assert inspect(Path("nul\0.png")).status == "unreadable"


def test_a_decompression_bomb_is_not_unfolded(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    assert inspect(path).status == "unreadable"


def test_files_are_found_by_name_stem_and_folder(tmp_path: Path) -> None:
    for name in ("m.1/google_2.jpg", "m.1/bing_1.JPG", "FBIMG7.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    folder = ImageFolder(tmp_path)
    assert [path.name for path in folder.find("nothing", "m.1")] == ["bing_1.JPG", "google_2.jpg"]
    assert folder.find("FBIMG7") == folder.find("FBIMG7.png") == [tmp_path / "FBIMG7.png"]
    assert folder.find("notes") == []


def test_names_that_lead_out_of_a_folder_give_no_path(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/../b.png") == tmp_path / "b.png"
    assert inside(tmp_path, "../b.png") is None
    assert inside(tmp_path, "/etc/b.png") is None
