from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.kg.dataset import open_pair
from core.kg.images import ImageFacts, ImageFolder, inside, inspect, picture_names


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


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("Q42", "Q42.png"),
        ("/m/06rf7", "m.06rf7/google_1.jpg"),
        ("http://dbpedia.org/resource/Andy_Griffith", "Andy_Griffith.jpg"),
        ("http://e.org/r/Andy_Griffith", "http%3A%2F%2Fe.org%2Fr%2FAndy_Griffith/1.jpg"),
        ("http://dbpedia.org/resource/S%C3%A3o", "São.png"),
        ("http://dbpedia.org/resource/São", "S%C3%A3o.png"),
    ],
)  # fmt: skip
def test_a_picture_is_found_by_the_forms_of_its_entitys_name(tmp_path: Path, uri: str, file: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.touch()
    (tmp_path / "other.png").touch()
    assert ImageFolder(tmp_path).find(*picture_names(uri)) == [path]


def test_an_entity_may_have_several_pictures(write, read, tmp_path: Path) -> None:
    pictures = dict.fromkeys(["pics/m.1/a.jpg", "pics/m.1/b.jpg", "pics/7.png", "pics/7.jpg"], "")
    files = {"ent_ids_1": "7\thttp://a\n8\t/m/1\n", "triples_1": "7\t0\t8\n", **pictures}
    folder = write(files)
    found = read(open_pair(folder, folder, images_left=folder / "pics").left.parts).images
    assert sorted((uri, path.name) for uri, path in found) == [
        ("/m/1", "a.jpg"),
        ("/m/1", "b.jpg"),
        ("http://a", "7.jpg"),
        ("http://a", "7.png"),
    ]


def test_a_link_out_of_the_folder_is_not_opened(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / "secret.png")
    (tmp_path / "pics").mkdir()
    link = tmp_path / "pics" / "a.png"
    link.symlink_to(tmp_path / "secret.png")
    assert inspect(link, tmp_path / "pics") == ImageFacts("outside")
    assert inspect(link, tmp_path).status == "ok"
    assert inspect(link).status == "ok"
