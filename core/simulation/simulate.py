"""Rounds of verdicts and refreshes, in memory: nothing of the project changes.

The curator knows the links. Of a left entity it sees the best candidate that it has not rejected, and the
ten best: it accepts the one shown where that is the link, else the link where it is among the ten, else it
rejects the one shown. That is one verdict each time. A share of the test links is held out: their entities
are never asked about, and only they are measured.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import process_time

import numpy as np
import torch
from numpy.typing import NDArray

from core.alignment.candidates import propose
from core.alignment.decoding import csls_offsets
from core.alignment.metrics import Metrics, ranks, summarise
from core.alignment.similarity import Similarity, kept
from core.alignment.teaching import Integers, gains, neighbourhood
from core.config import RunConfig
from core.errors import Cancelled, TrainingError
from core.features.graph_data import GraphData, load_graph_data
from core.review.progress import Left, correct_left
from core.simulation.orders import Open, Order, first
from core.store.project_file import ProjectFile
from core.store.runs import Candidates, run_pairs
from core.training.devices import pick_device
from core.training.embeddings import Embeddings
from core.training.refresh import refresh_config, run_to_refresh
from core.training.results import calibrated, planned
from core.training.split import Split
from core.training.support import SupportSearch, likely
from core.training.trainer import Trainer
from core.training.warm_start import load_model

CANDIDATES = 10  # that the curator sees of an entity


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated."""

    orders: Sequence[Order]
    rounds: int = 10
    verdicts: int = 100  # a round
    random_seeds: int = 1  # how often, each time with others held out
    held_out: float = 0.3  # share of the test links that is measured and never asked about


@dataclass(frozen=True, slots=True)
class RoundDone:
    """An order after some rounds; ``seconds`` of the processor went into the refresh."""

    run_id: int  # that it began with
    random_seed: int
    order: Order
    round: int
    verdicts: int
    accepted: int  # of these the pairs accepted, shown first or not
    metrics: Metrics  # of the held-out links, among all right entities
    left: Left  # correct pairs to expect undecided
    actually_left: int
    seconds: float


class Simulation:
    """The graphs, the run that everything starts from, and the truth."""

    def __init__(self, project: ProjectFile, plan: Plan, random_seed: int, stop: threading.Event) -> None:
        """Read what does not change.

        Raises:
            TrainingError: there is no run to start from, or it has too few links of a kind.
        """
        run = run_to_refresh(project)
        self.project, self.run_id, self.plan, self.stop = project, run.id, plan, stop
        self.random_seed = random_seed
        self.config: RunConfig = refresh_config(run)
        settings = self.config.training
        if not settings.support_weight:
            raise TrainingError(f"run {run.id} had no support by matched neighbours (support_weight 0)")
        self.data: GraphData = load_graph_data(project, self.config.features, self.config.model.modalities)
        self.trainer = Trainer(self.data, self.config, pick_device(settings.device))
        with project.read() as session:
            seed, validation, test = (run_pairs(session, run.id, r) for r in ("seed", "validation", "test"))
        if not (len(validation) and len(test)):
            raise TrainingError(
                f"run {run.id} has no validation or no test links; train with validation_ratio set"
            )
        self.split = Split(seed, validation, test)
        self.support = SupportSearch(self.data, self.split, settings)
        n, self.n_left = self.data.n, self.data.n_left
        rng = np.random.default_rng(random_seed)
        self.held_out = test[rng.permutation(len(test))[: max(1, round(plan.held_out * len(test)))]]
        self.counterpart = np.full(self.n_left, -1)
        rows = self.data.positions(np.concatenate([seed, validation, test]))
        self.counterpart[rows[:, 0]] = rows[:, 1] - self.n_left
        self.askable = np.ones(self.n_left, dtype=bool)
        known = np.concatenate([seed, validation, self.held_out])
        self.askable[self.data.positions(known)[:, 0]] = False
        self.linked = neighbourhood(self.data.triples[0], self.n_left)
        self.entity_ids = self.data.entity_ids[: self.n_left], self.data.entity_ids[self.n_left : n]

    def events(self, orders: Iterable[Order]) -> Iterator[RoundDone]:
        """All rounds, order by order."""
        for order in orders:
            yield from _Curator(self, order).rounds()


class _Curator:
    """One order, from the run's model on."""

    def __init__(self, simulation: Simulation, order: Order) -> None:
        self.shared, self.order = simulation, order
        self.rng = np.random.default_rng(simulation.random_seed)
        # Each order draws the same, whichever others were simulated before it.
        simulation.trainer.generator.manual_seed(simulation.random_seed)
        self.matches = load_model(simulation.project, simulation.run_id, simulation.trainer)
        self.accepted: list[tuple[int, int]] = []  # rows of either side
        self.rejected: list[tuple[int, int]] = []
        self.decided: list[tuple[float, bool]] = []  # probability and truth of candidates with a verdict

    def rounds(self) -> Iterator[RoundDone]:
        plan = self.shared.plan
        for number in range(plan.rounds + 1):
            began = process_time()
            embeddings = self._refreshed(number)
            similarity = kept(
                embeddings.similarity(slice(self.shared.n_left), slice(self.shared.n_left, None))
            )
            candidates = self._candidates(similarity)
            seconds = process_time() - began
            state, columns, waiting = self._open(candidates)
            counted = self._left(state, columns, waiting)
            yield RoundDone(
                self.shared.run_id,
                self.shared.random_seed,
                self.order,
                number,
                number * plan.verdicts,
                len(self.accepted),
                self._measured(similarity),
                counted,
                self._actually_left(columns, state, waiting),
                seconds,
            )
            if number < plan.rounds:
                asked = first(self.order, state, waiting & self.shared.askable, plan.verdicts)
                for row in asked.tolist():
                    self._decide(row, columns[row], state)

    def _refreshed(self, number: int) -> Embeddings:
        """The embeddings after another round, with the support of what is known and found."""
        shared = self.shared
        if shared.stop.is_set():
            raise Cancelled("interrupted")
        split = replace(
            shared.split, accepted=self._identifiers(self.accepted), rejected=self._identifiers(self.rejected)
        )
        if number:
            shared.trainer.restart()
            for _ in range(shared.config.training.epochs):
                known, rejected = shared.data.positions(split.known), shared.data.positions(split.rejected)
                if shared.trainer.epoch(known, shared.stop, rejected) is None:
                    raise Cancelled("interrupted")
        embeddings = shared.trainer.embed()
        shared.support.use(split)
        *_, found = shared.support.rounds(embeddings, self.matches)
        return replace(
            embeddings, support=found.support, support_weight=shared.config.training.support_weight
        )

    def _candidates(self, similarity: Similarity) -> Candidates:
        proposed = propose(similarity, {}, self.shared.entity_ids, CANDIDATES)
        plan = planned(proposed, similarity, self.shared.entity_ids)
        self.matches = likely(plan)
        return calibrated(proposed, plan.probability, self.shared.split.validation)

    def _measured(self, similarity: Similarity) -> Metrics:
        rows = self.shared.data.positions(self.shared.held_out) - np.array([0, self.shared.n_left])
        left, right = (torch.from_numpy(part).to(similarity.zeros(0).device) for part in rows.T)
        return summarise(ranks(similarity, left, right, csls_offsets(similarity).right))

    def _open(self, candidates: Candidates) -> tuple[Open, Integers, NDArray[np.bool_]]:
        """What is undecided, the columns of all candidates (q, k), and which left entities wait (q)."""
        shared, q = self.shared, self.shared.n_left
        columns = np.searchsorted(shared.entity_ids[1], candidates.right_id).reshape(q, -1)
        assert candidates.probability is not None
        probability = candidates.probability.reshape(q, -1).copy()
        for row, column in self.rejected:
            probability[row][columns[row] == column] = 0.0
        waiting = np.ones(q, dtype=bool)
        waiting[shared.data.positions(shared.split.seed)[:, 0]] = False
        waiting[[row for row, _ in self.accepted]] = False
        shown = (probability > 0).argmax(axis=1)
        waiting &= (probability > 0).any(axis=1)
        state = Open(probability, shown, np.zeros(q), self.rng.random(q))
        if self.order == "teach":
            known = np.zeros(q, dtype=bool)
            known[shared.data.positions(shared.split.known)[:, 0]] = True
            known[[row for row, _ in self.accepted]] = True
            state = replace(state, gain=gains(shared.linked, known, np.where(waiting, state.of_shown, 0.0)))
        return state, columns, waiting

    def _decide(self, row: int, columns: Integers, state: Open) -> None:
        right = int(self.shared.counterpart[row])
        shown = int(columns[state.shown[row]])
        if right in columns:
            self.accepted.append((row, right))
            self.decided += zip(state.probability[row].tolist(), (columns == right).tolist(), strict=True)
        else:
            self.rejected.append((row, shown))
            self.decided.append((float(state.of_shown[row]), False))

    def _left(self, state: Open, columns: Integers, waiting: NDArray[np.bool_]) -> Left:
        shared = self.shared
        taken = [row - shared.n_left for row in shared.data.positions(shared.split.seed)[:, 1]]
        taken += [right for _, right in self.accepted]
        waits = waiting[:, None] & (state.probability > 0) & ~np.isin(columns, taken)
        pairs = np.stack([np.nonzero(waits)[0], columns[waits]], axis=1)
        decided = np.array([p for p, _ in self.decided], dtype=np.float64)
        right = np.array([truth for _, truth in self.decided], dtype=bool)
        return correct_left(state.probability[waits], pairs, decided[decided > 0], right[decided > 0])

    def _actually_left(self, columns: Integers, state: Open, waiting: NDArray[np.bool_]) -> int:
        there = (columns == self.shared.counterpart[:, None]) & (state.probability > 0)
        return int(there[waiting].sum())

    def _identifiers(self, rows: list[tuple[int, int]]) -> Integers:
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        left, right = self.shared.entity_ids
        return np.stack([left[pairs[:, 0]], right[pairs[:, 1]]], axis=1)
