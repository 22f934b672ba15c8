"""Reading that was stopped ends at its next bytes, wherever these come from."""

from __future__ import annotations

import os
import signal
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from core import cli
from core.errors import Cancelled
from core.kg import links
from core.kg.archive import CACHE_VARIABLE
from core.kg.dataset import open_dataset
from core.kg.images import ImageFolder
from core.kg.links import open_links
from core.kg.pickled import read_vectors
from core.kg.preview import first_rows
from core.kg.source import LinkSource
from core.kg.stopping import check_stop, stoppable


@contextmanager
def stopped_while(monkeypatch: pytest.MonkeyPatch, place: str) -> Iterator[list[int]]:
    """Somebody stops it when ``place`` asks for the third time; how often it asked."""
    stop, asked = threading.Event(), [0]

    def ask() -> None:
        asked[0] += 1
        if asked[0] == 3:
            stop.set()
        check_stop()

    monkeypatch.setattr(f"{place}.check_stop", ask)
    with stoppable(stop, "no more"), pytest.raises(Cancelled, match="no more"):
        yield asked


SAID = "<http://a> <http://p> <http://b> .\n"
FILES: dict[str, str] = {
    "links.nt": SAID * 60_000,
    "links.ttl": SAID * 60_000,
    "links.tsv": "a\tb\n" * 600_000,
    "links.csv": "left_uri,right_uri,verdict\n" + "a,b,unsure\n" * 200_000,
    "links.sssom.tsv": "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    + "owl:a\tskos:broadMatch\towl:b\tsemapv:MappingReview\n" * 60_000,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    part = open_links(write({name: FILES[name]}) / name).parts[0]
    with stopped_while(monkeypatch, "core.kg.compressed") as asked:
        for _ in part.read():
            pass
    assert asked == [3]


def test_a_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.pkl").write_bytes(b"(" * 2_000_000)
    with stopped_while(monkeypatch, "core.kg.compressed"):
        read_vectors(tmp_path / "x.pkl")


def test_an_archive_that_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        for name in ("rel_triples_1", "rel_triples_2"):
            archive.writestr(name, "a\tr\tb\n" * 500_000)
    with stopped_while(monkeypatch, "core.kg.archive"):
        open_dataset(tmp_path / "d.zip")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert open_dataset(tmp_path / "d.zip").format == "openea"


def test_a_folder_of_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        Image.new("RGB", (1, 1)).save(tmp_path / str(number) / "x.png")
    with stopped_while(monkeypatch, "core.kg.images") as asked:
        ImageFolder(tmp_path)
    assert asked == [3]


def test_outside_nothing_stops() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled, match="stopped"), stoppable(stop), stoppable(None):
        check_stop()
    check_stop()


def test_ctrl_c_ends_what_a_command_reads(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write({"links.tsv": FILES["links.tsv"]}) / "links.tsv")
    real = links.text_links

    def interrupted(*arguments: Path) -> LinkSource:
        os.kill(os.getpid(), signal.SIGINT)
        return real(*arguments)

    monkeypatch.setattr(links, "text_links", interrupted)
    assert cli.run(["diff", path, path]) == cli.INTERRUPTED
    assert capsys.readouterr().err == "mimea-explorer: stopped\n"


@pytest.mark.parametrize("name", ["links.nt", "links.csv", "links.sssom.tsv"])
def test_a_look_at_a_file_without_links_reads_its_beginning_only(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked = []
    monkeypatch.setattr("core.kg.compressed.check_stop", lambda: asked.append(1))
    source = open_links(write({name: FILES[name] * 4}) / name)
    (rows,) = first_rows(source, 5)
    size = source.parts[0].size
    assert rows.rows == [] and len(asked) < size / (1 << 18) / 2
