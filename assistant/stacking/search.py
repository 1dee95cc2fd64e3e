"""The best plans over one ledger: cost, hours and new credit as objectives, in pounds, hours and course ids (S8,
S9)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assistant.stacking.eligible import Sifted, sift_candidates, sift_prior, weigh
from assistant.stacking.ledger import Ledger, Line, Selection, Weights, common_scale, open_ledger
from assistant.stacking.problem import Candidate, PriorItem, Problem
from corpus.credit import FrameworkTable

MOST_ALTERNATIVES = 10
TO_BE_FOUND = ""
"""The id of credit that no known course offers; no item of a problem may have it."""


@dataclass(frozen=True, slots=True)
class Used:
    """How much of one piece of prior learning a plan uses, in UK credits."""

    id: str
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One way to finish. `cost` in pounds is the part that is known: `unpriced` courses come on top (S8, S10).

    `weeks` is `None` if the weekly hours are not stated. `course_ids` in input order.
    """

    cost: Decimal
    unpriced: int
    hours: Decimal
    weeks: int | None
    new_credits: int
    course_ids: tuple[str, ...]
    prior_used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Other plans with the same cost and hours as `plan`; `more` if there are still others."""

    plans: tuple[Plan, ...] = ()
    more: bool = False


def sift(problem: Problem, table: FrameworkTable) -> tuple[Sifted[PriorItem], Sifted[Candidate]]:
    return (
        sift_prior((weigh(item, problem, table) for item in problem.prior), problem),
        sift_candidates((weigh(course, problem, table) for course in problem.candidates), problem),
    )


def search_for(problem: Problem, table: FrameworkTable) -> Search:
    return Search(problem, open_ledger(problem, *sift(problem, table)))


class Search:
    """The objectives of S8 and S9 over one ledger, as whole numbers for the solver."""

    def __init__(self, problem: Problem, ledger: Ledger) -> None:
        # OR-Tools takes half a second to import, which most turns of a conversation do not need.
        from assistant.stacking.solver import Optimiser

        self.problem = problem
        self.ledger = ledger
        lines = ledger.lines
        self.optimiser = Optimiser(ledger)
        self.money_scale = common_scale(line.price for line in lines)
        self.hour_scale = common_scale(line.hours for line in lines)
        # More than all prices together, so that one course without a price weighs more than any known amount.
        self.per_unpriced = 1 + sum(int(line.price * self.money_scale) * line.units for line in lines)
        self.cost = _weights(lines, lambda line: int(line.price * self.money_scale) + self.per_unpriced * line.unpriced)
        self.hours = _weights(lines, lambda line: int(line.hours * self.hour_scale))
        self.credits = _weights(lines, lambda line: line.unit * line.new)

    def cheapest(self) -> Plan | None:
        return self._best(self.cost, self.hours, self.credits)

    def fastest(self) -> Plan | None:
        return self._best(self.hours, self.cost, self.credits)

    def fewest_credits(self) -> Plan | None:
        return self._best(self.credits, self.cost, self.hours)

    def pareto(self, cheapest: Plan, fastest: Plan) -> tuple[Plan, ...]:
        """Every best trade between cost and hours: each plan costs more and takes fewer hours than the one before."""
        points = [cheapest]
        while points[-1].hours > fastest.hours:
            fewer = int(points[-1].hours * self.hour_scale) - 1
            selection = self.optimiser.best([self.cost, self.hours, self.credits], at_most=[(self.hours, fewer)])
            assert selection is not None, "the fastest plan takes fewer hours"
            points.append(self.as_plan(selection))
        return (*points[:-1], fastest) if len(points) > 1 else (cheapest,)

    def like(self, plan: Plan) -> Alternatives:
        """Up to ten other sets of courses with the same cost and hours as the cheapest plan, fewest new credits
        first."""
        positions = {line.id: position for position, line in enumerate(self.ledger.lines) if line.new}
        cost = int(plan.cost * self.money_scale) + self.per_unpriced * plan.unpriced
        as_good = [(self.cost, cost), (self.hours, int(plan.hours * self.hour_scale))]
        seen = [frozenset(positions[course] for course in plan.course_ids)]
        found: list[Plan] = []
        while (selection := self.optimiser.best(at_most=as_good, other_than=seen)) is not None:
            if len(found) == MOST_ALTERNATIVES:
                return Alternatives(_in_order(found, positions), more=True)
            found.append(self.as_plan(selection))
            seen.append(frozenset(positions[course] for course in found[-1].course_ids))
        return Alternatives(_in_order(found, positions))

    def as_plan(self, selection: Selection) -> Plan:
        """The selection in pounds, hours and courses."""
        taken = [(line, steps) for line, steps in zip(self.ledger.lines, selection, strict=True) if steps]
        hours = sum((line.hours * steps for line, steps in taken), Decimal(0))
        return Plan(
            cost=sum((line.price * steps for line, steps in taken), Decimal(0)),
            unpriced=sum(line.unpriced for line, _ in taken),
            hours=hours,
            weeks=weeks_for(hours, self.problem.constraints.hours_per_week),
            new_credits=sum(line.unit * steps for line, steps in taken if line.new),
            course_ids=tuple(line.id for line, _ in taken if line.new and line.id != TO_BE_FOUND),
            prior_used=tuple(Used(line.id, line.unit * steps) for line, steps in taken if not line.new),
        )

    def _best(self, *objectives: Weights) -> Plan | None:
        selection = self.optimiser.best(objectives, first_listed=True)
        return None if selection is None else self.as_plan(selection)


def weeks_for(hours: Decimal, hours_per_week: Decimal | None) -> int | None:
    """Whole weeks of study (S8); `None` if the weekly hours are not stated."""
    return None if hours_per_week is None else math.ceil(hours / hours_per_week)


def _weights(lines: Iterable[Line], weight: Callable[[Line], int]) -> Weights:
    return {position: weight(line) for position, line in enumerate(lines) if weight(line)}


def _in_order(plans: Iterable[Plan], positions: Mapping[str, int]) -> tuple[Plan, ...]:
    return tuple(sorted(plans, key=lambda plan: (plan.new_credits, [positions[course] for course in plan.course_ids])))
