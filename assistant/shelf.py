"""Everything a turn reads from, opened once per process and reopened when an ingest has made a new index current."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.distress import ReferralClassifier, harmless_sentences
from assistant.gazetteer import COMMON_PROVIDER_WORDS, Gazetteer, plain
from assistant.needs import NeedClassifier
from assistant.pathway import Pathways
from assistant.phrasings import vectors_of
from assistant.reading import Reader
from assistant.referral import screens_of, screens_of_danger
from assistant.retrieval import Searcher
from assistant.scheme_names import schemes_named
from corpus.cards import Card
from corpus.catalogue import Catalogue, frameworks
from corpus.credit import FrameworkTable
from corpus.embedding import Embedder
from corpus.index import CourseIndex, IndexProblem, current_generation
from corpus.passages import sentences


@dataclass(frozen=True, slots=True)
class Library:
    """One generation of the corpus, ready to answer from."""

    generation: Path
    catalogue: Catalogue
    table: FrameworkTable
    reader: Reader
    searcher: Searcher
    pathways: Pathways
    distress: ReferralClassifier
    card_owners: Mapping[str, frozenset[str]]
    """For each card about one provider's own rule: the words of its name that a turn must hold to be about it."""
    card_awards: Mapping[str, frozenset[str]]
    """For each card whose title names awards: which. A turn that names the award is answered from it first."""
    card_schemes: Mapping[str, frozenset[str]]
    """For each card whose title or first sentence names schemes that pay: which."""
    card_occupations: Mapping[str, frozenset[str]]
    """For each card whose title names occupations: which. Such a card says what the occupation's record says."""


class Shelf:
    """Hands out the current library. Opening is slow (a second or so); asking again costs one small file read."""

    def __init__(self, home: Path, embedder: Embedder) -> None:
        self._home = home
        self._embedder = embedder
        self._classifier = NeedClassifier(embedder, home)
        harmless = harmless_sentences()
        # What people ask an adviser every day calls for no referral, either.
        self._harmless = (
            (*harmless, *self._classifier.texts),
            np.vstack([vectors_of("harmless", harmless, embedder, home), self._classifier.vectors]),
        )
        self._open: Library | None = None
        # Chroma fails now and then when several threads open one folder at once.
        self._opening = threading.Lock()

    def current(self) -> Library:
        """The library of the generation that is current now. Raises `IndexProblem` if there is none or it is unusable."""
        generation = current_generation(self._home)
        if generation is None:
            raise IndexProblem(f"{self._home}: no index yet")
        with self._opening:
            if self._open is None or self._open.generation != generation:
                self._open = self._opened(generation)
            return self._open

    def _opened(self, generation: Path) -> Library:
        index = CourseIndex.open(generation, embedder=self._embedder.name, dim=self._embedder.dim)
        try:
            catalogue = Catalogue.open(generation / "records.json")
        except (OSError, ValueError) as error:
            raise IndexProblem(f"{generation / 'records.json'}: cannot be read ({type(error).__name__})") from error
        gazetteer = Gazetteer(catalogue)
        passages, vectors = index.load()
        names = {course.provider for course in catalogue.courses} | {award.provider for award in catalogue.awards}
        providers = [frozenset(plain(name).split()) for name in sorted(names)]
        return Library(
            generation,
            catalogue,
            frameworks(),
            Reader(gazetteer, self._classifier, self._embedder),
            Searcher(catalogue, frameworks(), passages, vectors),
            Pathways(catalogue, frameworks()),
            ReferralClassifier(screens_of(catalogue), screens_of_danger(), passages, vectors, self._harmless),
            {card.id: _owner_words(card, gazetteer, providers) for card in catalogue.cards},
            {card.id: frozenset(gazetteer.find(card.title).ids("award")) for card in catalogue.cards},
            {card.id: schemes_named(f"{card.title}. {sentences(card.text)[0]}") for card in catalogue.cards},
            {card.id: frozenset(gazetteer.find(card.title).ids("occupation")) for card in catalogue.cards},
        )


def _owner_words(card: Card, gazetteer: Gazetteer, providers: Sequence[frozenset[str]]) -> frozenset[str]:
    """ "Nottingham: PGCE credits" belongs to Nottingham; so does a card whose title names a provider in full. Empty for
    everybody's rules."""
    before, colon, _ = card.title.partition(":")
    words = frozenset(plain(before).split()) - COMMON_PROVIDER_WORDS
    if colon and words and any(words <= provider for provider in providers):
        return words
    named = gazetteer.find(card.title).ids("provider")
    return frozenset(plain(named[0]).split()) - COMMON_PROVIDER_WORDS if named else frozenset()
