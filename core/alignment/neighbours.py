"""Support of a pair by neighbours that are matched already.

Two entities that stand in like relations to the same things are likely the same. The idea is that of PARIS
(Suchanek, Abiteboul and Senellart 2011), where rare evidence counts more; here it is cast as a product of two
sparse matrices, so that any pair's support is a dot product that can be added to a cosine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from torch import Tensor

from core.alignment.similarity import Similarity

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

_ALIKE = 3  # right relations that one left relation may stand for
_LEAST_LIKENESS = 0.02
_DOUBT = 3.0  # uses that a relation must have beside those in common before it counts as half alike
_SURE = 0.5  # least probability of the matches that relations are compared by
_PLAIN = 0.5  # of neighbours whatever the relation, beside those by relation
_SHORT = 2.0  # added to the length of an entity's evidence: little of it stays weak


class Matches(NamedTuple):
    """Pairs of rows that may be the same, and how likely each is. Shapes: ``(p,)``."""

    left: Integers
    right: Integers
    probability: Numbers

    def __add__(self, other: object) -> Matches:
        """Both; no pair may be in both."""
        if not isinstance(other, Matches):
            return NotImplemented
        return Matches(*(np.concatenate(parts) for parts in zip(self, other, strict=True)))

    def only(self, chosen: NDArray[np.bool_]) -> Matches:
        """Some of them. Shape: ``(p,)``."""
        return Matches(self.left[chosen], self.right[chosen], self.probability[chosen])


class Entries(NamedTuple):
    """What a sparse matrix holds; those of one place are summed. Shapes: ``(e,)``."""

    row: Integers
    column: Integers
    value: Numbers


@dataclass(frozen=True)
class Support:
    """Evidence of both sides' entities. Shapes: ``(q, f)`` and ``(m, f)``; row products are in 0..1."""

    left: csr_array
    right: csr_array

    @cached_property
    def turned(self) -> tuple[csr_array, csr_array]:
        """Both transposed, once for all blocks of a product."""
        return self.left.T.tocsr(), self.right.T.tocsr()

    def of(self, rows: Integers, columns: Integers) -> Numbers:
        """Support of some pairs. Shapes: ``(p,)`` twice to ``(p,)``."""
        products = self.left[rows].multiply(self.right[columns])
        return np.asarray(products.sum(axis=1), dtype=np.float64).ravel()

    def select(self, rows: Integers, columns: Integers) -> Support:
        """That of some entities only."""
        return Support(self.left[rows], self.right[columns])


@dataclass(frozen=True, slots=True)
class Supported:
    """Another similarity plus ``weight`` times the support of each pair."""

    base: Similarity
    support: Support
    weight: float

    @property
    def shape(self) -> tuple[int, int]:
        """``(q, m)``."""
        return self.base.shape

    @property
    def spread(self) -> float:
        """Half of the weight more than the base's: right pairs have a support of about a half."""
        return self.base.spread + self.weight / 2

    def block(self, rows: slice | Tensor) -> Tensor:
        """The base's block and a sparse product."""
        chosen = self.support.left[rows if isinstance(rows, slice) else rows.cpu().numpy()]
        support = torch.from_numpy((chosen @ self.support.turned[1]).toarray())
        block = self.base.block(rows)
        return support.to(block).mul_(self.weight).add_(block)

    def zeros(self, size: int) -> Tensor:
        """As the base's."""
        return self.base.zeros(size)

    def select(self, rows: Tensor, columns: Tensor) -> Supported:
        """Of both parts."""
        part = self.support.select(rows.cpu().numpy(), columns.cpu().numpy())
        return Supported(self.base.select(rows, columns), part, self.weight)

    def transposed(self) -> Supported:
        """Of both parts."""
        turned = Support(self.support.right, self.support.left)
        return Supported(self.base.transposed(), turned, self.weight)


class Neighbours:
    """Who is linked to whom in both graphs, by which relation, either way."""

    def __init__(self, left: Integers, right: Integers, sizes: tuple[int, int]) -> None:
        """Take relation triples as rows of (head, relation, tail), entities counted within their graph.

        Args:
            left: of the left graph. Shape: ``(t, 3)``.
            right: of the right graph. Shape: ``(u, 3)``.
            sizes: number of entities of either graph, q and m.
        """
        self.sizes = sizes
        self.edges = _both_ways(left), _both_ways(right)

    def support(self, matches: Matches) -> Support:
        """Evidence from neighbours among the matches.

        What is said of a left entity is put in the right graph's words: it has a column for each right entity
        that a neighbour may be, whatever the relation, and one for each of them and each right relation that
        the left one stands for. A column counts with the match's probability times ``log(1 + n / entities
        with it)``, as in bags of words: to share a rare neighbour says more than to share a hub. Rows are
        divided by two plus their length.
        """
        q, m = self.sizes
        same = csr_array((matches.probability, (matches.left, matches.right)), shape=(q, m))
        sure = matches.probability > _SURE
        numbers = (_numbers(q, matches.left[sure]), _numbers(m, matches.right[sure]))
        likeness = relation_likeness(*self.edges, *numbers)
        left, right = self.edges
        right = right[np.isin(right[:, 2], matches.right)]
        relations = likeness.shape[1]
        edge, neighbour, probability = _stored(same, left[:, 2])
        which, stands_for, alike = _stored(likeness, left[edge, 1])
        by_relation = self._weighed(
            Entries(
                left[edge[which], 0],
                neighbour[which] * relations + stands_for,
                probability[which] * alike,
            ),
            Entries(right[:, 0], right[:, 2] * relations + right[:, 1], np.ones(len(right))),
        )
        left, right = (np.unique(edges[:, [0, 2]], axis=0) for edges in (left, right))
        edge, neighbour, probability = _stored(same, left[:, 1])
        plain = self._weighed(
            Entries(left[edge, 0], neighbour, probability),
            Entries(right[:, 0], right[:, 1], np.ones(len(right))),
        )
        return Support(
            *(
                _shortened(hstack([one, other * _PLAIN], format="csr"))
                for one, other in zip(by_relation, plain, strict=True)
            )
        )

    def _weighed(self, left: Entries, right: Entries) -> tuple[csr_array, csr_array]:
        """Matrices of both sides, no number above 1 before a column's weight, which they share evenly."""
        columns = np.unique(np.concatenate([left.column, right.column]))
        rarity = np.ones(len(columns))
        matrices = []
        for n, side in zip(self.sizes, (left, right), strict=True):
            place = np.searchsorted(columns, side.column)
            matrix = csr_array((side.value, (side.row, place)), shape=(n, len(columns)))
            matrix.data = matrix.data.clip(max=1)
            holders = np.bincount(matrix.indices, matrix.data, len(columns))
            rarity *= np.sqrt(np.log1p(n / np.maximum(holders, 1)))
            matrices.append(matrix)
        for matrix in matrices:
            matrix.data *= np.sqrt(rarity)[matrix.indices]
        return matrices[0], matrices[1]


def relation_likeness(
    left: Integers, right: Integers, left_number: Integers, right_number: Integers
) -> csr_array:
    """How far relations of the two graphs link the same matches, as a smoothed cosine.

    Args:
        left: edges (entity, relation, neighbour) of the left graph. Shape: ``(t, 3)``.
        right: those of the right graph. Shape: ``(u, 3)``.
        left_number: the number of each left entity's match, -1 without. Shape: ``(q,)``.
        right_number: the same for the right. Shape: ``(m,)``.

    Returns:
        Left by right relations; of each left relation the few most alike.
    """
    matches = int(max(left_number.max(), right_number.max())) + 1
    links = [
        _between(edges, number, matches) for edges, number in ((left, left_number), (right, right_number))
    ]
    keys = np.unique(np.concatenate([links[0][0], links[1][0]]))
    uses = [
        csr_array(
            (np.ones(len(key)), (relation, np.searchsorted(keys, key))),
            shape=(int(edges[:, 1].max(initial=0)) + 1, len(keys)),
        )
        for (key, relation), edges in zip(links, (left, right), strict=True)
    ]
    common = (uses[0] @ uses[1].T).tocoo()
    totals = [np.asarray(use.sum(axis=1)).ravel() + _DOUBT for use in uses]
    row, column = common.coords
    likeness = common.data / np.sqrt(totals[0][row] * totals[1][column])
    order = np.lexsort((-likeness, row))
    row, column, likeness = row[order], column[order], likeness[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    keep = (place < _ALIKE) & (likeness >= _LEAST_LIKENESS)
    return csr_array((likeness[keep], (row[keep], column[keep])), shape=common.shape)


def _both_ways(triples: Integers) -> Integers:
    """Edges (entity, relation, neighbour), the inverse of a relation being one of its own, each once."""
    relations = triples[:, 1].max(initial=-1) + 1
    inverse = np.stack([triples[:, 2], triples[:, 1] + relations, triples[:, 0]], axis=1)
    return np.unique(np.concatenate([triples, inverse]), axis=0)


def _numbers(n: int, matched: Integers) -> Integers:
    """The number of each entity's match, -1 without one. Shapes: ``(p,)`` to ``(n,)``."""
    numbers = np.full(n, -1)
    numbers[matched] = np.arange(len(matched))
    return numbers


def _between(edges: Integers, number: Integers, matches: int) -> tuple[Integers, Integers]:
    """Of the edges between matched entities the two matches, as one key, and the relation."""
    inside = edges[(number[edges[:, 0]] >= 0) & (number[edges[:, 2]] >= 0)]
    return number[inside[:, 0]] * matches + number[inside[:, 2]], inside[:, 1]


def _stored(matrix: csr_array, rows: Integers) -> tuple[Integers, Integers, Numbers]:
    """All stored entries of some rows: which of ``rows`` it belongs to, its column and its value."""
    counts = np.diff(matrix.indptr)[rows]
    owner = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    entry = matrix.indptr[rows][owner] + within
    return owner, matrix.indices[entry].astype(np.int64), matrix.data[entry]


def _shortened(matrix: csr_array) -> csr_array:
    """Each row divided by :data:`_SHORT` plus its length, in 32 bits."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(lengths + _SHORT, np.diff(matrix.indptr))
    return matrix.astype(np.float32)
