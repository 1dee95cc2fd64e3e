"""Scripted learners: they answer the assistant's questions from what they know, and stop when they have what they came for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evals.case import Learner
from evals.measures import Turn
from evals.run import System
from evals.words import plain, says

DO_NOT_KNOW = "I don't know."

ASKS = {
    "nation": r"nation|where (?:do )?you live|country",
    "target_award": r"award|aiming|which (?:course|university|college)",
    "prior": r"earlier study|already (?:have|studied)|how many credits|finish|transcript",
    "subject": r"what would you like to learn|subject|what job|interested",
    "mode": r"online|in person",
    "budget": r"budget|spend|afford|price",
    "hours": r"hours|time",
}
"""Words of a question that show which fact it asks for, in the order they are tried."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How one learner fared. `useful_at`: the turn that first gave something they came for, `None` if they gave up."""

    learner: Learner
    turns: tuple[tuple[str, str], ...]
    useful_at: int | None
    repeats: int

    @property
    def gave_up(self) -> bool:
        return self.useful_at is None


def try_learners(system: System, learners: Sequence[Learner]) -> list[Visit]:
    return [visit(system, learner) for learner in learners]


def visit(system: System, learner: Learner) -> Visit:
    """One learner's visit. Each turn is the whole conversation again, so that any system can be visited."""
    said: list[str] = [learner.says]
    asked: list[str] = []
    transcript: list[tuple[str, str]] = []
    follow_ups = list(learner.follow_ups)
    for turn_number in range(1, learner.patience + 1):
        answer = system.converse(said)[-1]
        transcript.append((said[-1], plain(str(answer.get("answer", "")))))
        if _useful(answer, learner):
            return Visit(learner, tuple(transcript), turn_number, _repeats(asked))
        questions = [str(question) for question in answer.get("questions", ())]
        asked += questions
        reply = _reply(questions, learner, said) or (follow_ups.pop(0) if follow_ups else None)
        if reply is None:
            break
        said.append(reply)
    return Visit(learner, tuple(transcript), None, _repeats(asked))


def _useful(answer: Turn, learner: Learner) -> bool:
    text = plain(str(answer.get("answer", "")))
    return answer.get("outcome") == "advised" and all(says(text, atom) for atom in learner.wants)


def _reply(questions: Sequence[str], learner: Learner, said: Sequence[str]) -> str | None:
    """What the learner answers to the first question, `None` if nothing was asked or they already said it."""
    for question in questions:
        for fact, pattern in ASKS.items():
            if re.search(pattern, question, re.I):
                known = learner.hidden.get(fact)
                return None if known in said else known or DO_NOT_KNOW
    return None


def _repeats(asked: Sequence[str]) -> int:
    return len(asked) - len(set(asked))
