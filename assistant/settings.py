"""Settings, read from the environment once, at the entry point, and passed on as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.home import home_folder


@dataclass(frozen=True, slots=True)
class Settings:
    """`home`: where data is kept. `model`: an `init_chat_model` string ("ollama:llama3.2"), `None` for no model."""

    home: Path
    model: str | None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Settings:
        return cls(home_folder(environ), environ.get("STACK_ADVISOR_MODEL") or None)
