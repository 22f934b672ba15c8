"""Asks for the address of a project on a team's server; the password is for now only."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from app import theme
from app.views import layouts
from app.views.message_bar import MessageBar
from core.errors import ProjectError
from core.store.places import parse_url, without_password


class TeamDialog(QDialog):
    """Emits the whole address, with the password that was entered."""

    chosen = Signal(object)  # str

    def __init__(self, url: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("teamDialog")
        self.setWindowTitle("Open team project")
        self.setMinimumWidth(520)
        self.message = MessageBar()
        self._url = QLineEdit(url, objectName="teamUrl", placeholderText="postgresql://user@host/database")
        self._password = QLineEdit(objectName="teamPassword", placeholderText="where the server asks for one")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        told = QLabel(
            "A team's project lives in a PostgreSQL database; several people decide in it at the same time. "
            "One is made with the command import. The password is not kept.",
            wordWrap=True,
        )
        told.setProperty("role", "secondary")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        open_ = buttons.button(QDialogButtonBox.StandardButton.Open)
        open_.setObjectName("openTeamButton")
        open_.setProperty("primary", True)
        form = layouts.form()
        layouts.add_row(form, "Address", self._url)
        layouts.add_row(form, "Password", self._password)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM + theme.SMALL)
        layout.addWidget(self.message)
        layout.addLayout(form)
        layout.addWidget(told)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

    @Slot()
    def accept(self) -> None:
        """Hand the address over, unless it is none."""
        try:
            url = parse_url(self._url.text().strip())
        except ProjectError as error:
            self.message.show_error(str(error))
            return
        if password := self._password.text():
            url = url.set(password=password)
        super().accept()
        self.chosen.emit(url.render_as_string(hide_password=False))


def remembered(places: list[object]) -> str:
    """The address among the projects opened last that was opened last of all; empty if there is none."""
    return next((without_password(place) for place in places if isinstance(place, str)), "")
