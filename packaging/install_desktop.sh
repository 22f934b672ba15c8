#!/usr/bin/env bash
# Puts MIMEA Explorer into this user's application menu (Linux): the entry, its icon and the .mimea file type.
set -euo pipefail
cd "$(dirname "$0")/.."
share=${XDG_DATA_HOME:-$HOME/.local/share}
program=$PWD/.venv/bin/mimea-explorer
[ -x "$program" ] || { echo "Run \`make setup\` first: $program is missing." >&2; exit 1; }

install -Dm644 resources/icons/mimea.svg "$share/icons/hicolor/scalable/apps/mimea-explorer.svg"
install -Dm644 packaging/mimea-project.xml "$share/mime/packages/mimea-project.xml"
mkdir -p "$share/applications"
sed "s|^Exec=.*|Exec=\"$program\" %f|" packaging/mimea-explorer.desktop >"$share/applications/mimea-explorer.desktop"
# The caches are optional: where the tools are missing, desktops read the folders themselves.
command -v update-mime-database >/dev/null && update-mime-database "$share/mime"
command -v update-desktop-database >/dev/null && update-desktop-database "$share/applications"
echo "Installed for $USER: look for MIMEA Explorer in the menu."
