"""What a configuration costs (table 8): parameters, floating-point operations, time of an inference."""

from __future__ import annotations

import threading
from collections.abc import Callable
from statistics import median, stdev
from time import perf_counter
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from core.ablation.cells import Values
from core.model import kernels  # noqa: F401 - its operations are counted
from core.training.split import Pairs
from core.training.trainer import Trainer

WARM_UP, REPEATS = 2, 11
_aten = torch.ops.aten


def measure_cost(trainer: Trainer, reference: Trainer, pairs: Pairs, stop: threading.Event) -> Values | None:
    """Parameters; operations of one inference and of one epoch; time of an inference.

    An inference embeds and fuses all entities of both graphs. An epoch is one pass over the seeds, forward
    and backward.

    Args:
        trainer: of the model that is measured.
        reference: of the one whose inferences are timed in turns with it, so that both meet the same load.
        pairs: positions of the seeds. Shape: ``(m, 2)``.
        stop: ends it.

    Returns:
        The values, or None if it was stopped.
    """
    with flop_counter() as inference:
        trainer.embed()
    with flop_counter() as epoch:
        trainer.epoch(pairs, stop)
    own, others = [], []
    for _ in range(WARM_UP + REPEATS):
        if stop.is_set():
            return None
        own.append(_timed(trainer))
        others.append(_timed(reference))
    own, others = own[WARM_UP:], others[WARM_UP:]
    return {
        "model": {"parameters": trainer.parameters()},
        "inference": {
            "flops": inference.get_total_flops(),
            "seconds": median(own),
            "seconds_std": stdev(own),
            "relative": median(one / other for one, other in zip(own, others, strict=True)),
        },
        "epoch": {"flops": epoch.get_total_flops()},
    }


def flop_counter() -> FlopCounterMode:
    """Counts the operations of matrix products, a multiplication and an addition each (eq. 11).

    Torch's own formulas take every matrix for a dense one: here a sparse one counts with its entries. What
    works element by element (activations, softmax, divergences) isn't counted, as is usual.
    """
    return FlopCounterMode(
        display=False,
        custom_mapping={
            _aten.mm: _product,
            _aten.addmm: _product_added,
            _aten.mv: _product,
            _aten._sparse_mm_reduce_impl: _product,  # torch.sparse.mm with a reduction, on a processor
            _aten.sparse_sampled_addmm: _sampled_product,
            torch.ops.mimea.attend: _attention,
            torch.ops.mimea.attend_backward: _gradients,
        },
    )


def _raw(formula: Callable[..., int]) -> Callable[..., int]:
    """Have the counter call ``formula`` with tensors rather than with their shapes."""
    formula._get_raw = True  # type: ignore[attr-defined]
    return formula


@_raw
def _product(one: Tensor, other: Tensor, *_: Any, **__: Any) -> int:
    """``(m, k) @ (k, n)`` or ``(m, k) @ (k,)``, either of them sparse."""
    if other.layout != torch.strided:
        return 2 * one.shape[0] * _entries(other)
    return 2 * _entries(one) * (other.shape[1] if other.dim() == 2 else 1)


@_raw
def _product_added(_added: Tensor, one: Tensor, other: Tensor, **_: Any) -> int:
    return _product(one, other)


@_raw
def _sampled_product(pattern: Tensor, one: Tensor, _other: Tensor, **_: Any) -> int:
    """``(m, k) @ (k, n)`` where the pattern has entries."""
    return 2 * _entries(pattern) * one.shape[1]


@_raw
def _attention(hidden: Tensor, *others: Any, **_: Any) -> int:
    """Each entity's part of a score as target and as source, and the means."""
    column: Tensor = others[5]
    return 4 * hidden.numel() + 2 * len(column) * hidden.shape[1]


@_raw
def _gradients(hidden: Tensor, *others: Any, **_: Any) -> int:
    """Through the scores, to their weights and to hidden; through the means, to hidden and to the scores."""
    column: Tensor = others[5]
    return 8 * hidden.numel() + 4 * len(column) * hidden.shape[1]


def _entries(matrix: Tensor) -> int:
    return matrix.numel() if matrix.layout == torch.strided else matrix._nnz()


def _timed(trainer: Trainer) -> float:
    began = perf_counter()
    trainer.embed()
    if trainer.device.type == "cuda":
        torch.cuda.synchronize(trainer.device)
    return perf_counter() - began
