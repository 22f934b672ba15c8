"""Which variants of a configuration each table, and the figure, of the paper compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from core.config import Distribution, RunConfig
from core.modality import Modality

FULL = "MIMEA"
# The values on the axes of figure 3 stand in its picture only: these bracket the paper's settings.
_AXES: dict[str, tuple[float, ...]] = {
    "dimension": (100, 200, 300, 400, 500),
    "pmf_lambda": (0.01, 0.05, 0.1, 0.5, 1.0),
    "gamma": (0.2, 0.4, 0.6, 0.8, 1.0),
    "tau": (0.05, 0.1, 0.2, 0.5, 1.0),
}
_FUSIONS = {"equal": "equal weights", "attention": "attention", "gated": "gated"}


@dataclass(frozen=True, slots=True)
class Variant:
    """A name and what it changes in the configuration that all variants start from."""

    name: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ablation:
    """Variants that are trained with the same random seeds and compared with ``reference``, one of them."""

    name: str  # of its files
    title: str
    variants: tuple[Variant, ...]
    reference: str = FULL
    kind: Literal["ranking", "figure", "cost"] = "ranking"


def modules(config: RunConfig) -> Ablation:
    """Table 4: without each modality, without each module, and with the stronger encoders."""
    return Ablation(
        "table4",
        "Modalities and modules (table 4)",
        (
            *_without_modalities(config),
            *_without_modules(),
            Variant(FULL, {}),
            Variant(f"{FULL}†", {"text_encoder": "sentence", "visual_encoder": "resnet152"}),
            Variant(f"{FULL}‡", {"text_encoder": "sentence", "visual_encoder": "vit_b_16"}),
        ),
    )


def transport(config: RunConfig) -> Ablation:
    """Table 5: optimal transport switched off for one modality at a time."""
    translated = [modality for modality in config.model.transport if modality in config.model.modalities]
    return Ablation(
        "table5",
        "Optimal transport by modality (table 5)",
        (
            *(
                Variant(f"w/o OTMA, {modality}", {"transport": _but(translated, modality)})
                for modality in translated
            ),
            Variant(FULL, {}),
        ),
    )


def fusions(config: RunConfig) -> Ablation:
    """Table 6: the distributions of the fusion module, and the fusions it is compared with."""
    return Ablation(
        "table6",
        "Distributions and fusions (table 6)",
        (
            *(
                Variant(name.capitalize(), {"fusion": "pmf", "distribution": name})
                for name in get_args(Distribution)
            ),
            *(Variant(f"Fusion: {title}", {"fusion": name}) for name, title in _FUSIONS.items()),
        ),
        reference=config.model.distribution.capitalize(),
    )


def pivots(config: RunConfig) -> Ablation:
    """Table 7: each modality as the one that the others are compared with."""
    present = config.model.modalities
    usual = config.model.pivot if config.model.pivot in present else present[0]
    return Ablation(
        "table7",
        "Pivot of the fusion (table 7)",
        tuple(Variant(f"Pivot: {modality}", {"fusion": "pmf", "pivot": modality}) for modality in present),
        reference=f"Pivot: {usual}",
    )


def costs(config: RunConfig) -> Ablation:
    """Table 8: what the variants cost; the paper's other methods are not part of this program."""
    return Ablation(
        "table8",
        "Cost (table 8)",
        (
            Variant(FULL, {}),
            *_without_modalities(config),
            *_without_modules(),
            *(
                Variant(f"Fusion: {title}", {"fusion": name})
                for name, title in _FUSIONS.items()
                if name != "equal"  # "w/o PMF" above
            ),
        ),
        kind="cost",
    )


def sweeps(_config: RunConfig) -> Ablation:
    """Figure 3: one hyper-parameter at a time, the others as configured."""
    return Ablation(
        "figure3",
        "Hyper-parameters (figure 3)",
        (
            Variant(FULL, {}),
            *(
                Variant(f"{setting} = {value:g}", {setting: value})
                for setting, values in _AXES.items()
                for value in values
            ),
        ),
        kind="figure",
    )


TABLES: dict[int, Callable[[RunConfig], Ablation]] = {
    4: modules,
    5: transport,
    6: fusions,
    7: pivots,
    8: costs,
}
FIGURES: dict[int, Callable[[RunConfig], Ablation]] = {3: sweeps}


def _without_modalities(config: RunConfig) -> Iterable[Variant]:
    present = config.model.modalities
    if len(present) > 1:
        yield from (
            Variant(f"w/o {modality}", {"modalities": _but(present, modality)}) for modality in present
        )


def _without_modules() -> Iterable[Variant]:
    yield Variant("w/o PMF", {"fusion": "equal"})
    yield Variant("w/o OTMA", {"transport": ()})
    yield Variant("w/o MCL", {"contrastive": ()})


def _but(modalities: Iterable[Modality], left_out: Modality) -> tuple[Modality, ...]:
    return tuple(modality for modality in modalities if modality != left_out)
