#!/usr/bin/env bash
# Makes .venv with everything the program and its tests need, system libraries of Qt included.
# Called by `make setup`; safe to call again. Set PYTHON to choose the interpreter (3.11 or newer).
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}

# Library or program that must be there -> Debian package that brings it.
libraries=(
    libEGL.so.1:libegl1 libGL.so.1:libgl1 libOpenGL.so.0:libopengl0 libxkbcommon.so.0:libxkbcommon0
    libxkbcommon-x11.so.0:libxkbcommon-x11-0 libdbus-1.so.3:libdbus-1-3 libfontconfig.so.1:libfontconfig1
    libglib-2.0.so.0:libglib2.0-0 libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4
    libxcb-image.so.0:libxcb-image0 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-randr.so.0:libxcb-randr0
    libxcb-render-util.so.0:libxcb-render-util0 libxcb-shape.so.0:libxcb-shape0
    libxcb-xinerama.so.0:libxcb-xinerama0 libxcb-xkb.so.1:libxcb-xkb1
)
# Labels in other scripts: Chinese, Japanese and Korean, emoji, Arabic, Hebrew, Indic. Only advised: Latin works without.
scripts=(zh:fonts-noto-cjk und-zsye:fonts-noto-color-emoji ar:fonts-noto-core)
programs=(Xvfb:xvfb xauth:xauth)

missing_packages() {
    local known entry
    known=$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null)
    for entry in "${libraries[@]}"; do
        grep -qF "${entry%%:*}" <<<"$known" || printf '%s ' "${entry#*:}"
    done
    for entry in "${programs[@]}"; do
        command -v "${entry%%:*}" >/dev/null || printf '%s ' "${entry#*:}"
    done
    # Labels of the demo graphs are in many scripts; without any font Qt draws boxes.
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts \
        -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' 2>/dev/null | head -n 1)" ] || printf 'fonts-dejavu-core '
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
}

advised_fonts() {
    local entry
    command -v fc-list >/dev/null || return 0
    for entry in "${scripts[@]}"; do
        [ -n "$(fc-list ":lang=${entry%%:*}" family | head -n 1)" ] || printf '%s ' "${entry#*:}"
    done
}

if [ "$(uname)" = Linux ]; then
    missing=$(missing_packages)
    if [ -n "$missing" ]; then
        line="apt-get install -y --no-install-recommends $missing"
        if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
            apt-get update -q
            DEBIAN_FRONTEND=noninteractive $line
        else
            echo "Some system packages are missing. Install them (Debian, Ubuntu), then run this again:" >&2
            echo "    sudo $line" >&2
            exit 1
        fi
    fi
    fonts=$(advised_fonts)
    [ -z "$fonts" ] || echo "Labels in other scripts need fonts that are not here: apt-get install $fonts"
fi

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" --version 2>&1). Set PYTHON=/path/to/python3." >&2
    exit 1
}
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
.venv/bin/python -m pip install --quiet --editable '.[dev]'
touch .venv/installed
