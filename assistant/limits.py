"""What a course must be: hard limits a learner set, how they read in words, and how later ones replace earlier ones. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assistant.profile import LearnerProfile
from assistant.quantities import CreditSaid, LevelSaid
from corpus.courses import Mode


class Bound(StrEnum):
    """Which side of a stated amount is meant: "level 4", "level 4 or above", "up to level 4"."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a course must be. `None`: not asked for. Never relaxed silently.

    `max_price` in pounds; `max_weeks` whole weeks from start to end; `max_hours` of study a week; `region` a place within
    a nation as the learner named it; `starts_by` the last day it may begin.
    """

    level: LevelSaid | None = None
    level_bound: Bound = Bound.EXACT
    credits: CreditSaid | None = None
    credits_bound: Bound = Bound.EXACT
    max_price: Decimal | None = None
    mode: Mode | None = None
    nation: str | None = None
    region: str | None = None
    credit_bearing: bool | None = None
    max_weeks: int | None = None
    max_hours: Decimal | None = None
    no_exams: bool | None = None
    no_degree: bool | None = None
    language: str | None = None
    starts_from: datetime.date | None = None
    starts_by: datetime.date | None = None

    def __bool__(self) -> bool:
        return bool(self.names())

    def names(self) -> tuple[str, ...]:
        """The limits that are set, in order."""
        return tuple(
            field.name
            for field in fields(self)
            if not field.name.endswith("_bound") and getattr(self, field.name) is not None
        )

    def changed_by(self, later: Constraints) -> Constraints:
        """These limits with what was said later in place of what it changes. A new nation undoes an old place in another."""
        said = {name: getattr(later, name) for name in later.names()}
        for name in ("level", "credits"):
            if name in said:
                said[f"{name}_bound"] = getattr(later, f"{name}_bound")
        if "nation" in said and "region" not in said:
            said["region"] = None
        return replace(self, **said)

    def without(self, names: Iterable[str]) -> Constraints:
        """These limits less the named ones."""
        off: dict[str, Any] = dict.fromkeys(set(names) & set(self.names()))
        return replace(self, **off)


def in_force(said: Constraints, profile: LearnerProfile, lifted: Iterable[str] = ()) -> Constraints:
    """The limits a search keeps to: what was said of the courses, on top of what is known about the learner's money and
    time, less what the learner took off again."""
    known = Constraints(max_price=profile.get("budget_gbp"))
    return known.changed_by(said).without(lifted)


_BOUNDS = {Bound.EXACT: "{}", Bound.AT_LEAST: "{} or above", Bound.AT_MOST: "up to {}"}
_MODES = {Mode.ONLINE: "online", Mode.BLENDED: "part online, part in person", Mode.IN_PERSON: "in person"}


def limit_words(limits: Constraints) -> Mapping[str, str]:
    """Each limit in force in plain words, by its name, in order: {"max_price": "up to £200", "mode": "online"}."""
    words = {name: _words(name, limits) for name in limits.names()}
    return {name: text for name, text in words.items() if text}


def _words(name: str, limits: Constraints) -> str:
    value = getattr(limits, name)
    match name:
        case "level":
            framework = f"{value.framework} " if value.framework else ""
            return _BOUNDS[limits.level_bound].format(f"{framework}level {value.number}")
        case "credits":
            return _BOUNDS[limits.credits_bound].format(f"{float(value.points):g} credits")
        case "max_price":
            return (
                "free"
                if value == 0
                else f"up to £{value:,.0f}"
                if value == value.to_integral_value()
                else f"up to £{value:,}"
            )
        case "mode":
            return _MODES[value]
        case "nation" | "region":
            return f"in {value}"
        case "credit_bearing":
            return "with credit" if value else "without credit"
        case "max_weeks":
            return f"{value} week{'' if value == 1 else 's'} or less"
        case "max_hours":
            return f"up to {value:g} hours a week"
        case "no_exams":
            return "no exams" if value else ""
        case "no_degree":
            return "no degree needed" if value else ""
        case "language":
            return f"in {value}"
        case "starts_from":
            return f"starting from {value:%B %Y}"
        case "starts_by":
            return f"starting by {value:%B %Y}"
    raise AssertionError(name)
