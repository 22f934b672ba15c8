"""One input for one setting, made from the setting's type and metadata in :mod:`core.config`."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import Field
from typing import Any, Literal, get_args, get_origin

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
from core.modality import MODALITIES

MODALITY_ICON = "mdi6.circle"

# Choices whose names are not yet words; all others are shown as they are.
_CHOICES = {
    "auto": "Automatic",
    "cpu": "CPU",
    "cuda": "GPU (CUDA)",
    "thumbnail": "Thumbnail (built in)",
    "efficientnet_lite0": "EfficientNet-Lite0",
    "vgg16": "VGG-16 (the paper's)",
    "resnet152": "ResNet-152",
    "vit_b_16": "ViT-B/16",
    "precomputed": "Features from a file",
    "bag": "Bags of words",
    "sentence": "Sentence embeddings",
    "pmf": "PMF (the paper's)",
    "weighted": "Log counts × rarity",
    "counts": "Plain counts",
    "elu": "ELU",
    "relu": "ReLU",
    "equal": "Equal weights",
    "uncertainty": "By uncertainty",
    "fixed": "Fixed at 1",
    "paper": "After a probation",
    "propagation": "Matched neighbours",
    "csls": "CSLS alone",
}


class SettingField(QWidget):
    """The editor of one setting. ``value`` may be text that is not valid yet; the form checks and says so."""

    edited = Signal()

    def __init__(self, key: str) -> None:
        super().__init__()
        self.setObjectName(f"{_camel(key)}Setting")
        self.key = key
        self._error = QLabel(wordWrap=True)
        self._error.setProperty("role", "error")
        self._error.setFont(theme.font("small"))
        self._error.setObjectName(f"{_camel(key)}Error")
        self._error.hide()

    @property
    @abstractmethod
    def value(self) -> Any:
        """What was entered, as :meth:`core.config.RunConfig.replace` takes it."""

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Show ``value`` without a signal."""

    @property
    def error(self) -> str:
        """What is wrong with the value; empty when nothing is."""
        return self._error.text()

    def show_error(self, message: str) -> None:
        """Say beneath the field what is wrong; empty clears it."""
        self._error.setText(message)
        self._error.setVisible(bool(message))

    def _arrange(self, widget: QWidget) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(widget)
        layout.addWidget(self._error)


class NumberField(SettingField):
    """A number, typed; ``percent`` shows a share of 0.2 as 20 %."""

    def __init__(self, key: str, *, percent: bool = False) -> None:
        super().__init__(key)
        self._percent = percent
        self._edit = QLineEdit(alignment=Qt.AlignmentFlag.AlignRight)
        self._edit.setProperty("wrong", False)
        self._edit.setObjectName(f"{_camel(key)}Field")
        self._edit.setFont(theme.font(tabular=True))
        self.setFocusProxy(self._edit)
        self._edit.textEdited.connect(self.edited)
        self._arrange(self._edit)

    @property
    def value(self) -> Any:
        text = self._edit.text().strip().replace(" ", "")
        if not self._percent:
            return text
        try:
            return float(text) / 100
        except ValueError:
            return text

    def set_value(self, value: Any) -> None:
        if self._percent:
            value = 100.0 * value
        self._edit.setText(f"{value:g}" if isinstance(value, float) else str(value))

    def show_error(self, message: str) -> None:
        super().show_error(message)
        if self._edit.property("wrong") == bool(message):
            return
        self._edit.setProperty("wrong", bool(message))
        self._edit.style().unpolish(self._edit)
        self._edit.style().polish(self._edit)


class TextField(SettingField):
    """Free text, such as a path."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self._edit = QLineEdit()
        self._edit.setObjectName(f"{_camel(key)}Field")
        self.setFocusProxy(self._edit)
        self._edit.textEdited.connect(self.edited)
        self._arrange(self._edit)

    @property
    def value(self) -> str:
        return self._edit.text().strip()

    def set_value(self, value: Any) -> None:
        self._edit.setText(value)


class ChoiceField(SettingField):
    """One of a few names."""

    def __init__(self, key: str, choices: tuple[str, ...]) -> None:
        super().__init__(key)
        self._box = QComboBox()
        self._box.setObjectName(f"{_camel(key)}Field")
        self._box.setMinimumContentsLength(8)
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusProxy(self._box)
        for choice in choices:
            self._box.addItem(_CHOICES.get(choice, choice.capitalize()), choice)
        self._box.activated.connect(self._on_activated)
        self._arrange(self._box)

    @property
    def value(self) -> str:
        return str(self._box.currentData())

    def set_value(self, value: Any) -> None:
        self._box.setCurrentIndex(self._box.findData(value))

    def rename(self, choice: str, words: str) -> None:
        """Call a choice by other words."""
        self._box.setItemText(self._box.findData(choice), words)

    def _on_activated(self) -> None:
        self.edited.emit()


class SwitchField(SettingField):
    """Yes or no."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self._box = QCheckBox()
        self._box.setObjectName(f"{_camel(key)}Field")
        self.setFocusProxy(self._box)
        self._box.clicked.connect(self._on_clicked)
        self._arrange(self._box)

    @property
    def value(self) -> bool:
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        self._box.setChecked(value)

    def _on_clicked(self) -> None:
        self.edited.emit()


class ModalitiesField(SettingField):
    """Any of the modalities, each beside its colour."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self._boxes: dict[str, QCheckBox] = {}
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, theme.SMALL, 0, 0)
        layout.setSpacing(theme.SMALL)
        for name in MODALITIES:
            box = QCheckBox(name.capitalize())
            box.setIcon(icon(MODALITY_ICON, theme.MODALITY_COLORS[name]))
            box.setIconSize(QSize(12, 12))
            box.setObjectName(f"{_camel(key)}{name.capitalize()}Field")
            box.clicked.connect(self._on_clicked)
            layout.addWidget(box)
            self._boxes[name] = box
        self._arrange(column)

    @property
    def value(self) -> tuple[str, ...]:
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def set_value(self, value: Any) -> None:
        for name, box in self._boxes.items():
            box.setChecked(name in value)

    def _on_clicked(self) -> None:
        self.edited.emit()


def make_field(setting: Field[Any], wanted: Any) -> SettingField:
    """The editor that fits the type ``wanted`` of ``setting``."""
    key = setting.name
    if get_origin(wanted) is tuple:
        return ModalitiesField(key)
    if get_origin(wanted) is Literal:
        return ChoiceField(key, get_args(wanted))
    if wanted is str:
        return TextField(key)
    if wanted is bool:
        return SwitchField(key)
    return NumberField(key, percent=key.endswith("_ratio"))


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)
