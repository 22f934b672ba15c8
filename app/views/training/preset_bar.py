"""Which settings to start from: the program's presets, those that a person saved, or a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.icons import icon
from app.settings import Settings
from app.views.save_dialog import ask_for_target
from core.config import RunConfig
from core.errors import ConfigError
from core.presets import PRESETS

_FILTER = "Settings (*.json)"
_OWN = "My own"


class PresetBar(QWidget):
    """Chooses settings, and saves those of the form under a name or in a file that `train --config` reads."""

    chosen = Signal(object)  # RunConfig

    def __init__(self, config: Callable[[], RunConfig | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self.box = QComboBox(objectName="presetField")
        self.box.setToolTip("Settings to start from; those of your own are kept for all projects")
        self.box.setAccessibleName("Preset")
        self.setFocusProxy(self.box)
        self._hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText, objectName="presetHint")
        self._hint.setProperty("role", "secondary")
        self._hint.setFont(theme.font("small"))
        menu = QMenu(self, objectName="presetMenu", toolTipsVisible=True)
        self._save = menu.addAction(icon("mdi6.content-save-outline"), "Save as preset…", self._on_save)
        self._delete = menu.addAction(icon("mdi6.trash-can-outline"), "Delete this preset", self._on_delete)
        menu.addSeparator()
        self._export = menu.addAction(icon("mdi6.tray-arrow-up"), "Export settings…", self._on_export)
        self._export.setToolTip("As JSON, for train --config and for other projects")
        menu.addAction(icon("mdi6.folder-open-outline"), "Open settings…", self._on_open)
        button = QToolButton(objectName="presetMenuButton")
        button.setIcon(icon("mdi6.dots-horizontal"))
        button.setAccessibleName("Save, delete, export and open settings")
        button.setToolTip("Save, delete, export and open settings")
        button.setAutoRaise(True)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(spacing=theme.SMALL)
        row.addWidget(self.box, 1)
        row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(row)
        layout.addWidget(self._hint)
        self.box.activated.connect(self._on_activated)
        self._fill()

    def show_config(self, config: RunConfig | None) -> None:
        """Mark the preset that has these settings, if any; None while a field is wrong."""
        last = self.box.count() - 1
        found = next((i for i in range(last) if self.box.itemData(i) == config), last)
        self.box.setCurrentIndex(found)
        own = found == last
        words = self.box.itemData(found, Qt.ItemDataRole.ToolTipRole)
        self._hint.setText("Settings of your own" if own else words)
        self._save.setEnabled(config is not None)
        self._export.setEnabled(config is not None)
        self._delete.setEnabled(len(PRESETS) <= found < last)

    def _fill(self) -> None:
        self.box.clear()
        for preset in PRESETS:
            self.box.addItem(preset.title, preset.config)
            self.box.setItemData(self.box.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)
        for name, text in Settings().presets.items():
            try:
                saved = RunConfig.from_json(text)
            except ConfigError:  # of another version, which knew other settings
                continue
            self.box.addItem(name, saved)
            self.box.setItemData(self.box.count() - 1, "Saved by you", Qt.ItemDataRole.ToolTipRole)
        self.box.addItem(_OWN, None)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        config = self.box.itemData(index)
        if config is not None:
            self.chosen.emit(config)

    @Slot()
    def _on_save(self) -> None:
        config = self._config()
        if config is None:
            return
        name, given = QInputDialog.getText(self, "Save as preset", "Name of the preset")
        own = {preset.title for preset in PRESETS} | {_OWN}
        name = name.strip()
        if not given or not name:
            return
        if name in own:
            self._hint.setText(f"{name} is one of the program's own presets; choose another name")
            return
        if name in Settings().presets and not self._may_replace(name):
            return
        Settings().save_preset(name, config.to_json())
        self._fill()
        self.show_config(config)

    def _may_replace(self, name: str) -> bool:
        question = f"There is a preset “{name}” already. Replace it?"
        return QMessageBox.question(self, "Save as preset", question) is QMessageBox.StandardButton.Yes

    @Slot()
    def _on_delete(self) -> None:
        Settings().delete_preset(self.box.currentText())
        config = self._config()
        self._fill()
        self.show_config(config)

    @Slot()
    def _on_export(self) -> None:
        config = self._config()
        path = ask_where_to_save(self, "settings.json") if config is not None else None
        if path is None or config is None:
            return
        try:
            path.write_text(config.to_json() + "\n", encoding="utf-8")
        except OSError as error:
            self._hint.setText(f"{path} can't be written: {error.strerror or error}")

    @Slot()
    def _on_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Open settings", "", _FILTER)
        if not chosen:
            return
        try:
            config = RunConfig.from_json(Path(chosen).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ConfigError) as error:
            self._hint.setText(f"{Path(chosen).name} can't be used: {error}")
            return
        self.chosen.emit(config)


def ask_where_to_save(parent: QWidget, name: str) -> Path | None:
    """Where settings shall go; None where the person thought better of it."""
    return ask_for_target(parent, "Export settings", name, {".json": _FILTER})
