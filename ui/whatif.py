"""One client's prior learning held against several awards, with an adviser's exceptions and suppositions. Pure.

Every figure is the stacking engine's; an exception is applied to the problem before it is solved, never to the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assistant.outlook_words import LIMIT_WORDS, Line, cost_words, incomplete_words, left_out_lines
from assistant.pathway import Pathway, constraints_of, prior_items, usable_credits
from assistant.profile import LearnerProfile
from assistant.shelf import Library
from assistant.stacking import Audit, Result, solve
from assistant.stacking.awards import Incomplete, problem_from_records
from assistant.stacking.overrides import OverrideError, apply
from assistant.stacking.plan import Planning
from assistant.stacking.problem import Decision, Override, Problem
from assistant.stacking.standing import Standing, standing_of_plan
from corpus.courses import Award
from ui.caseload import MadeException

MOST_AWARDS = 6


@dataclass(frozen=True, slots=True)
class Supposed:
    """What the client could give if things were otherwise: pounds in all, hours a week. `None`: as the profile says."""

    budget_gbp: Decimal | None = None
    hours_per_week: Decimal | None = None

    def applied(self, profile: LearnerProfile) -> LearnerProfile:
        said = {"budget_gbp": self.budget_gbp, "hours_per_week": self.hours_per_week}
        return profile.with_facts({name: value for name, value in said.items() if value is not None}, "form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One award as it stands. Amounts in UK credits; `weeks` is `None` without weekly hours, `plan` words if there is none.

    `without`: usable credit before the exceptions; `None` if none is in force.
    """

    award: Award
    total: Fraction
    usable: Fraction
    without: Fraction | None
    missing: Fraction
    cost: str
    weeks: int | None
    standing: Standing
    counts: tuple[Line, ...]
    left_out: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NotWorkedOut:
    """An award about which nothing can be worked out, and why."""

    award: Award
    why: str


Row = Found | NotWorkedOut


def awards_to_compare(library: Library, profile: LearnerProfile, named: Iterable[str], year: int) -> tuple[Award, ...]:
    """The award aimed at, those that were named (ids), then the nearest to what is held; each once, at most six."""
    wanted = [library.catalogue.award(award_id) for award_id in (profile.get("target_award") or "", *named)]
    near = [one.award for one in library.pathways.nearest(profile, year)]
    found = {award.id: award for award in (*wanted, *near) if award is not None}
    return tuple(found.values())[:MOST_AWARDS]


def what_if(
    library: Library, profile: LearnerProfile, awards: Sequence[Award], exceptions: Sequence[MadeException], year: int
) -> tuple[Row, ...]:
    """The awards in the order given; `exceptions` that are withdrawn, or of items no longer held, are passed over."""
    return tuple(_row(library, profile, award, exceptions, year) for award in awards)


def _row(
    library: Library, profile: LearnerProfile, award: Award, exceptions: Sequence[MadeException], year: int
) -> Row:
    pathway = library.pathways.towards(award, profile, year)
    if isinstance(pathway, Incomplete):
        return NotWorkedOut(award, incomplete_words(pathway, award))
    problem = problem_of(pathway, profile)
    changed = with_exceptions(problem, [one for one in exceptions if one.award_id == award.id])
    result = pathway.result if changed is problem else solve(changed, library.table)
    without = None if changed is problem else usable_credits(pathway.result.audit, pathway.target.total_credits)
    usable = usable_credits(result.audit, pathway.target.total_credits)
    return Found(
        award=award,
        total=pathway.target.total_credits,
        usable=usable,
        without=without,
        missing=pathway.target.total_credits - usable,
        cost=_cost(result.planning, pathway.target.total_credits - usable),
        weeks=result.planning.fastest.weeks if result.planning and result.planning.fastest else None,
        standing=_standing(library, award, result),
        counts=tuple(_counts(result.audit)),
        left_out=tuple(left_out_lines(result.audit.does_not_count)),
    )


def problem_of(pathway: Pathway, profile: LearnerProfile) -> Problem:
    """The question that a pathway answers."""
    prior = prior_items(profile.prior_learning)
    return problem_from_records(pathway.target, prior, pathway.courses, constraints_of(profile))


def with_exceptions(problem: Problem, exceptions: Iterable[MadeException]) -> Problem:
    """The problem with the exceptions in force that are about items of it; the problem itself if there are none."""
    for one in exceptions:
        item_id = item_called(problem, one.item)
        if one.withdrawn is None and item_id is not None:
            problem = apply(problem, override_of(one, item_id))
    return problem


def override_of(one: MadeException, item_id: str) -> Override:
    return Override(
        item_id=item_id, decision=Decision(one.decision), reason=one.reason, credits=one.credits, level=one.level
    )


def item_called(problem: Problem, title: str) -> str | None:
    """The id of the piece of prior learning with a title; `None` if it is not there any more."""
    return next((item.id for item in problem.prior if item.title == title), None)


def fault_of(library: Library, profile: LearnerProfile, one: MadeException, year: int) -> str | None:
    """Why an exception cannot be made, in words for the adviser; `None` if it can."""
    award = library.catalogue.award(one.award_id)
    if award is None:
        return "Choose an award."
    pathway = library.pathways.towards(award, profile, year)
    if isinstance(pathway, Incomplete):
        return incomplete_words(pathway, award)
    problem = problem_of(pathway, profile)
    item_id = item_called(problem, one.item)
    if item_id is None:
        return "Choose one of the client's courses or awards."
    try:
        apply(problem, override_of(replace(one, reason=one.reason.strip()), item_id))
    except OverrideError as error:
        return f"Give {error.expected}."
    return None


def _counts(audit: Audit) -> Iterable[Line]:
    for held in audit.counts:
        why = "by your exception" if held.overridden else "as the rules have it"
        yield Line(held.name, f"{held.credits} UK credits, {why}.", Fraction(held.credits), held.level)


def _cost(planning: Planning | None, missing: Fraction) -> str:
    """What the cheapest way costs, or why none can be named."""
    if missing == 0:
        return "nothing left to take"
    if planning is None:
        return "no course of ours is known to count"
    if planning.cheapest is not None:
        return cost_words(planning.cheapest.cost, planning.cheapest.unpriced)
    blocked = [LIMIT_WORDS[limit] for limit in planning.blockers]
    return f"no way; in the way: {', '.join(blocked)}" if blocked else "our courses do not fill the gap"


def _standing(library: Library, award: Award, result: Result) -> Standing:
    """The weakest claim that the cheapest plan rests on; "may count" where there is no plan."""
    plan = result.planning.cheapest if result.planning else None
    if plan is None:
        return Standing.MAY_COUNT
    known = {course_id: library.pathways.where_it_counts(course_id) for course_id in plan.course_ids}
    return standing_of_plan(plan, award.id, known)
