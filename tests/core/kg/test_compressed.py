"""Compressed files are read as what they hold, and what is wrong with them is one clear error."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.kg.compressed import LIMIT_VARIABLE, Contents, find, plain
from core.kg.dataset import open_dataset, open_pair
from core.kg.detect import detect
from core.kg.text import blocks

NT = b"<http://a> <http://p> <http://b> .\n"


def zipped(data: bytes, *names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("inner",):
            archive.writestr(name, data)
    return file.getvalue()


PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": zipped,
}


def read_all(path: Path) -> bytes:
    with Contents(path, "data") as file:
        return file.read()


def test_what_a_mac_adds_to_an_archive_is_not_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "g.nt.zip"
    path.write_bytes(zipped(NT, "g.nt", "__MACOSX/._g.nt"))
    assert read_all(path) == NT


def test_a_limit_without_bounds_is_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, "inf")
    (tmp_path / "g.nt.gz").write_bytes(gzip.compress(NT))
    with pytest.raises(InputError, match="a number of gigabytes"):
        read_all(tmp_path / "g.nt.gz")


@pytest.mark.parametrize("suffix", PACK)
@settings(max_examples=15)
@given(st.binary(max_size=2000))
def test_contents_come_back(tmp_path_factory, suffix: str, data: bytes) -> None:
    path = tmp_path_factory.mktemp("packed") / f"data{suffix}"
    path.write_bytes(PACK[suffix](data))
    assert read_all(path) == data


@pytest.mark.parametrize("suffix", PACK)
@settings(max_examples=25)
@given(cut=st.integers(0, 10_000))
def test_a_truncated_archive_is_one_error(tmp_path_factory, suffix: str, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / f"data.nt{suffix}"
    whole = PACK[suffix](b"".join(b"<http://a> <http://p> <http://%d> .\n" % i for i in range(300)))
    path.write_bytes(whole[: cut % len(whole)])
    with pytest.raises(InputError) as caught:
        for _ in blocks(path, "triples"):
            pass
    assert caught.value.path == path


@pytest.mark.parametrize("suffix", PACK)
@settings(max_examples=25)
@given(st.binary(min_size=1, max_size=200))
def test_what_is_not_compressed_is_one_error(tmp_path_factory, suffix: str, data: bytes) -> None:
    path = tmp_path_factory.mktemp("wrong") / f"data{suffix}"
    path.write_bytes(b"x" + data)
    with pytest.raises(InputError, match=r"unpacked|cut short"):
        read_all(path)


@pytest.mark.parametrize("suffix", PACK)
def test_the_line_of_a_mistake_within_is_named(tmp_path: Path, suffix: str, read) -> None:
    path = tmp_path / f"graph.nt{suffix}"
    path.write_bytes(PACK[suffix](NT + b"<http://a> .\n"))
    with pytest.raises(InputError) as caught:
        read(open_pair(path, path).left.parts)
    assert (caught.value.path, caught.value.line) == (path, 2)


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize(
    ("files", "format"),
    [
        ({"A_EntityTriples.txt": b"a r b .\n", "B_EntityTriples.txt": b"a r b .\n"}, "mmkb"),
        (
            {
                "ent_ids_1": b"0\ta\n1\tb\n",
                "ent_ids_2": b"2\ta\n3\tb\n",
                "triples_1": b"0\t0\t1\n",
                "triples_2": b"2\t0\t3\n",
                "ill_ent_ids": b"0\t2\n",
                "rel_ids_1": b"0\tr\n",
            },
            "dbp15k",
        ),
        ({"rel_triples_1": b"a\tr\tb\n", "rel_triples_2": b"a\tr\tb\n", "ent_links": b"a\tb\n"}, "openea"),
        ({"l/graph.nt": NT, "r/graph.ttl": NT, "links.tsv": b"http://a\thttp://b\n"}, "rdf"),
        ({"l/g.csv": b"head,relation,tail\na,r,b\n", "r/g.tsv": b"a\tr\tb\n", "links.csv": b"a,b\n"}, "csv"),
    ],
)
def test_every_format_is_found_and_read_through_it(write, read, suffix, files, format) -> None:
    plainly = write(files)
    first = open_dataset(plainly)
    expected = [read(first.left.parts), read(first.right.parts)]
    links = read(first.links.parts).links if first.links else []
    for name, data in files.items():
        (plainly / name).unlink()
        (plainly / (name + suffix)).write_bytes(PACK[suffix](data))
    dataset = open_dataset(plainly)
    assert dataset.format == format
    found = [read(dataset.left.parts), read(dataset.right.parts)]
    assert [f.relations for f in found] == [e.relations for e in expected]
    if dataset.links:
        assert [link[:2] for link in read(dataset.links.parts).links] == [link[:2] for link in links]


def test_names_without_the_suffix(tmp_path: Path) -> None:
    assert plain(Path("a/graph.nt.GZ")) == Path("a/graph.nt")
    assert plain(Path("a/graph.nt")) == Path("a/graph.nt")
    (tmp_path / "x.xz").touch()
    assert find(tmp_path, "x") == tmp_path / "x.xz"
    assert find(tmp_path, "y") is None


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zip"])
def test_a_bomb_stops_at_the_limit_which_can_be_raised(tmp_path: Path, monkeypatch, suffix: str) -> None:
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(PACK[suffix](bytes(3_000_000)))
    monkeypatch.setenv(LIMIT_VARIABLE, "0.001")
    with pytest.raises(InputError, match=r"more than 0\.001 GB once unpacked.*MIMEA_MAX_UNPACKED_GB"):
        read_all(path)
    monkeypatch.setenv(LIMIT_VARIABLE, "0.004")
    assert len(read_all(path)) == 3_000_000
    monkeypatch.setenv(LIMIT_VARIABLE, "much")
    with pytest.raises(InputError, match="a number of gigabytes"):
        read_all(path)


def test_an_archive_of_several_files_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "two.nt.zip"
    path.write_bytes(zipped(NT, "a", "b"))
    with pytest.raises(InputError, match="alone in its archive, found 2 files"):
        read_all(path)


def test_an_encrypted_archive_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped(NT))
    data[6] |= 1  # the flag in the local header ...
    data[data.index(b"PK\1\2") + 8] |= 1  # ... and in the directory
    path = tmp_path / "secret.nt.zip"
    path.write_bytes(data)
    with pytest.raises(InputError, match="password"):
        read_all(path)


def test_detection_says_which_file_it_goes_by(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl.gz"
    path.write_bytes(gzip.compress(NT))
    assert detect(path).reason == "its name ends in .ttl.gz"
