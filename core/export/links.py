"""Accepted links on their way out: what is written, in which format, and how a file is replaced safely."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from itertools import islice
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import MimeaError
from core.export.iri import absolute_iri
from core.store.project_file import ProjectFile

OWL_SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"


class ExportError(MimeaError):
    """A file that can't be written."""


@dataclass(frozen=True, slots=True)
class AcceptedLink:
    """A pair that a curator accepted, as the CSV has it; ``score`` is the one shown when it was decided."""

    left_uri: str
    left_label: str
    right_uri: str
    right_label: str
    score: float | None
    author: str
    decided_at: str
    note: str


def accepted_links(session: Session) -> Iterator[AcceptedLink]:
    """The accepted verdicts in force, by the URIs of the pair."""
    rows = session.execute(
        text("""
        SELECT l.uri, l.label, r.uri, r.label, v.score_shown, v.author, v.decided_at, v.note
        FROM current_verdict v JOIN entity l ON l.id = v.left_id JOIN entity r ON r.id = v.right_id
        WHERE v.kind = 'accepted' ORDER BY l.uri, r.uri""")
    )
    return (AcceptedLink(*row) for row in rows)


def _ntriples(links: Iterable[AcceptedLink], base: str) -> Iterator[str]:
    for link in links:
        left, right = absolute_iri(link.left_uri, base), absolute_iri(link.right_uri, base)
        yield f"<{left}> <{OWL_SAME_AS}> <{right}> .\n"


def _turtle(links: Iterable[AcceptedLink], base: str) -> Iterator[str]:
    yield "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\n"
    for link in links:
        yield f"<{absolute_iri(link.left_uri, base)}> owl:sameAs <{absolute_iri(link.right_uri, base)}> .\n"


def _csv(links: Iterable[AcceptedLink], _base: str) -> Iterator[str]:
    yield _csv_line(f.name for f in fields(AcceptedLink))
    for link in links:
        yield _csv_line(astuple(link))


def _csv_line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if value is None else value for value in values])
    return line.getvalue()


_WRITERS: dict[str, Callable[[Iterable[AcceptedLink], str], Iterator[str]]] = {
    "nt": _ntriples,
    "ttl": _turtle,
    "csv": _csv,
}
FORMATS = {"nt": "N-Triples", "ttl": "Turtle", "csv": "CSV"}


def write_links(project: ProjectFile, path: Path, format: str, *, base_iri: str = "") -> int:
    """Write the accepted links to ``path``; returns their number.

    The file is complete or not there: it is written beside ``path``, fsynced, and renamed onto it.

    Raises:
        ExportError: the format is unknown or the file can't be written.
        NoIRIError: an identifier is no IRI and there is no ``base_iri``.
    """
    writer = _writer(format)
    with project.read() as session:
        links = list(accepted_links(session))
    try:
        replace_atomically(path, writer(links, base_iri))
    except OSError as error:
        raise ExportError(f"{path} can't be written: {error.strerror or error}") from error
    return len(links)


def preview(project: ProjectFile, format: str, limit: int = 20, *, base_iri: str = "") -> tuple[str, int]:
    """The first ``limit`` lines of what :func:`write_links` would write, and the number of links."""
    writer = _writer(format)
    with project.read() as session:
        links = list(accepted_links(session))
    return "".join(islice(writer(links, base_iri), limit)), len(links)


def replace_atomically(path: Path, lines: Iterable[str]) -> None:
    """Write UTF-8 ``lines`` to a temporary file in the same folder and rename it onto ``path``."""
    path = path.expanduser().absolute()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644 if not path.exists() else path.stat().st_mode & 0o777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _writer(format: str) -> Callable[[Iterable[AcceptedLink], str], Iterator[str]]:
    if format not in _WRITERS:
        raise ExportError(f"there is no export format {format!r}; known are {', '.join(FORMATS)}")
    return _WRITERS[format]
