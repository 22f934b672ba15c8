from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from math import dist
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.application import ThemeFollower
from app.icons import application_icon, icon, primary_icon
from app.settings import Settings
from core.modality import MODALITIES


def luminance(color: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    c = QColor(color)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", theme._ALL.values(), ids=["light", "dark", "contrast", "dark contrast"])
def test_text_can_be_read_on_every_ground(tokens: theme._Tokens) -> None:
    for ground in (tokens.window, tokens.base, tokens.alternate, tokens.button):
        for text in (tokens.text, tokens.secondary, tokens.link, tokens.error):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_highlight, tokens.highlight) >= 4.5
    for style in theme.VERDICT_STYLE.values():
        color = style.dark if QColor(tokens.window).lightness() < 128 else style.light
        for ground in (tokens.window, tokens.base, tokens.highlight):
            assert contrast(color, ground) >= 4.5, (style.label, ground)


def test_verdicts_differ_in_shape_and_modalities_in_colour() -> None:
    styles = theme.VERDICT_STYLE.values()
    assert len({style.glyph for style in styles}) == len({style.icon for style in styles}) == 4
    assert set(MODALITIES) == set(theme.MODALITY_COLORS)
    assert len(set(theme.MODALITY_COLORS.values())) == 5


@pytest.mark.parametrize("tokens", [theme._CONTRAST_LIGHT, theme._CONTRAST_DARK], ids=["light", "dark"])
def test_high_contrast_is_high(tokens: theme._Tokens) -> None:
    for ground in (tokens.window, tokens.base, tokens.button, tokens.highlight):
        for text in (tokens.text, tokens.secondary, tokens.border):
            assert contrast(text, ground) >= 7, (text, ground)
    assert contrast(tokens.disabled, tokens.window) >= 4.5
    assert contrast(tokens.accent, tokens.window) >= 7


def test_high_contrast_can_be_chosen_and_left(qapp: QApplication) -> None:
    theme.apply_theme(qapp, "contrast")
    assert theme.border_color().name() in ("#000000", "#ffffff")
    theme.apply_theme(qapp, "dark")
    assert theme.border_color().name() == theme._DARK.border.lower()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_theme_dresses_the_program(qapp: QApplication, name: theme.Theme) -> None:
    theme.apply_theme(qapp, name)
    assert theme.is_dark() == (name == "dark")
    assert "@" not in qapp.styleSheet()
    accepted = theme.VERDICT_STYLE["accepted"]
    assert accepted.color == (accepted.dark if name == "dark" else accepted.light)


# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
BLINDNESS = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(color: str, kind: str) -> tuple[float, float, float]:
    """CIE Lab of a colour as somebody with ``kind`` sees it."""
    c = QColor(color)
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in c.getRgbF()[:3]]
    r, g, b = (sum(a * x for a, x in zip(row, linear, strict=True)) for row in BLINDNESS[kind])
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    fx, fy, fz = (max(t, 0) ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_colour_blind_tell_modalities_apart(kind: str) -> None:
    for first, second in combinations([*theme.MODALITY_COLORS.values(), theme.SUPPORT_COLOR], 2):
        assert dist(seen(first, kind), seen(second, kind)) > 10, (first, second)


def test_the_theme_follows_the_desktop_unless_one_is_chosen(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied: list[str] = []
    settings = Settings()
    follower = ThemeFollower(qapp, settings)
    monkeypatch.setattr(theme, "apply_theme", lambda _application, name: applied.append(name))
    hints = qapp.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    settings.theme = "light"
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert applied == ["system"]
    follower.deleteLater()


def test_labels_in_other_scripts_have_families_to_fall_back_to(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = qapp.font()
    installed = ["Symbola", "Noto Color Emoji", "Comic Sans", "Noto Sans Arabic", "Noto Sans CJK JP"]
    monkeypatch.setattr(theme, "QFontDatabase", SimpleNamespace(families=lambda: installed))
    theme.add_families(qapp)
    families = theme.font("title", bold=True).families()
    qapp.setFont(before)
    assert families == [
        before.family(), "Noto Sans CJK JP", "Noto Sans Arabic", "Noto Color Emoji", "Symbola"
    ]  # fmt: skip


def test_icons_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    mark, main = icon("mdi6.check"), primary_icon("mdi6.check")
    for name in ("light", "dark"):
        theme.apply_theme(qapp, name)  # type: ignore[arg-type]
        strongest = [_strongest(each.pixmap(32, 32).toImage()) for each in (mark, main)]
        assert strongest == [theme.text_color().name(), theme.on_accent_color().name()]
    assert not application_icon().pixmap(64, 64).isNull()


def test_settings_keep_what_they_are_given(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.theme == "system"
    assert settings.author
    assert settings.recent == []
    for number in range(10):
        settings.remember(tmp_path / f"{number}.mimea")
    settings.remember(tmp_path / "5.mimea")
    settings.author, settings.theme = " Ada ", "dark"
    again = Settings()
    assert [path.stem for path in again.recent] == list("59876432")
    again.forget(tmp_path / "5.mimea")
    assert Settings().recent[0].stem == "9"
    assert (again.author, again.theme) == ("Ada", "dark")


def test_every_colour_of_the_style_sheet_is_known() -> None:
    text = (theme.RESOURCES / "theme" / "window.qss").read_text(encoding="utf-8")
    for field in fields(theme._Tokens):
        text = text.replace(f"@{field.name};", "")
    assert text.count("@") == text.count("@icons/")


def _strongest(image) -> str:  # type: ignore[no-untyped-def]
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    opaque = [color.name() for color in pixels if color.alpha() == 255]
    return max(set(opaque), key=opaque.count)
