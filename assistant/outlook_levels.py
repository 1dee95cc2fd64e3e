"""From what the stacking engine proved to credits by level: one selection, and every credit in exactly one part. Pure.

`selected` takes the engine's own plan, or the smallest change it names; `level_credit` sorts the items of that selection by
level. Levels are those of the award's framework, amounts are UK credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assistant.stacking import Audit
from assistant.stacking.change import Change, ChangeKind
from assistant.stacking.eligible import Weighed
from assistant.stacking.ledger import transfer_cap
from assistant.stacking.plan import Planning
from assistant.stacking.problem import (
    Candidate,
    Constraints,
    LevelCredits,
    Objective,
    Pool,
    Problem,
    SubjectRule,
    SubjectShare,
    Target,
)
from assistant.stacking.reasons import ReasonCode
from assistant.stacking.search import Plan, search_for
from corpus.credit import CreditSystem, FrameworkTable


class Part(StrEnum):
    """What a credit is to the award, in the order it is drawn."""

    EARNED = "earned"
    """Held, and it counts."""
    PLANNED = "planned"
    """A course of the plan adds it."""
    MISSING = "missing"
    """No known course adds it."""
    CAPPED = "capped"
    """Held and good in itself, but over a limit, or not needed."""
    EXPIRED = "expired"
    """Held, and too old."""
    EXCLUDED = "excluded"
    """Held, and out for another reason."""


class Way(StrEnum):
    """How far the courses we know of lead."""

    FINISHES = "finishes"
    """To the award, within everything the learner said."""
    OVER_LIMITS = "over_limits"
    """To the award, with more money or time than there is, or once a price is known."""
    PARTLY = "partly"
    """Only part of the way: more credit has to be found."""
    NOWHERE = "nowhere"
    """No selection meets the rules, even with more credit."""


@dataclass(frozen=True, slots=True)
class LevelCredit:
    """UK credits of each part at one level; `None` if no level is stated. `any_level`: credit still missing that may be
    at any level which the award takes."""

    level: int | None
    amounts: Mapping[Part, Fraction]
    any_level: bool = False

    def of(self, part: Part) -> Fraction:
        return self.amounts.get(part, Fraction(0))


@dataclass(frozen=True, slots=True)
class Selection:
    """The one selection that everything is drawn from. `used`: UK credits taken of each piece of prior learning."""

    way: Way
    plan: Plan | None
    change: Change | None
    used: Mapping[str, int]

    @property
    def to_find(self) -> int:
        """UK credits that no known course gives."""
        return 0 if self.change is None or self.change.credits is None else self.change.credits


def selected(
    problem: Problem, audit: Audit, planning: Planning, objective: Objective, table: FrameworkTable
) -> Selection:
    """The plan of that objective; without one, the smallest change that would allow one; without that, what counts
    now."""
    best = planning.fastest if objective is Objective.FASTEST else planning.cheapest
    if best is not None:
        return Selection(Way.FINISHES, best, None, _most_used(_only_with(problem, best, None), table))
    if not planning.changes:
        return Selection(Way.NOWHERE, None, None, _most_used(_only_caps(problem, audit), table))
    change = planning.changes[0]
    way = Way.PARTLY if change.kind is ChangeKind.CREDIT else Way.OVER_LIMITS
    return Selection(way, change.plan, change, _most_used(_only_with(problem, change.plan, change), table))


FOUND = "found:credit"
"""Id, module code and subject of the course that stands for credit still to be found."""


def _only_with(problem: Problem, best: Plan, change: Change | None) -> Problem:
    """The problem with exactly the courses of a plan, the credit still to be found among them."""
    kept = tuple(course for course in problem.candidates if course.id in set(best.course_ids))
    within = replace(problem, candidates=kept, constraints=Constraints())
    if change is None or not change.credits:
        return within
    target = problem.target
    found = Candidate(
        id=FOUND,
        awarding_body=target.provider,
        credits=Fraction(change.credits),
        system=CreditSystem.CATS,
        level=change.level,
        framework=target.framework,
        study_hours=Decimal(0),
        covers=(FOUND,),
        subject=FOUND,
    )
    return replace(within, target=_open_to_found(target), candidates=(*kept, found))


def _open_to_found(target: Target) -> Target:
    """As the engine has it, credit to be found does for every module, subject and list of courses that an award wants."""
    rule = target.subject_rule
    return replace(
        target,
        subject_rule=rule and SubjectRule((*rule.relevant_subjects, FOUND), rule.free_choice_max),
        required_modules=tuple((*codes, FOUND) for codes in target.required_modules),
        pools=tuple(Pool((*pool.courses, FOUND), pool.credits) for pool in target.pools),
        min_shares_in_subject=tuple(
            SubjectShare((*share.subjects, FOUND), share.fraction) for share in target.min_shares_in_subject
        ),
    )


def _only_caps(problem: Problem, audit: Audit) -> Problem:
    """The problem of counting as much prior learning as the audit says can count, under the caps alone (S5)."""
    target = replace(
        problem.target,
        total_credits=audit.credits_counted,
        min_credits_at_or_above=(),
        max_transfer_credits=transfer_cap(problem.target),
        max_transfer_fraction=None,
        residency=None,
        required_modules=(),
        pools=(),
        min_shares_in_subject=(),
        time_limit_years=None,
    )
    return replace(problem, target=target, candidates=(), constraints=Constraints())


def _most_used(problem: Problem, table: FrameworkTable) -> Mapping[str, int]:
    """How much of each piece of prior learning can be used beside all courses of a problem: for the least fee, then the
    most credit. A plan itself may name less, since it needs no more."""
    search = search_for(problem, table)
    lines = search.ledger.lines
    every_course = {position: -line.unit for position, line in enumerate(lines) if line.new}
    most = {position: -line.unit for position, line in enumerate(lines) if not line.new}
    taken = search.optimiser.best([every_course, search.cost, most])
    assert taken is not None, "the engine proved a selection with these courses"
    return {used.id: used.credits for used in search.as_plan(taken).prior_used}


def level_credit(
    target: Target, audit: Audit, chosen: Selection, planned: Sequence[Weighed[Candidate]]
) -> tuple[LevelCredit, ...]:
    """Every credit that is held, planned or missing, at its level: highest first, then not stated, then any."""
    rows = _Rows()
    for held in audit.counts:
        used = chosen.used.get(held.id, 0)
        rows.add(held.level, Part.EARNED, used)
        rows.add(held.level, Part.CAPPED, held.credits - used)
    for entry in audit.does_not_count:
        part = Part.EXPIRED if entry.reason.code is ReasonCode.EXPIRED else Part.EXCLUDED
        rows.add(entry.weighed.level, part, entry.weighed.credits)
    for course in planned:
        rows.add(course.level, Part.PLANNED, course.credits)
    to_find = audit.credits_remaining if chosen.way is Way.NOWHERE else Fraction(chosen.to_find)
    _add_missing(rows, target.min_credits_at_or_above, to_find)
    _move_what_has_no_room(rows, target, audit)
    return rows.listed()


ANY_LEVEL = 0
"""Stands for "any level" among the levels while amounts are added up; real ones begin at 1."""


class _Rows:
    """Amounts by level and part, while they are added up."""

    def __init__(self) -> None:
        self.rows: dict[int | None, dict[Part, Fraction]] = {}

    def add(self, level: int | None, part: Part, amount: Fraction | int) -> None:
        row = self.rows.setdefault(level, {})
        row[part] = row.get(part, Fraction(0)) + amount

    def sum_of(self, *parts: Part, least: int | None = None) -> Fraction:
        """Over all levels, or over those known to be `least` or higher."""
        rows = [row for level, row in self.rows.items() if least is None or (level is not None and level >= least)]
        return sum((row.get(part, Fraction(0)) for row in rows for part in parts), Fraction(0))

    def listed(self) -> tuple[LevelCredit, ...]:
        order = sorted(self.rows, key=lambda level: (level == ANY_LEVEL, level is None, -(level or 0)))
        stated = [
            (level, {part: self.rows[level][part] for part in Part if self.rows[level].get(part)}) for level in order
        ]
        return tuple(LevelCredit(level or None, amounts, level == ANY_LEVEL) for level, amounts in stated if amounts)


def _add_missing(rows: _Rows, minimums: Iterable[LevelCredits], to_find: Fraction) -> None:
    """Credit to find goes first where a minimum at a level still needs it; the rest may be at any level."""
    for minimum in sorted(minimums, key=lambda minimum: -minimum.level):
        have = rows.sum_of(Part.EARNED, Part.PLANNED, Part.MISSING, least=minimum.level)
        rows.add(minimum.level, Part.MISSING, max(Fraction(0), minimum.credits - have))
    rows.add(ANY_LEVEL, Part.MISSING, max(Fraction(0), to_find - rows.sum_of(Part.MISSING)))


def _move_what_has_no_room(rows: _Rows, target: Target, audit: Audit) -> None:
    """Items count whole, so the selection may hold more credit than counts: that much is over a limit, lowest level
    first. Never so much that the parts fall short of the total or of a minimum at a level, and never what only a planned
    course overshoots by."""
    earned, missing, planned = (rows.sum_of(part) for part in (Part.EARNED, Part.MISSING, Part.PLANNED))
    beyond = earned + missing + planned - target.total_credits
    left = min(beyond, max(earned - audit.credits_counted, earned + missing - target.total_credits))
    for level in sorted(rows.rows, key=lambda level: (level is not None, level or 0)):
        spare = [
            rows.sum_of(Part.EARNED, Part.PLANNED, Part.MISSING, least=minimum.level) - minimum.credits
            for minimum in target.min_credits_at_or_above
            if level is not None and level >= minimum.level
        ]
        moved = max(Fraction(0), min(left, rows.rows[level].get(Part.EARNED, Fraction(0)), *spare))
        rows.add(level, Part.EARNED, -moved)
        rows.add(level, Part.CAPPED, moved)
        left -= moved
