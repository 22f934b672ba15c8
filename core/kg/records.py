"""What readers yield: batches of records as parallel lists, the shape that bulk loading is fastest with.

Identifiers are strings as the source writes them, without angle brackets; numbering them is the store's work.
``done`` is how much of the part (bytes, or rows where the part says so) has been read with this batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True, slots=True)
class EntityBatch:
    """Entities with what is known of them; an empty label leaves the one derived from the URI.

    ``declares`` is false where the source only describes entities that other parts declare: then an unknown
    URI is counted, not added.
    """

    uris: list[str]
    labels: list[str] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    declares: bool = True
    done: int = 0


@dataclass(frozen=True, slots=True)
class NameBatch:
    """Readable names of relations and attributes, of either kind."""

    uris: list[str]
    labels: list[str]
    done: int = 0


@dataclass(frozen=True, slots=True)
class RelationBatch:
    """Relation triples; both ends become entities."""

    heads: list[str]
    relations: list[str]
    tails: list[str]
    done: int = 0


@dataclass(frozen=True, slots=True)
class AttributeBatch:
    """Attribute triples; ``declares`` as in :class:`EntityBatch`."""

    entities: list[str]
    attributes: list[str]
    values: list[str]
    datatypes: list[str]
    languages: list[str]
    declares: bool = True
    done: int = 0


@dataclass(frozen=True, slots=True)
class ImageBatch:
    """Pictures of entities, as paths that may turn out missing or unreadable; never declares an entity.

    A path that turns out to lead out of ``root``, by a symbolic link, is not followed.
    """

    entities: list[str]
    paths: list[Path]
    root: Path | None = None
    done: int = 0


@dataclass(frozen=True, slots=True)
class PicturesByName:
    """Pictures whose names say whose they are: ``find`` gives an entity's; it is asked for each one known."""

    find: Callable[[str], list[Path]]
    root: Path
    done: int = 0


@dataclass(frozen=True, slots=True)
class LinkBatch:
    """Pairs said to be the same. Which end belongs to which graph is found by which graph knows it.

    ``sources`` says where each comes from: a file's name, a kind column, ``owl:sameAs``.
    """

    firsts: list[str]
    seconds: list[str]
    sources: list[str]
    done: int = 0


@dataclass(frozen=True, slots=True)
class DenialBatch:
    """Pairs said not to be the same: no links to import, but of use to whoever compares two files."""

    firsts: list[str]
    seconds: list[str]
    done: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person importing should know, one sentence."""

    text: str
    done: int = 0


Batch: TypeAlias = (
    EntityBatch
    | NameBatch
    | RelationBatch
    | AttributeBatch
    | ImageBatch
    | PicturesByName
    | LinkBatch
    | DenialBatch
    | Note
)
