"""Where a project is: in a file, or in a database on a team's server, named by SQLAlchemy's URLs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import platformdirs
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import ProjectError

Place = Path | str  # a file, or the URL of a database
SUFFIX = ".mimea"


def place(written: str) -> Place:
    """What a person wrote: a URL where it has a scheme, else a path."""
    return written if "://" in written else Path(written)


def parse_url(url: str) -> URL:
    """The parts of a database's URL.

    Raises:
        ProjectError: it is none.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        # Without the address itself: it may hold a password.
        expected = "postgresql://USER@HOST/DATABASE"
        raise ProjectError(f"that is no address of a database like {expected}: {error}") from error


def without_password(url: str) -> str:
    """The URL to show and to remember.

    Raises:
        ProjectError: it is none.
    """
    # Not set(): there None means that the part stays.
    return parse_url(url)._replace(password=None).difference_update_query(["password"]).render_as_string()


def local_file(url: str) -> Path:
    """The path that stands for a server's project here: nothing is there but the folder ``PATH.d``.

    Raises:
        ProjectError: the URL is none.
    """
    parts = parse_url(url)
    host = parts.host or str(parts.query.get("host", "")) or "localhost"
    port = f":{parts.port}" if parts.port else ""
    name = quote(f"{parts.database}@{host}{port}", safe="@ ")
    folder = platformdirs.user_data_path("mimea-explorer", appauthor=False) / "team"
    return folder / f"{name}{SUFFIX}"
