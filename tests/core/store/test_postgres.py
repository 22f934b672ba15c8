"""The store on a team's server: the same tests as on a file, and what only a server can show."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError

from core.cli import run
from core.errors import InputError, ProjectError
from core.export.links import FORMATS, write_links
from core.export.options import ExportOptions
from core.kg.dataset import open_pair
from core.review.disagreement import disagreements
from core.review.journal import Decision, current_verdicts, decide
from core.store.copying import copy_contents
from core.store.project_file import ProjectFile
from core.store.run_edits import delete_run
from core.store.runs import get_run, start_run
from core.store.schema import Base, Entity, Graph
from core.store.team import import_to_server
from tests.core.review import (
    test_bulk,
    test_bulk_plan,
    test_claims,
    test_disagreement,
    test_evidence,
    test_facets,
    test_journal,
    test_queue,
)
from tests.core.store import test_candidates, test_graphs, test_project_file, test_queues
from tests.core.store.test_reimport import check_links, check_replacement, check_return
from tests.postgres import NoServerError, server
from tests.support import DEMO, build_project

psycopg = pytest.importorskip("psycopg", reason="shared projects need the extra `team`")
_numbers = count(1)
# These look at the file itself.
_OF_FILES = {
    "test_a_decision_is_seen_by_another_connection_at_once",
    "test_a_full_disk_is_one_sentence_and_changes_nothing",
    "test_an_existing_file_is_never_overwritten",
    "test_every_connection_enforces_foreign_keys",
}


def _shared(*modules: ModuleType) -> list[Any]:
    return [
        pytest.param(function, id=name.removeprefix("test_"))
        for module in modules
        for name, function in vars(module).items()
        if name.startswith("test_") and name not in _OF_FILES
        and list(inspect.signature(function).parameters) == ["project"]
    ]  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    try:
        with server() as url:
            yield url
    except NoServerError as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folders of shared projects lie."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def command(address: str) -> Iterator[Callable[[str], object]]:
    """Runs a statement on the server that no transaction may hold."""
    engine = create_engine(
        address.format(name="postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        yield connection.exec_driver_sql
    engine.dispose()


@contextmanager
def database(address: str, command: Callable[[str], object], template: str = "template0") -> Iterator[str]:
    """The address of a new database, a copy of ``template``; dropped in the end, for each takes 8 MB."""
    name = f"mimea{next(_numbers)}"
    command(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield address.format(name=name)
    command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(address: str, command: Callable[[str], object]) -> Iterator[str]:
    """An empty database."""
    with database(address, command) as url:
        yield url


@pytest.fixture(scope="module")
def small(
    address: str, command: Callable[[str], object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """The small project as a file, and the name of a database with the same."""
    path = tmp_path_factory.mktemp("file") / "small.mimea"
    with (
        database(address, command) as url,
        closing(build_project(path)) as source,
    ):
        with closing(ProjectFile.create_url(url)) as shared:
            copy_contents(source, shared)
        yield path, url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def project_url(address: str, command: Callable[[str], object], small: tuple[Path, str]) -> Iterator[str]:
    """The address of a copy of the small project."""
    with database(address, command, template=small[1]) as url:
        yield url


@pytest.fixture
def project(project_url: str) -> Iterator[ProjectFile]:
    """The small project, on the server."""
    with closing(ProjectFile.open(project_url)) as shared:
        yield shared


@pytest.mark.parametrize(
    "test",
    _shared(
        test_journal,
        test_bulk,
        test_disagreement,
        test_evidence,
        test_queue,
        test_facets,
        test_bulk_plan,
        test_claims,
        test_queues,
        test_candidates,
        test_graphs,
        test_project_file,
    ),
)
def test_a_server_does_what_a_file_does(test: Callable[[ProjectFile], None], project: ProjectFile) -> None:
    test(project)


def test_everything_is_copied(project: ProjectFile, small: tuple[Path, str]) -> None:
    with closing(ProjectFile.open(small[0])) as source:
        for table in Base.metadata.sorted_tables:
            with source.read() as here, project.read() as there:
                assert sorted(map(repr, here.execute(select(table)))) == sorted(
                    map(repr, there.execute(select(table)))
                )


def test_the_run_of_another_machine_is_not_deleted(project: ProjectFile) -> None:
    with project.write() as session:
        run_id = start_run(session, "{}", "GPU", ("structure",))  # its lock lies on that machine
    with pytest.raises(ProjectError, match=f"run {run_id} is going"):
        delete_run(project, run_id)
    with project.read() as session:
        assert get_run(session, run_id) is not None


def test_two_curators_on_two_machines_share_a_journal(project: ProjectFile, project_url: str) -> None:
    with closing(ProjectFile.open(project_url)) as other:
        decide(project, [Decision(1, 41, "accepted", author="ada")])
        decide(other, [Decision(1, 41, "rejected", author="grace")])
        with project.read() as session:
            assert [(v.author, v.kind) for v in current_verdicts(session)] == [("grace", "rejected")]
            assert [o.author for d in disagreements(session) for o in d.opinions] == ["ada", "grace"]


def test_steps_of_writers_at_the_same_time_stay_apart(project: ProjectFile) -> None:
    def work(first: int) -> None:
        for i in range(first, first + 10):
            decide(project, [Decision(i, 40 + i, "accepted", author=str(first))])

    threads = [threading.Thread(target=work, args=(first,)) for first in (1, 11, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with project.read() as session:
        steps = session.scalars(text("SELECT step FROM verdict ORDER BY step")).all()
    assert steps == list(range(1, 31))


def test_a_reader_sees_one_snapshot(project: ProjectFile) -> None:
    with project.read() as session:
        assert list(current_verdicts(session)) == []
        decide(project, [Decision(1, 41, "accepted")])
        assert list(current_verdicts(session)) == []


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_exported(project: ProjectFile, tmp_path: Path, format: str) -> None:
    decide(project, [Decision(1, 41, "accepted", 0.97, 1, "ada")])
    options = ExportOptions(rejected=True, author="ada", run_id=1)
    assert write_links(project, tmp_path / "out", format, options).links == 1


def test_foreign_keys_hold(project: ProjectFile) -> None:
    with pytest.raises(IntegrityError):
        decide(project, [Decision(9999, 41, "accepted")])


def test_a_database_holds_one_project(project_url: str, project: ProjectFile) -> None:
    with pytest.raises(ProjectError, match="holds a project already"):
        ProjectFile.create_url(project_url)
    with project.write() as session:
        session.execute(text("COMMENT ON TABLE graph IS 'MIMEA Explorer project, format 99'"))
    with pytest.raises(ProjectError, match=r"newer version \(format 99"):
        ProjectFile.open(project_url)


def test_what_is_no_shared_project_is_said(url: str, address: str) -> None:
    with pytest.raises(ProjectError, match="holds no MIMEA project"):
        ProjectFile.open(url)
    with pytest.raises(ProjectError, match=r"can't be opened: .*does not exist"):
        ProjectFile.open(address.format(name="nowhere"))
    with pytest.raises(ProjectError, match="not on mysql"):
        ProjectFile.open("mysql://x/y")
    with pytest.raises(ProjectError, match="is no address"):
        ProjectFile.open("somewhere")
    with pytest.raises(ProjectError, match="is no address"):
        ProjectFile.open("postgresql://host:port/x")


@pytest.mark.parametrize("check", [check_replacement, check_return, check_links])
def test_a_graph_is_replaced(
    project: ProjectFile, tmp_path: Path, check: Callable[[ProjectFile, Path], None]
) -> None:
    check(project, tmp_path)
    with project.write() as session:  # the server's own numbers go on after those that were given
        graph = session.scalars(select(Graph.id).where(Graph.side == "left")).one()
        session.add(Entity(graph_id=graph, uri="http://example.org/next", label="next", description=""))


def test_commands_take_the_address_of_a_project(
    url: str, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = url.replace("mimea@", "mimea:secret@")
    assert run(["info", secret]) == 1
    error = capsys.readouterr().err
    assert "holds no MIMEA project" in error and error.count("\n") == 1
    (tmp_path / "bad.nt").write_text("<a> <b>\n")
    graphs = ["--left", str(DEMO / "atlas"), "--right", str(DEMO / "factbook")]
    assert run(["import", secret, "--left", str(tmp_path / "bad.nt"), "--right", str(DEMO)]) == 1
    assert run(["import", secret, *graphs, "--links", str(DEMO / "links.tsv")]) == 0
    told = capsys.readouterr().out
    assert "Imported into postgresql://mimea@" in told and "secret" not in told
    assert run(["import", secret, *graphs]) == 1
    assert "holds a project already" in capsys.readouterr().err
    assert run(["info", url]) == 0
    assert "entities" in capsys.readouterr().out
    assert run(["check", url]) == 1
    assert "looked after there" in capsys.readouterr().err
    assert run(["export", url, "--format", "nt", "--out", str(tmp_path / "links.nt")]) == 0
    assert run(["candidates", address.format(name="nowhere")]) == 1
    error = capsys.readouterr().err
    assert "does not exist" in error and error.count("\n") == 1
    assert run(["info", "postgresql://mimea:secret@127.0.0.1:1/x"]) == 1
    error = capsys.readouterr().err
    assert "refused" in error and "secret" not in error and error.count("\n") == 1


def test_an_import_that_fails_leaves_nothing_on_the_server(url: str, tmp_path: Path) -> None:
    (tmp_path / "bad.nt").write_text("<a> <b>\n")
    (tmp_path / "good.nt").write_text("<http://a> <http://p> <http://b> .\n")
    dataset = open_pair(tmp_path / "good.nt", tmp_path / "bad.nt")
    with pytest.raises(InputError):
        import_to_server(url, dataset)
    with pytest.raises(ProjectError, match="holds no MIMEA project"):
        ProjectFile.open(url)
    (tmp_path / "bad.nt").write_text('<http://c> <http://p> "\\u0000" .\n')  # what PostgreSQL can't store
    with pytest.raises(ProjectError, match="can't be written"):
        import_to_server(url, dataset)
    with pytest.raises(ProjectError, match="holds no MIMEA project"):
        ProjectFile.open(url)
