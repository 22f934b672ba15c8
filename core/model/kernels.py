"""The attention of eq. 1 and 2 on a processor: one pass over the edges there, one back, nothing kept by edge.

What the softmax made of an edge is found again from its row's log-sum-exp, as FlashAttention does. The
embedding of an edge's other end is read once for all heads, both for the average and for the gradient of the
score. What is dense goes through memory as seldom as it can: a processor waits for memory here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.compiled import PARTS, compiled, in_parts, look_ahead


@compiled
def _scores(
    hidden: Any, target: Any, source: Any, bounds: Any, first: int, last: int, to: Any, of: Any
) -> None:
    """What each entity adds to a score of each head, as its target and as its source."""
    for i in range(first, last):
        for k in range(len(bounds) - 1):
            one, other = hidden.dtype.type(0), hidden.dtype.type(0)
            for c in range(bounds[k], bounds[k + 1]):
                one += hidden[i, c] * target[c]
                other += hidden[i, c] * source[c]
            to[i, k], of[i, k] = one, other


@compiled
def _there(
    crow: Any,
    column: Any,
    hidden: Any,
    flat: Any,
    diagonal: Any,
    to: Any,
    of: Any,
    bounds: Any,
    slope: Any,
    first: int,
    last: int,
    lse: Any,
    out: Any,
) -> None:
    """The means of some targets, and the log-sum-exp of their scores."""
    heads = len(bounds) - 1
    highest, total = np.empty(heads, hidden.dtype), np.empty(heads, hidden.dtype)
    for i in range(first, last):
        out[i], highest[:], total[:] = 0, -np.inf, 0
        for e in range(crow[i], crow[i + 1]):
            for k in range(heads):
                score = to[i, k] + of[column[e], k]
                highest[k] = max(highest[k], score if score > 0 else score * slope)
        for e in range(crow[i], crow[i + 1]):
            look_ahead(column, e, flat, hidden.shape[1])
            j = column[e]
            for k in range(heads):
                score = to[i, k] + of[j, k]
                weight = np.exp((score if score > 0 else score * slope) - highest[k])
                total[k] += weight
                for c in range(bounds[k], bounds[k + 1]):
                    out[i, c] += weight * hidden[j, c]
        if crow[i] < crow[i + 1]:
            for k in range(heads):
                lse[i, k] = highest[k] + np.log(total[k])
                share = 1 / total[k]
                for c in range(bounds[k], bounds[k + 1]):
                    out[i, c] *= diagonal[c] * share


@compiled
def _means(out: Any, above: Any, bounds: Any, first: int, last: int, mean: Any) -> None:
    """Of each target and head, the mean over its edges of their weights' gradients: that of its output."""
    for i in range(first, last):
        for k in range(len(bounds) - 1):
            dot = out.dtype.type(0)
            for c in range(bounds[k], bounds[k + 1]):
                dot += out[i, c] * above[i, c]
            mean[i, k] = dot


@compiled
def _back(
    crow: Any,
    column: Any,
    hidden: Any,
    above: Any,
    flat: Any,
    diagonal: Any,
    source: Any,
    to: Any,
    of: Any,
    lse: Any,
    mean: Any,
    bounds: Any,
    slope: Any,
    first: int,
    last: int,
    by_to: Any,
    by_diagonal: Any,
    by_source: Any,
    by_hidden: Any,
) -> None:
    """Gradients that meet at some sources; those by their edges' targets are added up."""
    own, sums = np.empty_like(diagonal), np.empty_like(diagonal)
    by_of = np.empty(len(bounds) - 1, hidden.dtype)
    for j in range(first, last):
        own[:] = hidden[j] * diagonal
        sums[:], by_of[:] = 0, 0
        for e in range(crow[j], crow[j + 1]):
            look_ahead(column, e, flat, hidden.shape[1])
            i = column[e]
            for k in range(len(bounds) - 1):
                score = to[i, k] + of[j, k]
                bent = hidden.dtype.type(1) if score > 0 else slope
                weight = np.exp(score * bent - lse[i, k])
                dot = hidden.dtype.type(0)
                for c in range(bounds[k], bounds[k + 1]):
                    dot += above[i, c] * own[c]
                    sums[c] += above[i, c] * weight
                by_score = weight * (dot - mean[i, k]) * bent
                by_to[i, k] += by_score
                by_of[k] += by_score
        for k in range(len(bounds) - 1):
            for c in range(bounds[k], bounds[k + 1]):
                by_diagonal[c] += sums[c] * hidden[j, c]
                by_source[c] += by_of[k] * hidden[j, c]
                by_hidden[j, c] = sums[c] * diagonal[c] + by_of[k] * source[c]


@compiled
def _add(
    hidden: Any, target: Any, by_to: Any, bounds: Any, first: int, last: int, by_target: Any, by_hidden: Any
) -> None:
    """What reaches hidden and the targets' weights through the targets' part of scores."""
    for i in range(first, last):
        for k in range(len(bounds) - 1):
            for c in range(bounds[k], bounds[k + 1]):
                by_target[c] += by_to[i, k] * hidden[i, c]
                by_hidden[i, c] += by_to[i, k] * target[c]


_torch_library: Any = torch.library  # has no type hints of its own
_library = _torch_library.Library("mimea", "DEF")


def _operation(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as an operation of torch, which is counted as such (``torch.utils.flop_counter``).

    ``torch.library.custom_op`` would do the same and load the compiler of torch: 2 s and 200 MB.
    """
    name = function.__name__
    _library.define(name + torch.library.infer_schema(function, mutates_args=()))
    _library.impl(name, function, "CPU")
    operation: Callable[..., Any] = getattr(torch.ops.mimea, name)
    return operation


@_operation
def attend(
    hidden: Tensor,
    diagonal: Tensor,
    target: Tensor,
    source: Tensor,
    targets: Tensor | None,
    crow: Tensor,
    column: Tensor,
    bounds: Sequence[int],
    slope: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Attention-weighted means of the sources times a diagonal matrix.

    Args:
        hidden: what is averaged. Shape: ``(n, d)``.
        diagonal: W. Shape: ``(d,)``.
        target: weights of what the target adds to a score, times W. Shape: ``(d,)``.
        source: weights of what the source adds, times W. Shape: ``(d,)``.
        targets: which entities are; None for all. Shape: ``(q,)``.
        crow: where each target's edges begin. Shape: ``(q + 1,)``.
        column: the sources of the edges, by target. Shape: ``(e,)``.
        bounds: where the columns of each head begin, and d. Length: K + 1.
        slope: of LeakyReLU below zero.

    Returns:
        The means, the log-sum-exp of the scores of each target, and what targets and sources add to them.
        Shapes: ``(q, d)``, ``(q, K)``, ``(q, K)``, ``(n, K)``.
    """
    # Unsigned: an index that might count from the end would keep the loops from being vectorised.
    heads = np.array(bounds, np.uintp)
    added = [hidden.new_empty(len(hidden), len(bounds) - 1) for _ in range(2)]
    dense, sums = _arrays(hidden, target, source), _arrays(*added)
    in_parts(
        lambda _part, first, last: _scores(*dense, heads, first, last, *sums), np.arange(len(hidden) + 1)
    )
    to, of = added[0] if targets is None else added[0].index_select(0, targets), added[1]
    out, lse = hidden.new_empty(len(to), hidden.shape[1]), torch.zeros_like(to)
    entries = _arrays(crow, column, hidden, hidden.view(-1), diagonal, to, of)
    bent, results = hidden.detach().numpy().dtype.type(slope), _arrays(lse, out)
    in_parts(lambda _part, first, last: _there(*entries, heads, bent, first, last, *results), crow.numpy())
    return out, lse, to, of


@_operation
def attend_backward(
    hidden: Tensor,
    diagonal: Tensor,
    target: Tensor,
    source: Tensor,
    targets: Tensor | None,
    crow: Tensor,
    column: Tensor,
    bounds: Sequence[int],
    slope: float,
    means: Sequence[Tensor],
    above: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gradients by hidden, diagonal, target and source of what :func:`attend` gives.

    Args:
        hidden: as there.
        diagonal: as there.
        target: as there.
        source: as there.
        targets: as there.
        crow: where each source's edges begin. Shape: ``(n + 1,)``.
        column: the targets of the edges, by source. Shape: ``(e,)``.
        bounds: as there.
        slope: as there.
        means: what it returned.
        above: the gradient of the means. Shape: ``(q, d)``.
    """
    heads, (out, lse, to, of) = np.array(bounds, np.uintp), means
    mean, by_hidden = torch.empty_like(to), torch.empty_like(hidden)
    by_to = to.new_zeros(PARTS, *to.shape)
    by_weights = diagonal.new_zeros(3, PARTS, len(diagonal))
    dense, result = _arrays(out, above), mean.numpy()
    in_parts(lambda _part, first, last: _means(*dense, heads, first, last, result), np.arange(len(to) + 1))
    # The softmax takes from each edge's gradient their mean, which is that of the output.
    entries = _arrays(crow, column, hidden, above, above.view(-1), diagonal, source, to, of, lse, mean)
    bent, (to_sums, sums, gradient) = (
        hidden.detach().numpy().dtype.type(slope),
        _arrays(by_to, by_weights, by_hidden),
    )
    in_parts(
        lambda part, first, last: _back(
            *entries, heads, bent, first, last, to_sums[part], sums[0, part], sums[1, part], gradient
        ),
        crow.numpy(),
    )
    whole = by_to.sum(dim=0)
    if targets is not None:
        whole = whole.new_zeros(of.shape).index_add_(0, targets, whole)
    dense = _arrays(hidden, target, whole)
    in_parts(
        lambda part, first, last: _add(*dense, heads, first, last, sums[2, part], gradient),
        np.arange(len(hidden) + 1),
    )
    by_diagonal, by_source, by_target = by_weights.sum(dim=1)
    return by_hidden, by_diagonal, by_target, by_source


def _arrays(*tensors: Tensor) -> tuple[NDArray[Any], ...]:
    return tuple(tensor.detach().numpy() for tensor in tensors)
