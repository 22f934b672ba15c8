"""What fails beside a verdict leaves the verdict alone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from app.keyed_action import KeyedAction
from core.review.journal import decide

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_another_failure_does_not_let_a_verdict_be_given_twice(page, monkeypatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("core.review.journal.decide", lambda *given: go_on.wait(20) and decide(*given))
    action = page.find(KeyedAction, "acceptedAction")
    action.trigger()
    page.tasks.failed.emit("a picture can't be read")
    action.trigger()
    go_on.set()
    page.settle()
    with page.project.file.read() as session:
        assert session.scalar(text("SELECT count(*) FROM verdict")) == 1
