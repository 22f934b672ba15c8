"""A PostgreSQL server of the tests' own, on a temporary folder and a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoServerError(Exception):
    """Why no server can be started here."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server, with the database name left open: add ``/NAME``.

    Raises:
        NoServerError: PostgreSQL is not installed, or there is no user but root to run it.
    """
    bin_folder = _programs()
    user = _user()
    # Not pytest's folder: the server's user must be able to enter it, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="mimea-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def call(*command: str) -> None:
        prefix = ["runuser", "-u", user, "--"] if user else []
        done = subprocess.run(
            [*prefix, *command], cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise NoServerError(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")

    try:
        call(
            str(bin_folder / "initdb"),
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            "mimea",
            "-E",
            "UTF8",
            "--no-sync",
        )
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        call(
            str(bin_folder / "pg_ctl"),
            "-D",
            str(data),
            "-l",
            str(folder / "log"),
            "-w",
            "-o",
            options,
            "start",
        )
        try:
            yield f"postgresql://mimea@/{{name}}?host={folder}"
        finally:
            call(str(bin_folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found:
        return Path(found).resolve().parent
    if not folders:
        raise NoServerError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return folders[0]


def _user() -> str:
    """Whom to start the server as; empty for ourselves. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        if shutil.which("runuser"):
            return name
    raise NoServerError("PostgreSQL does not run as root, and there is no other user to run it")
