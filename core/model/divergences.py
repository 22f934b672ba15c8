"""Kullback-Leibler divergences between two distributions of the same family, in closed form (eq. 6).

Each takes the parameter pairs of p and q and returns KL(p, q) by element. The first parameter is α of the
Beta, the concentration of the Gamma, the location of the others; the second is β, the rate, the scale.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from core.config import Distribution

Parameters = tuple[Tensor, Tensor]
_EULER = 0.57721566490153286


def beta(p: Parameters, q: Parameters) -> Tensor:
    """Between Beta distributions."""
    (a, b), (c, d) = p, q
    total = a + b
    # The gradients that p gets through its log-gammas and through these factors cancel: neither is computed.
    e, f, g = a.detach(), b.detach(), total.detach()
    log_ratio = torch.lgamma(c) + torch.lgamma(d) - torch.lgamma(c + d)
    log_ratio = log_ratio - torch.lgamma(e) - torch.lgamma(f) + torch.lgamma(g)
    weighted = (e - c) * torch.digamma(a) + (f - d) * torch.digamma(b)
    return log_ratio + weighted + (c + d - g) * torch.digamma(total)


def cauchy(p: Parameters, q: Parameters) -> Tensor:
    """Between Cauchy distributions (Chyzak and Nielsen, arXiv:1905.10965)."""
    (x, s), (y, t) = p, q
    return torch.log(((s + t) ** 2 + (x - y) ** 2) / (4 * s * t))


def gamma(p: Parameters, q: Parameters) -> Tensor:
    """Between Gamma distributions."""
    (a, r), (b, s) = p, q
    return (
        b * torch.log(r / s)
        + torch.lgamma(b)
        - torch.lgamma(a)
        + (a - b) * torch.digamma(a)
        + (s - r) * (a / r)
    )


def gumbel(p: Parameters, q: Parameters) -> Tensor:
    """Between Gumbel distributions."""
    (x, s), (y, t) = p, q
    ratio = s / t
    moment = torch.exp((y - x) / t + torch.lgamma(ratio + 1))
    return -torch.log(ratio) - 1 + _EULER * (ratio - 1) + moment + (x - y) / t


def laplace(p: Parameters, q: Parameters) -> Tensor:
    """Between Laplace distributions."""
    (x, s), (y, t) = p, q
    distance = (x - y).abs()
    return torch.log(t / s) + distance / t + s / t * torch.exp(-distance / s) - 1


DIVERGENCES: dict[Distribution, Callable[[Parameters, Parameters], Tensor]] = {
    "beta": beta,
    "cauchy": cauchy,
    "gamma": gamma,
    "gumbel": gumbel,
    "laplace": laplace,
}
