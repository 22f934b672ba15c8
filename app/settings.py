"""What the window remembers between two starts: its shape, recent files, who decides, the theme."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from PySide6.QtCore import QByteArray, QSettings

from app.theme import Theme
from core.store.places import Place, place, without_password
from core.terminal import login_name

_RECENT = 8


class Settings:
    """Typed access to QSettings. What decides a result is stored with the project instead, never here."""

    def __init__(self) -> None:
        self._store = QSettings()

    @property
    def geometry(self) -> QByteArray:
        """The main window's shape; empty on the first start."""
        return cast(QByteArray, self._store.value("window/geometry", QByteArray(), QByteArray))

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    def layout(self, name: str) -> QByteArray:
        """Where the panels of ``name`` stand; empty where they were never moved."""
        return cast(QByteArray, self._store.value(f"layout/{name}", QByteArray(), QByteArray))

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remember where the panels of ``name`` stand."""
        self._store.setValue(f"layout/{name}", state)

    def keys(self, action: str) -> str | None:
        """The keys that a person gave ``action``, as one text; None for its default ones."""
        value = self._store.value(f"keys/{action}")
        return None if value is None else str(value)

    def set_keys(self, action: str, keys: str | None) -> None:
        """Remember the keys of ``action``; None forgets them."""
        if keys is None:
            self._store.remove(f"keys/{action}")
        else:
            self._store.setValue(f"keys/{action}", keys)

    @property
    def recent(self) -> list[Place]:
        """Projects opened last, newest first."""
        stored = self._store.value("recent", [])
        # An ini file gives a list of one entry back as a plain string.
        return [place(item) for item in ([stored] if isinstance(stored, str) else stored or [])]

    def remember(self, project: Place) -> None:
        """Put ``project`` first among the recent ones; of an address without its password."""
        if isinstance(project, str):
            project = without_password(project)
        others = [str(item) for item in self.recent if item != project]
        self._store.setValue("recent", [str(project), *others][:_RECENT])

    def forget(self, path: Path) -> None:
        """Take ``path`` from the recent projects."""
        self._store.setValue("recent", [str(item) for item in self.recent if item != path])

    @property
    def presets(self) -> dict[str, str]:
        """Settings of runs that were saved under a name, as JSON; a run keeps its own with the project."""
        self._store.beginGroup("presets")
        found = {name: str(self._store.value(name, "")) for name in self._store.childKeys()}
        self._store.endGroup()
        return found

    def save_preset(self, name: str, config: str) -> None:
        """Keep settings under ``name``, in place of those it had."""
        self._store.setValue(f"presets/{name.replace('/', '-')}", config)

    def delete_preset(self, name: str) -> None:
        """Forget the settings of that name."""
        self._store.remove(f"presets/{name}")

    @property
    def author(self) -> str:
        """Who is named as the author of verdicts: the login name until it is set."""
        return str(self._store.value("author", "")) or login_name()

    @author.setter
    def author(self, value: str) -> None:
        self._store.setValue("author", value.strip())

    @property
    def orcid(self) -> str:
        """The ORCID iD of that person; empty until it is set."""
        return str(self._store.value("orcid", ""))

    @orcid.setter
    def orcid(self, value: str) -> None:
        self._store.setValue("orcid", value.strip())

    @property
    def advance(self) -> bool:
        """Whether the next pair is shown after a verdict."""
        return bool(self._store.value("review/advance", True, bool))

    @advance.setter
    def advance(self, value: bool) -> None:
        self._store.setValue("review/advance", value)

    @property
    def blind(self) -> bool:
        """Whether scores are hidden from whoever judges, until the verdict is given."""
        return bool(self._store.value("review/blind", False, bool))

    @blind.setter
    def blind(self, value: bool) -> None:
        self._store.setValue("review/blind", value)

    @property
    def theme(self) -> Theme:
        """The chosen theme; ``system`` at first."""
        value = self._store.value("theme", "system")
        return cast(Theme, value) if value in get_args(Theme) else "system"

    @theme.setter
    def theme(self, value: Theme) -> None:
        self._store.setValue("theme", value)
