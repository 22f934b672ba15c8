"""What leaves a project, and how: the choices that every export format shares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.errors import MimeaError

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Which verdicts are written, and what is told of their makers.

    Accepted pairs always are. With ``author`` these are the verdicts of that person alone, also where another
    person has decided otherwise since. ``exporter`` is who makes the file; ``orcid`` identifies that person.
    """

    rejected: bool = False  # rejected pairs and entities without a counterpart too
    unsure: bool = False  # pairs left unsure, into a second file
    author: str | None = None
    run_id: int | None = None  # decided on what this run proposed
    since: date | None = None  # decided on this day (UTC) or later
    base_iri: str = ""  # put before identifiers that are no IRIs
    license: str = ""  # IRI of the licence of the links
    exporter: str = ""
    orcid: str = ""
    replace: bool = False  # whether an existing file may be replaced


def checked_orcid(text: str) -> str:
    """The sixteen characters of an ORCID iD, from these or from its address; empty stays empty.

    Raises:
        MimeaError: it is none, or its check character (ISO 7064, MOD 11-2) shows a typing error.
    """
    if not text.strip():
        return ""
    found = _ORCID.fullmatch(text.strip())
    if not found:
        raise MimeaError(f"{text!r} is no ORCID iD; one looks like 0000-0002-1825-0097")
    digits = found[1].replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != digits[-1]:
        raise MimeaError(f"{text!r} is no ORCID iD: its last character does not fit the others")
    return found[1]
