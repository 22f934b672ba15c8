"""An ablation planned for a project: which cells there are, given the modalities and encoders that it has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from core.ablation.cells import cell_key
from core.ablation.variants import Ablation, Variant
from core.config import RunConfig
from core.errors import Cancelled, MimeaError, TrainingError
from core.features.graph_data import GraphData, load_graph_data
from core.store import arrays
from core.store.project_file import ProjectFile
from core.training.background import with_progress
from core.training.checkpoints import fingerprint
from core.training.devices import pick_device
from core.training.events import Progress
from core.training.split import Split, split_links


@dataclass(frozen=True, slots=True)
class Plan:
    """A cell to be measured."""

    variant: str
    config: RunConfig
    key: str

    @property
    def random_seed(self) -> int:
        """Of the cell's training."""
        return self.config.training.random_seed


@dataclass(frozen=True, slots=True)
class Study:
    """The plans in the order in which they run, and what they share."""

    ablation: Ablation
    config: RunConfig  # that the variants start from
    plans: tuple[Plan, ...]
    device: torch.device
    split: Split  # of the first random seed
    left_out: Mapping[str, str]  # modality or variant -> why
    entities: tuple[int, int]
    links: int


def prepare(
    project: ProjectFile,
    build: Callable[[RunConfig], Ablation],
    config: RunConfig,
    random_seeds: int,
    stop: threading.Event,
) -> Generator[Progress, None, Study]:
    """Load the features, which caches them beside the project, and plan the cells for what is there.

    Raises:
        TrainingError: there is nothing to train on, or nothing to measure against.
        Cancelled: ``stop`` was set.
    """
    # Verdicts that come between two cells would make their links others.
    config = config.replace(use_verdicts=False)
    with project.read() as session:
        links = arrays.known_links(session)
    split = split_links(links, config.training)
    if not len(split.test):
        raise TrainingError("an ablation needs test links and all known links are seeds; lower seed_ratio")
    device = pick_device(config.training.device)
    data = yield from features(project, config, stop)
    left_out = {str(modality): reason for modality, reason in data.left_out.items()}
    # Checkpoints change nothing that is learned: an ablation goes on cell by cell.
    config = config.replace(modalities=data.modalities, device=device.type, checkpoint_every=0)
    ablation = build(config)
    usual = fingerprint(data)
    variants: list[tuple[Variant, str]] = []
    for variant in ablation.variants:
        changed = config.replace(**variant.changes)
        graphs = usual
        if changed.features != config.features:
            try:
                graphs = fingerprint((yield from features(project, changed, stop)))
            except Cancelled:
                raise
            except MimeaError as error:  # an encoder's weights aren't on this machine
                left_out[variant.name] = str(error)
                continue
        variants.append((variant, graphs))
    return Study(
        ablation=replace(ablation, variants=tuple(variant for variant, _ in variants)),
        config=config,
        plans=tuple(_plans(ablation, variants, config, links, random_seeds)),
        device=device,
        split=split,
        left_out=left_out,
        entities=(data.n_left, data.n - data.n_left),
        links=len(links),
    )


def features(
    project: ProjectFile, config: RunConfig, stop: threading.Event
) -> Generator[Progress, None, GraphData]:
    """The tensors that a configuration reads."""
    return (
        yield from with_progress(
            lambda report: load_graph_data(project, config.features, config.model.modalities, report), stop
        )
    )


def _plans(
    ablation: Ablation,
    variants: Sequence[tuple[Variant, str]],
    config: RunConfig,
    links: arrays.KnownLinks,
    random_seeds: int,
) -> Iterator[Plan]:
    """Seed by seed: an interrupted ablation has measured every variant with the first ones."""
    costs = ablation.kind == "cost"
    first = config.training.random_seed
    for seed in range(first, first + (1 if costs else random_seeds)):
        split = split_links(links, config.replace(random_seed=seed).training)
        for variant, graphs in variants:
            changed = config.replace(**variant.changes, random_seed=seed)
            # A figure's cells may be a table's as well.
            key = cell_key("cost" if costs else "ranking", changed, graphs, split)
            yield Plan(variant.name, changed, key)
