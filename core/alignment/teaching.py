"""Which entities to ask a curator about, so that the answers teach the most.

To know an entity's counterpart supports its neighbours and trains the model. A likely pair supports them as
it is, by its probability. So entities are worth asking about whose pair is likely right and yet not certain,
and that have many neighbours with little support. As an answer serves a neighbour only once, entities are
chosen one after the other, each for what those before it leave (a greedy choice, for such a sum of concave
functions within 1 - 1/e of the best: Nemhauser, Wolsey and Fisher 1978).
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

_CHOSEN = 1_000  # one after the other: more than anybody decides between two runs
SURE = 4  # chances are learned from entities with a counterpart, and too high for others
_CERTAIN = 0.05  # what a certain pair still adds, accepted: the model is trained on it


def neighbourhood(triples: Integers, n: int) -> csr_array:
    """Who is linked to whom, by any relation, either way. Shapes: ``(t, 3)`` to ``(n, n)``, entries of 1."""
    head, tail = triples[:, 0], triples[:, 2]
    apart = head != tail
    rows, columns = np.concatenate([head[apart], tail[apart]]), np.concatenate([tail[apart], head[apart]])
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    matrix.data[:] = 1.0
    return matrix


def gains(linked: csr_array, known: NDArray[np.bool_], chance: Numbers) -> Numbers:
    """What a verdict on each entity is expected to teach, given those on the entities with a higher gain.

    A pair supports the neighbours of its entity by ``log(1 + n / degree)`` where it is known, and by its
    chance of that where it is not. Once accepted it adds what was missing to the support ``m`` of each
    neighbour whose own counterpart is not known, and of that ``log(1 + m)`` counts; times the chance that it
    is right to the power of four, so that few verdicts go to entities without a counterpart. After the first
    thousand the others follow by what they might teach at most.

    Args:
        linked: from :func:`neighbourhood`.
        known: which entities have a counterpart that is given or accepted. Shape: ``(n,)``.
        chance: how likely the pair that is shown of each entity is right; 0 for none. Shape: ``(n,)``.

    Returns:
        Gains, 0 for what is not to be shown. Shape: ``(n,)``.
    """
    n = linked.shape[0]
    rarity = np.log1p(n / np.maximum(np.diff(linked.indptr), 1))
    support = linked @ (np.where(known, 1.0, chance) * rarity)
    worth = chance**SURE
    adds = rarity * (1 - chance + _CERTAIN)
    out = np.zeros(n)

    def near(entity: int) -> Integers:
        around: Integers = linked.indices[linked.indptr[entity] : linked.indptr[entity + 1]]
        return around[~known[around]]

    def gain(entity: int) -> float:
        return float(worth[entity] * np.log1p(adds[entity] / (1 + support[near(entity)])).sum())

    row, column = np.repeat(np.arange(n), np.diff(linked.indptr)), linked.indices
    row, column = row[~known[column]], column[~known[column]]
    at_first = worth * np.bincount(row, np.log1p(adds[row] / (1 + support[column])), n)
    queue = [(-at_first[entity], entity) for entity in np.flatnonzero((worth > 0) & ~known).tolist()]
    heapq.heapify(queue)
    chosen = 0
    while queue and chosen < _CHOSEN:
        _, entity = heapq.heappop(queue)
        now = gain(entity)
        if queue and now < -queue[0][0]:  # gains only fall, so the first that is up to date is the highest
            heapq.heappush(queue, (-now, entity))
            continue
        out[entity] = now
        chosen += 1
        support[near(entity)] += chance[entity] * adds[entity]
    for at_most, entity in queue:
        out[entity] = -at_most
    return out
