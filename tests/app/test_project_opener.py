"""Opening projects: off the GUI thread, older ones, and those of a team."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import create_engine

from app.main_window import MainWindow
from app.views.team_dialog import TeamDialog
from core.review.journal import Decision, current_verdicts
from core.store import project_file
from core.store.copying import copy_contents
from core.store.project_file import ProjectFile
from tests.postgres import NoServerError, server
from tests.support import REPOSITORY, build_project


def test_a_project_of_an_older_format_is_brought_up_to_date_off_the_gui_thread(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(REPOSITORY / "tests" / "fixtures" / "v1.mimea", tmp_path / "old.mimea"))
    threads: list[threading.Thread] = []
    upgrade = project_file.upgrade

    def spy(engine) -> None:  # type: ignore[no-untyped-def]
        threads.append(threading.current_thread())
        upgrade(engine)

    monkeypatch.setattr(project_file, "upgrade", spy)
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(path)
        assert not window.project.is_open  # the call returns before the work is done
        assert window.findChild(QLabel, "jobStatus").text() == "Opening old.mimea"
    assert len(threads) == 1 and threads[0] is not threading.main_thread()
    assert window.project.is_open and list(tmp_path.glob("old.mimea.backup-v1-*"))


def test_the_project_asked_for_last_is_the_one_that_opens(
    window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    build_project(tmp_path / "second.mimea", run=False, images=False).close()
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(project.path)
        window.open_project(tmp_path / "second.mimea")
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert window.project.file.path == tmp_path / "second.mimea"
    # The other is free again for another window.
    with closing(ProjectFile.open_for_editing(project.path)) as other:
        assert other.read_only == ""


def test_a_switch_does_not_wait_for_what_is_still_read_of_the_first_project(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    build_project(tmp_path / "second.mimea", run=False, images=False).close()
    go_on, read = threading.Event(), []
    open_window.tasks.read(open_window, lambda: go_on.wait(20), read.append)
    with qtbot.waitSignal(open_window.project.opened):
        open_window.open_project(tmp_path / "second.mimea")
    assert open_window.project.file.name == "second" and not read
    go_on.set()
    qtbot.waitUntil(lambda: not open_window.tasks.busy)
    assert read == [True]
    with closing(ProjectFile.open_for_editing(project.path)) as other:
        assert other.read_only == ""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pytest.importorskip("psycopg", reason="shared projects need the extra `team`")
    try:
        with server() as url:
            yield url.replace("mimea@", "mimea:secret@")
    except NoServerError as error:
        pytest.skip(str(error))


def test_a_team_project_is_opened_by_its_address(
    window: MainWindow, address: str, tmp_path: Path, qtbot: QtBot
) -> None:
    engine = create_engine(
        address.format(name="postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE team")
    engine.dispose()
    url = address.format(name="team")
    with (
        closing(build_project(tmp_path / "small.mimea", images=False)) as source,
        closing(ProjectFile.create_url(url)) as target,
    ):
        copy_contents(source, target)

    window.actions_.open_team.trigger()
    dialog = window.findChild(TeamDialog)
    field, password = dialog.findChild(QLineEdit, "teamUrl"), dialog.findChild(QLineEdit, "teamPassword")
    field.setText("somewhere")
    dialog.accept()
    assert "no address of a database" in dialog.message.text and dialog.isVisible()
    field.setText(url.replace(":secret", ""))
    password.setText("secret")
    with qtbot.waitSignal(window.opener.ready):
        dialog.accept()
    assert window.windowTitle().startswith("team@")
    assert not window.actions_.backup.isEnabled() and window.actions_.export.isEnabled()
    recent = [str(each) for each in window.settings.recent]
    assert len(recent) == 1 and recent[0].startswith("postgresql://mimea@/team") and "secret" not in recent[0]
    with qtbot.waitSignal(window.project.verdicts_changed):
        window.project.decide([Decision(1, 41, "accepted")])
    with closing(ProjectFile.open(url)) as other, other.read() as session:
        assert list(current_verdicts(session)) == [Decision(1, 41, "accepted")]
    window.actions_.open_team.trigger()
    again = next(each for each in window.findChildren(TeamDialog) if each.isVisible())
    assert again.findChild(QLineEdit, "teamUrl").text() == recent[0]
    again.findChild(QLineEdit, "teamUrl").setText(url.replace("/team?", "/nowhere?"))
    with qtbot.waitSignal(window.opener.failed):
        again.accept()
    assert "nowhere" in window.message.text and "secret" not in window.message.text
    assert [str(each) for each in window.settings.recent] == recent
