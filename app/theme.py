"""Colours, sizes and fonts of the window: the single source that every view takes them from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication

RESOURCES = Path(__file__).resolve().parents[1] / "resources"

Theme = Literal["system", "light", "dark", "contrast"]
FontSize = Literal["small", "body", "title"]

# The spacing grid, in pixels.
SMALL, MEDIUM, LARGE = 4, 8, 16
RADIUS = 6
PAGE_WIDTH = 980  # of pages that are read from top to bottom

# Colour-blind-safe (Okabe and Ito). Used for marks, never for text: a name stands beside each.
MODALITY_COLORS: dict[str, str] = {
    "structure": "#0072B2",
    "relation": "#E69F00",
    "attribute": "#009E73",
    "visual": "#CC79A7",
    "name": "#56B4E9",
}
SUPPORT_COLOR = (
    "#D55E00"  # of matched neighbours, from the same palette; striped beside the modalities' plain
)


@dataclass(frozen=True, slots=True)
class VerdictStyle:
    """How a verdict looks: always shape and colour. Both colours have a contrast of 4.5:1 on their theme."""

    light: str
    dark: str
    icon: str  # a qtawesome name, for app.icons.icon
    glyph: str
    label: str

    @property
    def color(self) -> str:
        """The colour of the theme in force."""
        return self.dark if is_dark() else self.light


VERDICT_STYLE: dict[str, VerdictStyle] = {
    "accepted": VerdictStyle("#166F30", "#4AC26B", "mdi6.check", "✓", "Accepted"),
    "rejected": VerdictStyle("#C4202B", "#FF8A80", "mdi6.close", "✗", "Rejected"),
    "unsure": VerdictStyle("#8A5A00", "#E3B341", "mdi6.help", "?", "Unsure"),
    "no_counterpart": VerdictStyle("#57606A", "#A5AEB9", "mdi6.minus", "–", "No counterpart"),
}


@dataclass(frozen=True, slots=True)
class _Tokens:
    window: str
    base: str
    alternate: str
    button: str
    hover: str
    border: str
    text: str
    secondary: str  # text that explains; 4.5:1 on window and base
    disabled: str
    highlight: str
    on_highlight: str
    accent: str  # what is chosen or to be done next: a neutral ink, since colour means modality or verdict
    on_accent: str
    link: str
    error: str


_LIGHT = _Tokens(
    window="#F5F6F8",
    base="#FFFFFF",
    alternate="#F8F9FB",
    button="#FFFFFF",
    hover="#E9ECF1",
    border="#CDD2DA",
    text="#1B1F24",
    secondary="#59636E",
    disabled="#949BA5",
    highlight="#D9E3F2",
    on_highlight="#1B1F24",
    accent="#33476B",
    on_accent="#FFFFFF",
    link="#1F5FA8",
    error="#C4202B",
)
_DARK = _Tokens(
    window="#1D2025",
    base="#15171B",
    alternate="#191C21",
    button="#2A2E35",
    hover="#2C3139",
    border="#3D434D",
    text="#E6E8EB",
    secondary="#A5AEB9",
    disabled="#6B737E",
    highlight="#2B3D5A",
    on_highlight="#FFFFFF",
    accent="#B7C9E8",
    on_accent="#15171B",
    link="#8DB8F0",
    error="#FF8A80",
)
_CONTRAST_LIGHT = _Tokens(
    window="#FFFFFE",
    base="#FFFFFF",
    alternate="#FFFFFF",
    button="#FFFFFF",
    hover="#E0E0E0",
    border="#000000",
    text="#000000",
    secondary="#1F1F1F",
    disabled="#595959",
    highlight="#E3F1FF",
    on_highlight="#000000",
    accent="#00309C",
    on_accent="#FFFFFF",
    link="#00309C",
    error="#A10000",
)
_CONTRAST_DARK = _Tokens(
    window="#000001",
    base="#000000",
    alternate="#000000",
    button="#000000",
    hover="#333333",
    border="#FFFFFF",
    text="#FFFFFF",
    secondary="#E6E6E6",
    disabled="#A6A6A6",
    highlight="#00335C",
    on_highlight="#FFFFFF",
    accent="#FFD60A",
    on_accent="#000000",
    link="#FFD60A",
    error="#FF9C94",
)
# The palette in force tells by its window colour which of these it was made of.
_ALL = {tokens.window.lower(): tokens for tokens in (_LIGHT, _DARK, _CONTRAST_LIGHT, _CONTRAST_DARK)}

# Beside the desktop's own family, for labels in other scripts; those that are installed are used.
_MORE_FAMILIES = (
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans",
    "Droid Sans Fallback",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Color Emoji",
    "Segoe UI Emoji",
    "Apple Color Emoji",
    "Noto Emoji",
    "Symbola",
)


def is_dark() -> bool:
    """Whether the palette in force is a dark one."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def text_color() -> QColor:
    """For text and for marks that belong to no modality."""
    return QColor(_tokens().text)


def secondary_color() -> QColor:
    """For text that explains: weaker than the text itself, contrast still 4.5:1."""
    return QColor(_tokens().secondary)


def base_color() -> QColor:
    """Of the area that pictures and bars stand on."""
    return QColor(_tokens().base)


def border_color() -> QColor:
    """For hairlines between areas."""
    return QColor(_tokens().border)


def accent_color() -> QColor:
    """For what is chosen and for focus."""
    return QColor(_tokens().accent)


def on_accent_color() -> QColor:
    """For what stands on the accent."""
    return QColor(_tokens().on_accent)


def disabled_color() -> QColor:
    """For what can't be used now."""
    return QColor(_tokens().disabled)


def error_color() -> QColor:
    """For text that says what is wrong."""
    return QColor(_tokens().error)


def font(size: FontSize = "body", *, bold: bool = False, tabular: bool = False) -> QFont:
    """One family in three sizes; ``tabular`` gives digits of one width, for columns of numbers."""
    result = QFont(QApplication.font())
    result.setPointSizeF(result.pointSizeF() + {"small": -1, "body": 0, "title": 5}[size])
    if bold or size == "title":
        result.setWeight(QFont.Weight.DemiBold)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Dress the whole program; ``system`` follows the desktop, its wish for high contrast too."""
    hints = application.styleHints()
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    hints.setColorScheme(wanted.get(theme, Qt.ColorScheme.Unknown))
    dark = hints.colorScheme() is Qt.ColorScheme.Dark if theme not in wanted else theme == "dark"
    if theme == "contrast" or (theme == "system" and _wants_contrast(hints)):
        tokens = _CONTRAST_DARK if dark else _CONTRAST_LIGHT
    else:
        tokens = _DARK if dark else _LIGHT
    application.setPalette(_palette(tokens))
    sheet = _style_sheet(tokens, "dark" if dark else "light")
    if application.styleSheet() != sheet:  # setting it dresses every widget anew
        application.setStyleSheet(sheet)


def add_families(application: QApplication) -> None:
    """Have labels in scripts that the desktop's font lacks drawn in fonts that go together."""
    font = application.font()
    known = set(QFontDatabase.families())
    font.setFamilies([font.family(), *(name for name in _MORE_FAMILIES if name in known)])
    application.setFont(font)


def _wants_contrast(hints: QStyleHints) -> bool:
    if not hasattr(hints, "accessibility"):  # Qt before 6.10 can't tell
        return False
    return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


def _tokens() -> _Tokens:
    return _tokens_of(QGuiApplication.palette().cacheKey())


@lru_cache(maxsize=4)
def _tokens_of(_palette_in_force: int) -> _Tokens:
    # To take a palette apart is too slow for each of the hundreds of things that are painted.
    name = QGuiApplication.palette().color(QPalette.ColorRole.Window).name()
    return _ALL.get(name, _DARK if is_dark() else _LIGHT)


def _palette(tokens: _Tokens) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for roles, color in (
        ((role.Window,), tokens.window),
        ((role.Base, role.ToolTipBase), tokens.base),
        ((role.AlternateBase,), tokens.alternate),
        ((role.Button,), tokens.button),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), tokens.text),
        ((role.PlaceholderText,), tokens.secondary),
        ((role.Highlight,), tokens.highlight),
        ((role.HighlightedText,), tokens.on_highlight),
        ((role.Accent,), tokens.accent),
        ((role.Link, role.LinkVisited), tokens.link),
        ((role.Light, role.Midlight), tokens.hover),
        ((role.Mid, role.Dark), tokens.border),
        ((role.Shadow,), tokens.border),
    ):
        for each in roles:
            palette.setColor(each, QColor(color))
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(group.Disabled, each, QColor(tokens.disabled))
    return palette


@lru_cache(maxsize=4)
def _style_sheet(tokens: _Tokens, name: str) -> str:
    text = (RESOURCES / "theme" / "window.qss").read_text(encoding="utf-8")
    for key in _Tokens.__slots__:
        text = text.replace(f"@{key};", f"{getattr(tokens, key)};")
    return text.replace("@icons", (RESOURCES / "theme" / name).as_posix())
