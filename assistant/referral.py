"""Safety and referral, screened before anything else: words -> a card with fixed text and the right contact. No model."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.cards import Card
from corpus.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Referral:
    """Cards to show in full. `urgent`: the turn ends with them, and nothing else is offered; `refuses`: they say no to what
    was asked, rather than who can help."""

    cards: tuple[Card, ...]
    urgent: bool
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class _Screen:
    card_id: str
    urgent: bool
    danger: bool
    refuses: bool
    cues: re.Pattern[str]


def screen(message: str, catalogue: Catalogue, nation: str | None, felt: tuple[str, ...] = ()) -> Referral | None:
    """The referral a message calls for; `None` if it calls for none. `felt` are screens that its meaning calls for, by
    `distress.ReferralClassifier`, beside those that its words do.

    A card for the learner's own nation is used where there is one ("refer-mental-health-scotland").
    """
    flat = _flat(message)
    called = [entry for entry in _screens() if entry.cues.search(flat) or entry.card_id in felt]
    urgent = [entry for entry in called if entry.urgent]
    chosen = urgent or called
    cards = tuple(card for entry in chosen if (card := _card(entry.card_id, catalogue, nation)) is not None)
    return Referral(cards, bool(urgent), all(entry.refuses for entry in chosen)) if cards else None


BY_WORDS_ONLY = frozenset({"refer-personal-details", "refer-medical"})
"""Screens that no meaning calls for: there every name is a personal detail, and every stated condition a medical question."""


def screens_of_danger() -> frozenset[str]:
    """The screens for somebody who may come to harm."""
    return frozenset(entry.card_id for entry in _screens() if entry.danger)


def screens_of(catalogue: Catalogue) -> dict[str, str]:
    """The screen of every referral card, also of those for one nation: {"refer-debt": "refer-debt", …}."""
    named = [entry.card_id for entry in _screens() if entry.card_id not in BY_WORDS_ONLY]
    return {
        card.id: base for card in catalogue.cards for base in named if card.id == base or card.id.startswith(f"{base}-")
    }


def _card(card_id: str, catalogue: Catalogue, nation: str | None) -> Card | None:
    own = f"{card_id}-{nation.lower().replace(' ', '-')}" if nation else card_id
    return catalogue.card(own) or catalogue.card(card_id)


@cache
def _screens() -> tuple[_Screen, ...]:
    data = tomllib.loads((Path(__file__).parent / "referral.toml").read_text(encoding="utf-8"))
    return tuple(
        _Screen(
            card_id,
            entry.get("urgent", False),
            entry.get("danger", False),
            entry.get("refuses", False),
            _pattern(entry["cues"]),
        )
        for card_id, entry in data.items()
    )


def _pattern(cues: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{_cue(cue)}\b" for cue in cues))


def _cue(cue: str) -> str:
    """A cue as a pattern; "..." stands for up to four words."""
    return r"\s(?:\w+\s){0,4}".join(re.escape(_flat(part)) for part in cue.split("..."))


SPOKEN = {
    "wanna": "want to",
    "gonna": "going to",
    "gotta": "got to",
    "dnt": "dont",
    "any more": "anymore",
    "ive": "i have",
}
"""How people type what they say; cues are written out."""
_SPOKEN = re.compile(rf"\b(?:{'|'.join(SPOKEN)})\b")


def _flat(text: str) -> str:
    plain = " ".join(re.sub(r"[^\w\s]", " ", text.lower().replace("'", "").replace("’", "")).split())
    return _SPOKEN.sub(lambda match: SPOKEN[match[0]], plain)
