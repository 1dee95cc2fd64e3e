"""A plan, step by step (S11): an order that works, week by week, and what is held and spent at each place to stop."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.stacking.eligible import weigh
from assistant.stacking.ledger import HOURS_PER_CREDIT
from assistant.stacking.problem import Candidate, Constraints, PriorItem, Problem, Target
from assistant.stacking.search import Plan, search_for
from corpus.credit import FrameworkTable

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One course of a plan, in order. `price` in pounds, `None` if it has none published; `credits` in UK credits.

    `begins` counts hours of study time from the start of week 1, waiting included; `None` if nothing is known about
    weeks.
    """

    course_id: str
    price: Decimal | None
    credits: int
    hours: Decimal
    begins: Decimal
    hours_per_week: Decimal | None

    @property
    def first_week(self) -> int | None:
        """Weeks count from 1; `None` if the weekly hours are not stated."""
        return None if self.hours_per_week is None else math.floor(self.begins / self.hours_per_week) + 1

    @property
    def last_week(self) -> int | None:
        if self.hours_per_week is None or self.first_week is None:
            return None
        return max(self.first_week, math.ceil((self.begins + self.hours) / self.hours_per_week))


@dataclass(frozen=True, slots=True)
class Study:
    """Hours spent on one course in one week."""

    week: int
    course_id: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class SmallerAward:
    """An award that may be held on the way: an exit award, or a national minimum."""

    id: str
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPoint:
    """Stopping after a course (`None`: before the first). Pounds and hours are those spent by then; `unpriced` counts
    the courses among them without a published price. `holds`: the smaller awards whose stated rules are met, in
    input order."""

    after: str | None
    new_credits: int
    spent: Decimal
    unpriced: int
    hours: Decimal
    last_week: int | None
    holds: tuple[str, ...]


def stages(
    plan: Plan,
    problem: Problem,
    table: FrameworkTable,
    begin: datetime.date | None = None,
    start_dates: Mapping[str, datetime.date] | None = None,
) -> tuple[Stage, ...]:
    """The courses of a plan one after the other: after what they need, then what starts first, then input order.

    With `begin`, a course waits for its date in `start_dates`; one without a date can start at any time.
    """
    dates, weekly = start_dates or {}, problem.constraints.hours_per_week
    gone, done = Decimal(0), []
    for course in _in_order(plan, problem, dates):
        if weekly is not None and begin is not None and course.id in dates:
            gone = max(gone, weekly * math.ceil((dates[course.id] - begin).days / DAYS_PER_WEEK))
        amount = weigh(course, problem, table).credits
        hours = Decimal(HOURS_PER_CREDIT * amount) if course.study_hours is None else course.study_hours
        done.append(
            Stage(
                course_id=course.id,
                price=course.price_gbp,
                credits=amount,
                hours=hours,
                begins=gone,
                hours_per_week=weekly,
            )
        )
        gone += hours
    return tuple(done)


def week_by_week(order: Iterable[Stage]) -> tuple[Study, ...]:
    """What to study in each week, at the weekly hours; empty if they are not stated. Waiting weeks are left out."""
    found = []
    for stage in order:
        if stage.hours_per_week is None or stage.first_week is None or stage.last_week is None:
            return ()
        ends = stage.begins + stage.hours
        for week in range(stage.first_week, stage.last_week + 1):
            opens, closes = (week - 1) * stage.hours_per_week, week * stage.hours_per_week
            found.append(Study(week, stage.course_id, min(ends, closes) - max(stage.begins, opens)))
    return tuple(found)


def exit_points(
    plan: Plan,
    order: Sequence[Stage],
    problem: Problem,
    smaller: Sequence[SmallerAward],
    table: FrameworkTable,
) -> tuple[ExitPoint, ...]:
    """What stopping would mean before the first course and after each one: the price of stopping half-way."""
    courses = {course.id: course for course in problem.candidates}
    fee = plan.cost - sum((stage.price or Decimal(0) for stage in order), Decimal(0))
    found = []
    for count in range(len(order) + 1):
        taken = order[:count]
        held = (*problem.prior, *(_as_held(courses[stage.course_id], problem) for stage in taken))
        found.append(
            ExitPoint(
                after=taken[-1].course_id if taken else None,
                new_credits=sum(stage.credits for stage in taken),
                # The fee for transferred credit falls due when study for the award begins.
                spent=sum((stage.price or Decimal(0) for stage in taken), fee if taken else Decimal(0)),
                unpriced=sum(stage.price is None for stage in taken),
                hours=sum((stage.hours for stage in taken), Decimal(0)),
                last_week=taken[-1].last_week if taken else None,
                holds=tuple(award.id for award in smaller if _meets(held, award.target, problem, table)),
            )
        )
    return tuple(found)


def _in_order(plan: Plan, problem: Problem, dates: Mapping[str, datetime.date]) -> Iterable[Candidate]:
    chosen, held = set(plan.course_ids), {used.id for used in plan.prior_used}
    waiting = [course for course in problem.candidates if course.id in chosen]
    covered = {code for item in problem.prior if item.id in held for code in item.covers}
    while waiting:
        # Records may name each other as prerequisites; then no order is right and the listed one is kept.
        ready = [course for course in waiting if covered.issuperset(course.prerequisites)] or waiting
        course = min(ready, key=lambda course: dates.get(course.id, datetime.date.min))
        waiting.remove(course)
        covered.update(course.covers)
        yield course


def _as_held(course: Candidate, problem: Problem) -> PriorItem:
    """The course once it is passed, in the year of the start."""
    return PriorItem(
        id=f"taken:{course.id}",
        title=course.title,
        credits=course.credits,
        system=course.system,
        level=course.level,
        framework=course.framework,
        year=problem.target.start_year,
        awarding_body=course.awarding_body,
        credit_bearing=course.credit_bearing,
        subject=course.subject,
        equivalence_group=course.equivalence_group,
        covers=course.covers,
    )


def _meets(held: tuple[PriorItem, ...], target: Target, problem: Problem, table: FrameworkTable) -> bool:
    reached = replace(problem, target=target, prior=held, candidates=(), constraints=Constraints(), overrides=())
    return search_for(reached, table).optimiser.best() is not None
