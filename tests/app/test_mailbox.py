from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject, Signal, Slot
from pytestqt.qtbot import QtBot

from app.mailbox import Mailbox

_MESSAGES = 2_000


class _Reader(QObject):
    """Takes messages; chokes on one that is an exception."""

    ping = Signal()

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__()
        self.taken: list[object] = []
        self.threads: set[int] = set()
        mailbox.arrived.connect(self.take)

    @Slot(object)
    def take(self, message: object) -> None:
        self.taken.append(message)
        self.threads.add(threading.get_ident())
        if isinstance(message, Exception):
            raise message

    @Slot()
    def ponged(self) -> None:
        pass


def test_messages_come_in_order_on_the_thread_of_the_window(qtbot: QtBot) -> None:
    mailbox = Mailbox()
    reader = _Reader(mailbox)
    post = mailbox.post
    thread = threading.Thread(target=lambda: [post(number) for number in range(_MESSAGES)])
    thread.start()
    qtbot.waitUntil(lambda: len(reader.taken) == _MESSAGES)
    thread.join()
    assert reader.taken == list(range(_MESSAGES))
    assert reader.threads == {threading.get_ident()}


def test_a_message_that_cannot_be_handled_keeps_no_other_back(qtbot: QtBot) -> None:
    mailbox = Mailbox()
    reader = _Reader(mailbox)
    with qtbot.captureExceptions() as caught:
        mailbox.post(ValueError("broken"))
        mailbox.post("next")
        qtbot.waitUntil(lambda: len(reader.taken) == 2)
    assert [str(error) for _, error, _ in caught] == ["broken"]


@pytest.mark.timeout(30)
def test_threads_can_post_while_the_window_connects_and_disconnects(qtbot: QtBot) -> None:
    """What hung when threads emitted signals or read pictures by Qt."""
    mailbox = Mailbox()
    reader = _Reader(mailbox)
    post = mailbox.post
    threads = [threading.Thread(target=lambda: [post(n) for n in range(_MESSAGES)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        other = _Reader(mailbox)
        reader.ping.connect(other.ponged)
        reader.ping.disconnect(other.ponged)
        shiboken6.delete(other)
    qtbot.waitUntil(lambda: len(reader.taken) == 3 * _MESSAGES)


def test_posting_to_a_mailbox_that_is_gone_does_nothing(qtbot: QtBot) -> None:
    mailbox = Mailbox()
    post = mailbox.post
    shiboken6.delete(mailbox)
    del mailbox
    post("nobody reads this")
