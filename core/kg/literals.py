"""Literals as layouts without a syntax of their own write them: bare, or as N-Triples would."""

from __future__ import annotations

import re

from core.kg.rdf_parse import Value

_WRITTEN = re.compile(
    r'"(?P<text>.*)"(?:\^\^<?(?P<datatype>[^<>"\s]+)>?|@(?P<language>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*))?',
    re.DOTALL,
)


def literal(written: str) -> Value:
    """``"9.7"^^<…double>`` and ``"Wien"@de`` taken apart; anything else is all text."""
    found = _WRITTEN.fullmatch(written)
    if not found:
        return Value(written, "", "")
    return Value(found["text"], found["datatype"] or "", (found["language"] or "").lower())
