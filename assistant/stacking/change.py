"""For a goal that cannot be reached: the least that would have to change, of each kind (S9)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from assistant.stacking.ledger import HOURS_PER_CREDIT, Ledger, Line, open_ledger
from assistant.stacking.problem import Limit, Problem
from assistant.stacking.relax import without
from assistant.stacking.search import TO_BE_FOUND, Plan, Search, search_for, sift
from corpus.credit import FrameworkTable


class ChangeKind(StrEnum):
    POUNDS = "pounds"
    WEEKS = "weeks"
    POUNDS_AND_WEEKS = "pounds_and_weeks"
    PRICE = "price"
    """The prices of some courses must be asked for before anyone can say whether the budget is enough."""
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The least of one kind that would make the goal reachable, and the plan it would allow.

    `credits` are UK credits still to be found at `level` from `provider`; `modules` those it would have to cover.
    The price of such credit is not known and not in the plan's cost.
    """

    kind: ChangeKind
    plan: Plan
    pounds: Decimal | None = None
    weeks: int | None = None
    credits: int | None = None
    level: int | None = None
    provider: str | None = None
    modules: tuple[tuple[str, ...], ...] = ()
    within_limits: bool = True
    """False if it also takes more money or more weeks than there are."""

    @property
    def sentence(self) -> str:
        """The change in plain words."""
        if self.kind is ChangeKind.POUNDS:
            extra = f", plus the price of {self.plan.unpriced} courses that publish none" if self.plan.unpriced else ""
            return f"It would work with £{_money(self.pounds)} more{extra}."
        if self.kind is ChangeKind.WEEKS:
            return f"It would work with {self.weeks} more weeks."
        if self.kind is ChangeKind.POUNDS_AND_WEEKS:
            return f"It would work with £{_money(self.pounds)} more and {self.weeks} more weeks."
        if self.kind is ChangeKind.PRICE:
            return f"It may work already: {self.plan.unpriced} courses of the plan publish no price, so ask for it."
        at_level = "" if self.level is None else f" at level {self.level}"
        covering = "".join(f", covering {' or '.join(codes)}" for codes in self.modules)
        limits = "" if self.within_limits else ", and with more money or more weeks"
        return f"It would work with {self.credits} more credits{at_level} from {self.provider}{covering}{limits}."


def _money(pounds: Decimal | None) -> str:
    amount = pounds or Decimal(0)
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


def smallest_changes(problem: Problem, table: FrameworkTable, search: Search) -> Iterable[Change]:
    """The least of each kind that alone makes the goal reachable; money and weeks together if neither does alone."""
    alone = (
        *_unknown_prices(problem, search),
        *_more_money_or_weeks(problem, table, Limit.BUDGET),
        *_more_money_or_weeks(problem, table, Limit.TIME),
    )
    yield from alone or _more_money_or_weeks(problem, table, Limit.BUDGET, Limit.TIME)
    yield from _more_credit(problem, table)


def _unknown_prices(problem: Problem, search: Search) -> Iterable[Change]:
    if search.ledger.only_priced:
        found = Search(problem, replace(search.ledger, only_priced=False)).cheapest()
        if found is not None:
            yield Change(kind=ChangeKind.PRICE, plan=found)


def _more_money_or_weeks(problem: Problem, table: FrameworkTable, *limits: Limit) -> Iterable[Change]:
    easier = problem
    for limit in limits:
        if without(easier, limit) == easier:
            return
        easier = without(easier, limit)
    search = search_for(easier, table)
    found = search.fastest() if limits == (Limit.TIME,) else search.cheapest()
    if found is None:
        return
    budget, weeks = problem.constraints.budget_gbp, problem.constraints.weeks_available
    pounds = None if Limit.BUDGET not in limits or budget is None else max(Decimal(0), found.cost - budget)
    if pounds == 0:
        return  # only courses without a price stand in the way, which `ChangeKind.PRICE` says
    extra = None if Limit.TIME not in limits or weeks is None or found.weeks is None else math.ceil(found.weeks - weeks)
    kind = {
        (Limit.BUDGET,): ChangeKind.POUNDS,
        (Limit.TIME,): ChangeKind.WEEKS,
        (Limit.BUDGET, Limit.TIME): ChangeKind.POUNDS_AND_WEEKS,
    }[limits]
    yield Change(kind=kind, plan=found, pounds=pounds, weeks=extra)


def _more_credit(problem: Problem, table: FrameworkTable) -> Iterable[Change]:
    """The least further credit from the award's own provider, at its highest level that any rule asks for."""
    level = _highest_level(problem)
    eased = replace(problem, constraints=replace(problem.constraints, budget_gbp=None, weeks_available=None))
    for within_limits, version in ((True, problem), (False, eased)):
        ledger = _with_credit_to_be_found(open_ledger(version, *sift(version, table)), level)
        search = Search(version, ledger)
        extra = len(ledger.lines) - 1
        selection = search.optimiser.best([{extra: 1}, search.cost, search.hours, search.credits])
        # With more money and time the known courses may do; then it is not credit that is missing.
        if selection is not None and selection[extra] > 0:
            yield Change(
                kind=ChangeKind.CREDIT,
                plan=search.as_plan(selection),
                credits=selection[extra],
                level=level,
                provider=problem.target.provider,
                modules=tuple(
                    cover.codes
                    for cover in ledger.covers
                    if cover.of is None and not any(selection[position] for position in cover.by - {extra})
                ),
                within_limits=within_limits,
            )
            return


def _highest_level(problem: Problem) -> int | None:
    target = problem.target
    stated = [
        target.level,
        target.min_accepted_level,
        None if target.residency is None else target.residency.min_level,
        *(minimum.level for minimum in target.min_credits_at_or_above),
    ]
    return max((level for level in stated if level is not None), default=None)


def _with_credit_to_be_found(ledger: Ledger, level: int | None) -> Ledger:
    """The ledger with one more line: any amount of relevant credit from the award's own provider at that level."""
    extra = len(ledger.lines)
    line = Line(
        id=TO_BE_FOUND,
        unit=1,
        units=max(ledger.needed, *(floor.credits for floor in ledger.floors), 1),
        level=level,
        own=True,
        new=True,
        hours=Decimal(HOURS_PER_CREDIT),
    )
    lines = (*ledger.lines, line)
    return replace(
        ledger,
        lines=lines,
        caps=tuple(
            replace(cap, members=cap.members | {extra})
            if cap.limit is Limit.MAX_AT_LEVEL and cap.level == level
            else cap
            for cap in ledger.caps
        ),
        floors=tuple(replace(floor, members=floor.members | {extra}) for floor in ledger.floors),
        covers=tuple(replace(cover, by=cover.by | {extra}) if cover.of is None else cover for cover in ledger.covers),
    )
