"""The transport plan: its marginals, and its cost against the exact solver's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import ot
import pytest
import torch

from core.environment import SETTINGS
from core.model.otma import TransportSolver, column_cost, translation, transport_plan, transport_plan_unasked


@pytest.fixture
def cost() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return column_cost(torch.randn(40, 10, generator=generator), torch.randn(40, 25, generator=generator))


def test_cost_is_the_cosine_distance_of_columns() -> None:
    source = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    target = torch.tensor([[3.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    assert column_cost(source, target).tolist() == [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0]]


@pytest.mark.parametrize("epsilon", [0.5, 0.05, 0.01])
def test_plan_has_uniform_marginals(cost: torch.Tensor, epsilon: float) -> None:
    plan = transport_plan(cost.double(), epsilon)
    torch.testing.assert_close(plan.sum(1), torch.full((10,), 0.1).double(), atol=1e-3, rtol=0)
    torch.testing.assert_close(plan.sum(0), torch.full((25,), 0.04).double(), atol=1e-3, rtol=0)
    assert (plan >= 0).all()


@pytest.mark.parametrize("epsilon", [10.0, 0.5, 0.05, 0.02])
def test_plan_of_a_gpu_is_that_of_a_processor(cost: torch.Tensor, epsilon: float) -> None:
    plan = transport_plan_unasked(cost, epsilon)
    assert plan.dtype == cost.dtype
    torch.testing.assert_close(plan, transport_plan(cost, epsilon), atol=2e-5, rtol=2e-2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("epsilon", [0.05, 1e-3])
def test_a_gpu_solves_one_cost_after_another(cost: torch.Tensor, epsilon: float) -> None:
    solver = TransportSolver(epsilon)
    costs = [cost, cost.flip(1) * 0.7, cost[:7], cost]
    plans = [solver(each.cuda()) for each in costs]  # a graph writes to one place: earlier plans stay
    for plan, each in zip(plans, costs, strict=True):
        torch.testing.assert_close(plan.cpu(), transport_plan(each, epsilon), atol=2e-5, rtol=2e-2)
    with torch.device("cuda"):
        source = torch.randn(50, 10)
    joint = torch.cat([source, source.flip(1)], dim=1)
    there, here = translation(source, joint, solver), translation(source.cpu(), joint.cpu(), solver)
    torch.testing.assert_close((there @ there.T).cpu(), here @ here.T, atol=1e-2, rtol=1e-2)


def test_plan_of_a_gpu_has_its_mass_where_costs_are_largest() -> None:
    cost = torch.full((6, 6), 2.0).fill_diagonal_(0.0)
    torch.testing.assert_close(transport_plan_unasked(cost, 0.003), torch.eye(6) / 6)


def test_cost_falls_to_the_exact_one_with_epsilon(cost: torch.Tensor) -> None:
    exact = ot.emd2(np.full(10, 0.1), np.full(25, 0.04), cost.double().numpy())
    costs = [float((transport_plan(cost.double(), e) * cost).sum()) for e in (0.5, 0.1, 0.05, 0.01)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == pytest.approx(exact, abs=0.01)
    assert costs[-1] >= exact - 1e-3


def test_translated_embeddings_have_the_inner_products_of_the_plan_and_carry_no_gradient() -> None:
    source = torch.randn(
        30, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    ).requires_grad_()
    joint = torch.cat([source, source.flip(1)], dim=1)
    triangular = translation(source, joint, TransportSolver(0.05))
    assert triangular.shape == (6, 6)
    assert not triangular.requires_grad
    plan = 6 * transport_plan(column_cost(source, joint), 0.05).detach()
    torch.testing.assert_close(plan.sum(1), torch.ones(6).double(), atol=1e-2, rtol=0)
    expected, ours = source.detach() @ plan, source.detach() @ triangular
    torch.testing.assert_close(ours @ ours.T, expected @ expected.T, atol=1e-10, rtol=0)


def test_columns_of_zeros_do_not_break_the_plan() -> None:
    plan = translation(torch.zeros(5, 4), torch.zeros(5, 8), TransportSolver(0.05))
    assert torch.isfinite(plan).all()


@pytest.mark.parametrize("library", ["jax", "cupy", "tensorflow"])
def test_pot_loads_no_library_that_keeps_memory_for_itself(library: str, tmp_path: Path) -> None:
    (tmp_path / f"{library}.py").write_text("raise SystemExit(7)", encoding="utf-8")
    for settings, status in (({}, 7), (SETTINGS, 0)):
        inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        environment = {**inherited, **settings, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
        assert (
            subprocess.run([sys.executable, "-W", "ignore", "-c", "import ot"], env=environment).returncode
            == status
        )
