"""Whatever is wrong with the input: one message that names the place, no project, and exit status 1."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import os
import pickle
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from core import cli
from core.kg.archive import CACHE_VARIABLE
from core.kg.compressed import LIMIT_VARIABLE
from core.kg.dataset import open_dataset, open_pair
from core.store.importer import import_dataset
from core.store.project_file import ProjectFile
from tests.support import plain_user

NT = b"<http://a> <http://p> <http://b> .\n"


class Runs:
    def __reduce__(self):
        return os.system, ("touch ran",)


def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((60, 40), 90).save(file, "png")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


MMKB = {"A_EntityTriples.txt": b"a r b .\n", "B_EntityTriples.txt": b"x r y .\n"}
DBP15K = {
    "ent_ids_1": b"0\ta\n1\tb\n",
    "ent_ids_2": b"2\tx\n3\ty\n",
    "triples_1": b"0\t0\t1\n",
    "triples_2": b"2\t0\t3\n",
}
OPENEA = {"rel_triples_1": b"a\tr\tb\n", "rel_triples_2": b"x\tr\ty\n", "ent_links": b"a\tx\n"}
RDF = {"l/g.nt": NT, "r/g.nt": NT}
MANY = b"".join(b"<http://a> <http://p> <http://%d> .\n" % i for i in range(500))
# What lies in the dataset's folder, which file is named with which line, and what is said of it.
WRONG: dict[str, tuple[dict[str, bytes], str, int | None, str]] = {
    "truncated gzip": ({"r/g.nt": NT, "l/g.nt.gz": gzip.compress(MANY)[:-20]}, "g.nt.gz", None, "cut short"),
    "truncated bzip2": (
        {"r/g.nt": NT, "l/g.nt.bz2": bz2.compress(MANY)[:-20]}, "g.nt.bz2", None, "cut short"
    ),
    "truncated xz": ({"r/g.nt": NT, "l/g.nt.xz": lzma.compress(MANY)[:-20]}, "g.nt.xz", None, "cut short"),
    "latin-1": (RDF | {"l/g.nt": NT + '<http://a> <http://p> "é" .\n'.encode("latin-1")}, "g.nt", 2, r"\xe9"),
    "utf-16": (
        MMKB | {"A_EntityTriples.txt": "a r b .\n".encode("utf-16")}, "A_EntityTriples.txt", 1, "UTF-16"
    ),
    "NUL bytes": (OPENEA | {"rel_triples_1": b"a\tr\tb\na\tr\0\tb\n"}, "rel_triples_1", 2, "NUL byte"),
    "a line too long": (RDF | {"l/g.nt": NT + b"x" * 3_000_000}, "g.nt", 2, "a line of more than"),
    "2 columns": (OPENEA | {"rel_triples_2": b"x\tr\ty\nx\tr\n"}, "rel_triples_2", 2, "2 columns"),
    "5 columns": (OPENEA | {"rel_triples_2": b"x\tr\ty\tz\tw\n"}, "rel_triples_2", 1, "5 columns"),
    "an empty file": (MMKB | {"B_EntityTriples.txt": b""}, "B_EntityTriples.txt", None, "an empty file"),
    "only blank lines": (RDF | {"l/g.nt": b"\n\n"}, "g.nt", None, "none"),
    "a folder for a file": (
        {"A_EntityTriples.txt/x": b"", "B_EntityTriples.txt": b"x r y .\n"},
        "A_EntityTriples.txt", None, "a folder"
    ),
    "a picture": (MMKB | {"A_EntityTriples.txt": picture()}, "A_EntityTriples.txt", 1, "a PNG picture"),
    "a picture as RDF": (RDF | {"l/g.nt": picture()}, "g.nt", 1, "a PNG picture"),
    "ids out of range": (DBP15K | {"triples_2": b"2\t0\t99\n"}, "triples_2", 1, "'99'"),
    "an id twice": (DBP15K | {"ent_ids_1": b"0\ta\n1\tb\n0\tc\n"}, "ent_ids_1", 3, "'c'"),
    "a link to no number": (DBP15K | {"ill_ent_ids": b"0\t2\n0\t77\n"}, "ill_ent_ids", 2, "'77'"),
    "a malformed IRI": (RDF | {"l/g.nt": NT + b"<http://a b> <http://p> <http://c> .\n"}, "g.nt", 2, "IRI"),
    "an error mid-file": (
        RDF | {"l/g.nt": MANY + b"<http://a> nonsense .\n" + MANY}, "g.nt", 501, "an error"
    ),
    "zip slip": (
        {"l/g.nt.zip": zipped({"a.nt": NT, "../b.nt": NT}), "r/g.nt": NT}, "g.nt.zip", None, "2 files"
    ),
    "a pickle that runs code": (
        DBP15K | {"x_id_img_feature_dict.pkl": pickle.dumps({0: Runs()})},
        "x_id_img_feature_dict.pkl", None, "would run",
    ),
}  # fmt: skip


def lay_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def refused(tmp_path: Path, capsys, monkeypatch) -> Callable[..., str]:
    """Runs an import that must fail, and gives its one line of complaint."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))

    def _refused(*options: str) -> str:
        target = tmp_path / "out" / "pair.mimea"
        capsys.readouterr()
        assert cli.run(["import", str(target), *options]) == 1
        assert not target.parent.exists(), "nothing is left behind"
        told = capsys.readouterr().err
        assert told.count("\n") == 1, told
        return told

    return _refused


@pytest.mark.parametrize("case", WRONG)
def test_one_message_names_the_place(case: str, refused, tmp_path: Path, monkeypatch) -> None:
    files, name, line, said = WRONG[case]
    for limit in ("BLOCK_BYTES", "MAX_LINE_BYTES"):
        monkeypatch.setattr(f"core.kg.text.{limit}", 1 << 20)
    told = refused("--dataset", str(lay_out(tmp_path / "in", files)))
    assert name + (f", line {line}: " if line else ": ") in told
    assert "expected" in told
    assert said in told
    assert not Path("ran").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_no_file_to_read(refused, tmp_path: Path) -> None:
    """Nor is it waited for: nothing may ever come out of it."""
    os.mkfifo(tmp_path / "pipe.nt")
    for path in (tmp_path / "pipe.nt", Path(os.devnull)):
        told = refused("--left", str(path), "--right", str(path))
        assert str(path) in told and "found another file" in told


def test_a_zip_with_names_that_lead_out_is_refused(refused, tmp_path: Path) -> None:
    path = tmp_path / "slip.zip"
    path.write_bytes(zipped({**OPENEA, "../evil": b"x"}))
    assert "leads out of it" in refused("--dataset", str(path))


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.nt.gz"])
def test_a_bomb_is_refused_and_the_limit_can_be_raised(refused, tmp_path, monkeypatch, name: str) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, "0.001")
    path = tmp_path / name
    line = b'<http://a> <http://p> "' + b"0" * 3_000_000 + b'" .\n'
    packed = gzip.compress(line) if name.endswith(".gz") else zipped({"one.nt": line, "two.nt": line})
    path.write_bytes(packed)
    assert LIMIT_VARIABLE in refused("--left", str(path), "--right", str(path))
    monkeypatch.setenv(LIMIT_VARIABLE, "1")
    assert cli.run(["import", str(tmp_path / "p.mimea"), "--left", str(path), "--right", str(path)]) == 0


def test_a_mark_and_crlf_do_no_harm_and_are_told(tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbf" + NT.replace(b"\n", b"\r\n")
    folder = lay_out(tmp_path, {"l.nt": marked, "r.nt.gz": gzip.compress(NT)})
    report = import_dataset(tmp_path / "p.mimea", open_pair(folder / "l.nt", folder / "r.nt.gz"))
    assert report.left.counts["relation_triple"] == 1
    assert report.left.encodings == {"l.nt": "UTF-8 with a byte-order mark with CRLF line ends"}
    assert report.right.encodings == {"r.nt.gz": "UTF-8 in .gz"}


def test_ten_megabytes_in_a_line_come_in(tmp_path: Path) -> None:
    folder = lay_out(
        tmp_path, {"l.nt": b'<http://a> <http://p> "' + b"x" * 10_000_000 + b'" .\n', "r.nt": NT}
    )
    report = import_dataset(tmp_path / "p.mimea", open_pair(folder / "l.nt", folder / "r.nt"))
    assert report.left.counts["attribute_triple"] == 1


def test_links_to_nowhere_are_counted(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, {**OPENEA, "ent_links": b"a\tx\na\tnobody\nnobody\tx\n"})
    report = import_dataset(tmp_path / "p.mimea", open_dataset(folder))
    assert (report.links, report.links_unknown) == (1, 2)


def test_pictures_that_a_table_names_outside_its_folder_are_not_opened(tmp_path: Path) -> None:
    secret = lay_out(tmp_path / "secret", {"s.png": picture()}) / "s.png"
    rows = f"id,image\na,../secret/s.png\nb,{secret}\nc,own.png\n"
    folder = lay_out(tmp_path / "l", {"g.csv": rows.encode(), "own.png": picture()})
    (tmp_path / "r.nt").write_bytes(NT)
    target = tmp_path / "p.mimea"
    report = import_dataset(target, open_pair(folder, tmp_path / "r.nt"))
    assert (report.left.counts["image"], report.left.images_outside) == (3, 2)
    with closing(ProjectFile.open(target)) as project, project.read() as session:
        found = session.execute(text("SELECT status, sha256 <> '' FROM image ORDER BY entity_id")).all()
    assert [tuple(row) for row in found] == [("outside", 0), ("outside", 0), ("ok", 1)]


def test_pictures_that_are_cut_huge_or_elsewhere_are_told_apart(tmp_path: Path) -> None:
    folder = lay_out(
        tmp_path, {"l.nt": b"".join(b"<a:%d> <a:p> <a:0> .\n" % i for i in range(5)), "r.nt": NT}
    )
    images = lay_out(tmp_path / "images", {"1.png": picture(), "2.png": picture()[:-500]})
    (tmp_path / "secret.png").write_bytes(picture())
    (images / "3.png").symlink_to(tmp_path / "secret.png")
    (images / "4.png").symlink_to(images / "1.png")
    index = "".join(f"a:{i}\t{i}.png\n" for i in range(5))
    (images / "index.tsv").write_text(index)
    target = tmp_path / "p.mimea"
    report = import_dataset(target, open_pair(folder / "l.nt", folder / "r.nt", images_left=images))
    project = ProjectFile.open(target)
    with project.read() as session:
        rows = session.execute(text("SELECT status, sha256 = '' FROM image ORDER BY path")).all()
    project.close()
    assert [status for status, _ in rows] == ["missing", "ok", "unreadable", "outside", "ok"]
    assert rows[3][1], "what lies outside is not even opened"
    assert (report.left.images_missing, report.left.images_unreadable, report.left.images_outside) == (
        1,
        1,
        1,
    )


@pytest.mark.parametrize("name", ["B_EntityTriples.txt", "."])
def test_no_permission_to_read_is_told(refused, tmp_path: Path, name: str) -> None:
    folder = lay_out(tmp_path / "in", MMKB)
    (folder / name).chmod(0)
    with plain_user():
        told = refused("--dataset", str(folder))
    (folder / name).chmod(0o700)
    assert f"{(folder / name).name}: expected" in told
    assert "Permission denied" in told


@pytest.mark.parametrize("mode", [0, 0o100, 0o400], ids=["shut", "no names", "names alone"])
def test_no_permission_to_read_the_images_is_told(refused, tmp_path: Path, mode: int) -> None:
    for name in ("l.nt", "r.nt"):
        (tmp_path / name).write_bytes(NT)
    images = tmp_path / "pictures"
    images.mkdir()
    (images / "a.png").write_bytes(picture())
    images.chmod(mode)
    with plain_user():
        told = refused(
            *("--left", str(tmp_path / "l.nt"), "--right", str(tmp_path / "r.nt")),
            *("--images-left", str(images)),
        )
    images.chmod(0o700)
    assert "pictures: expected a folder that can be read, found Permission denied" in told


@pytest.mark.parametrize("name", ["l.nt", "l.ttl", "l.csv", "l.nt.gz"])
def test_a_network_path_that_vanishes_is_told(refused, tmp_path: Path, monkeypatch, name: str) -> None:
    data = b"head,relation,tail\n" + b"a,r,b\n" * 300_000 if name == "l.csv" else NT * 60_000
    folder = lay_out(tmp_path, {name: gzip.compress(data) if name.endswith(".gz") else data, "r.nt": NT})

    class Vanishing(io.FileIO):
        def read(self, count: int = -1) -> bytes:  # type: ignore[override]
            if self.tell() >= min(500_000, (folder / name).stat().st_size // 2):
                raise OSError(errno.EHOSTDOWN, "Host is down")
            return super().read(min(count, 1000) if count and count > 0 else 1000)

    real = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *a, **k: Vanishing(self) if self.name == name else real(self, *a, **k)
    )
    told = refused("--left", str(folder / name), "--right", str(folder / "r.nt"))
    assert name in told
    assert "Host is down" in told


def test_a_full_disk_is_told(refused, tmp_path: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("core.store.graph_loader.GraphLoader._write_relation_triples", full)
    assert "disk is full" in refused("--dataset", str(lay_out(tmp_path / "in", MMKB)))


HOSTILE = [
    "=cmd()|' /C calc'!A0",
    "'; DROP TABLE entity; --",
    "<b onclick=x>bold</b>",
    "&amp;<script>",
    "%s %n {0}",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_sql_formulas_and_html_stay_text(tmp_path: Path, hostile: str) -> None:
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    escaped = hostile.replace("\\", "\\\\").replace('"', '\\"')
    nt = f'<http://a> <{label}> "{escaped}" .\n<http://a> <http://p> "{escaped}" .\n'
    openea = lay_out(tmp_path, {"rel_triples_1": f"{hostile}\t{hostile}\tb\n".encode(), "r.nt": nt.encode()})
    target = tmp_path / "p.mimea"
    import_dataset(target, open_pair(openea / "rel_triples_1", openea / "r.nt"))
    project = ProjectFile.open(target)
    with project.read() as session:
        for sql in (
            "SELECT count(*) FROM entity WHERE uri = :t AND graph_id = 1",
            "SELECT count(*) FROM relation WHERE uri = :t",
            "SELECT count(*) FROM entity WHERE label = :t AND graph_id = 2",
            "SELECT count(*) FROM attribute_triple WHERE value = :t",
        ):
            assert session.execute(text(sql), {"t": hostile}).scalar_one() == 1, sql
    project.close()
