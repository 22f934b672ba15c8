"""The help: what it names is there, and fits the page."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from app.theme import RESOURCES
from app.views.help_window import HelpWindow
from tests.support import REPOSITORY

HELP = RESOURCES / "help"
PAGES = [*sorted(HELP.glob("*.md")), REPOSITORY / "README.md"]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def links(page) -> list[tuple[str, str, str]]:
    """(``!`` for a picture, words, address) of a page's links within the repository."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    return [each for each in found if not each[2].startswith(("http:", "https:", "#"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page) -> None:
    for mark, words, address in links(page):
        assert (page.parent / address.partition("#")[0]).exists(), address
        assert words or not mark, f"{address} has no words for who can't see it"


def test_every_picture_of_the_help_is_shown_and_all_are_small() -> None:
    shown = {(page.parent / address).name for page in PAGES for mark, _, address in links(page) if mark}
    pictures = {path.name for path in HELP.glob("*.png")}
    assert pictures == {name for name in shown if name.endswith(".png")}
    assert sum(path.stat().st_size for path in HELP.glob("*.png")) < 2_500_000


@pytest.mark.parametrize("page", sorted(HELP.glob("*.md")), ids=lambda page: page.name)
def test_pictures_are_no_wider_than_the_page(qtbot: QtBot, page) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show_page(page.name)
    text = window._text
    kind = QTextDocument.ResourceType.ImageResource.value
    for mark, _, address in links(page):
        if mark:
            width = text.loadResource(kind, QUrl(address)).deviceIndependentSize().width()
            assert 0 < width <= text.viewport().width() - 2 * text.document().documentMargin()
    assert text.horizontalScrollBar().maximum() == 0
