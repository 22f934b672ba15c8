"""The errors that reach a user: each is one sentence that says what to do, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path


class MimeaError(Exception):
    """Base of every error whose message is written for the person at the keyboard."""


class InputError(MimeaError):
    """A file that is not what it should be; names the place, what was expected and what was found."""

    def __init__(
        self, path: Path | str, expected: str, found: str, *, line: int | None = None, hint: str = ""
    ) -> None:
        self.path = Path(path)
        self.line = line
        self.expected = expected
        self.found = found
        place = f"{path}, line {line}" if line is not None else str(path)
        super().__init__(f"{place}: expected {expected}, found {found}" + (f". {hint}" if hint else ""))
        self.hint = hint

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[Path, str, str]]:
        """For pickle: a process that reads for another one sends it the error."""
        return partial(InputError, line=self.line, hint=self.hint), (self.path, self.expected, self.found)


class ProjectError(MimeaError):
    """A project file that can't be opened, created or written."""


class FileExistsAlreadyError(MimeaError):
    """A file is where one would be written, and nobody said that it may be replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} exists already; choose another name or replace it")


class ConfigError(MimeaError):
    """A setting outside its range, or one that does not exist."""


class TrainingError(MimeaError):
    """A run that can't start or go on."""


class Cancelled(MimeaError):
    """The user stopped the work; whatever was saved before stays."""


class Discarded(Cancelled):
    """The user wants nothing kept of a run that goes."""
