"""What the window remembers of a person: name, look, how reviewing goes on, and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.actions import THEMES
from app.keyed_action import KeyedAction
from app.settings import Settings
from app.views import layouts
from app.views.key_fields import KeyFields


class SettingsDialog(QDialog):
    """Two tabs; nothing is changed before it is accepted."""

    theme_chosen = Signal(str)

    def __init__(
        self, settings: Settings, actions: Sequence[KeyedAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle("Settings")
        self.resize(620, 600)
        self._settings = settings
        self._advance = next(action for action in actions if action.objectName() == "advanceAction")
        self._keys = KeyFields(actions)
        self._tabs = QTabWidget(objectName="settingsTabs")
        self._tabs.addTab(self._general(), "General")
        self._tabs.addTab(self._keys, "Keys")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setObjectName("acceptSettingsButton")
        self._ok.setProperty("primary", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.LARGE)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._keys.changed.connect(self._check)

    @Slot()
    def accept(self) -> None:
        """Use and remember what was entered."""
        self._settings.author = self._author.text()
        self._settings.orcid = self._orcid.text()
        self._advance.setChecked(self._goes_on.isChecked())
        self._keys.apply()
        if self._theme.currentData() != self._settings.theme:
            self.theme_chosen.emit(self._theme.currentData())
        super().accept()

    def _general(self) -> QWidget:
        settings = self._settings
        self._author = QLineEdit(settings.author, objectName="authorField")
        self._author.setToolTip("Stored with each of your verdicts")
        self._orcid = QLineEdit(
            settings.orcid, objectName="orcidField", placeholderText="0000-0000-0000-0000"
        )
        self._orcid.setToolTip("Names you in exported mappings (SSSOM); may be left empty")
        self._theme = QComboBox(objectName="themeCombo")
        for name, text, _ in THEMES:
            self._theme.addItem(text.replace("&", "").removesuffix(" theme"), name)
        self._theme.setCurrentIndex(self._theme.findData(settings.theme))
        self._goes_on = QCheckBox(
            "Show the next pair after a verdict", objectName="advanceCheck", checked=self._advance.isChecked()
        )
        self._goes_on.setMinimumHeight(layouts.CONTROL_HEIGHT)
        page = QWidget()
        rows = layouts.form()
        rows.setContentsMargins(0, theme.LARGE, 0, 0)
        for text, control in (
            ("Your name", self._author),
            ("ORCID iD", self._orcid),
            ("Theme", self._theme),
            ("Reviewing", self._goes_on),
        ):
            layouts.add_row(rows, text, control)
        page.setLayout(rows)
        return page

    @Slot()
    def _check(self) -> None:
        self._ok.setEnabled(not self._keys.conflict)
