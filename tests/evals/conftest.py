"""Answers to score: hand-made ones over the real records, and real ones of the assistant."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import Catalogue, frameworks
from corpus.index import current_generation
from evals.measures import Records
from evals.run import LISTS, Ours


@pytest.fixture(scope="session")
def records(home: Path) -> Records:
    generation = current_generation(home)
    assert generation is not None
    return Records(Catalogue.open(generation / "records.json"), frameworks())


@pytest.fixture(scope="session")
def ours(adviser: Any) -> Ours:
    return Ours(adviser)


def turn(answer: str = "", **fields: Any) -> dict[str, Any]:
    """One answer in the form of `ask --json`, empty but for what is given."""
    return {
        **{name: [] for name in LISTS},
        "answer": answer,
        "outcome": "advised",
        "profile": {},
        "timings_ms": {},
        **fields,
    }


class Scripted:
    """A system that answers each message from a table, or all of them with one function."""

    name = "ours"

    def __init__(self, answer: Mapping[str, Any] | Callable[[str], dict[str, Any]]) -> None:
        self._answer = answer if callable(answer) else answer.__getitem__

    def converse(self, turns: Sequence[str]) -> list[Any]:
        return [self._answer(message) for message in turns]
