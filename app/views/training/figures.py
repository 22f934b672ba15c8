"""What the curves of a run can show: each figure with its lines and what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from app import theme
from core.modality import JOINT, MODALITIES, PAPER_MODALITIES
from core.store.epochs import EpochInfo

Values = Mapping[str, float | None]
Style = Literal["solid", "dash", "dot", "dash-dot"]


@dataclass(frozen=True, slots=True)
class Line:
    """How a column is drawn; without a colour in that of text, told apart by its dashes."""

    name: str
    label: str
    color: str | None = None
    style: Style = "solid"
    optional: bool = False  # not in the legend before there is a value of it


@dataclass(frozen=True, slots=True)
class Figure:
    """One plot over epochs. ``evaluated`` ones have values in epochs that were evaluated only.

    With ``banded``, a line's value has a standard deviation around it: the column of its name and ``±``.
    """

    key: str
    title: str
    meaning: str  # one line, shown on hover
    lines: tuple[Line, ...]
    values: Callable[[EpochInfo], Values]
    evaluated: bool = False
    unit: bool = False  # from 0 to 1, all of it
    banded: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its values."""
        names = tuple(line.name for line in self.lines)
        return names + tuple(band(name) for name in names) if self.banded else names


def band(name: str) -> str:
    """The column of a line's standard deviation."""
    return f"{name}±"


def _modalities(*first: Line) -> tuple[Line, ...]:
    """One line a modality in its colour, after others."""
    return (
        *first,
        *(
            Line(name, name.capitalize(), theme.MODALITY_COLORS[name], optional=name not in PAPER_MODALITIES)
            for name in MODALITIES
        ),
    )


_METRICS = (
    Line("mrr", "MRR"),
    Line("hits@1", "Hits@1", style="dash"),
    Line("hits@10", "Hits@10", style="dot"),
)
_DECODINGS = (
    Line("cosine", "Cosine", style="dot"),
    Line("csls", "CSLS"),
    Line("sinkhorn", "Sinkhorn", style="dash", optional=True),  # runs of earlier versions have none
)


def _of_csls(info: EpochInfo) -> Values:
    return {"mrr": info.mrr, "hits@1": info.hits1, "hits@10": info.hits10}


def _by_decoding(metric: str, info: EpochInfo) -> Values:
    found = {name: metrics.get(metric) for name, metrics in info.decodings.items()}
    return found or {"csls": _of_csls(info)[metric]}


def _with_spread(info: EpochInfo) -> Values:
    return {**info.weights, **{band(name): value for name, value in info.spread.items()}}


FIGURES: tuple[Figure, ...] = (
    Figure(
        "loss",
        "Loss",
        "Contrastive loss (eq. 9) of each modality and of the joint embedding: lower is better.",
        _modalities(Line(JOINT, "Joint")),
        lambda info: info.losses,
    ),
    Figure(
        "ranking",
        "Ranking (CSLS)",
        "Where held-out links rank their right answer: mean of 1/rank, and the share first and among ten.",
        _METRICS,
        _of_csls,
        evaluated=True,
        unit=True,
    ),
    Figure(
        "decodings",
        "MRR by decoding",
        "Mean of 1/rank of the right answer, by how similarities become a ranking; Sinkhorn takes 10 rounds.",
        _DECODINGS,
        partial(_by_decoding, "mrr"),
        evaluated=True,
        unit=True,
    ),
    *(
        Figure(
            f"decodings {metric}",
            f"{title} by decoding",
            f"Share of held-out links whose right answer is {where}, by how similarities become a ranking.",
            _DECODINGS,
            partial(_by_decoding, metric),
            evaluated=True,
            unit=True,
        )
        for metric, title, where in (
            ("hits@1", "Hits@1", "first"),
            ("hits@10", "Hits@10", "among the first ten"),
        )
    ),
    Figure(
        "phi",
        "Loss weights",
        "What eq. 10 multiplies each loss with: the inverse of its learned uncertainty, 1 at the start.",
        _modalities(Line(JOINT, "Joint")),
        lambda info: info.loss_weights,
    ),
    Figure(
        "weights",
        "Modality weights",
        "Mean weight in the joint embedding (eq. 6); the band is one standard deviation over entities.",
        _modalities(),
        _with_spread,
        evaluated=True,
        unit=True,
        banded=True,
    ),
    Figure(
        "pseudo",
        "Pseudo-seeds",
        "How many pairs that the run found itself it trains on.",
        (Line("count", "Pseudo-seeds"),),
        lambda info: {"count": info.pseudo_seeds},
    ),
    Figure(
        "precision",
        "Precision of pseudo-seeds",
        "Of the pseudo-seeds whose answer is known, the share that is right; the run doesn't see this.",
        (Line("precision", "Precision"),),
        lambda info: {"precision": info.pseudo_precision},
        unit=True,
    ),
    Figure(
        "pace",
        "Epochs a second",
        "How fast epochs are, evaluation and checkpoints left out.",
        (Line("pace", "Epochs a second"),),
        lambda info: {"pace": 1 / info.seconds if info.seconds else None},
    ),
    Figure(
        "memory",
        "Memory, GB",
        "What the program holds in main memory, or torch on the GPU.",
        (Line("memory", "Memory"),),
        lambda info: {"memory": None if info.memory is None else info.memory / 1e9},
    ),
)
BY_KEY: Mapping[str, Figure] = {figure.key: figure for figure in FIGURES}
