"""One-to-one choices among scored pairs: the Hungarian problem on a sparse graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Ids = NDArray[np.int64]


def one_to_one(left: Ids, right: Ids, score: NDArray[np.float64], alone: float = 0.0) -> Ids:
    """Indices of the pairs of the one-to-one choice with the highest total score, ascending.

    Each left entity gets a private stand-in, since SciPy's solver (LAPJVsp) wants every left node matched and
    the best candidates of all of them need not allow that.

    Args:
        left: left entities of distinct pairs. Shape: ``(p,)``.
        right: their right entities. Shape: ``(p,)``.
        score: what each pair is worth. Shape: ``(p,)``.
        alone: what it is worth to leave a left entity alone: no pair that is worth less, or as much, is
            chosen.
    """
    useful = np.flatnonzero(score > alone)
    if not len(useful):
        return useful
    lefts, rows = np.unique(left[useful], return_inverse=True)
    rights, columns = np.unique(right[useful], return_inverse=True)
    gain = score[useful].astype(np.float64) - alone
    # An explicit zero would be dropped as "no edge": shift all values of this minimisation above it.
    most = gain.max() + 1.0
    stand_ins = np.arange(len(lefts))
    graph = csr_array(
        (
            np.concatenate([most - gain, np.full(len(lefts), most)]),
            (np.concatenate([rows, stand_ins]), np.concatenate([columns, len(rights) + stand_ins])),
        ),
        shape=(len(lefts), len(rights) + len(lefts)),
    )
    _, matched = min_weight_full_bipartite_matching(graph)
    chosen: Ids = useful[matched[rows] == columns]
    return chosen
