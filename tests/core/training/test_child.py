"""A run in a process of its own: what is told, what is wished, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from core.config import RunConfig
from core.errors import Discarded, MimeaError
from core.store import runs
from core.store.run_files import checkpoint_path, close_interrupted_runs, resumable_runs
from core.training.child import ChildDied, in_child, run_in_child
from core.training.control import RunControl
from core.training.events import Continued, EpochDone, Event, Paused, Progress, RunFinished
from core.training.run import train
from tests.core.training import counting
from tests.core.training.conftest import MakeProject
from tests.support import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")


def test_it_is_another_process_that_yields() -> None:
    first, *numbers = in_child(counting.count, RunControl(), 3)
    assert first != os.getpid() and numbers == [1, 2, 3]


@pytest.mark.parametrize("wish", ["stop", "discard"])
def test_what_is_wished_here_is_done_there(wish: str) -> None:
    control, found = RunControl(), []
    for event in in_child(counting.until_stopped, control):
        found.append(event)
        getattr(control, wish)()
    assert found == ["begun", "discarding" if wish == "discard" else "stopping"]


def test_a_pause_and_its_end() -> None:
    control, found = RunControl(), []
    for event in in_child(counting.paused_and_back, control):
        found.append(event)
        if event == "begun":
            control.pause()
        elif event == "paused":
            control.go_on()
    assert found == ["begun", "paused", "going on"]


@pytest.mark.parametrize("wish", ["stop", "discard", "pause"])
def test_a_wish_that_comes_too_late_is_no_failure(wish: str) -> None:
    control, found = RunControl(), []
    for event in in_child(counting.over_before_it_hears, control):
        found.append(event)
        getattr(control, wish)()
    assert found == ["last"]


def test_its_errors_are_raised_here() -> None:
    with pytest.raises(MimeaError, match=r"^the disk is full$"):
        list(in_child(counting.refuse, RunControl()))


def test_a_defect_says_where_it_was() -> None:
    with pytest.raises(RuntimeError, match=r"^a defect$") as caught:
        list(in_child(counting.break_down, RunControl()))
    assert "in break_down" in str(caught.value.__cause__)


def test_one_that_is_killed_is_told_of() -> None:
    with pytest.raises(ChildDied, match="Killed"):
        list(in_child(counting.be_killed, RunControl()))


def test_the_system_may_stop_it_and_ctrl_c_is_not_for_it() -> None:
    assert list(in_child(counting.hear_the_system, RunControl())) == ["stopping"]


def test_it_does_not_outlive_the_window() -> None:
    """The output of both is one pipe, which ends when both are gone."""
    code = (
        "import os\n"
        "from core.training.child import in_child\n"
        "from core.training.control import RunControl\n"
        "from tests.core.training import counting\n"
        "for event in in_child(counting.until_stopped, RunControl()):\n"
        "    print(event, flush=True)\n"
        "    os._exit(3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "begun\n")


def queued(make_project: MakeProject, config: RunConfig) -> tuple[runs.ProjectFile, int]:
    project = make_project()
    with project.write() as session:
        return project, runs.queue_run(session, config.to_json())


def status(project: runs.ProjectFile, run_id: int) -> tuple[str, str | None]:
    with project.read() as session:
        run = runs.get_run(session, run_id)
    assert run is not None
    return run.status, run.error


def test_a_run_from_its_start_to_its_candidates(make_project: MakeProject, quick: RunConfig) -> None:
    project, run_id = queued(make_project, quick)
    control, events = RunControl(), []
    assert status(project, run_id) == ("queued", None)
    for event in run_in_child(project, run_id, quick, control):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 1:
            assert status(project, run_id) == ("running", None)
            control.pause()
        elif isinstance(event, Paused):
            control.go_on()
    kinds = [type(event) for event in events]
    assert kinds[0] is Progress and kinds[-1] is RunFinished
    assert kinds.index(Paused) < kinds.index(Continued)
    assert [e.epoch for e in events if isinstance(e, EpochDone)] == list(range(1, quick.training.epochs + 1))
    assert status(project, run_id) == ("done", None)


def test_a_run_that_fails_and_another_with_settings_that_work(
    make_project: MakeProject, quick: RunConfig
) -> None:
    hopeless = quick.replace(visual_encoder="precomputed", visual_features="/nowhere/vectors.npz")
    project, failed = queued(make_project, hopeless)
    with project.write() as session:
        again = runs.queue_run(session, quick.to_json())
    with pytest.raises(MimeaError, match=r"vectors\.npz") as caught:
        list(run_in_child(project, failed, hopeless, RunControl()))
    assert status(project, failed) == ("failed", str(caught.value))
    assert status(project, again) == ("queued", None)
    assert isinstance(list(run_in_child(project, again, quick, RunControl()))[-1], RunFinished)
    assert (status(project, failed), status(project, again)) == (
        ("failed", str(caught.value)),
        ("done", None),
    )


@pytest.mark.parametrize("moment", [EpochDone, RunFinished])
def test_a_run_that_is_discarded(make_project: MakeProject, quick: RunConfig, moment: type[Event]) -> None:
    """While it goes, and when it is as good as over."""
    project, run_id = queued(make_project, quick)
    control = RunControl()
    with pytest.raises(Discarded):
        for event in run_in_child(project, run_id, quick, control):
            if isinstance(event, moment):
                control.discard()
    with project.read() as session:
        assert runs.list_runs(session) == []


def test_a_run_whose_process_is_killed_can_be_resumed(make_project: MakeProject, quick: RunConfig) -> None:
    config = quick.replace(epochs=100_000, checkpoint_every=1)
    project, run_id = queued(make_project, config)
    with pytest.raises(ChildDied):
        for event in run_in_child(project, run_id, config, RunControl()):
            if isinstance(event, EpochDone) and checkpoint_path(project.sidecar, run_id).exists():
                kill_children()
    assert close_interrupted_runs(project) == 1
    assert [run.id for run in resumable_runs(project)] == [run_id]
    control, first = RunControl(), None
    for event in run_in_child(project, run_id, None, control):
        if isinstance(event, EpochDone):
            first = first or event.epoch
            control.stop()
    assert first is not None and first > 1
    assert status(project, run_id) == ("stopped", None)


def kill_children() -> None:
    import multiprocessing

    for process in multiprocessing.active_children():
        process.kill()


def test_two_runs_at_once_share_nothing(make_project: MakeProject, quick: RunConfig) -> None:
    """Each process has its own random numbers, model and stop."""
    project, first = queued(make_project, quick)
    with project.write() as session:
        second = runs.queue_run(session, quick.replace(random_seed=1).to_json())
    configs = {first: quick, second: quick.replace(random_seed=1)}
    found: dict[int, list[Event]] = {first: [], second: []}

    def drive(run_id: int) -> None:
        found[run_id] += run_in_child(project, run_id, configs[run_id], RunControl())

    threads = [threading.Thread(target=drive, args=(run_id,)) for run_id in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    losses = [[e.losses for e in events if isinstance(e, EpochDone)] for events in found.values()]
    alone = [
        [event.losses for event in train(make_project(), config) if isinstance(event, EpochDone)]
        for config in configs.values()
    ]
    assert losses == alone and losses[0] != losses[1]
