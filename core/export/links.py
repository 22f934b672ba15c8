"""Curated links on their way out: what is written, in which format, and how a file is replaced safely."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from core.errors import FileExistsAlreadyError, MimeaError
from core.export.alignment import alignment_lines
from core.export.export import Export
from core.export.ntriples import ntriples_lines, turtle_lines
from core.export.options import ExportOptions
from core.export.provenance import provenance_of
from core.export.sssom import sssom_lines
from core.export.tables import csv_lines, openea_lines
from core.export.verdicts import ExportedVerdict, count_verdicts, wanted_verdicts
from core.review.journal import VerdictKind
from core.store.collector import without_collection
from core.store.disk import move_new, sync_folder
from core.store.project_file import ProjectFile
from core.store.runs import get_run


class ExportError(MimeaError):
    """A file that can't be written."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name for people, the ending of its files, and whether "not the same" fits in.

    ``header`` matches the lines before the first row, and not that row.
    """

    title: str
    suffix: str
    lines: Callable[[Export], Iterator[str]]
    header: str
    holds_rejections: bool = False


_NO_HEADER = "(?!)"
_LOOKED_AT = 2_000  # pairs that a preview is made of, however many there are
FORMATS = {
    "nt": Format("N-Triples", ".nt", ntriples_lines, _NO_HEADER),
    "ttl": Format("Turtle", ".ttl", turtle_lines, "[#@\n]"),
    "sssom": Format("SSSOM", ".sssom.tsv", sssom_lines, "#|subject_id\t", holds_rejections=True),
    "alignment": Format("Alignment RDF", ".rdf", alignment_lines, "(?!<map>|</Alignment>)"),
    "csv": Format("CSV", ".csv", csv_lines, "left_uri,", holds_rejections=True),
    "openea": Format("OpenEA", ".ent_links", openea_lines, _NO_HEADER),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What an export wrote: pairs by kind, and the files, that with the accepted pairs first."""

    links: int
    rejected: int
    unsure: int
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The head of the file with the accepted pairs, and what an export would write.

    ``text`` begins with ``header_lines`` lines that are no pairs. It is what would be written of the first
    ``of_pairs`` pairs: some formats tell of all of them in the header, and sort them.
    """

    text: str
    header_lines: int
    of_pairs: int
    is_empty: bool  # nothing of any kind would be written
    links: int
    rejected: int
    unsure: int


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    kinds: tuple[VerdictKind, ...]


def write_links(
    project: ProjectFile, path: Path, format: str, options: ExportOptions | None = None
) -> Written:
    """Write the links to ``path``, and beside it what the format can't hold in one file.

    Rejected pairs go to ``NAME.rejected.SUFFIX`` unless the format tells them apart, unsure ones always to
    ``NAME.unsure.SUFFIX``. Each file is complete or not there, and none is touched before all are written.

    Raises:
        ExportError: the format or the run is unknown, or a file can't be written.
        FileExistsAlreadyError: a file is there and ``options.replace`` is not set.
        MimeaError: the format can't express an identifier.
    """
    options, shape = options or ExportOptions(), _format(format)
    path = path.expanduser().absolute()
    files = _files(path, shape, options)
    for file in files:
        if not options.replace and file.path.exists():
            raise FileExistsAlreadyError(file.path)
    _require_run(project, options.run_id)
    with _told(path), without_collection(), _Staged() as staged:
        counts, exports = _load(project, files, options)
        for file, export in zip(files, exports, strict=True):
            staged.write(file.path, shape.lines(export))
        staged.publish(replace=options.replace)
    return Written(*counts, tuple(file.path for file in files))


def preview(
    project: ProjectFile, format: str, limit: int = 20, options: ExportOptions | None = None
) -> Preview:
    """The header and the first ``limit`` rows of what :func:`write_links` would write, and its counts."""
    options, shape = options or ExportOptions(), _format(format)
    files = _files(Path("preview"), shape, options)
    with project.read() as session:
        counts = count_verdicts(session, [kind for file in files for kind in file.kinds], options)
        verdicts = wanted_verdicts(session, files[0].kinds, options, most=_LOOKED_AT)
        export = Export(verdicts, provenance_of(session, project.name, verdicts, options), options)
    header = list(takewhile(re.compile(shape.header).match, shape.lines(export)))
    return Preview(
        text="".join(islice(shape.lines(export), len(header) + limit)),
        header_lines="".join(header).count("\n"),
        of_pairs=len(verdicts),
        is_empty=not counts,
        links=counts["accepted"],
        rejected=counts["rejected"],
        unsure=counts["unsure"],
    )


def write_lines(path: Path, lines: Iterable[str], *, replace: bool) -> None:
    """Write UTF-8 ``lines`` to ``path``: all of them, or none.

    Raises:
        ExportError: the file can't be written.
        FileExistsAlreadyError: it is there and ``replace`` is not set.
    """
    path = path.expanduser().absolute()
    if not replace and path.exists():
        raise FileExistsAlreadyError(path)
    with _told(path), _Staged() as staged:
        staged.write(path, lines)
        staged.publish(replace=replace)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against files to be written, as errors for a person."""
    try:
        yield
    except FileExistsError as error:
        raise FileExistsAlreadyError(Path(error.filename2 or error.filename)) from error
    except OSError as error:
        raise ExportError(f"{path} can't be written: {error.strerror or error}") from error


class _Staged:
    """Files written and fsynced beside their places, which they take one after the other once all are there.

    What a symbolic link leads to is replaced, not the link.
    """

    def __init__(self) -> None:
        self._files: list[tuple[Path, Path]] = []

    def __enter__(self) -> _Staged:
        return self

    def __exit__(self, *_error: object) -> None:
        for temporary, _ in self._files:
            temporary.unlink(missing_ok=True)

    def write(self, path: Path, lines: Iterable[str]) -> None:
        path = path.resolve()
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            self._files.append((temporary, path))
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)

    def publish(self, *, replace: bool) -> None:
        for temporary, path in self._files:
            if replace:
                temporary.replace(path)
            else:
                move_new(temporary, path)
            sync_folder(path.parent)


def _files(path: Path, shape: Format, options: ExportOptions) -> list[_File]:
    together = options.rejected and shape.holds_rejections
    files = [_File(path, ("accepted", "rejected", "no_counterpart") if together else ("accepted",))]
    if options.rejected and not together:
        files.append(_File(_beside(path, "rejected", shape), ("rejected",)))
    if options.unsure:
        files.append(_File(_beside(path, "unsure", shape), ("unsure",)))
    return files


def _beside(path: Path, word: str, shape: Format) -> Path:
    suffix = shape.suffix if path.name.endswith(shape.suffix) else path.suffix
    return path.with_name(f"{path.name.removesuffix(suffix)}.{word}{suffix}")


def _load(
    project: ProjectFile, files: Sequence[_File], options: ExportOptions
) -> tuple[tuple[int, int, int], list[Export]]:
    with project.read() as session:
        contents = [wanted_verdicts(session, file.kinds, options) for file in files]
        exports = [
            Export(verdicts, provenance_of(session, project.name, verdicts, options), options)
            for verdicts in contents
        ]
    return (_count(contents, "accepted"), _count(contents, "rejected"), _count(contents, "unsure")), exports


def _require_run(project: ProjectFile, run_id: int | None) -> None:
    with project.read() as session:
        if run_id is not None and get_run(session, run_id) is None:
            raise ExportError(f"there is no run {run_id} in this project")


def _count(contents: Sequence[Sequence[ExportedVerdict]], kind: str) -> int:
    return sum(verdict.kind == kind for verdicts in contents for verdict in verdicts)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise ExportError(f"there is no export format {name!r}; known are {', '.join(FORMATS)}")
    return FORMATS[name]
