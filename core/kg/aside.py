"""Rows put aside until everything else has been read: on disk, since there may be more than memory holds."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType

from core.errors import MimeaError

_ROWS = 20_000


class Aside:
    """Rows of text; a context manager, after which they are gone."""

    def __init__(self) -> None:
        self._rows: list[Sequence[str]] = []
        self._sizes: list[int] = []
        # Nobody else sees it: it has no name, and no longer life than the program.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, closed on exit

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, row: Sequence[str]) -> None:
        """Keep a row.

        Raises:
            MimeaError: the disk is full.
        """
        self._rows.append(row)
        if len(self._rows) >= _ROWS:
            try:
                self._sizes.append(self._file.write(marshal.dumps(self._rows)))
            except OSError as error:
                place = tempfile.gettempdir()
                raise MimeaError(f"{place} can't be written: {error.strerror or error}") from error
            self._rows = []

    def chunks(self) -> Iterator[list[Sequence[str]]]:
        """All rows in their order, some at a time."""
        self._file.seek(0)
        for size in self._sizes:
            yield marshal.loads(self._file.read(size))  # our own, and nobody else can write it
        yield self._rows
