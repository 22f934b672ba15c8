"""Where each setting of a run stands in the form, and what it is called there."""

from __future__ import annotations

# Those that are always shown.
MAIN = {
    "seed_ratio": "Links as seeds, %",
    "validation_ratio": "Seeds held out, %",
    "epochs": "Epochs at most",
    "dimension": "Dimension",
    "modalities": "Modalities",
    "visual_encoder": "Image encoder",
    "iterative": "Pseudo-seeds",
    "use_verdicts": "Learn from verdicts",
    "support_weight": "Support weight",
    "random_seed": "Random seed",
    "device": "Device",
}
# All others by what they concern.
GROUPS = {
    "Features": {
        "visual_weights": "Image weights",
        "visual_features": "Image features",
        "text_encoder": "Text encoder",
        "text_model": "Text model",
        "bag": "Bags of words",
    },
    "Structure encoder": {
        "layers": "Layers",
        "heads": "Heads",
        "activation": "Activation",
    },
    "Fusion of modalities": {
        "fusion": "Fusion",
        "distribution": "Distribution",
        "pivot": "Pivot",
        "pmf_lambda": "PMF rate",
        "pivot_score": "Pivot's score",
        "kl_reduction": "Divergences",
    },
    "Transport between modalities": {
        "transport": "Transport of",
        "transport_epsilon": "Entropy",
        "transport_sample": "Sample",
    },
    "Losses": {
        "contrastive": "Losses of",
        "loss_weights": "Loss weights",
        "tau": "Temperature",
        "gamma": "Inner negatives",
    },
    "Optimisation": {
        "batch_size": "Batch size",
        "learning_rate": "Learning rate",
        "schedule": "Rate schedule",
        "weight_decay": "Weight decay",
        "evaluate_every": "Evaluate every",
        "measure": "Measured at the end",
        "patience": "Patience",
        "checkpoint_every": "Checkpoint every",
    },
    "Pseudo-seeds": {
        "iterative_start": "From epoch",
        "iterative_every": "Sought every",
        "iterative_probation": "Probation",
    },
    "Candidates": {
        "support_rounds": "Support rounds",
        "top_k": "Candidates kept",
    },
}
