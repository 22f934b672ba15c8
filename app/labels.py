"""Labels of entities within other text, whichever way they are written."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as RichText


def isolated(label: str) -> str:
    """``label`` for use within a sentence: one that is written from right to left can't turn the rest."""
    return f"\u2068{label}\u2069"


def pair_text(left: str, right: str | None) -> str:
    """Two labels as one line; without ``right`` there is no counterpart."""
    return f"{isolated(left)} = {isolated(right)}" if right is not None else f"{isolated(left)} –"


def plain_tip(text: str) -> str:
    """``text`` as a tooltip that shows it letter by letter: Qt takes what has a tag in it for HTML."""
    if not RichText.mightBeRichText(text):
        return text
    return f"<p>{escape(text)}</p>".replace("\n", "<br>")


def tip_or_spoken(role: int, text: str) -> str:
    """``text`` as what a model says of a cell, in its tooltip or to a screen reader."""
    return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


def unmarked(text: str) -> str:
    """``text`` for a button or a menu, where a single & would mark a key."""
    return text.replace("&", "&&")
