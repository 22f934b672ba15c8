"""Labels of entities within other text, whichever way they are written."""

from __future__ import annotations


def isolated(label: str) -> str:
    """``label`` for use within a sentence: one that is written from right to left can't turn the rest."""
    return f"\u2068{label}\u2069"


def pair_text(left: str, right: str | None) -> str:
    """Two labels as one line; without ``right`` there is no counterpart."""
    return f"{isolated(left)} = {isolated(right)}" if right is not None else f"{isolated(left)} –"
