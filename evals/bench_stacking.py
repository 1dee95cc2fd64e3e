"""How long the stacking engine takes: `python -m evals.bench_stacking`.

Medians and 95th percentiles in milliseconds of audit, one optimum and the whole answer at several numbers of candidate
courses, and of a what-if over several numbers of awards; in the same run a brute force (where one is possible) and a
greedy baseline, with how often greedy is wrong. Problems are seeded, so every run asks the same questions.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from assistant.stacking import audit, read_problem, solve
from assistant.stacking.ledger import Ledger
from assistant.stacking.problem import Problem, Target
from assistant.stacking.prospects import Goal, prospects
from assistant.stacking.search import Search, search_for
from corpus.catalogue import frameworks
from corpus.credit import FrameworkTable

CANDIDATES = (10, 40, 200, 1000)
AWARDS = (5, 20, 100)
Case = TypeVar("Case")
MOST_BY_BRUTE_FORCE = 12
PROVIDERS = ("Westbury University", "Westbury University", "Harbour University", "Lagan Institute")
SUBJECTS = ("care", "care", "computing", "art")


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of one thing measured, in milliseconds."""

    name: str
    times: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[min(len(self.times) - 1, round(0.95 * len(self.times)))]


@dataclass(frozen=True, slots=True)
class Greedy:
    """What taking the cheapest credit first makes of a ledger: its cost in pounds, `None` if it does not finish."""

    cost: Decimal | None


def problem_of(rng: random.Random, candidates: int) -> Problem:
    """A realistic problem: part of an award held, caps, residency, levels, prerequisites, twins, a subject rule."""
    total = rng.choice((60, 120)) if candidates <= MOST_BY_BRUTE_FORCE else rng.choice((120, 180, 240))
    raw = {
        "prior_learning": [_item(rng, f"p{number}") | _held(rng) for number in range(rng.randint(2, 5))],
        "target_award": {
            "title": "Award",
            "provider": PROVIDERS[0],
            "framework": "FHEQ",
            "total_credits": total,
            "min_credits_at_or_above": {"5": total // 2},
            "min_accepted_level": 4,
            "start_year": 2027,
            "credit_age_limit_years": 10,
            "max_transfer": {"fraction": "2/3"},
            "rounding_multiple": rng.choice((None, 10)),
            "residency": {"credits": total // 4, "min_level": 5},
            "subject_rule": {"relevant_subjects": ["care", "computing"], "free_choice_max": total // 4},
            "double_count": {"policy": "cap", "max_credits": total // 4},
            "transfer_fee_gbp_per_credit": 2,
        },
        "candidate_courses": [_course(rng, number, candidates) for number in range(candidates)],
        "constraints": {"hours_per_week": 10, "weeks_available": 30 * total // 10},
    }
    return read_problem(raw)


def _item(rng: random.Random, identity: str) -> dict[str, object]:
    ects = rng.random() < 0.15
    size = rng.choice((10, 15, 15, 20, 20, 30, 30, 40, 60))
    return {
        "id": identity,
        "credits": size / 2 if ects else size,
        "system": "ECTS" if ects else "CATS",
        "level": rng.choice((4, 5, 5, 6)),
        "framework": "FHEQ",
        "awarding_body": rng.choice(PROVIDERS),
        "credit_bearing": True,
        "subject": rng.choice(SUBJECTS),
    }


def _held(rng: random.Random) -> dict[str, object]:
    return {
        "year": rng.choice((2012, 2018, 2020, 2024)),
        "divisible_unit": rng.choice((None, None, 10)),
        "used_for_award": rng.choice((None, None, {"title": "HNC", "level": 4})),
    }


def _course(rng: random.Random, number: int, candidates: int) -> dict[str, object]:
    item = _item(rng, f"c{number}")
    needs = rng.randrange(number) if number and rng.random() < 0.2 else None
    return item | {
        "price_gbp": rng.randint(5, 150) * 10,
        "mode": "online",
        "covers": [f"M{number}"],
        "prerequisites": [] if needs is None else [f"M{needs}"],
        "equivalence_group": f"g{rng.randrange(candidates)}" if rng.random() < 0.3 else None,
        "study_hours": rng.choice((None, None, None, 120, 180)),
    }


def greedy(ledger: Ledger) -> Greedy:
    """Everything held, then courses by price per credit as long as no cap breaks, until nothing is missing."""
    lines = ledger.lines
    order = sorted(range(len(lines)), key=lambda position: (lines[position].new, _price_per_credit(ledger, position)))
    taken: set[int] = set()
    for position in order:
        if lines[position].units and _keeps_caps(ledger, taken | {position}) and _can_start(ledger, taken, position):
            taken.add(position)
        if _complete(ledger, taken):
            return Greedy(sum((lines[one].price * lines[one].units for one in taken), Decimal(0)))
    return Greedy(None)


def brute_force(ledger: Ledger) -> Decimal | None:
    """The least cost over every set of courses and every way to use what is held; `None` if no set will do."""
    best: Decimal | None = None
    for steps in itertools.product(*(range(line.units + 1) for line in ledger.lines)):
        taken = {position for position, count in enumerate(steps) if count}
        cost = sum((line.price * count for line, count in zip(ledger.lines, steps, strict=True)), Decimal(0))
        if (best is None or cost < best) and _keeps_caps(ledger, taken, steps) and _complete(ledger, taken, steps):
            best = cost
    return best


def _price_per_credit(ledger: Ledger, position: int) -> Decimal:
    return ledger.lines[position].price / max(1, ledger.lines[position].unit)


def _credit(ledger: Ledger, taken: set[int], members: frozenset[int], steps: Sequence[int] | None) -> int:
    lines = ledger.lines
    return sum(lines[one].unit * (lines[one].units if steps is None else steps[one]) for one in taken & members)


def _keeps_caps(ledger: Ledger, taken: set[int], steps: Sequence[int] | None = None) -> bool:
    within = all(_credit(ledger, taken, cap.members, steps) <= cap.credits for cap in ledger.caps)
    return within and all(len(taken & group) <= 1 for group in ledger.at_most_one)


def _can_start(ledger: Ledger, taken: set[int], position: int) -> bool:
    return all(taken & cover.by for cover in ledger.covers if cover.of == position)


def _complete(ledger: Ledger, taken: set[int], steps: Sequence[int] | None = None) -> bool:
    everything = frozenset(range(len(ledger.lines)))
    moved = _credit(ledger, taken, ledger.transferred, steps)
    counted = (
        _credit(ledger, taken, everything - ledger.transferred, steps) + moved // ledger.rounding * ledger.rounding
    )
    if counted < ledger.needed:
        return False
    hours = sum((ledger.lines[one].hours for one in taken), Decimal(0))
    return (
        all(_credit(ledger, taken, floor.members, steps) >= floor.credits for floor in ledger.floors)
        and all(taken & cover.by for cover in ledger.covers if cover.of is None or cover.of in taken)
        and (ledger.hours is None or hours <= ledger.hours)
    )


def _timed(name: str, run: Callable[[Case], object], cases: Sequence[Case]) -> Timing:
    times = []
    for case in cases:
        started = time.perf_counter()
        run(case)
        times.append((time.perf_counter() - started) * 1000)
    return Timing(name, tuple(times))


def _value_only(search: Search) -> object:
    return search.optimiser.best([search.cost, search.hours, search.credits])


def bench_candidates(candidates: int, rounds: int, table: FrameworkTable) -> None:
    problems = [problem_of(random.Random(f"{candidates}-{number}"), candidates) for number in range(rounds)]
    ledgers = [search_for(problem, table).ledger for problem in problems]
    optimum = _timed("one optimum", lambda problem: search_for(problem, table).cheapest(), problems)
    timings = [
        _timed("audit", lambda problem: audit(problem, table), problems),
        _timed("one optimum, ties not broken", lambda problem: _value_only(search_for(problem, table)), problems),
        optimum,
        _timed("whole answer", lambda problem: solve(problem, table), problems),
        _timed("greedy", greedy, ledgers),
    ]
    if candidates <= MOST_BY_BRUTE_FORCE:
        few = ledgers[:5]
        timings.append(_timed(f"brute force ({len(few)} only)", brute_force, few))
    print(f"\n{candidates} candidates, {rounds} problems")
    for timing in timings:
        print(f"  {timing.name:30} {timing.median:9.2f} ms median {timing.p95:9.2f} ms p95  {_ratio(timing, optimum)}")
    print("  " + _greedy_against_optimum(problems, ledgers, table))


def _ratio(timing: Timing, optimum: Timing) -> str:
    return f"{timing.median / optimum.median:8.2f} x one optimum"


def _greedy_against_optimum(problems: Sequence[Problem], ledgers: Sequence[Ledger], table: FrameworkTable) -> str:
    feasible, missed, dearer, extra = 0, 0, 0, []
    for problem, ledger in zip(problems, ledgers, strict=True):
        best, tried = search_for(problem, table).cheapest(), greedy(ledger)
        if best is None:
            continue
        feasible += 1
        if tried.cost is None:
            missed += 1
        elif tried.cost > best.cost:
            dearer += 1
            extra.append(float(tried.cost / best.cost - 1) if best.cost else 1.0)
    worse = f", by {statistics.median(extra):.0%} at the median" if extra else ""
    return (
        f"greedy: of {feasible} that can be finished it finds no plan for {missed} and a dearer one for {dearer}{worse}"
    )


def bench_what_if(awards: int, rounds: int, table: FrameworkTable) -> None:
    cases = []
    for number in range(rounds):
        rng = random.Random(f"what-if-{awards}-{number}")
        base = problem_of(rng, 40)
        goals = [Goal(f"a{index}", _varied(base.target, rng), base.candidates) for index in range(awards)]
        cases.append((base, goals))
    timing = _timed("what-if", lambda case: prospects(case[0].prior, case[1], table, case[0].constraints), cases)
    print(f"  {awards:4} awards: {timing.median:9.2f} ms median {timing.p95:9.2f} ms p95")


def _varied(target: Target, rng: random.Random) -> Target:
    return replace(
        target,
        total_credits=Fraction(rng.choice((60, 90, 120, 180, 240))),
        credit_age_limit_years=rng.choice((5, 10, 16, None)),
        max_transfer_fraction=Fraction(rng.choice((1, 2)), 3),
    )


def main() -> None:
    """Prints the whole table; takes under a minute on two cores."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench_stacking", description="Times of the stacking engine.")
    parser.add_argument("--rounds", type=int, default=30, help="problems at each size up to 40 candidates (default 30)")
    rounds = parser.parse_args().rounds
    table = frameworks()
    search_for(problem_of(random.Random(0), 10), table).cheapest()  # OR-Tools is imported before the clock starts
    for candidates in CANDIDATES:
        bench_candidates(candidates, rounds if candidates <= 40 else max(3, rounds * 8 // candidates * 5), table)
    print("\nwhat-if: audit of every award, plan for the nearest ten, 40 candidates each")
    for awards in AWARDS:
        bench_what_if(awards, max(3, rounds // 3), table)


if __name__ == "__main__":
    main()
