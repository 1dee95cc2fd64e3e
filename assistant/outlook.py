"""One award as it stands for one learner: what counts, what to take week by week, what is held on the way. Pure.

Every figure comes from the stacking engine: `Audit` says what counts (rules S3 to S5), `Plan` or `Change` is the selection
that it proved (S7 to S9), `Stage` and `ExitPoint` follow that selection (S11). What is done here is to put them together
and, in `outlook_levels`, to add up the items of that one selection by level.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.evidence import Evidence, evidence_of
from assistant.outlook_levels import LevelCredit, Part, Selection, Way, level_credit, selected
from assistant.outlook_words import (
    Line,
    assumption_lines,
    counts_lines,
    left_out_lines,
    needed_lines,
    no_room_lines,
    unknown_lines,
    who_decides,
)
from assistant.pathway import Nearest, Pathway, constraints_of, prior_items, usable_credits
from assistant.profile import LearnerProfile
from assistant.shelf import Library
from assistant.stacking import Audit, Problem
from assistant.stacking.awards import Incomplete, award_target, problem_from_records
from assistant.stacking.next_steps import ExitPoint, SmallerAward, Stage, exit_points, stages
from assistant.stacking.plan import Planning, plan
from assistant.stacking.problem import Objective, Target
from assistant.stacking.prospects import Goal, prospects
from assistant.stacking.standing import Standing, standing_of_plan
from corpus.courses import Award, Course
from corpus.credit import Framework, Level

UNDERGRADUATE = ("fheq-certhe", "fheq-diphe", "fheq-ordinary-degree", "fheq-honours-degree", "scqf-ordinary-degree")
POSTGRADUATE = ("fheq-pgcert", "fheq-pgdip", "scqf-pgcert", "scqf-pgdip")
"""National awards that can be a stage of a larger one. The others of their size ask for a degree or a subject first."""
LARGEST_POSTGRADUATE = 180
"""UK credits; a larger award of this level, an integrated master's, begins with undergraduate study."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Pounds that are known, and how many courses publish no price and come on top."""

    pounds: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Step:
    """One course of the plan; `level` in the award's framework. `hours_stated` is false where ten hours a credit stand
    in (S8)."""

    course: Course
    stage: Stage
    level: int | None
    hours_stated: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """Stopping after a course (`None`: before the first). `own`: the provider's smaller awards whose stated rules are
    met; `size`: the largest national award whose size is reached, which does not mean that anybody gives it."""

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
    framework: Framework
    start: datetime.date
    objective: Objective
    way: Way
    would_work_with: str | None
    """With `Way.OVER_LIMITS`: the least that would have to change, in a sentence."""
    standing: Standing
    who_decides: str
    total: Fraction
    """UK credits of the whole award."""
    usable: Fraction
    """The most of the learner's credit that can count in the end, as the chat says it (`pathway.usable_credits`)."""
    audit: Audit
    levels: tuple[LevelCredit, ...]
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
        """UK credits of one part over all levels."""
        return sum((row.of(part) for row in self.levels), Fraction(0))

    @property
    def beyond(self) -> Fraction:
        """Credits more than the award needs: courses count whole, and transferred credit may be rounded down."""
        have = sum((self.sum_of(part) for part in (Part.EARNED, Part.PLANNED, Part.MISSING)), Fraction(0))
        return max(Fraction(0), have - self.total)

    @property
    def same_route(self) -> bool:
        """The cheapest plan is also the fastest."""
        return len({route.course_ids for route in self.routes}) == 1


@dataclass(frozen=True, slots=True)
class Choice:
    """An award to look at: how much of what is held is usable and how much is missing, in UK credits. `unknown`: fields
    of its record without which nothing can be worked out; then both are `None`."""

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
    prior = prior_items(profile.prior_learning)
    problem = problem_from_records(pathway.target, prior, pathway.courses, constraints_of(profile))
    planning = pathway.result.planning or plan(problem, library.table)
    chosen = selected(problem, pathway.result.audit, planning, objective, library.table)
    return _put_together(library, pathway, problem, planning, chosen, objective, start)


def choices(
    library: Library, profile: LearnerProfile, start: datetime.date, named: Iterable[str] = ()
) -> tuple[Choice, ...]:
    """The awards worth choosing among: the learner's target, others they named (ids), then the nearest to what they
    hold. Each award once."""
    wanted = (library.catalogue.award(award_id) for award_id in (profile.get("target_award"), *named) if award_id)
    found = {award.id: _choice(library, profile, award, start) for award in wanted if award is not None}
    for near in library.pathways.nearest(profile, start.year):
        found.setdefault(near.award.id, Choice(near.award, near.usable, near.prospect.to_find))
    return tuple(found.values())


def _choice(library: Library, profile: LearnerProfile, award: Award, start: datetime.date) -> Choice:
    pathway = library.pathways.towards(award, profile, start.year)
    if isinstance(pathway, Incomplete):
        return Choice(award, None, None, pathway.fields)
    goal = Goal(award.id, pathway.target)
    (prospect,) = prospects(prior_items(profile.prior_learning), [goal], library.table, plans=0)
    return Choice(award, Nearest(award, prospect).usable, prospect.to_find)


def _put_together(
    library: Library,
    pathway: Pathway,
    problem: Problem,
    planning: Planning,
    chosen: Selection,
    objective: Objective,
    start: datetime.date,
) -> Outlook:
    award, audit, target = pathway.award, pathway.result.audit, pathway.target
    order = () if chosen.plan is None else stages(chosen.plan, problem, library.table)
    weighed = {course.id: course for course in planning.considered}
    planned = tuple(weighed[stage.course_id] for stage in order)
    courses = {course.id: course for course in pathway.courses}
    steps = tuple(
        Step(courses[stage.course_id], stage, course.level, course.item.study_hours is not None)
        for stage, course in zip(order, planned, strict=True)
    )
    levels = level_credit(target, audit, chosen, planned)
    usable = usable_credits(audit, target.total_credits)
    shown = tuple(step.course for step in steps)
    return Outlook(
        award=award,
        floor=pathway.floor,
        framework=target.framework,
        start=start,
        objective=objective,
        way=chosen.way,
        would_work_with=chosen.change.sentence if chosen.change and chosen.way is Way.OVER_LIMITS else None,
        standing=_standing(library, award, chosen),
        who_decides=who_decides(award),
        total=target.total_credits,
        usable=usable,
        audit=audit,
        levels=levels,
        counts=tuple(
            counts_lines(audit.counts, pathway.expiries, lambda item: chosen.used.get(item, 0), target.framework)
        ),
        does_not_count=(*left_out_lines(audit.does_not_count), *no_room_lines(levels, audit, usable)),
        needed=tuple(
            needed_lines(target, levels, planned, chosen.change, planning.blockers, lambda code: _title(library, code))
        ),
        steps=steps,
        exits=tuple(_exits(library, pathway, problem, chosen, order, courses)),
        routes=tuple(_routes(planning)),
        hours_per_week=problem.constraints.hours_per_week,
        courses_left_out=tuple(left_out_lines(planning.excluded)),
        assumptions=tuple(
            assumption_lines(award, pathway.result, hours_assumed=not all(step.hours_stated for step in steps))
        ),
        unknown=tuple(unknown_lines(problem, pathway.result.unknown, [course.id for course in shown])),
        sources=tuple(evidence_of(record) for record in (award, pathway.floor, *shown) if record is not None),
    )


def _standing(library: Library, award: Award, chosen: Selection) -> Standing:
    """The weakest claim that is used. Credit nobody has found yet cannot be better than "may count"."""
    if chosen.way not in (Way.FINISHES, Way.OVER_LIMITS) or chosen.plan is None:
        return Standing.MAY_COUNT
    counts = {course_id: library.pathways.where_it_counts(course_id) for course_id in chosen.plan.course_ids}
    return standing_of_plan(chosen.plan, award.id, counts)


def _title(library: Library, code: str) -> str:
    """What a module is called; its code if no record of it is held."""
    record = library.catalogue.record(code) or library.catalogue.by_code(code)
    return code if record is None else record.title


def _routes(planning: Planning) -> Iterator[Route]:
    for objective, best in ((Objective.CHEAPEST, planning.cheapest), (Objective.FASTEST, planning.fastest)):
        if best is not None:
            yield Route(objective, Cost(best.cost, best.unpriced), best.hours, best.weeks, best.course_ids)


def _exits(
    library: Library,
    pathway: Pathway,
    problem: Problem,
    chosen: Selection,
    order: Sequence[Stage],
    courses: dict[str, Course],
) -> Iterator[Exit]:
    if chosen.plan is None or not order:
        return
    own = dict(_own_parts(library, pathway))
    national = dict(national_stages(library, pathway))
    smaller = [SmallerAward(award_id, target) for award_id, target in {**own, **national}.items()]
    points = exit_points(chosen.plan, order, problem, smaller, library.table)
    for point in points:
        completes = point is points[-1] and chosen.way is not Way.PARTLY
        yield _exit(library, point, courses, [held for held in point.holds if held in own], national, completes)


def _exit(
    library: Library,
    point: ExitPoint,
    courses: dict[str, Course],
    own: Sequence[str],
    national: dict[str, Target],
    completes: bool,
) -> Exit:
    sizes = [held for held in point.holds if held in national and held not in own]
    largest = max(sizes, key=lambda award_id: national[award_id].total_credits, default=None)
    return Exit(
        after=None if point.after is None else courses[point.after],
        new_credits=point.new_credits,
        cost=Cost(point.spent, point.unpriced),
        hours=point.hours,
        last_week=point.last_week,
        own=tuple(award for award_id in own if (award := library.catalogue.award(award_id)) is not None),
        size=None if largest is None else library.catalogue.award(largest),
        completes=completes,
    )


def _own_parts(library: Library, pathway: Pathway) -> Iterator[tuple[str, Target]]:
    """The provider's awards that this one begins with, with their rules and the national minimums they have to meet."""
    for award in library.catalogue.awards:
        if pathway.award.id in award.exits_into:
            found = library.pathways.towards(award, LearnerProfile(), pathway.target.start_year or 0)
            if isinstance(found, Pathway):
                yield award.id, found.target


def national_stages(library: Library, pathway: Pathway) -> Iterator[tuple[str, Target]]:
    """Smaller national awards that can be a stage of this one."""
    target, level = pathway.target, pathway.award.at_level
    if level is None:
        return
    taught = target.total_credits <= LARGEST_POSTGRADUATE and library.table.at_least(level, Level(Framework.FHEQ, 7))
    for award_id in POSTGRADUATE if taught else UNDERGRADUATE:
        award = library.catalogue.award(award_id)
        found = None if award is None else award_target(award, library.table, target.start_year)
        if not isinstance(found, Target) or found.framework is not target.framework:
            continue
        if found.total_credits < target.total_credits:
            yield award_id, found
