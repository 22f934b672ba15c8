"""Optimal transport modal alignment (section 4.3, eq. 7 and 8)."""

from __future__ import annotations

import warnings

import ot
import torch
from torch import Tensor
from torch.nn import functional

# What diverged is found by the trainer, which then says so; once for the process, as in core.model.sparse.
warnings.filterwarnings("ignore", message="Warning: numerical errors at iteration", category=UserWarning)

_ITERATIONS = 200
_TOLERANCE = 1e-4
_LOG_DOMAIN_BELOW = 0.03  # exp(-2 / ε) of the largest cosine distance underflows in 32 bits below this
_LEAST_UNASKED = 0.003  # and below this in 64 bits


def column_cost(source: Tensor, target: Tensor) -> Tensor:
    """Cosine distance between columns over a sample of s entities.

    Shapes: ``(s, d)`` and ``(s, m)`` to ``(d, m)``, in 0..2.
    """
    return 1 - functional.normalize(source, dim=0).T @ functional.normalize(target, dim=0)


def transport_plan(cost: Tensor, epsilon: float) -> Tensor:
    """The entropic plan T of eq. 8 between uniform masses. Shape: ``(d, m)`` to ``(d, m)``."""
    rows = torch.full((cost.shape[0],), 1 / cost.shape[0], dtype=cost.dtype, device=cost.device)
    columns = torch.full((cost.shape[1],), 1 / cost.shape[1], dtype=cost.dtype, device=cost.device)
    method = "sinkhorn_log" if epsilon < _LOG_DOMAIN_BELOW else "sinkhorn"
    plan: Tensor = ot.sinkhorn(
        rows, columns, cost, epsilon, method=method, numItermax=_ITERATIONS, stopThr=_TOLERANCE, warn=False
    )
    return plan


def transport_plan_unasked(cost: Tensor, epsilon: float) -> Tensor:
    """:func:`transport_plan` without POT, which looks in every iteration whether it is through.

    All iterations are done, in 64 bits, for an ε of at least 0.003: a processor waits for no answer of a GPU.
    """
    rows, columns = cost.shape
    given, cost = cost.dtype, cost.double()
    kernel = (cost.amin(dim=1, keepdim=True) - cost).div_(epsilon).exp_()
    scaling = kernel.new_ones(columns)
    for _ in range(_ITERATIONS):
        left = torch.mv(kernel, scaling).reciprocal_().div_(rows)
        scaling = torch.mv(kernel.T, left).reciprocal_().div_(columns)
    return (left[:, None] * kernel * scaling).to(given)


class TransportSolver:
    """Plans for costs of one shape. On a GPU all iterations are one graph, recorded once: one launch."""

    def __init__(self, epsilon: float) -> None:
        self.epsilon = epsilon
        self._graph: torch.cuda.CUDAGraph | None = None
        self._cost = self._plan = torch.empty(0)

    def __call__(self, cost: Tensor) -> Tensor:
        """What :func:`transport_plan` gives. Shape: ``(d, m)`` to ``(d, m)``."""
        if not cost.is_cuda or self.epsilon < _LEAST_UNASKED:
            return transport_plan(cost, self.epsilon)
        if self._graph is None or cost.shape != self._cost.shape:
            self._record(cost)
        assert self._graph is not None
        self._cost.copy_(cost)
        self._graph.replay()
        return self._plan.clone()

    def _record(self, cost: Tensor) -> None:
        self._cost = cost.clone()
        beside = torch.cuda.Stream(cost.device)
        beside.wait_stream(torch.cuda.current_stream(cost.device))
        # Libraries set themselves up in a first call, which can't be recorded.
        with torch.cuda.stream(beside):
            transport_plan_unasked(self._cost, self.epsilon)
        torch.cuda.current_stream(cost.device).wait_stream(beside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._plan = transport_plan_unasked(self._cost, self.epsilon)


@torch.no_grad()
def translation(unimodal: Tensor, joint: Tensor, solver: TransportSolver) -> Tensor:
    """H^l's way into the space of H^m: the plan T between their columns, its rows scaled to sum to 1.

    Args:
        unimodal: H^l of a sample of entities. Shape: ``(s, d)``.
        joint: H^m of the same entities. Shape: ``(s, m)``.
        solver: what gives T for a cost.

    Returns:
        R such that P^l = H^l R up to a rotation of its columns. Shape: ``(d, d)``; on a GPU, which multiplies
        by all columns of the plan sooner than it decomposes it, R is the plan. Shape: ``(d, m)``.
    """
    plan = solver(column_cost(unimodal, joint)) * unimodal.shape[1]
    if plan.is_cuda:
        return plan
    # Losses see P^l by inner products alone, and T T^T = R R^T: as good as T at a fraction of its columns.
    triangular: Tensor = torch.linalg.qr(plan.T, mode="r").R.T
    return triangular
