"""One award as it stands for one learner: credits by level, what to take, week by week, and what is held on the way. Pure.

Every figure comes from the stacking engine: `Audit` says what counts (rules S3 to S5), `Plan` or `Change` is the selection
that it proved (S7 to S9), `Stage` and `ExitPoint` follow that selection (S11). All that is done here is to sort the items
of that one selection by level and to add them up.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assistant.evidence import Evidence, evidence_of
from assistant.outlook_words import Line, assumption_lines, counts_line, left_out_line, needed_lines, unknown_lines
from assistant.pathway import Nearest, Pathway, constraints_of, prior_items, usable_credits
from assistant.profile import LearnerProfile
from assistant.shelf import Library
from assistant.stacking import Audit
from assistant.stacking.awards import Incomplete, award_target, problem_from_records
from assistant.stacking.change import Change, ChangeKind
from assistant.stacking.eligible import Weighed
from assistant.stacking.ledger import transfer_cap
from assistant.stacking.next_steps import SmallerAward, Stage, exit_points, stages
from assistant.stacking.plan import Planning, plan
from assistant.stacking.problem import (
    Candidate,
    Constraints,
    LevelCredits,
    Limit,
    Objective,
    Pool,
    PriorItem,
    Problem,
    SubjectRule,
    SubjectShare,
    Target,
)
from assistant.stacking.prospects import Expiry, Goal, prospects
from assistant.stacking.reasons import ReasonCode
from assistant.stacking.search import Plan, search_for
from assistant.stacking.standing import Standing, standing_of_plan
from corpus.courses import Award, Course
from corpus.credit import CreditSystem, Framework, FrameworkTable, Level

LADDERS = (
    ("fheq-certhe", "fheq-diphe", "fheq-ordinary-degree", "fheq-honours-degree"),
    ("scqf-ordinary-degree", "scqf-honours-degree"),
    ("fheq-pgcert", "fheq-pgdip"),
    ("scqf-pgcert", "scqf-pgdip"),
)
"""National awards that are a part of larger ones of their kind, smallest first; the last two for postgraduate study."""
POSTGRADUATE = Level(Framework.FHEQ, 7)
MOST_POSTGRADUATE = 180
"""UK credits; a larger award at this level (an integrated master's) begins with undergraduate study."""


class Part(StrEnum):
    """What a credit is to the award, in the order it is drawn."""

    EARNED = "earned"
    """Held, and it counts."""
    PLANNED = "planned"
    """A course of the plan adds it."""
    MISSING = "missing"
    """No known course adds it."""
    CAPPED = "capped"
    """Held and good in itself, but over a limit or more than the award has room for."""
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
    """UK credits of each part at one level of the award's framework. `None`: no level is stated, or any level does."""

    level: int | None
    amounts: Mapping[Part, Fraction]

    def of(self, part: Part) -> Fraction:
        return self.amounts.get(part, Fraction(0))


@dataclass(frozen=True, slots=True)
class Cost:
    """Pounds that are known, and how many courses publish no price and come on top."""

    pounds: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Step:
    """One course of the plan. `hours_stated` is false where ten hours a credit stand in (S8)."""

    course: Course
    stage: Stage
    level: int | None
    hours_stated: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """Stopping after a course (`None`: before the first). `own` are the provider's smaller awards whose stated rules are
    met; `size` the largest national award whose size is reached, which does not mean that anyone gives it."""

    after: Course | None
    new_credits: int
    cost: Cost
    hours: Decimal
    last_week: int | None
    own: tuple[Award, ...]
    size: Award | None
    completes: bool


@dataclass(frozen=True, slots=True)
class Route:
    """What one objective leads to; `weeks` is `None` if the weekly hours are not known."""

    objective: Objective
    cost: Cost
    hours: Decimal
    weeks: int | None
    course_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Everything a page shows about one award. Lists are in the order to show them."""

    award: Award
    floor: Award | None
    """The national minimum that filled in what the award itself does not state."""
    start: datetime.date
    objective: Objective
    way: Way
    standing: Standing
    who_decides: str
    total: Fraction
    """UK credits of the whole award."""
    usable: Fraction
    """The most of the learner's credit that can count in the end, as the chat says it (`pathway.usable_credits`)."""
    audit: Audit
    levels: tuple[LevelCredit, ...]
    """Highest level first; `level` `None` last. Levels with nothing to show are left out."""
    counts: tuple[Line, ...]
    does_not_count: tuple[Line, ...]
    needed: tuple[Line, ...]
    steps: tuple[Step, ...]
    exits: tuple[Exit, ...]
    """From before the first course to after the last; empty if there is no course to take."""
    routes: tuple[Route, ...]
    """The cheapest and the fastest; empty if no plan keeps within what the learner said."""
    hours_per_week: Decimal | None
    courses_left_out: tuple[Line, ...]
    """Courses known to count that cannot be planned, and why."""
    assumptions: tuple[str, ...]
    unknown: tuple[str, ...]
    sources: tuple[Evidence, ...]

    def sum_of(self, part: Part) -> Fraction:
        return sum((level.of(part) for level in self.levels), Fraction(0))

    @property
    def beyond(self) -> Fraction:
        """Credits more than the award needs: courses count whole, and transferred credit may be rounded down."""
        have = sum((self.sum_of(part) for part in (Part.EARNED, Part.PLANNED, Part.MISSING)), Fraction(0))
        return max(Fraction(0), have - self.total)

    @property
    def cost(self) -> Cost | None:
        """Of the whole plan; `None` if there is no course to take."""
        return self.exits[-1].cost if self.exits else None

    @property
    def same_route(self) -> bool:
        return len({route.course_ids for route in self.routes}) == 1


@dataclass(frozen=True, slots=True)
class Choice:
    """An award to look at: how much of what is held is usable, and what is missing, in UK credits. `unknown`: fields of
    its record without which nothing can be worked out; then both are `None`."""

    award: Award
    usable: Fraction | None
    missing: Fraction | None
    unknown: tuple[str, ...] = ()


def outlook(
    library: Library, profile: LearnerProfile, award_id: str, objective: Objective, start: datetime.date
) -> Outlook | Incomplete:
    """The award as it stands for the learner, by the cheapest or the fastest plan; `start` is when study could begin.

    `Incomplete` if the award's source leaves out what a calculation needs. Raises `ValueError` for an id that is no
    award's, and `NotProvedError` if an optimum cannot be proved.
    """
    award = library.catalogue.award(award_id)
    if award is None:
        raise ValueError(f"award_id = {award_id!r}, expected the id of an award; `choices` gives some")
    pathway = library.pathways.towards(award, profile, start.year)
    if isinstance(pathway, Incomplete):
        return pathway
    return _Looked(library, profile, pathway, objective, start).outlook()


def choices(
    library: Library, profile: LearnerProfile, start: datetime.date, named: Iterable[str] = ()
) -> tuple[Choice, ...]:
    """The awards worth choosing among: the learner's target first, then others they named (ids), then the nearest."""
    wanted = [award for award_id in (profile.get("target_award"), *named) if (award := library.catalogue.award(award_id))]
    nearest = library.pathways.nearest(profile, start.year)
    told = {award.id: _choice(library, profile, award, start) for award in wanted}
    near = {
        entry.award.id: Choice(entry.award, entry.usable, entry.prospect.to_find)
        for entry in nearest
        if entry.award.id not in told
    }
    return (*told.values(), *near.values())


def _choice(library: Library, profile: LearnerProfile, award: Award, start: datetime.date) -> Choice:
    pathway = library.pathways.towards(award, profile, start.year)
    if isinstance(pathway, Incomplete):
        return Choice(award, None, None, pathway.fields)
    held = prior_items(profile.prior_learning)
    (prospect,) = prospects(held, [Goal(award.id, pathway.target)], library.table, plans=0)
    return Choice(award, Nearest(award, prospect).usable, prospect.to_find)


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

    @property
    def course_ids(self) -> tuple[str, ...]:
        return () if self.plan is None else self.plan.course_ids


def selected(
    problem: Problem, audit: Audit, planning: Planning, objective: Objective, table: FrameworkTable
) -> Selection:
    """The plan of that objective; if there is none, the smallest change that would allow one; if there is none of those
    either, what counts now."""
    best = planning.fastest if objective is Objective.FASTEST else planning.cheapest
    if best is not None:
        return Selection(Way.FINISHES, best, None, _least_used(_with_found(problem, best, None), table))
    if not planning.changes:
        return Selection(Way.NOWHERE, None, None, _most_counted(problem, audit, table))
    change = planning.changes[0]
    way = Way.PARTLY if change.kind is ChangeKind.CREDIT else Way.OVER_LIMITS
    return Selection(way, change.plan, change, _least_used(_with_found(problem, change.plan, change), table))


FOUND = "found:credit"
"""Id and subject of the course that stands for credit still to be found."""


def _with_found(problem: Problem, best: Plan, change: Change | None) -> Problem:
    """The problem with exactly the courses of a plan, and the credit still to be found as one more course that meets
    every rule about subjects, lists and modules."""
    kept = tuple(course for course in problem.candidates if course.id in set(best.course_ids))
    limits = Constraints(hours_per_week=problem.constraints.hours_per_week)
    problem = replace(problem, candidates=kept, constraints=limits)
    if change is None or not change.credits:
        return problem
    target = problem.target
    found = Candidate(
        id=FOUND,
        awarding_body=target.provider,
        credits=Fraction(change.credits),
        system=CreditSystem.CATS,
        level=change.level,
        framework=target.framework,
        price_gbp=Decimal(0),
        study_hours=Decimal(0),
        covers=tuple(code for codes in change.modules for code in codes),
        subject=FOUND,
    )
    return replace(problem, target=_open_to_found(target), candidates=(*kept, found))


def _open_to_found(target: Target) -> Target:
    rule = target.subject_rule
    return replace(
        target,
        subject_rule=rule and SubjectRule((*rule.relevant_subjects, FOUND), rule.free_choice_max),
        pools=tuple(Pool((*pool.courses, FOUND), pool.credits) for pool in target.pools),
        min_shares_in_subject=tuple(
            SubjectShare((*share.subjects, FOUND), share.fraction) for share in target.min_shares_in_subject
        ),
    )


def _least_used(problem: Problem, table: FrameworkTable) -> Mapping[str, int]:
    """How much of each piece of prior learning a plan needs with all courses of the problem taken: the least fee, then
    the least credit. The plan itself may name more, since prior learning costs nothing where there is no fee."""
    search = search_for(problem, table)
    lines = search.ledger.lines
    all_new = {position: -line.unit for position, line in enumerate(lines) if line.new}
    least = {position: line.unit for position, line in enumerate(lines) if not line.new}
    taken = search.optimiser.best([all_new, search.cost, least])
    assert taken is not None, "the plan that these courses come from is feasible"
    return {used.id: used.credits for used in search.as_plan(taken).prior_used}


def _most_counted(problem: Problem, audit: Audit, table: FrameworkTable) -> Mapping[str, int]:
    """A selection of prior learning that counts as much as the audit says can count under the caps, and no more."""
    target = problem.target
    capped = Target(
        title=target.title,
        provider=target.provider,
        framework=target.framework,
        total_credits=audit.credits_counted,
        max_credits_at_level=target.max_credits_at_level,
        min_accepted_level=target.min_accepted_level,
        start_year=target.start_year,
        credit_age_limit_years=target.credit_age_limit_years,
        max_transfer_credits=transfer_cap(target),
        rounding_multiple=target.rounding_multiple,
        subject_rule=target.subject_rule,
        double_count=target.double_count,
        max_from_pools=target.max_from_pools,
        exclusions=target.exclusions,
        max_experience_credits=target.max_experience_credits,
        min_claim_credits=target.min_claim_credits,
        own_credit=target.own_credit,
    )
    return _least_used(replace(problem, target=capped, candidates=(), constraints=Constraints()), table)


def level_credit(
    target: Target, audit: Audit, chosen: Selection, planned: Sequence[Weighed[Candidate]]
) -> tuple[LevelCredit, ...]:
    """Every credit held, planned or missing in exactly one part of one level."""
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


class _Rows:
    """Amounts by level and part, while they are being added up."""

    def __init__(self) -> None:
        self.rows: dict[int | None, dict[Part, Fraction]] = {}

    def add(self, level: int | None, part: Part, amount: Fraction | int) -> None:
        if amount:
            row = self.rows.setdefault(level, {})
            row[part] = row.get(part, Fraction(0)) + amount

    def sum_of(self, *parts: Part, least: int | None = None) -> Fraction:
        """Over all levels, or those known to be `least` or higher."""
        rows = (row for level, row in self.rows.items() if least is None or (level is not None and level >= least))
        return sum((row.get(part, Fraction(0)) for row in rows for part in parts), Fraction(0))

    def listed(self) -> tuple[LevelCredit, ...]:
        order = sorted(self.rows, key=lambda level: (level is None, -(level or 0)))
        return tuple(LevelCredit(level, self.rows[level]) for level in order)


def _add_missing(rows: _Rows, minimums: Iterable[LevelCredits], to_find: Fraction) -> None:
    """Credit to find, first where a minimum at a level still needs it; what is left may be at any level."""
    for minimum in sorted(minimums, key=lambda minimum: -minimum.level):
        have = rows.sum_of(Part.EARNED, Part.PLANNED, Part.MISSING, least=minimum.level)
        rows.add(minimum.level, Part.MISSING, max(Fraction(0), minimum.credits - have))
    rows.add(None, Part.MISSING, max(Fraction(0), to_find - rows.sum_of(Part.MISSING)))


def _move_what_has_no_room(rows: _Rows, target: Target, audit: Audit) -> None:
    """Items count whole, so a selection may hold more than counts: that much is over a limit, lowest level first.

    Never so much that the parts would fall short of the total, and never credit that a planned course overshoots by.
    """
    earned, missing = rows.sum_of(Part.EARNED), rows.sum_of(Part.MISSING)
    beyond = earned + missing + rows.sum_of(Part.PLANNED) - target.total_credits
    too_much = max(earned - audit.credits_counted, earned + missing - target.total_credits)
    left = max(Fraction(0), min(beyond, too_much))
    for level in sorted(rows.rows, key=lambda level: (level is not None, level or 0)):
        moved = min(left, rows.rows[level].get(Part.EARNED, Fraction(0)))
        rows.add(level, Part.EARNED, -moved)
        rows.add(level, Part.CAPPED, moved)
        left -= moved


@dataclass(frozen=True, slots=True)
class _Looked:
    """What an outlook is made from."""

    library: Library
    profile: LearnerProfile
    pathway: Pathway
    objective: Objective
    start: datetime.date

    def outlook(self) -> Outlook:
        pathway, table = self.pathway, self.library.table
        audit, award, target = pathway.result.audit, pathway.award, pathway.target
        problem = problem_from_records(
            target, prior_items(self.profile.prior_learning), pathway.courses, constraints_of(self.profile)
        )
        planning = pathway.result.planning or plan(problem, table)
        chosen = selected(problem, audit, planning, self.objective, table)
        weighed = {course.id: course for course in planning.considered}
        order = () if chosen.plan is None else stages(chosen.plan, problem, table)
        planned = tuple(weighed[stage.course_id] for stage in order)
        steps = tuple(self._step(stage, course) for stage, course in zip(order, planned, strict=True))
        levels = level_credit(target, audit, chosen, planned)
        lasting = {expiry.item_id: expiry for expiry in pathway.expiries}
        return Outlook(
            award=award,
            floor=pathway.floor,
            start=self.start,
            objective=self.objective,
            way=chosen.way,
            standing=self._standing(chosen),
            who_decides=who_decides(award),
            total=target.total_credits,
            usable=usable_credits(audit, target.total_credits),
            audit=audit,
            levels=levels,
            counts=tuple(counts_line(held, lasting[held.id], chosen.used.get(held.id, 0)) for held in audit.counts),
            does_not_count=(*map(left_out_line, audit.does_not_count), *_over_limits(levels, audit)),
            needed=tuple(needed_lines(award, target, levels, chosen.change, planning.blockers, self._title)),
            steps=steps,
            exits=self._exits(chosen, order, problem),
            routes=tuple(_routes(planning)),
            hours_per_week=problem.constraints.hours_per_week,
            courses_left_out=tuple(map(left_out_line, planning.excluded)),
            assumptions=tuple(assumption_lines(award, pathway.result, steps_assume=any(not s.hours_stated for s in steps))),
            unknown=tuple(unknown_lines(problem, pathway.result.unknown, chosen.course_ids)),
            sources=tuple(map(evidence_of, (award, *filter(None, (pathway.floor,)), *(step.course for step in steps)))),
        )
