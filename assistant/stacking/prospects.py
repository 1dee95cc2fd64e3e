"""The same credits against many awards at once, when each stops counting, and the one course that helps most (S11)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assistant.stacking.audit import Audit, audit, most_countable
from assistant.stacking.eligible import Sifted, Weighed
from assistant.stacking.ledger import HOURS_PER_CREDIT, open_ledger
from assistant.stacking.problem import Candidate, Constraints, PriorItem, Problem, Target
from assistant.stacking.search import Plan, search_for, sift
from corpus.credit import FrameworkTable

WEEKS_PER_YEAR, MONTHS_PER_YEAR = 52, 12


@dataclass(frozen=True, slots=True)
class Goal:
    """An award to hold prior learning against, with the courses that could be taken towards it."""

    id: str
    target: Target
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """How near one goal is. `to_find`: UK credits still missing in all, or at a level if more are missing there.

    `plan` is the cheapest; `None` if there is none or it was not asked for (`planned`). `months` are whole, rounded up.
    """

    goal_id: str
    audit: Audit
    to_find: Fraction
    planned: bool = False
    plan: Plan | None = None

    @property
    def months(self) -> int | None:
        if self.plan is None or self.plan.weeks is None:
            return None
        return math.ceil(Fraction(self.plan.weeks * MONTHS_PER_YEAR, WEEKS_PER_YEAR))


class Lasting(StrEnum):
    """Until when a piece of credit counts towards an award."""

    UNTIL = "until"
    NO_LIMIT_STATED = "no_limit_stated"
    YEAR_NOT_STATED = "year_not_stated"


@dataclass(frozen=True, slots=True)
class Expiry:
    """`stops_counting`: the first day on which a start is too late for the credit; set with `Lasting.UNTIL` only."""

    item_id: str
    goal_id: str
    lasting: Lasting
    stops_counting: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class NextCourse:
    """The single course that leaves the least to find. `closes` and `left` are UK credits of the gap."""

    course_id: str
    closes: Fraction
    left: Fraction


def prospects(
    prior: Sequence[PriorItem],
    goals: Iterable[Goal],
    table: FrameworkTable,
    constraints: Constraints | None = None,
    plans: int = 10,
) -> tuple[Prospect, ...]:
    """Every goal, nearest first: fewest credits to find, then cheapest, then soonest. The nearest `plans` are planned.

    A goal that was not planned, or that has no plan, comes after the planned ones with as many credits to find.
    """
    base = tuple(prior)
    problems = {
        goal.id: Problem(
            target=goal.target,
            prior=base,
            candidates=goal.candidates,
            constraints=constraints or Constraints(),
            from_records=True,
        )
        for goal in goals
    }
    audits = {goal_id: audit(problem, table) for goal_id, problem in problems.items()}
    nearest = sorted(
        (Prospect(goal_id=goal_id, audit=found, to_find=_to_find(found)) for goal_id, found in audits.items()),
        key=lambda prospect: prospect.to_find,
    )
    planned = [
        replace(prospect, planned=True, plan=search_for(problems[prospect.goal_id], table).cheapest())
        for prospect in nearest[:plans]
    ]
    return tuple(sorted((*planned, *nearest[plans:]), key=_nearness))


def expiries(prior: Iterable[PriorItem], goals: Iterable[Goal]) -> tuple[Expiry, ...]:
    """For each goal, until when each piece of prior learning counts towards it."""
    held = tuple(prior)
    return tuple(_expiry(item, goal) for goal in goals for item in held)


def next_course(problem: Problem, table: FrameworkTable) -> NextCourse | None:
    """The course, open to take now, that closes most of the gap; ties go to the cheapest, then the shortest, then the
    first listed. `None` if no course closes any of it."""
    prior, candidates = sift(problem, table)
    before = _gap(problem, prior, ())
    ready = {code for held in prior.passed for code in held.item.covers}
    best: tuple[tuple[Fraction, bool, Decimal, Decimal], NextCourse] | None = None
    for course in candidates.passed:
        if not ready.issuperset(course.item.prerequisites):
            continue
        left = _gap(problem, prior, (course,))
        item = course.item
        line_hours = Decimal(HOURS_PER_CREDIT * course.credits) if item.study_hours is None else item.study_hours
        rank = (left, item.price_gbp is None, item.price_gbp or Decimal(0), line_hours)
        if left < before and (best is None or rank < best[0]):
            best = (rank, NextCourse(course.id, before - left, left))
    return None if best is None else best[1]


def _to_find(found: Audit) -> Fraction:
    return max(found.credits_remaining, *(minimum.shortfall for minimum in found.level_minimums), Fraction(0))


def _nearness(prospect: Prospect) -> tuple[Fraction, bool, int, Decimal, float]:
    if prospect.plan is None:
        return (prospect.to_find, True, 0, Decimal(0), math.inf)
    months = math.inf if prospect.months is None else prospect.months
    return (prospect.to_find, False, prospect.plan.unpriced, prospect.plan.cost, months)


def _expiry(item: PriorItem, goal: Goal) -> Expiry:
    limit = goal.target.credit_age_limit_years
    if limit is None:
        return Expiry(item.id, goal.id, Lasting.NO_LIMIT_STATED)
    if item.year is None:
        return Expiry(item.id, goal.id, Lasting.YEAR_NOT_STATED)
    # A start in the limit's last year is still in time (S3), so the credit lapses on the first of January after it.
    return Expiry(item.id, goal.id, Lasting.UNTIL, datetime.date(item.year + limit + 1, 1, 1))


def _gap(problem: Problem, prior: Sifted[PriorItem], courses: tuple[Weighed[Candidate], ...]) -> Fraction:
    """UK credits still to find with those courses: in all, or at a level if more are missing there."""
    minimums = problem.target.min_credits_at_or_above
    ledger = open_ledger(problem, prior, Sifted(courses, ()))
    most = most_countable(ledger, tuple(minimum.level for minimum in minimums))
    shortfalls = [minimum.credits - have for minimum, have in zip(minimums, most.at_levels, strict=True)]
    return max(problem.target.total_credits - most.credits, *shortfalls, Fraction(0))
