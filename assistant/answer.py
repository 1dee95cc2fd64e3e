"""Claims, drafts, answers, and the gate between them: what is not in what it cites is dropped and recorded. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.evidence import Evidence
from corpus.courses import Course


class ClaimKind(StrEnum):
    FACT = "fact"
    ADVICE = "advice"
    CAUTION = "caution"


class Outcome(StrEnum):
    ADVISED = "advised"
    ASK_FIRST = "ask_first"
    NO_MATCH = "no_match"
    REFERRED = "referred"
    DECLINED = "declined"
    FAILED = "failed"


class Audience(StrEnum):
    """Whom an answer is worded for. The facts are the same for all."""

    LEARNER = "learner"
    ADVISER = "adviser"
    """A careers adviser in a session: terse, in the field's own terms."""
    SIMPLE = "simple"
    """Shorter, in the plainest words."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence and what it rests on. `bullet`: shown as an item of a list."""

    text: str
    kind: ClaimKind
    cites: tuple[Evidence, ...] = ()
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class AskOther:
    """Who decides something, and the question to put to them."""

    who: str
    question: str


@dataclass(frozen=True, slots=True)
class Pick:
    """A recommended course and one line on why for this learner."""

    course: Course
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer proposes to say, in order. `core` is how many of the leading claims the answer cannot do without."""

    outcome: Outcome
    claims: tuple[Claim, ...]
    picks: tuple[Pick, ...] = ()
    pathways: tuple[dict[str, Any], ...] = ()
    questions: tuple[str, ...] = ()
    ask_others: tuple[AskOther, ...] = ()
    notices: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    core: int = 1


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that did not pass the gate, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be shown. `evidence` is numbered E1, E2, … in order; every claim cites only these."""

    outcome: Outcome
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    picks: tuple[Pick, ...]
    pathways: tuple[dict[str, Any], ...]
    questions: tuple[str, ...]
    ask_others: tuple[AskOther, ...]
    notices: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    follow_ups: tuple[str, ...] = ()
    """Messages worth sending next, in the learner's own voice, drawn from what this answer leaves open."""

    def number(self, evidence: Evidence) -> int:
        """The number of a piece of evidence, from 1."""
        return self.evidence.index(evidence) + 1


Names = Callable[[str], tuple[str, ...]]
"""The record titles, providers and awards a text names, as written in it."""

LOST_CORE = "I could not back up an answer to this from the records I hold, so I will not give one."


def gate(draft: Draft, names: Names, said: str = "") -> Answer:
    """The draft without the claims that its own evidence does not carry. `said` is the learner's own message.

    If a core claim falls, the answer says so honestly instead of showing the rest as if it were whole.
    """
    kept: list[Claim] = []
    dropped: list[Dropped] = []
    lost_core = False
    for place, claim in enumerate(draft.claims):
        fault = fault_of(claim, names, said)
        if fault is None:
            kept.append(claim)
        else:
            dropped.append(Dropped(claim.text, fault))
            lost_core = lost_core or place < draft.core
    outcome = draft.outcome
    if lost_core and outcome in (Outcome.ADVISED, Outcome.ASK_FIRST):
        kept.insert(0, Claim(LOST_CORE, ClaimKind.CAUTION))
        outcome = Outcome.NO_MATCH
    evidence = tuple(dict.fromkeys(source for claim in kept for source in claim.cites))
    return Answer(
        outcome,
        tuple(kept),
        evidence,
        draft.picks,
        draft.pathways,
        draft.questions,
        draft.ask_others,
        draft.notices,
        tuple(dropped),
        draft.follow_ups,
    )


def fault_of(claim: Claim, names: Names, said: str = "") -> str | None:
    """Why a claim may not be shown; `None` if it may. Advice and cautions may repeat figures the learner used."""
    if not claim.cites:
        if claim.kind is ClaimKind.FACT:
            return "a fact without a source"
        stray = figures(claim.text) - figures(said)
        return f"the figure {min(stray)} without a source" if stray else None
    cited = "\n".join(f"{source.title}\n{source.text}\n{source.quote}\n{source.as_of or ''}" for source in claim.cites)
    if _flat(claim.text) in _flat(cited):
        return None
    untraced = figures(claim.text) - figures(cited)
    if untraced:
        return f"the figure {min(untraced)} is not in what it cites"
    flat = _flat(cited)
    unnamed = [name for name in names(claim.text) if _flat(name) not in flat]
    if unnamed:
        return f"{unnamed[0]!r} is not named in what it cites"
    return _overstated(claim.text, cited)


_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def figures(text: str) -> frozenset[str]:
    """Every number in a text, without thousands commas and needless zeros: "£1,200.00" gives 1200."""
    return frozenset(_normal(match[0]) for match in _FIGURE.finditer(text))


def _normal(number: str) -> str:
    plain = number.replace(",", "")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.lstrip("0") or "0"


_PROMISE = re.compile(
    r"\b(?:guarantee[sd]?|will\s+(?:get|earn|count|be\s+accepted|pay)|always\s+(?:counts?|accepted)|must\s+accept|automatically)\b",
    re.I,
)
_COUNTS = re.compile(r"\b(?:counts?|credits?\s+transfers?|is\s+accepted)\s+(?:towards|into|for)\b", re.I)
_HEDGE = re.compile(
    r"\b(?:may|might|could|can|not|no|never|cannot|whether|if|would|what|which|how|nothing|none|only|normally|usually|rarely|decides?)\b|n't\b",
    re.I,
)


def _overstated(text: str, cited: str) -> str | None:
    """A promise, or "counts towards", that the cited text does not make."""
    for pattern in (_PROMISE, _COUNTS):
        strong = pattern.search(text)
        stated = any(pattern.search(part) and not _HEDGE.search(part) for part in re.split(r"(?<=[.?!;])\s+|\n", cited))
        if strong and not stated and not _HEDGE.search(text):
            return f"{strong[0]!r} is stronger than what it cites"
    return None


def _flat(text: str) -> str:
    return " ".join(text.lower().split())
