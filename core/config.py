"""Frozen settings of a run: what can be set, its range, and how it travels to and from JSON.

The exact configuration is stored with each run, so a field is never renamed without a migration.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from core.errors import ConfigError
from core.modality import MODALITIES, PAPER_MODALITIES, Modality

Distribution = Literal["beta", "cauchy", "gamma", "gumbel", "laplace"]
Fusion = Literal["pmf", "equal", "attention", "gated"]
VisualEncoder = Literal["thumbnail", "efficientnet_lite0", "vgg16", "resnet152", "vit_b_16", "precomputed"]
TextEncoder = Literal["bag", "sentence"]
Bag = Literal["weighted", "counts"]
LossWeights = Literal["uncertainty", "fixed"]
Schedule = Literal["constant", "cosine"]
Iterative = Literal["off", "paper", "propagation"]
HeadReduction = Literal["concat", "mean"]
Measure = Literal["all", "csls"]
Device = Literal["auto", "cpu", "cuda"]


def _setting(
    default: Any, help: str, *, symbol: str = "", low: float | None = None, high: float | None = None
) -> Any:
    """A dataclass field that carries its meaning, its symbol in the paper and its inclusive range."""
    return field(default=default, metadata={"help": help, "symbol": symbol, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class FeatureConfig:
    """How graphs become tensors."""

    bag: Bag = _setting(
        "weighted", "Relation and attribute bags: log counts weighted by rarity, or plain counts"
    )
    visual_encoder: VisualEncoder = _setting("thumbnail", "What turns an image into a vector (eq. 5)")
    visual_weights: str = _setting(
        "", "File with the visual encoder's weights; empty looks in the usual cache"
    )
    visual_features: str = _setting(
        "",
        "File of image features (.h5, .npz, .npy, .safetensors, .pkl), or two with ; between them",
    )
    text_encoder: TextEncoder = _setting(
        "bag", "Relations, attributes and names as bags of words or as sentence embeddings"
    )
    text_model: str = _setting(
        "", "Folder of a sentence-transformers or transformers model; empty takes the installed one"
    )


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The architecture and its losses: sections 4.1 to 4.4 of the paper."""

    dimension: int = _setting(300, "Embedding dimension of every modality", symbol="d", low=2, high=4096)
    layers: int = _setting(2, "Attention layers of the structure encoder", low=1, high=8)
    heads: int = _setting(2, "Attention heads a layer", symbol="K", low=1, high=16)
    head_reduction: HeadReduction = _setting(
        "concat", "Heads side by side, each with its share of the dimensions, or averaged over all of them"
    )
    activation: Literal["elu", "relu"] = _setting(
        "elu", "Non-linearity σ of the structure encoder: ELU between layers, or ReLU after each (eq. 1)"
    )
    modalities: tuple[Modality, ...] = _setting(PAPER_MODALITIES, "Modalities that take part")
    fusion: Fusion = _setting("pmf", "How modalities are weighted in the joint embedding (table 6)")
    distribution: Distribution = _setting("beta", "Distribution of the fusion module (table 6)")
    pivot: Modality = _setting("structure", "Modality that the others are compared with (table 7)")
    pmf_lambda: float = _setting(
        0.1, "Incremental rate of the modality weights", symbol="λ", low=0.0, high=10.0
    )
    pivot_score: Literal["self", "one"] = _setting(
        "self", "What the pivot itself scores: as one that diverges from the pivot by 0, or 1 (eq. 6)"
    )
    kl_reduction: Literal["mean", "sum"] = _setting(
        "mean", "How divergences of the d/2 dimensions combine (eq. 6)"
    )
    transport: tuple[Modality, ...] = _setting(
        ("relation", "attribute", "visual"),
        "Modalities that optimal transport translates for their own loss (table 5); structure never",
    )
    transport_epsilon: float = _setting(
        0.05, "Entropic regularisation of Sinkhorn", symbol="ε", low=1e-4, high=10.0
    )
    transport_sample: int = _setting(256, "Entities sampled for the transport cost", low=2, high=100_000)
    contrastive: tuple[Modality, ...] = _setting(
        MODALITIES,
        "Modalities with a loss of their own beside the joint one (eq. 10); none is table 4's w/o MCL",
    )
    loss_weights: LossWeights = _setting(
        "uncertainty", "Weights φ of the losses: learned uncertainties, or fixed at 1", symbol="φ"
    )


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The optimisation: section 4.4 and 5.1 of the paper."""

    epochs: int = _setting(1000, "Epochs at most", low=1, high=100_000)
    batch_size: int = _setting(512, "Seed pairs in a batch", low=2, high=65_536)
    learning_rate: float = _setting(5e-4, "Learning rate of AdamW", symbol="lr", low=1e-7, high=1.0)
    schedule: Schedule = _setting(
        "constant", "Learning rate over the epochs: constant, or falling to 0 along a cosine"
    )
    weight_decay: float = _setting(1e-2, "Weight decay of AdamW", low=0.0, high=1.0)
    tau: float = _setting(0.1, "Temperature of the contrastive loss (eq. 9)", symbol="τ", low=1e-3, high=10.0)
    gamma: float = _setting(0.8, "Weight of inner-graph negatives (eq. 9)", symbol="γ", low=0.0, high=10.0)
    seed_ratio: float = _setting(0.2, "Share of the known links given as seeds", low=0.0, high=1.0)
    validation_ratio: float = _setting(
        0.0, "Share of the seeds held out to choose the epoch", low=0.0, high=0.9
    )
    random_seed: int = _setting(0, "Seed of every random choice", low=0, high=2**31 - 1)
    evaluate_every: int = _setting(10, "Epochs between two evaluations", low=1, high=100_000)
    patience: int = _setting(
        0, "Evaluations without gain before stopping; 0 never stops early", low=0, high=10_000
    )
    iterative: Iterative = _setting(
        "off",
        "Pseudo-seeds: none; mutual nearest neighbours after a probation, as section 5.1 has it; or what "
        "support by matched neighbours finds, anew each time",
    )
    iterative_start: int = _setting(500, "Epoch from which pseudo-seeds are sought", low=1, high=100_000)
    iterative_every: int = _setting(5, "Epochs between two searches", symbol="R", low=1, high=10_000)
    iterative_probation: int = _setting(
        50, "Epochs a pair must stay in the buffer", symbol="M", low=0, high=10_000
    )
    checkpoint_every: int = _setting(
        50,
        "Epochs between two checkpoints, from which a killed run goes on; 0 writes none",
        low=0,
        high=100_000,
    )
    support_weight: float = _setting(
        3.0,
        "Weight of matched neighbours beside the embeddings' cosine; 0 leaves them out",
        low=0.0,
        high=10.0,
    )
    support_rounds: int = _setting(
        5, "Rounds in which matches that were found support others; 0 takes the seeds alone", low=0, high=20
    )
    measure: Measure = _setting(
        "all",
        "What is measured at the end: every decoding in both directions, or CSLS alone, which is faster",
    )
    use_verdicts: bool = _setting(
        True, "Learn from verdicts: accepted pairs are seeds, rejected ones are told apart"
    )
    device: Device = _setting("auto", "Where to train: a GPU when there is one")
    top_k: int = _setting(10, "Candidates kept for each left entity", low=1, high=100)


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that decides what a run computes."""

    features: FeatureConfig = field(default_factory=FeatureConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        for section in (self.features, self.model, self.training):
            _check_section(section)
        if self.model.dimension % 2:
            raise ConfigError(
                f"dimension must be even (its halves are α and β of eq. 6), found {self.model.dimension}"
            )
        if self.training.iterative == "propagation" and not self.training.support_weight:
            raise ConfigError("iterative propagation needs a support_weight above 0, found 0")
        if self.training.iterative == "propagation" and not self.training.support_rounds:
            raise ConfigError(
                "iterative propagation needs support_rounds above 0, in which matches are found"
            )
        if not self.model.modalities:
            raise ConfigError("modalities must name at least one of " + ", ".join(MODALITIES))

    def to_json(self) -> str:
        """The settings as one JSON object with the sections ``features``, ``model``, ``training``."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Inverse of :meth:`to_json`; missing keys keep their default.

        Raises:
            ConfigError: not JSON, an unknown key, a value of the wrong type or out of range.
        """
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ConfigError(f"the settings are not JSON: {error}") from error
        if not isinstance(data, dict):
            raise ConfigError(f"the settings must be a JSON object, found {type(data).__name__}")
        return cls().replace(
            **{
                f"{section}.{key}": value
                for section, values in data.items()
                for key, value in (values.items() if isinstance(values, dict) else [("", values)])
            }
        )

    def replace(self, **changes: Any) -> RunConfig:
        """A copy with ``section.key`` or plain ``key`` set; keys are unique over the sections.

        Raises:
            ConfigError: an unknown key, a value of the wrong type or out of range.
        """
        sections: dict[str, dict[str, Any]] = {f.name: {} for f in fields(self)}
        owners = {f.name: name for name in sections for f in fields(getattr(self, name))}
        for key, value in changes.items():
            section, _, name = key.rpartition(".")
            if name not in owners or (section and section != owners[name]):
                raise ConfigError(f"there is no setting {key!r}; known are {', '.join(sorted(owners))}")
            sections[owners[name]][name] = _coerce(type(getattr(self, owners[name])), name, value)
        return RunConfig(
            **{name: dataclasses.replace(getattr(self, name), **values) for name, values in sections.items()}
        )


# To read the types off the annotations takes milliseconds each time.
_TYPES: dict[type, dict[str, Any]] = {
    section: get_type_hints(section) for section in (FeatureConfig, ModelConfig, TrainingConfig)
}


_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _coerce(section: type, name: str, value: Any) -> Any:
    """``value`` as the field's type; text (from a command line) is parsed."""
    wanted = _TYPES[section][name]
    origin = get_origin(wanted)
    try:
        if origin is tuple:
            items = (
                [part.strip() for part in value.split(",") if part.strip()]
                if isinstance(value, str)
                else value
            )
            return tuple(items)
        if wanted == Iterative and isinstance(value, bool):  # as stored by earlier versions
            return "paper" if value else "off"
        if wanted is bool:
            return _BOOLEANS[str(value).lower()]
        if wanted is int and isinstance(value, float) and not value.is_integer():
            raise ValueError
        if wanted in (int, float):
            return wanted(value)
        if wanted is str and not isinstance(value, str):
            raise TypeError
    except (KeyError, TypeError, ValueError):
        raise ConfigError(f"{name} must be {_kind(wanted)}, found {value!r}") from None
    return value


def _kind(wanted: Any) -> str:
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    return kinds.get(wanted, "a list of names")


def _check_section(section: Any) -> None:
    hints = _TYPES[type(section)]
    for f in fields(section):
        value, wanted = getattr(section, f.name), hints[f.name]
        if get_origin(wanted) is Literal and value not in get_args(wanted):
            raise ConfigError(f"{f.name} must be one of {', '.join(get_args(wanted))}, found {value!r}")
        if get_origin(wanted) is tuple:
            unknown = [item for item in value if item not in MODALITIES]
            if unknown:
                raise ConfigError(
                    f"{f.name}: there is no modality {unknown[0]!r}; known are {', '.join(MODALITIES)}"
                )
        low, high = f.metadata["low"], f.metadata["high"]
        if low is not None and not low <= value <= high:
            raise ConfigError(f"{f.name} must be between {low:g} and {high:g}, found {value:g}")
