"""The settings of a run as a form: presets, the main settings, and all others on demand."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
from app.views import layouts
from app.views.setting_fields import SettingField, make_field
from core.config import RunConfig
from core.errors import ConfigError
from core.presets import DEFAULT, PRESETS

_MAIN = {
    "seed_ratio": "Links as seeds, %",
    "validation_ratio": "Seeds held out, %",
    "epochs": "Epochs at most",
    "dimension": "Dimension",
    "modalities": "Modalities",
    "visual_encoder": "Image encoder",
    "iterative": "Pseudo-seeds",
    "random_seed": "Random seed",
    "device": "Device",
}
_MORE = {
    "pmf_lambda": "PMF rate",
    "kl_reduction": "Divergences",
    "transport_epsilon": "Transport entropy",
    "transport_sample": "Transport sample",
    "transport": "Transport of",
    "tau": "Temperature",
    "gamma": "Inner negatives",
    "top_k": "Candidates kept",
    "patience": "Patience",
    "evaluate_every": "Evaluate every",
    "iterative_start": "Pseudo-seeds from",
    "iterative_every": "Sought every",
    "iterative_probation": "Probation",
    "contrastive": "Losses of",
    "loss_weights": "Loss weights",
    "schedule": "Rate schedule",
    "checkpoint_every": "Checkpoint every",
    "bag": "Bags of words",
    "visual_weights": "Image weights",
    "visual_features": "Image features",
    "text_encoder": "Text encoder",
    "text_model": "Text model",
}


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
        self._add_fields(main, more)
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

    def _add_fields(self, main: QFormLayout, more: QFormLayout) -> None:
        defaults = RunConfig()
        known: dict[str, tuple[Any, Any]] = {}
        for section in (defaults.features, defaults.model, defaults.training):
            hints = get_type_hints(type(section))
            known.update({setting.name: (setting, hints[setting.name]) for setting in fields(section)})
        for key in [*_MAIN, *(key for key in known if key not in _MAIN)]:
            setting, wanted = known[key]
            symbol = setting.metadata["symbol"]
            title = _MAIN.get(key) or _MORE.get(key) or key.replace("_", " ").capitalize()
            self._labels[key] = title
            self._fields[key] = field = make_field(setting, wanted)
            field.setToolTip(_tooltip(setting.metadata))
            field.edited.connect(self._check)
            rows = main if key in _MAIN else more
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


def _tooltip(metadata: Any) -> str:
    symbol, low, high = metadata["symbol"], metadata["low"], metadata["high"]
    text = metadata["help"] + (f"\nIn the paper: {symbol}" if symbol else "")
    return text + (f"\nBetween {low:g} and {high:,.10g}" if low is not None else "")
