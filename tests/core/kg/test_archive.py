"""Zip archives of whole datasets: unpacked within the cache, whatever they say."""

from __future__ import annotations

import os
import stat
import time
import zipfile
from pathlib import Path

import pytest

from core.errors import InputError
from core.kg import archive
from core.kg.archive import CACHE_VARIABLE, folder_of
from core.kg.compressed import LIMIT_VARIABLE, Contents
from core.kg.dataset import open_dataset, open_pair

FILES = {"d/rel_triples_1": "a\tr\tb\n", "d/rel_triples_2": "x\tr\ty\n", "d/ent_links": "a\tx\n"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def pack(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return path


@pytest.mark.parametrize("name", [".", ""])
def test_a_file_without_a_name_is_refused(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "pair.zip", FILES)
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(nameless := zipfile.ZipInfo("x"), "?")
        nameless.filename = name  # as it is written into the directory at the end
    with pytest.raises(InputError, match=f"found the name {name!r}"):
        folder_of(path)


def test_a_name_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "pair.zip", {**FILES, "ü": ""})
    path.write_bytes(path.read_bytes().replace("ü".encode(), b"\xff\xff"))
    with pytest.raises(InputError, match="one that can't be unpacked"):
        folder_of(path)
    path = pack(tmp_path / "g.nt.zip", {"ü": ""})
    path.write_bytes(path.read_bytes().replace("ü".encode(), b"\xff\xff"))
    with pytest.raises(InputError, match="can't be unpacked"):
        Contents(path, "data")


def test_a_dataset_is_read_out_of_its_archive(tmp_path: Path, read) -> None:
    path = pack(tmp_path / "pair.zip", {**FILES, "__MACOSX/d/._rel_triples_1": "?"})
    dataset = open_dataset(path)
    assert (dataset.format, dataset.name) == ("openea", "d")
    assert dataset.left.source == str(path)
    assert dataset.reason.endswith("(in pair.zip)")
    assert read(dataset.left.parts).relations == [("a", "r", "b")]
    assert read(dataset.links.parts).links[0][:2] == ("a", "x")


def test_it_is_unpacked_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    path = pack(tmp_path / "pair.zip", FILES)
    first = folder_of(path)
    (first / "mark").touch()
    assert (folder_of(path) / "mark").exists()
    pack(path, {**FILES, "d/more": "x"})
    assert (folder_of(path) / "more").exists()
    assert not (folder_of(path) / "mark").exists()


def used(folder: Path, days: float) -> None:
    """Say that what is unpacked in ``folder`` was used last so long ago."""
    then = time.time() - days * 86_400
    os.utime(folder.parent / "whole", (then, then))


def test_what_was_not_used_for_a_month_is_removed_but_its_pictures(tmp_path: Path, cache: Path) -> None:
    files = {"d/a.nt": "", "d/b.nt": "", "e/c.nt": ""}
    plain, pictured = (
        folder_of(pack(tmp_path / f"{name}.zip", files | more))
        for name, more in (("plain", {}), ("pictured", {"d/x.PNG": "picture"}))
    )
    used(plain, 31)
    used(pictured, 31)
    recent = folder_of(pack(tmp_path / "recent.zip", files))
    assert not plain.parent.exists()
    assert [file.name for file in pictured.parent.rglob("*") if file.is_file()] == ["x.PNG"]
    used(recent, 29)
    again = folder_of(tmp_path / "pictured.zip")
    assert again == pictured and (again / "d" / "a.nt").exists() and (again / "d" / "x.PNG").exists()
    assert recent.exists()


def test_of_too_much_the_longest_unused_is_removed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(archive, "_MOST_BYTES", 250)
    first, second, third = (
        folder_of(pack(tmp_path / f"{name}.zip", {"a.nt": "." * 100, "b.nt": ""})) for name in "abc"
    )
    used(first, 3)
    used(second, 5)
    used(third, 0.5)  # perhaps still read
    folder_of(pack(tmp_path / "d.zip", {"a.nt": "", "b.nt": ""}))
    assert [folder.exists() for folder in (first, second, third)] == [True, False, True]


def test_a_graph_may_be_an_archive(tmp_path: Path, read) -> None:
    path = pack(
        tmp_path / "graph.zip", {"one.nt": "<a:a> <a:p> <a:b> .\n", "images/index.tsv": "a:a\tx.png\n"}
    )
    found = read(open_pair(path, path).left.parts)
    assert found.relations == [("a:a", "a:p", "a:b")]
    assert [image.name for _, image in found.images] == ["x.png"]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "d/../../evil", "..\\evil", "C:/evil"])
def test_names_that_lead_out_are_refused(tmp_path: Path, cache: Path, name: str, read) -> None:
    path = pack(tmp_path / "slip.zip", {**FILES, name: "evil"})
    with pytest.raises(InputError, match="a name that leads out of it") as caught:
        open_dataset(path)
    assert name in caught.value.found or name.replace("\\", "/") in caught.value.found.replace("\\\\", "/")
    assert not cache.exists()
    assert not list(tmp_path.rglob("evil"))
    alone = pack(tmp_path / "graph.nt.zip", {name: "<a:a> <a:p> <a:b> .\n"})  # read where it lies
    with pytest.raises(InputError, match="a name that leads out of it"):
        read(open_pair(alone, alone).left.parts)


def test_links_within_are_refused(tmp_path: Path, cache: Path) -> None:
    path = pack(tmp_path / "link.zip", FILES)
    with zipfile.ZipFile(path, "a") as packed:
        member = zipfile.ZipInfo("d/passwd")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(member, "/etc/passwd")
    with pytest.raises(InputError, match="a link"):
        open_dataset(path)
    assert not cache.exists()


def test_a_bomb_is_not_unpacked_unless_allowed(tmp_path: Path, cache: Path, monkeypatch) -> None:
    path = pack(tmp_path / "bomb.zip", {**FILES, "d/zeros": "0" * 3_000_000})
    monkeypatch.setenv(LIMIT_VARIABLE, "0.001")
    with pytest.raises(InputError, match="more than"):
        open_dataset(path)
    assert not cache.exists()
    monkeypatch.setenv(LIMIT_VARIABLE, "1")
    assert open_dataset(path).format == "openea"


def test_a_bomb_that_lies_about_its_size_leaves_nothing(tmp_path: Path, cache: Path, monkeypatch) -> None:
    path = pack(tmp_path / "bomb.zip", {**FILES, "d/zeros": "0" * 3_000_000})
    data = bytearray(path.read_bytes())
    stated = (3_000_000).to_bytes(4, "little")
    while (place := data.find(stated)) >= 0:
        data[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    monkeypatch.setenv(LIMIT_VARIABLE, "0.001")
    with pytest.raises(InputError):
        open_dataset(path)
    assert not [file for file in cache.rglob("*") if file.is_file()]


def test_a_damaged_archive_is_one_error(tmp_path: Path) -> None:
    path = pack(tmp_path / "cut.zip", FILES)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="can't be unpacked"):
        open_dataset(path)
