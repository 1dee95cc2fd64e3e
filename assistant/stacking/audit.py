"""What counts of the learning already done, and what is still missing (rules S3 to S5 and the first part of S9)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assistant.stacking.eligible import LeftOut, Sifted, Weighed, sift_prior, weigh
from assistant.stacking.ledger import Ledger, at_or_above, open_ledger, transfer_cap
from assistant.stacking.problem import PriorItem, Problem
from corpus.credit import FrameworkTable

MOST_STATES = 20_000
"""Beyond this many different ways of filling the caps the solver is quicker than the table."""


@dataclass(frozen=True, slots=True)
class LevelMinimum:
    """`have`: the most credit at the level or above among the selections that count the most credit."""

    at_or_above: int
    required: Fraction
    have: int

    @property
    def shortfall(self) -> Fraction:
        return max(Fraction(0), self.required - self.have)


@dataclass(frozen=True, slots=True)
class Countable:
    """The most credit that can count (UK credits, never above the total), and the most at or above each level with
    it."""

    credits: Fraction
    at_levels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Prior learning against one award. Every prior item is in exactly one of `counts` and `does_not_count`."""

    counts: tuple[Weighed[PriorItem], ...]
    does_not_count: tuple[LeftOut[PriorItem], ...]
    credits_eligible: int
    credits_counted: Fraction
    credits_remaining: Fraction
    effective_transfer_cap: Fraction | None
    level_minimums: tuple[LevelMinimum, ...]

    @property
    def credits_not_counted_because_of_caps(self) -> Fraction:
        return self.credits_eligible - self.credits_counted

    @property
    def min_at_level_met(self) -> bool:
        return all(minimum.shortfall == 0 for minimum in self.level_minimums)


def audit(problem: Problem, table: FrameworkTable) -> Audit:
    """What the prior learning of a problem counts for, with the reason for everything that does not."""
    return audit_sifted(problem, sift_prior((weigh(item, problem, table) for item in problem.prior), problem))


def audit_sifted(problem: Problem, prior: Sifted[PriorItem]) -> Audit:
    """The same, for prior learning that rule S3 has been applied to."""
    target = problem.target
    minimums = target.min_credits_at_or_above
    most = most_countable(open_ledger(problem, prior), tuple(minimum.level for minimum in minimums))
    return Audit(
        counts=prior.passed,
        does_not_count=prior.left_out,
        credits_eligible=sum(held.credits for held in prior.passed),
        credits_counted=most.credits,
        credits_remaining=target.total_credits - most.credits,
        effective_transfer_cap=transfer_cap(target),
        level_minimums=tuple(
            LevelMinimum(minimum.level, minimum.credits, have)
            for minimum, have in zip(minimums, most.at_levels, strict=True)
        ),
    )


def most_countable(ledger: Ledger, levels: tuple[int, ...]) -> Countable:
    """The most that every line of a ledger can count under the caps (S5), and with that the most at or above each
    level."""
    reached = _fill_caps(ledger, levels)
    if reached is None:
        from assistant.stacking.solver import most_at_or_above, most_credit  # see search.py

        amount = most_credit(ledger)
        return Countable(
            min(ledger.total, Fraction(amount)), tuple(most_at_or_above(ledger, level, amount) for level in levels)
        )
    counted = {
        ways: min(ledger.total, Fraction(ways[0] + ways[1] // ledger.rounding * ledger.rounding))
        for ways in reached
        if ways[1] == 0 or ways[1] >= ledger.min_claim
    }
    most = max(counted.values())
    best = [reached[ways] for ways, amount in counted.items() if amount == most]
    return Countable(most, tuple(max(at) for at in zip(*best, strict=True)))


def _fill_caps(ledger: Ledger, levels: tuple[int, ...]) -> dict[tuple[int, ...], tuple[int, ...]] | None:
    """Every way of filling the caps, as (own credit up to the total, transferred credit, use of each cap that can
    bind), with the most credit at or above each level that goes with it. `None` if there are too many ways to list."""
    binding = [
        (cap.credits, cap.members)
        for cap in ledger.caps
        if sum(ledger.lines[member].credits for member in cap.members) > cap.credits
    ]
    high = [at_or_above(ledger.lines, level) for level in levels]
    limits = (*(amount for amount, _ in binding), *(1 for _ in ledger.at_most_one))
    reached = {(0, 0, *(0 for _ in limits)): tuple(0 for _ in levels)}
    for position, line in enumerate(ledger.lines):
        inside = [position in members for _, members in binding]
        exclusive = [position in group for group in ledger.at_most_one]
        counts_at = [position in members for members in high]
        before = tuple(reached.items())
        for steps in range(1, line.units + 1):
            amount = steps * line.unit
            added = (*(amount * use for use in inside), *exclusive)
            gain = tuple(amount * counts for counts in counts_at)
            for ways, best in before:
                used = tuple(map(int.__add__, ways[2:], added))
                if any(use > limit for use, limit in zip(used, limits, strict=True)):
                    continue
                own, moved = (ways[0] + amount, ways[1]) if line.own else (ways[0], ways[1] + amount)
                key = (min(own, ledger.needed), moved, *used)
                new = tuple(map(int.__add__, best, gain))
                known = reached.get(key)
                reached[key] = new if known is None else tuple(map(max, known, new))
            if len(reached) > MOST_STATES:
                return None
    return reached
