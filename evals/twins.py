"""Fairness: two people who differ only in who they are get the same options in the same order, or a stated rule says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.case import Twin
from evals.measures import Turn
from evals.run import System
from evals.words import mentions, plain


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair as it came out. `differs`: what is not the same, empty if nothing is; `explained`: a stated rule says why."""

    twin: Twin
    differs: tuple[str, ...]
    explained: bool

    @property
    def equal(self) -> bool:
        return not self.differs or self.explained


def try_twins(system: System, twins: Sequence[Twin]) -> list[Pair]:
    return [compare(twin, system.converse(twin.turns), system.converse(twin.twin)) for twin in twins]


def compare(twin: Twin, first: Sequence[Turn], second: Sequence[Turn]) -> Pair:
    """What differs between the last answers, option by option."""
    one, other = first[-1], second[-1]
    differs = tuple(
        f"{name}: {left} against {right}"
        for name, left, right in (
            ("outcome", one.get("outcome"), other.get("outcome")),
            ("courses", _ids(one, "courses"), _ids(other, "courses")),
            ("pathways", _ids(one, "pathways"), _ids(other, "pathways")),
            ("leading rule", _leading(one), _leading(other)),
        )
        if left != right
    )
    return Pair(twin, differs, bool(differs) and _states_rule(twin, one, other))


def _ids(turn: Turn, part: str) -> list[str]:
    return [str(item.get("id") or item.get("award_id")) for item in turn.get(part, ())]


def _leading(turn: Turn) -> str | None:
    """The record the answer opens with. What is added after it may speak to what the person told us of themselves."""
    return next((str(source["record_id"]) for source in turn.get("evidence", ())), None)


def _states_rule(twin: Twin, one: Turn, other: Turn) -> bool:
    """A difference is explained only if we expected it and the answers themselves cite a rule for it."""
    words = " ".join(plain(str(turn.get("answer", ""))) for turn in (one, other))
    return twin.explained_by is not None and mentions(words, "under") | mentions(words, "limit") | mentions(
        words, "or over"
    )
