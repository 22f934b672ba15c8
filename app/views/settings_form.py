"""The settings of a run as a form: presets, the main settings, and all others on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any, get_type_hints

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
from app.views import layouts
from app.views.setting_fields import SettingField, make_field
from app.views.setting_groups import GROUPS, MAIN
from core.config import RunConfig
from core.errors import ConfigError
from core.presets import DEFAULT, PRESETS

Setting = tuple[Field[Any], Any]  # a field of the configuration, and its type


class SettingsForm(QWidget):
    """Edits a :class:`RunConfig`; each mistake is told beneath its field as it is typed."""

    changed = Signal(bool)  # whether the settings are valid

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config: RunConfig | None = None
        self._fields: dict[str, SettingField] = {}
        self._labels: dict[str, str] = {}
        self._preset = QComboBox(objectName="presetField")
        self._preset.setAccessibleName("Preset")
        for preset in PRESETS:
            self._preset.addItem(preset.title, preset.config)
            self._preset.setItemData(
                self._preset.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole
            )
        self._preset.addItem("My own", None)
        self._hint = QLabel(wordWrap=True)
        self._hint.setProperty("role", "secondary")
        self._hint.setFont(theme.font("small"))
        self._more_button = QPushButton(
            icon("mdi6.chevron-right"), "All settings", checkable=True, objectName="moreSettingsButton"
        )
        self._more = QWidget()

        main, more = layouts.form(), layouts.form()
        layouts.add_row(main, "Preset", self._preset)
        main.addRow(self._hint)
        settings = _settings()
        self._add_fields(main, {key: settings.pop(key) for key in MAIN}, MAIN)
        for title, labels in GROUPS.items():
            more.addRow(_heading(title))
            self._add_fields(more, {key: settings.pop(key) for key in labels}, labels)
        # One that has no place yet comes last, by its own name.
        self._add_fields(more, settings, {key: key.replace("_", " ").capitalize() for key in settings})
        self._more.setLayout(more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.MEDIUM, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(main)
        layout.addWidget(self._more_button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._more)
        layout.addStretch()
        self._more.hide()

        self._preset.activated.connect(self._choose_preset)
        self._more_button.toggled.connect(self._show_more)
        self.set_config(DEFAULT.config)

    @property
    def config(self) -> RunConfig | None:
        """The settings as entered; None while a field is wrong."""
        return self._config

    def set_config(self, config: RunConfig) -> None:
        """Show ``config``."""
        for section in (config.features, config.model, config.training):
            for setting in fields(section):
                self._fields[setting.name].set_value(getattr(section, setting.name))
        self._check()

    def _add_fields(
        self, rows: QFormLayout, settings: Mapping[str, Setting], labels: Mapping[str, str]
    ) -> None:
        for key, (setting, wanted) in settings.items():
            symbol = setting.metadata["symbol"]
            self._labels[key] = title = labels[key]
            self._fields[key] = field = make_field(setting, wanted)
            field.setToolTip(_tooltip(setting.metadata))
            field.edited.connect(self._check)
            label = layouts.add_row(rows, f"{title}  <i>{symbol}</i>" if symbol else title, field)
            label.setToolTip(field.toolTip())

    @Slot()
    def _check(self) -> None:
        """Try each field on its own, so that every mistake stands beside its field; then all together."""
        correct = RunConfig()
        for key, field in self._fields.items():
            try:
                correct = correct.replace(**{key: field.value})
            except ConfigError as error:
                field.show_error(self._message(key, field, str(error)))
            else:
                field.show_error("")
        wrong = any(field.error for field in self._fields.values())
        self._config = None if wrong else correct
        self._show_preset()
        self.changed.emit(not wrong)

    def _message(self, key: str, field: SettingField, message: str) -> str:
        if field.value in ("", ()):
            return "Choose at least one" if field.value == () else "Enter a number"
        if key.endswith("_ratio"):
            return "Enter a share between 0 and 100 %"
        return message.replace(key, self._labels[key], 1)

    def _show_preset(self) -> None:
        index = next((i for i, preset in enumerate(PRESETS) if preset.config == self._config), len(PRESETS))
        self._preset.setCurrentIndex(index)
        self._hint.setText(PRESETS[index].description if index < len(PRESETS) else "Settings of your own")

    @Slot(int)
    def _choose_preset(self, index: int) -> None:
        config = self._preset.itemData(index)
        if config is not None:
            self.set_config(config)

    @Slot(bool)
    def _show_more(self, wanted: bool) -> None:
        self._more.setVisible(wanted)
        self._more_button.setIcon(icon("mdi6.chevron-down" if wanted else "mdi6.chevron-right"))


def _settings() -> dict[str, Setting]:
    """All settings by their key."""
    defaults = RunConfig()
    found: dict[str, Setting] = {}
    for section in (defaults.features, defaults.model, defaults.training):
        hints = get_type_hints(type(section))
        found.update({setting.name: (setting, hints[setting.name]) for setting in fields(section)})
    return found


def _heading(title: str) -> QLabel:
    label = QLabel(title)
    label.setFont(theme.font(bold=True))
    label.setContentsMargins(0, theme.MEDIUM, 0, 0)
    return label


def _tooltip(metadata: Any) -> str:
    symbol, low, high = metadata["symbol"], metadata["low"], metadata["high"]
    text = metadata["help"] + (f"\nIn the paper: {symbol}" if symbol else "")
    return text + (f"\nBetween {low:g} and {high:,.10g}" if low is not None else "")
