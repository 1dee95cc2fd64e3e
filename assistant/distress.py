"""Messages that call for a referral though they use none of the cue words: a small classifier over the referral cards' own phrasings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.phrasings import Seen
from corpus.embedding import Vectors
from corpus.passages import Passage

NONE = ""
REFERRALS = "refer-"
"""How the ids of referral cards begin."""
OTHERS_PER_CARD = 4
"""Phrasings of each other card that stand for what calls for no referral."""
COURSES = 300
"""Course texts that stand for it as well: "a mental health course" is no cry for help."""
SURE, SURE_OF_DANGER, SURE_OF_SHORT = 0.75, 0.6, 0.94
"""Least probability that a sentence calls for some referral, though no cue word does; that it tells of danger; and of a short
sentence, which says little by itself."""
SHORT = 7
"""Words."""
MOSTLY, MOSTLY_DANGER = 0.5, 0.35
"""Least probability for the one referral it is; less where somebody may come to harm."""
OF_ALL = 0.2
"""What a part of a sentence calls for must be at least this likely of the whole sentence."""


class ReferralClassifier:
    """Which referral a sentence calls for. Built once per generation, from vectors the index already holds."""

    def __init__(
        self,
        cards: Mapping[str, str],
        danger: frozenset[str],
        passages: Sequence[Passage],
        vectors: Vectors,
        harmless: tuple[Sequence[str], Vectors],
    ) -> None:
        """`cards`: for each referral card, also of one nation, the screen it belongs to; `danger`: screens for
        somebody who may come to harm; `harmless`: sentences that call for nothing, with their vectors (n, dim)."""
        self._danger = danger
        self._screens = frozenset(cards.values())
        # Imported here: scikit-learn takes most of a second, and `plan` and `--help` need no classifier.
        from sklearn.linear_model import LogisticRegression

        places, labels = _examples(cards, passages)
        # A catalogue without referral cards (somebody's own, a small one in a test) has nothing to tell apart.
        self._model: Any = None
        if len(set(labels)) > 1:
            texts, their_vectors = harmless
            self._seen = Seen([*(passages[place].text for place in places), *texts])
            seen = self._seen.of(np.vstack([vectors[places], their_vectors]))
            self._model = LogisticRegression(C=30.0, max_iter=500, class_weight="balanced")
            self._model.fit(seen, [*labels, *[NONE] * len(texts)])

    def calls_for(
        self, texts: Sequence[str], vectors: Vectors, plain: Sequence[bool] = (), about_study: Sequence[bool] = ()
    ) -> tuple[str, ...]:
        """The screens that any of `texts`, sentences with their `vectors` (n, dim), surely calls for, likeliest first. A
        sentence that is `plain` tells a mere fact, and calls for none but one of danger; of one that is `about_study` it has to
        be as sure as of a short one."""
        if self._model is None:
            return ()
        probabilities: NDArray[np.float64] = self._model.predict_proba(self._seen.of(vectors, texts))
        classes = list(map(str, self._model.classes_))
        doubtful = np.array([len(text.split()) < SHORT for text in texts]) | np.array(
            about_study or [False] * len(texts)
        )
        least = np.where(doubtful, SURE_OF_SHORT, SURE)
        screens = [place for place, name in enumerate(classes) if name in self._screens]
        sure = probabilities[:, screens].sum(axis=1) >= least
        dangers = [place for place in screens if classes[place] in self._danger]
        in_danger = (probabilities[:, dangers].sum(axis=1) >= SURE_OF_DANGER) & ~doubtful
        told = np.array(plain or [False] * len(texts))
        in_all = _in_whole_sentences(texts, probabilities)
        strongest: dict[str, float] = {}
        for place in screens:
            name = classes[place]
            of_each = probabilities[:, place]
            mostly = MOSTLY_DANGER if name in self._danger else MOSTLY
            certain = sure | in_danger if name in self._danger else sure
            enough = certain & (of_each >= mostly) & (in_all[:, place] >= OF_ALL) & ((name in self._danger) | ~told)
            strongest[name] = float(of_each[enough].max(initial=0.0))
        order = sorted(strongest, key=lambda name: -strongest[name])
        return tuple(name for name in order if strongest[name])


def _in_whole_sentences(texts: Sequence[str], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each text the probabilities of the sentence it is a part of; its own if it is a whole one."""
    whole = [
        next((place for place, other in enumerate(texts) if text != other and text in other), own)
        for own, text in enumerate(texts)
    ]
    return probabilities[whole]


def harmless_sentences() -> tuple[str, ...]:
    """Sentences near a referral that call for none, kept as data."""
    return tuple(tomllib.loads((Path(__file__).parent / "harmless.toml").read_text(encoding="utf-8"))["harmless"])


def _examples(cards: Mapping[str, str], passages: Sequence[Passage]) -> tuple[list[int], list[str]]:
    places: list[int] = []
    labels: list[str] = []
    taken: dict[str, int] = {}
    courses = 0
    for place, passage in enumerate(passages):
        if passage.kind == "course" and passage.part == "facts" and courses < COURSES:
            courses += 1
            places.append(place)
            labels.append(NONE)
        if passage.kind != "card" or not passage.part.startswith("ask"):
            continue
        label = cards.get(passage.record_id, NONE)
        if label == NONE and passage.record_id.startswith(REFERRALS):
            # A referral without a screen ("no refund from my college") calls for none, and is a kind of its own all the same.
            label = passage.record_id
        taken[passage.record_id] = taken.get(passage.record_id, 0) + 1
        if label != NONE or taken[passage.record_id] <= OTHERS_PER_CARD:
            places.append(place)
            labels.append(label)
    return places, labels
