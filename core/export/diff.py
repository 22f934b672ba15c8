"""Comparing files of links: what came, what went, what contradicts, and how right each is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from core.export.iri import NoIRIError, absolute_iri
from core.kg.links import is_empty_set, open_links
from core.kg.records import DenialBatch, LinkBatch

Pair = tuple[str, str]
Pairs = frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Links:
    """The pairs that a file says are the same, and those that it says are not."""

    same: Pairs
    denied: Pairs = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """From one file to another, in order.

    ``contradicting`` are pairs that one accepts and the other rejects, and added pairs that an old one
    excludes.
    """

    common: int
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    contradicting: tuple[Pair, ...]

    def by_kind(self) -> dict[str, tuple[Pair, ...]]:
        """The pairs under the names that people read."""
        return {"added": self.added, "removed": self.removed, "contradicting": self.contradicting}


@dataclass(frozen=True, slots=True)
class Scores:
    """How a set compares with true links; a share of nothing is 0."""

    precision: float
    recall: float
    f1: float
    correct: int

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


def read_links(path: Path) -> Links:
    """What a file of any format says, with IRIs where they can be made such.

    Raises:
        InputError: the file is not what its format asks for.
    """
    same: set[Pair] = set()
    denied: set[Pair] = set()
    for part in () if is_empty_set(path) else open_links(path).parts:
        for batch in part.read():
            if isinstance(batch, LinkBatch | DenialBatch):
                pairs = same if isinstance(batch, LinkBatch) else denied
                pairs.update(zip(map(_name, batch.firsts), map(_name, batch.seconds), strict=True))
    return Links(frozenset(same), frozenset(denied))


def compare(old: Links, new: Links) -> Changes:
    """What ``new`` says otherwise than ``old``.

    An added pair contradicts where ``old`` links one of its ends elsewhere instead: a thing of one graph is
    at most one thing of the other.
    """
    new = oriented(new, old)
    added, removed = new.same - old.same, old.same - new.same
    lefts, rights = {left for left, _ in old.same}, {right for _, right in old.same}
    excluded = {pair for pair in added if pair[0] in lefts or pair[1] in rights}
    return Changes(
        common=len(new.same & old.same),
        added=tuple(sorted(added)),
        removed=tuple(sorted(removed)),
        contradicting=tuple(sorted(excluded | (added & old.denied) | (removed & new.denied))),
    )


def score(links: Links, reference: Links) -> Scores:
    """Precision, recall and F1 of ``links``."""
    correct = len(oriented(links, reference).same & reference.same)
    precision = correct / len(links.same) if links.same else 0.0
    recall = correct / len(reference.same) if reference.same else 0.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    return Scores(precision, recall, f1, correct)


def oriented(links: Links, like: Links) -> Links:
    """``links``, with left and right exchanged if that is how their ends meet those of ``like``."""
    known, own = like.same | like.denied, links.same | links.denied
    lefts, rights = {left for left, _ in known}, {right for _, right in known}
    straight = sum((left in lefts) + (right in rights) for left, right in own)
    crossed = sum((left in rights) + (right in lefts) for left, right in own)
    return Links(_turned(links.same), _turned(links.denied)) if crossed > straight else links


def _turned(pairs: Pairs) -> Pairs:
    return frozenset((right, left) for left, right in pairs)


def _name(identifier: str) -> str:
    try:
        return absolute_iri(identifier)
    except NoIRIError:
        return identifier
