from __future__ import annotations

import threading

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.job import Job, Report
from core.errors import Cancelled, InputError


def test_a_job_reports_and_succeeds_on_the_thread_that_owns_it(qtbot: QtBot) -> None:
    told: list[tuple[object, QThread]] = []
    workers: list[int] = []

    def work(report: Report, stop: threading.Event) -> str:
        workers.append(threading.get_ident())
        for number in range(5):
            report(number)
        return "made"

    job = Job(work)
    job.reported.connect(lambda value: told.append((value, QThread.currentThread())))
    job.succeeded.connect(lambda value: told.append((value, QThread.currentThread())))
    with qtbot.waitSignals([job.succeeded, job.ended], order="strict"):
        job.start()
    assert [value for value, _ in told] == [0, 1, 2, 3, 4, "made"]
    assert {thread for _, thread in told} == {QThread.currentThread()}
    assert workers != [threading.get_ident()]


def test_stop_reaches_work_that_never_looks_at_an_event_loop(qtbot: QtBot) -> None:
    started = threading.Event()

    def work(_report: Report, stop: threading.Event) -> None:
        started.set()
        assert stop.wait(10)
        raise Cancelled("stopped")

    job = Job(work)
    with qtbot.assertNotEmitted(job.succeeded), qtbot.waitSignals([job.cancelled, job.ended]):
        job.start()
        assert started.wait(5)
        job.stop()
        assert job.stopping


def test_known_errors_are_one_sentence_and_unknown_ones_have_details(qtbot: QtBot) -> None:
    def known(_report: Report, _stop: threading.Event) -> None:
        raise InputError("links.tsv", "two columns", "one", line=3)

    def unknown(_report: Report, _stop: threading.Event) -> None:
        raise ZeroDivisionError("by zero")

    job = Job(known)
    with qtbot.waitSignal(job.failed) as failed, qtbot.waitSignal(job.ended):
        job.start()
    assert failed.args == ["links.tsv, line 3: expected two columns, found one", ""]
    job = Job(unknown)
    with qtbot.waitSignal(job.failed) as failed, qtbot.waitSignal(job.ended):
        job.start()
    assert failed.args[0] == "Something went wrong: by zero"
    assert "ZeroDivisionError" in failed.args[1]
