"""Where the program keeps its data. Nothing is written anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path


def home_folder(environ: Mapping[str, str]) -> Path:
    """`STACK_ADVISOR_HOME`, or the platform's folder for user data."""
    chosen = environ.get("STACK_ADVISOR_HOME")
    return Path(chosen) if chosen else user_data_path("stack-advisor", appauthor=False)
