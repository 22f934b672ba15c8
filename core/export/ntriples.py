"""Links as RDF statements: N-Triples and Turtle.

A file of rejected pairs says ``owl:differentFrom``; all others say ``owl:sameAs``.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.export.export import Export

OWL = "http://www.w3.org/2002/07/owl#"
OWL_SAME_AS = f"{OWL}sameAs"


def ntriples_lines(export: Export) -> Iterator[str]:
    """One statement a line and nothing else: many readers split such files at line ends."""
    for left, right, verdict in export.pairs():
        yield f"<{left}> <{OWL}{_predicate(verdict.kind)}> <{right}> .\n"


def turtle_lines(export: Export) -> Iterator[str]:
    """Turtle, with the provenance as comments before the statements."""
    for what, text in export.provenance.facts():
        yield f"# {what}: {text}\n"
    yield f"@prefix owl: <{OWL}> .\n\n"
    for left, right, verdict in export.pairs():
        yield f"<{left}> owl:{_predicate(verdict.kind)} <{right}> .\n"


def _predicate(kind: str) -> str:
    return "differentFrom" if kind == "rejected" else "sameAs"
