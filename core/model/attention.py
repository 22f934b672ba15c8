"""Graph attention as products: eq. 1 and 2 without the non-linearity.

Message passing that makes an (edges x d) tensor moves hundreds of megabytes a layer. Here the attention of a
layer is a vector with one number an edge and head, the values of a CSR matrix that multiplies the embeddings;
on a processor not even that is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from core.model.sparse import Pattern, product

Gradients = tuple[Tensor, Tensor, Tensor, Tensor, None, None, None]


class Products(torch.autograd.Function):
    """A head at a time, each a product with a sparse matrix: what a GPU's libraries are best at."""

    @staticmethod
    def forward(  # noqa: D102 - what attend says
        ctx: Any,
        hidden: Tensor,
        diagonal: Tensor,
        target: Tensor,
        source: Tensor,
        heads: int,
        pattern: Pattern,
        slope: float,
    ) -> Tensor:
        alphas, negatives, out = [], [], []
        for part, to, of in _parts(heads, hidden * diagonal, target, source):
            scores = pattern.by_row(pattern.of_targets(part @ to)).add_(pattern.by_column(part @ of))
            negatives.append(scores < 0)
            alphas.append(pattern.row_softmax_(torch.nn.functional.leaky_relu_(scores, slope)))
            out.append(product(pattern.matrix(alphas[-1]), part))
        ctx.save_for_backward(hidden, diagonal, target, source, *alphas, *negatives)
        ctx.heads, ctx.pattern, ctx.slope = heads, pattern, slope
        return torch.cat(out, dim=-1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Gradients:  # noqa: D102
        hidden, diagonal, target, source, *saved = ctx.saved_tensors
        alphas, negatives = saved[: ctx.heads], saved[ctx.heads :]
        pattern: Pattern = ctx.pattern
        gradients = []
        for (part, to, of, above), alpha, negative in zip(
            _parts(ctx.heads, hidden * diagonal, target, source, gradient), alphas, negatives, strict=True
        ):
            by_part = product(pattern.transposed(alpha), above)
            # d out / d alpha_ij is gradient_i . hidden_j: a dense product sampled where there are edges.
            by_score = torch.sparse.sampled_addmm(pattern.matrix(alpha), above, part.T, beta=0.0).values()
            by_score.mul_(alpha)
            by_score.addcmul_(alpha, pattern.by_row(pattern.row_sums(by_score)), value=-1)
            by_score = torch.where(negative, by_score * ctx.slope, by_score)
            by_row = pattern.to_entities(pattern.row_sums(by_score))
            by_column = pattern.column_sums(by_score)
            by_part.addr_(by_row, to).addr_(by_column, of)
            gradients.append((by_part, by_row @ part, by_column @ part))
        by_parts, by_target, by_source = (torch.cat(parts, dim=-1) for parts in zip(*gradients, strict=True))
        by_diagonal = (by_parts * hidden).sum(dim=0)
        return by_parts * diagonal, by_diagonal, by_target, by_source, None, None, None


def _parts(heads: int, *tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Each head's columns of all tensors, copied once: every product would copy a slice for itself."""
    split = ([part.contiguous() for part in tensor.tensor_split(heads, dim=-1)] for tensor in tensors)
    return zip(*split, strict=True)


class OnePass(torch.autograd.Function):
    """All heads in one pass over the edges, W included: a processor waits for memory, not for arithmetic."""

    @staticmethod
    def forward(  # noqa: D102 - what attend says
        ctx: Any,
        hidden: Tensor,
        diagonal: Tensor,
        target: Tensor,
        source: Tensor,
        heads: int,
        pattern: Pattern,
        slope: float,
    ) -> Tensor:
        from core.model import kernels  # half a second to load, which a GPU doesn't need

        hidden = hidden.contiguous()
        widths = [len(part) for part in diagonal.tensor_split(heads)]
        ctx.pattern, ctx.rest = pattern, ([0, *accumulate(widths)], slope)
        own = (hidden, diagonal, diagonal * target, diagonal * source)
        means = kernels.attend(*own, pattern.targets, *pattern.entries, *ctx.rest)
        ctx.save_for_backward(target, source, *own, *means)
        out: Tensor = means[0]
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Gradients:  # noqa: D102
        from core.model import kernels

        target, source, *own = ctx.saved_tensors
        own, means = own[:4], own[4:]
        pattern: Pattern = ctx.pattern
        by_hidden, by_diagonal, by_target, by_source = kernels.attend_backward(
            *own, pattern.targets, *pattern.turned_entries, *ctx.rest, means, gradient.contiguous()
        )
        diagonal = own[1]
        by_diagonal = by_diagonal + by_target * target + by_source * source
        return by_hidden, by_diagonal, by_target * diagonal, by_source * diagonal, None, None, None


def attend(
    hidden: Tensor,
    diagonal: Tensor,
    target: Tensor,
    source: Tensor,
    heads: int,
    pattern: Pattern,
    slope: float = 0.2,
) -> Tensor:
    """Attention-weighted mean of each target's neighbours; head k has the k-th part of the columns.

    Args:
        hidden: what is averaged, before W. Shape: ``(n, d)``.
        diagonal: W. Shape: ``(d,)``.
        target: weights of the part of an edge's score that its row gives. Shape: ``(d,)``.
        source: weights of the part of an edge's score that its column gives. Shape: ``(d,)``.
        heads: K.
        pattern: the edges of the targets.
        slope: of LeakyReLU below zero.

    Returns:
        Shape: ``(q, d)``, q being the number of targets.
    """
    way = OnePass if hidden.device.type == "cpu" else Products
    out: Tensor = way.apply(hidden, diagonal, target, source, heads, pattern, slope)
    return out
