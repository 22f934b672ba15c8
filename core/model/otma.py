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


@torch.no_grad()
def translation(unimodal: Tensor, joint: Tensor, epsilon: float) -> Tensor:
    """H^l's way into the space of H^m: the plan T between their columns, its rows scaled to sum to 1.

    Args:
        unimodal: H^l of a sample of entities. Shape: ``(s, d)``.
        joint: H^m of the same entities. Shape: ``(s, m)``.
        epsilon: entropic regularisation.

    Returns:
        R such that P^l = H^l R up to a rotation of its columns. Shape: ``(d, d)``.
    """
    cost = column_cost(unimodal, joint)
    # POT looks at every iteration whether it is through: on a GPU hundreds of waits, here it is one.
    plan = transport_plan(cost.cpu(), epsilon).to(cost.device) * unimodal.shape[1]
    # Losses see P^l by inner products alone, and T T^T = R R^T: as good as T at a fraction of its columns.
    triangular: Tensor = torch.linalg.qr(plan.T, mode="r").R.T
    return triangular
