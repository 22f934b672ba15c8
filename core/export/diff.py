"""Comparing sets of links: what came, what went, what contradicts, and how right a set is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from core.export.iri import NoIRIError, absolute_iri
from core.kg.links import open_links
from core.kg.records import LinkBatch

Pair = tuple[str, str]
Links = frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Changes:
    """From one set to another, in order; ``contradicting`` are added pairs that an old one excludes."""

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
    """The pairs that a file of any format says are the same, as IRIs where they can be made such.

    Raises:
        InputError: the file is not what its format asks for.
    """
    pairs: set[Pair] = set()
    for part in open_links(path).parts:
        for batch in part.read():
            if isinstance(batch, LinkBatch):
                pairs.update(zip(map(_name, batch.firsts), map(_name, batch.seconds), strict=True))
    return frozenset(pairs)


def compare(old: Links, new: Links) -> Changes:
    """What ``new`` says otherwise than ``old``.

    An added pair contradicts where ``old`` links one of its ends elsewhere instead: a thing of one graph is
    at most one thing of the other.
    """
    new = oriented(new, old)
    added, removed = new - old, old - new
    lefts, rights = {left for left, _ in old}, {right for _, right in old}
    return Changes(
        common=len(new & old),
        added=tuple(sorted(added)),
        removed=tuple(sorted(removed)),
        contradicting=tuple(sorted(pair for pair in added if pair[0] in lefts or pair[1] in rights)),
    )


def score(links: Links, reference: Links) -> Scores:
    """Precision, recall and F1 of ``links``."""
    correct = len(oriented(links, reference) & reference)
    precision = correct / len(links) if links else 0.0
    recall = correct / len(reference) if reference else 0.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    return Scores(precision, recall, f1, correct)


def oriented(links: Links, like: Links) -> Links:
    """``links``, with left and right exchanged if that is how their ends meet those of ``like``."""
    lefts, rights = {left for left, _ in like}, {right for _, right in like}
    straight = sum((left in lefts) + (right in rights) for left, right in links)
    crossed = sum((left in rights) + (right in lefts) for left, right in links)
    return frozenset((right, left) for left, right in links) if crossed > straight else links


def _name(identifier: str) -> str:
    try:
        return absolute_iri(identifier)
    except NoIRIError:
        return identifier
