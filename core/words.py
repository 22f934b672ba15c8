"""Numbers of things in sentences."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """A number of things in words: ``1 link``, ``2 links``, ``1,200 entities``."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {thing[:-1]}ies" if thing.endswith("ty") else f"{number:,} {thing}s"


def are(number: int) -> str:
    """``is`` of one thing, ``are`` of others."""
    return "is" if number == 1 else "are"


def were(number: int) -> str:
    """``was`` of one thing, ``were`` of others."""
    return "was" if number == 1 else "were"
