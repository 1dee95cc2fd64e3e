"""Which courses close the gap, provably best, or what stands in the way and the least that would have to change (S7 to
S9)."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.stacking.change import Change, ChangeKind, smallest_changes
from assistant.stacking.eligible import LeftOut, Sifted, Weighed
from assistant.stacking.ledger import open_ledger
from assistant.stacking.problem import Candidate, Limit, Problem
from assistant.stacking.relax import without
from assistant.stacking.search import Alternatives, Plan, Search, search_for, sift
from corpus.credit import FrameworkTable

NO_ALTERNATIVES = Alternatives()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """The answer to "what next?". The plans are `None` and `pareto` empty if nothing is feasible; then `blockers` and
    `changes` say why. `budget_met` is `None` without a budget, or if it hangs on prices that are not published."""

    considered: tuple[Weighed[Candidate], ...]
    """The candidates that pass S6, in input order."""
    excluded: tuple[LeftOut[Candidate], ...]
    cheapest: Plan | None = None
    fastest: Plan | None = None
    fewest_credits: Plan | None = None
    pareto: tuple[Plan, ...] = ()
    alternatives: Alternatives = NO_ALTERNATIVES
    blockers: tuple[Limit, ...] = ()
    changes: tuple[Change, ...] = ()
    budget_met: bool | None = None

    @property
    def feasible(self) -> bool:
        return self.cheapest is not None


def plan(problem: Problem, table: FrameworkTable) -> Planning:
    """The best ways to finish, or what stands in the way. Raises `NotProvedError` if that cannot be proved."""
    prior, candidates = sift(problem, table)
    search = Search(problem, open_ledger(problem, prior, candidates))
    cheapest = search.cheapest()
    if cheapest is None:
        return _infeasible(problem, table, candidates, search)
    fastest = search.fastest()
    fewest = search.fewest_credits()
    assert fastest is not None, "one plan is feasible, so one is the fastest"
    assert fewest is not None, "one plan is feasible, so one has the fewest new credits"
    return Planning(
        considered=candidates.passed,
        excluded=candidates.left_out,
        cheapest=cheapest,
        fastest=fastest,
        fewest_credits=fewest,
        pareto=search.pareto(cheapest, fastest),
        alternatives=search.like(cheapest),
        budget_met=None if problem.constraints.budget_gbp is None else True,
    )


def _infeasible(problem: Problem, table: FrameworkTable, candidates: Sifted[Candidate], search: Search) -> Planning:
    relaxed = {limit: without(problem, limit) for limit in Limit}
    blockers = tuple(
        limit
        for limit, easier in relaxed.items()
        if easier != problem and search_for(easier, table).optimiser.best() is not None
    )
    changes = tuple(smallest_changes(problem, table, search))
    if problem.constraints.budget_gbp is None:
        budget_met: bool | None = None
    else:
        budget_met = None if any(change.kind is ChangeKind.PRICE for change in changes) else False
    return Planning(
        considered=candidates.passed,
        excluded=candidates.left_out,
        blockers=blockers,
        changes=changes,
        budget_met=budget_met,
    )
