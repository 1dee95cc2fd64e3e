"""Messages that call for a referral though they use none of the cue words: a small classifier over the referral cards' own phrasings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.embedding import Vectors
from corpus.passages import Passage

NONE = ""
REFERRALS = "refer-"
"""How the ids of referral cards begin."""
OTHERS_PER_CARD = 4
"""Phrasings of each other card that stand for what calls for no referral."""
COURSES = 300
"""Course texts that stand for it as well: "a mental health course" is no cry for help."""
SURE, SURE_OF_DANGER, NEAR_DANGER = 0.65, 0.75, 0.68
"""Least probability for a referral that no cue word asked for, where it is also what the sentence comes closest to ("what if I
lose my job?" stands among the questions on funding, near to several referrals and nearest to none); for one of danger
wherever the sentence stands, and for one of danger that it comes closest to."""

ALIKE = 0.42
"""Least similarity to any phrasing of a referral's own: a classifier is sure of some sentence that is like nothing it has seen."""


class ReferralClassifier:
    """Which referral a sentence calls for. Built once per generation, from vectors the index already holds."""

    def __init__(
        self, cards: Mapping[str, str], danger: frozenset[str], passages: Sequence[Passage], vectors: Vectors
    ) -> None:
        """`cards`: for each referral card, also of one nation, the screen it belongs to; `danger`: screens for
        somebody who may come to harm."""
        self._danger = danger
        asks = [place for place, one in enumerate(passages) if one.kind == "card" and one.part.startswith("ask")]
        self._asks = vectors[asks]
        self._asked_of = np.array([cards.get(passages[place].record_id, NONE) for place in asks])
        # Imported here: scikit-learn takes most of a second, and `plan` and `--help` need no classifier.
        from sklearn.linear_model import LogisticRegression

        places, labels = _examples(cards, passages)
        # A catalogue without referral cards (somebody's own, a small one in a test) has nothing to tell apart.
        self._model: Any = None
        if len(set(labels)) > 1:
            self._model = LogisticRegression(C=10.0, max_iter=500, class_weight="balanced")
            self._model.fit(vectors[places], labels)

    def calls_for(self, vectors: Vectors, plain: Sequence[bool] = ()) -> tuple[str, ...]:
        """The screens that any of `vectors` (n, dim), one per sentence, surely calls for, likeliest first. A sentence that is
        `plain` tells a mere fact, and calls for none but one of danger."""
        if self._model is None:
            return ()
        probabilities: NDArray[np.float64] = self._model.predict_proba(vectors)
        likeness = vectors @ self._asks.T
        nearest = self._asked_of[np.argmax(likeness, axis=1)]
        told = np.array(plain or [False] * len(vectors))
        strongest: dict[str, float] = {}
        for place, name in enumerate(map(str, self._model.classes_)):
            of_each = probabilities[:, place]
            own = np.max(likeness, axis=1, initial=-1.0, where=(self._asked_of == name)[np.newaxis, :])
            if name in self._danger:
                enough = (of_each >= SURE_OF_DANGER) | ((nearest == name) & (of_each >= NEAR_DANGER))
            else:
                enough = (nearest == name) & (of_each >= SURE) & ~told
            enough &= own >= ALIKE
            strongest[name] = float(of_each[enough].max(initial=0.0))
        order = sorted(strongest, key=lambda name: -strongest[name])
        return tuple(name for name in order if name != NONE and strongest[name])


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
            # A referral without a screen ("bullying at work") stands too near the others to be an example of none.
            continue
        taken[passage.record_id] = taken.get(passage.record_id, 0) + 1
        if label != NONE or taken[passage.record_id] <= OTHERS_PER_CARD:
            places.append(place)
            labels.append(label)
    return places, labels
