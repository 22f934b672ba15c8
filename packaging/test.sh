#!/usr/bin/env bash
# All tests but the benchmarks: those of the window in one process, the others beside it. Those that need a real
# X server get one from Xvfb.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONFAULTHANDLER=1
set -- --numprocesses=2 --dist=loadgroup "$@"
if [ -z "${DISPLAY:-}" ] && command -v xvfb-run >/dev/null; then
    exec xvfb-run --auto-servernum --server-args="-screen 0 1280x800x24" .venv/bin/python -m pytest "$@"
fi
exec .venv/bin/python -m pytest "$@"
