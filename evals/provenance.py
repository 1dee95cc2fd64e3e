"""What a run was made with: versions, machine, model, prompts and corpus, so that two runs can be told apart."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import assistant
from evals.run import Stamp
from evals.stats import SEED

PACKAGES = (
    "stack-advisor",
    "chromadb",
    "bm25s",
    "sentence-transformers",
    "torch",
    "langchain",
    "ir-measures",
    "ortools",
    "numpy",
)


def prompts_digest() -> str:
    """The short name of the prompt files: changes when any of their text does."""
    folder = Path(assistant.__file__).parent / "prompts"
    texts = b"\x00".join(file.read_bytes() for file in sorted(folder.glob("*.md")))
    return hashlib.sha256(texts).hexdigest()[:12]


def provenance(stamp: Stamp) -> dict[str, Any]:
    """Everything that says what a run was made with."""
    return {
        "corpus": stamp.corpus,
        "cases": stamp.cases,
        "model": stamp.model,
        "prompts": stamp.prompts,
        "seed": SEED,
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "machine": machine(),
    }


def machine() -> str:
    """Processor kind, number of processors and operating system."""
    return f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
