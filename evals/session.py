"""Everything an evaluation asks and checks against, opened once: our assistant, the records, and what the baselines need."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from assistant.advise import Adviser, open_adviser
from assistant.llm import ChatModel, LanguageModel
from assistant.settings import Settings
from corpus.catalogue import Catalogue, frameworks
from corpus.embedding import SentenceEmbedder
from corpus.index import CourseIndex, current_generation
from evals.attack import poisoned_shelf
from evals.case import Case
from evals.measures import Records, Turn
from evals.provenance import prompts_digest
from evals.report import ATTACK
from evals.run import Ours, Stamp, System
from evals.scoring import Row, score_all
from ingest.command import progress_bar
from ingest.run import refresh


@dataclass(frozen=True)
class Session:
    """One index, opened. `ours` answers from it and `records` are what it holds."""

    settings: Settings
    ours: Ours
    records: Records
    generation: Path

    def stamp(self, cases: str) -> Stamp:
        """What decides the answers of a run over the cases with this digest."""
        return Stamp(cases, self.records.catalogue.digest, self.settings.model or "none", prompts_digest())

    @cached_property
    def embedder(self) -> SentenceEmbedder:
        return SentenceEmbedder()

    @property
    def model(self) -> LanguageModel | None:
        return ChatModel(self.settings.model) if self.settings.model else None

    def baselines(self) -> Sequence[System]:
        """Raises `ImportError` if langchain-chroma is not installed."""
        # Imported here: only a run with --baseline needs LangChain's store.
        from evals.baseline import baselines

        index = CourseIndex.open(self.generation, embedder=self.embedder.name, dim=self.embedder.dim)
        passages, vectors = index.load()
        return baselines(self.records.catalogue, passages, vectors, self.embedder, self.model)

    @contextmanager
    def attacked(self, cases: Sequence[Case]) -> Iterator[tuple[Ours, Records]]:
        """Our assistant over a copy of the index that holds the hostile records, and those records."""
        with poisoned_shelf(self.settings.home, cases, self.embedder) as shelf:
            yield Ours(Adviser(shelf, self.model)), Records(shelf.current().catalogue, frameworks())

    def attack(self, attacks: Sequence[Case]) -> tuple[list[Case], list[list[Turn]], list[Row]]:
        """Every attack tried: the cases under the category "attack", the answers and the scores."""
        cases = [replace(case, category=ATTACK) for case in attacks]
        with self.attacked(cases) as (ours, records):
            answers = [ours.converse(case.turns) for case in cases]
            return cases, answers, score_all(ours.name, cases, answers, records)


def open_session(settings: Settings) -> Session:
    """Builds or refreshes the index if needed. Raises what `ingest.run.refresh` and `open_adviser` raise."""
    embedder = SentenceEmbedder()
    with progress_bar() as progress:
        refresh(settings.home, datetime.date.today(), embedder, progress)
    adviser = open_adviser(settings, embedder)
    generation = current_generation(settings.home)
    assert generation is not None, "an adviser that is open has an index"
    records = Records(Catalogue.open(generation / "records.json"), frameworks())
    return Session(settings, Ours(adviser), records, generation)
