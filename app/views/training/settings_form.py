"""The settings of a run as a form: presets, the main settings, and all others on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields
from typing import Any, get_type_hints

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
from app.views import layouts
from app.views.training.preset_bar import PresetBar
from app.views.training.setting_fields import ChoiceField, SettingField, make_field
from app.views.training.setting_groups import GROUPS, MAIN
from core.config import RunConfig
from core.errors import ConfigError
from core.presets import DEFAULT
from core.training.devices import DeviceInfo

Setting = tuple[Field[Any], Any]  # a field of the configuration, and its type


class SettingsForm(QWidget):
    """Edits a :class:`RunConfig`; each mistake is told beneath its field as it is typed."""

    changed = Signal(bool)  # whether the settings are valid

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config: RunConfig | None = None
        self._base = DEFAULT.config  # gives the settings whose fields were not asked for yet
        self._fields: dict[str, SettingField] = {}
        self._labels: dict[str, str] = {}
        self._preset = PresetBar(lambda: self._config)
        self._more_button = QPushButton(
            icon("mdi6.chevron-right"), "All settings", checkable=True, objectName="moreSettingsButton"
        )
        self._more_button.setToolTip("Show what few people change: the model, its losses, how it stops")
        self._more = QWidget()

        self._settings = _settings()
        main = layouts.form()
        layouts.add_row(main, "Preset", self._preset)
        self._add_fields(main, {key: self._settings.pop(key) for key in MAIN}, MAIN)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.MEDIUM, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(main)
        layout.addWidget(self._more_button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._more)
        layout.addStretch()
        self._more.hide()

        self._preset.chosen.connect(self._on_preset)
        self._more_button.toggled.connect(self._show_more)
        self.set_config(DEFAULT.config)

    @property
    def config(self) -> RunConfig | None:
        """The settings as entered; None while a field is wrong."""
        return self._config

    def set_config(self, config: RunConfig) -> None:
        """Show ``config``."""
        self._base = config
        for section in (config.features, config.model, config.training):
            for setting in fields(section):
                if setting.name in self._fields:
                    self._fields[setting.name].set_value(getattr(section, setting.name))
        self._check()

    def show_devices(self, devices: Sequence[DeviceInfo]) -> None:
        """Name the devices that there are."""
        field = self._fields["device"]
        assert isinstance(field, ChoiceField)
        gpu = next((each.name for each in devices if each.kind == "cuda"), "none found")
        field.rename("cuda", f"GPU: {gpu}")

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
        waiting = {key: getattr(_section(self._base, key), key) for key in self._settings}
        correct = RunConfig().replace(**waiting)
        for key, field in self._fields.items():
            try:
                correct = correct.replace(**{key: field.value})
            except ConfigError as error:
                field.show_error(self._message(key, field, str(error)))
            else:
                field.show_error("")
        wrong = any(field.error for field in self._fields.values())
        self._config = None if wrong else correct
        self._preset.show_config(self._config)
        self.changed.emit(not wrong)

    def _message(self, key: str, field: SettingField, message: str) -> str:
        if field.value in ("", ()):
            return "Choose at least one" if field.value == () else "Enter a number"
        if key.endswith("_ratio"):
            return "Enter a share between 0 and 100 %"
        return message.replace(key, self._labels[key], 1)

    @Slot(object)
    def _on_preset(self, config: RunConfig) -> None:
        self.set_config(config)

    @Slot(bool)
    def _show_more(self, wanted: bool) -> None:
        if wanted and self._settings:
            self._build_more()
        self._more.setVisible(wanted)
        self._more_button.setIcon(icon("mdi6.chevron-down" if wanted else "mdi6.chevron-right"))

    def _build_more(self) -> None:
        """The other fields, which few people ask for and which take their time."""
        more = layouts.form()
        for title, labels in GROUPS.items():
            more.addRow(_heading(title))
            self._add_fields(more, {key: self._settings.pop(key) for key in labels}, labels)
        # One that has no place yet comes last, by its own name.
        own = {key: key.replace("_", " ").capitalize() for key in self._settings}
        self._add_fields(more, self._settings, own)
        self._more.setLayout(more)
        for key in {key for labels in GROUPS.values() for key in labels} | set(self._settings):
            self._fields[key].set_value(getattr(_section(self._base, key), key))
        self._settings = {}
        self._check()


def _section(config: RunConfig, key: str) -> Any:
    """The part of the configuration that has the setting ``key``."""
    sections = (config.features, config.model, config.training)
    return next(section for section in sections if hasattr(section, key))


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
