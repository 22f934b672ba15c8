"""Absolute IRIs for entity identifiers: RDF can name nothing else."""

from __future__ import annotations

import re

from core.errors import MimeaError

FREEBASE = "http://rdf.freebase.com/ns/"
BASES = {"freebase": FREEBASE}  # presets by name
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]")
# Most identifiers are of this kind, and need no second look.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[-A-Za-z0-9._~:/?@!$&'()*+,;=]+")
_FREEBASE_ID = re.compile(r"/([mg])/([0-9a-z_]+)")
# What RFC 3987 does not let stand as it is in a path, query or fragment; "%" only before two digits.
_FORBIDDEN = re.compile(
    r"%(?![0-9A-Fa-f]{2})|[^-A-Za-z0-9._~:/?#@!$&'()*+,;=%"
    "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane + 0)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0xE0000, 0x10000))
    + "\U000e1000-\U000efffd]"
)


class NoIRIError(MimeaError):
    """An identifier that is no IRI, with no base to make it one."""


def absolute_iri(identifier: str, base: str = "") -> str:
    """``identifier`` as an absolute IRI, with forbidden characters percent-encoded.

    Freebase ids (``/m/06rf7``) become ``http://rdf.freebase.com/ns/m.06rf7`` as in Freebase's own dumps,
    unless there is another ``base``; to it every other identifier that is not absolute is appended.

    Raises:
        NoIRIError: the identifier is not absolute and ``base`` is empty or not absolute itself.
    """
    if _PLAIN.fullmatch(identifier):
        return identifier
    if not _ABSOLUTE.match(identifier):
        freebase = _FREEBASE_ID.fullmatch(identifier)
        if freebase and base in ("", FREEBASE):
            identifier = f"{FREEBASE}{freebase[1]}.{freebase[2]}"
        elif base and _ABSOLUTE.match(base):
            identifier = base + identifier.lstrip("/")
        else:
            raise NoIRIError(f"{identifier!r} is not an absolute IRI; give a base IRI to put before such ids")
    locator, mark, fragment = _FORBIDDEN.sub(_percent_encoded, identifier).partition("#")
    return locator + mark + fragment.replace("#", "%23")


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
