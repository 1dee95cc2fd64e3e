"""A problem after the item-by-item rules: whole numbers and sets of positions, ready for arithmetic (rules S4, S5, S7,
S8).

What the award calls caps, minimums, modules and subjects all becomes the same few kinds of bound here, so that the
audit and the solver cannot read a rule in two ways.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.stacking.eligible import Sifted, Weighed, is_relevant, same_name
from assistant.stacking.problem import Candidate, Limit, PriorItem, Problem, Target
from corpus.courses import DoubleCount

HOURS_PER_CREDIT = 10
WEEKS_PER_YEAR = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item that may be selected, in up to `units` steps of `unit` credits; a whole item has one step (rule S4).

    Money and hours are for one step, `price` in pounds. `unpriced` marks a course without a published price.
    """

    id: str
    unit: int
    units: int
    level: int | None
    own: bool
    """The award's own provider awarded it, so that it is not transferred credit."""
    new: bool
    price: Decimal = Decimal(0)
    hours: Decimal = Decimal(0)
    unpriced: bool = False

    @property
    def credits(self) -> int:
        """The most it can add, in UK credits."""
        return self.unit * self.units


@dataclass(frozen=True, slots=True)
class Bound:
    """A minimum or maximum number of UK credits over the lines in `members`; `level` if it is about one."""

    limit: Limit
    credits: int
    members: frozenset[int]
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """If line `of` is selected (`None`: in any case), so must one of `by` be. `codes`: the modules in question."""

    of: int | None
    by: frozenset[int]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything that decides which selections are possible and what they cost. Lines are prior learning, then
    candidates, each in input order; sets hold positions in `lines`."""

    lines: tuple[Line, ...]
    total: Fraction
    caps: tuple[Bound, ...]
    floors: tuple[Bound, ...]
    at_most_one: tuple[frozenset[int], ...]
    covers: tuple[Cover, ...]
    rounding: int
    min_claim: int
    budget: Decimal | None
    only_priced: bool
    """A plan with a course that has no price cannot be said to keep within a budget (S10)."""
    hours: Decimal | None

    @property
    def needed(self) -> int:
        """The least whole number of credits that reaches the total."""
        return math.ceil(self.total)

    @property
    def transferred(self) -> frozenset[int]:
        return _where(self.lines, lambda line: not line.own)


Weights = Mapping[int, int]
"""What one step of a line adds to a sum, by position in the ledger; a line that is left out adds nothing."""
Selection = tuple[int, ...]
"""How many steps of each line are selected, in the order of the ledger."""


def common_scale(amounts: Iterable[Decimal]) -> int:
    """The least whole number that makes whole numbers of all amounts: 100 if some are in pence."""
    return math.lcm(*(amount.as_integer_ratio()[1] for amount in amounts))


def transfer_cap(target: Target) -> Fraction | None:
    """The most credit from other awarding bodies (S5); `None` if no rule limits it."""
    limits: list[Fraction] = []
    if target.max_transfer_credits is not None:
        limits.append(target.max_transfer_credits)
    if target.max_transfer_fraction is not None:
        limits.append(Fraction(math.floor(target.max_transfer_fraction * target.total_credits)))
    if target.residency is not None:
        limits.append(max(Fraction(0), target.total_credits - target.residency.credits))
    return min(limits) if limits else None


Everything = tuple[Weighed[PriorItem] | Weighed[Candidate], ...]


def open_ledger(problem: Problem, prior: Sifted[PriorItem], candidates: Sifted[Candidate] | None = None) -> Ledger:
    """The ledger of what passed the item-by-item rules."""
    courses = () if candidates is None else candidates.passed
    everything: Everything = (*prior.passed, *courses)
    target = problem.target
    lines = (
        *(_prior_line(item, target) for item in prior.passed),
        *(_candidate_line(course, target) for course in courses),
    )
    return Ledger(
        lines=lines,
        total=target.total_credits,
        caps=tuple(_caps(target, lines, everything)),
        floors=tuple(_floors(target, lines, everything)),
        at_most_one=_at_most_one(target, everything),
        covers=_covers(target, everything),
        rounding=target.rounding_multiple or 1,
        min_claim=math.ceil(target.min_claim_credits or 0),
        budget=problem.constraints.budget_gbp,
        only_priced=problem.constraints.budget_gbp is not None,
        hours=_most_hours(problem),
    )


def _prior_line(held: Weighed[PriorItem], target: Target) -> Line:
    own = same_name(held.item.awarding_body, target.provider)
    unit = held.item.divisible_unit or held.credits
    fee = Decimal(0) if own else target.transfer_fee_gbp_per_credit or Decimal(0)
    return Line(
        id=held.id, unit=unit, units=held.credits // unit, level=held.level, own=own, new=False, price=fee * unit
    )


def _candidate_line(course: Weighed[Candidate], target: Target) -> Line:
    item = course.item
    return Line(
        id=course.id,
        unit=course.credits,
        units=1,
        level=course.level,
        own=same_name(item.awarding_body, target.provider),
        new=True,
        price=item.price_gbp or Decimal(0),
        hours=Decimal(HOURS_PER_CREDIT * course.credits) if item.study_hours is None else item.study_hours,
        unpriced=item.price_gbp is None,
    )


def _where(lines: Iterable[Line], wanted: Callable[[Line], bool]) -> frozenset[int]:
    return frozenset(position for position, line in enumerate(lines) if wanted(line))


def _items(everything: Everything, wanted: Callable[[PriorItem | Candidate], bool]) -> frozenset[int]:
    return frozenset(position for position, weighed in enumerate(everything) if wanted(weighed.item))


def _caps(target: Target, lines: tuple[Line, ...], everything: Everything) -> Iterable[Bound]:
    transferable = transfer_cap(target)
    if transferable is not None:
        yield Bound(Limit.TRANSFER_CAP, math.floor(transferable), _where(lines, lambda line: not line.own))
    for most in target.max_credits_at_level:
        members = frozenset(position for position, line in enumerate(lines) if line.level == most.level)
        yield Bound(Limit.MAX_AT_LEVEL, math.floor(most.credits), members, most.level)
    rule, twice = target.subject_rule, target.double_count
    if rule is not None:
        members = _items(everything, lambda item: not is_relevant(item.subject, rule.relevant_subjects))
        yield Bound(Limit.FREE_CHOICE, math.floor(rule.free_choice_max), members)
    if twice is not None and twice.policy is DoubleCount.CAP and twice.max_credits is not None:
        members = _items(everything, lambda item: isinstance(item, PriorItem) and item.used_for_award is not None)
        yield Bound(Limit.DOUBLE_COUNT, math.floor(twice.max_credits), members)
    for pool in target.max_from_pools:
        yield Bound(Limit.MAX_FROM_POOL, math.floor(pool.credits), _pool_members(everything, pool.courses))
    if target.max_experience_credits is not None:
        members = _items(everything, lambda item: isinstance(item, PriorItem) and item.from_experience)
        yield Bound(Limit.EXPERIENCE, math.floor(target.max_experience_credits), members)


def _floors(target: Target, lines: tuple[Line, ...], everything: Everything) -> Iterable[Bound]:
    for least in target.min_credits_at_or_above:
        yield Bound(Limit.LEVEL_MINIMUM, math.ceil(least.credits), at_or_above(lines, least.level), least.level)
    if target.residency is not None:
        own, lowest = _where(lines, lambda line: line.own), target.residency.min_level
        members = own if lowest is None else own & at_or_above(lines, lowest)
        yield Bound(Limit.RESIDENCY, math.ceil(target.residency.credits), members)
    for pool in target.pools:
        yield Bound(Limit.POOL, math.ceil(pool.credits), _pool_members(everything, pool.courses))
    for share in target.min_shares_in_subject:
        members = frozenset(
            position for position, weighed in enumerate(everything) if is_relevant(weighed.item.subject, share.subjects)
        )
        yield Bound(Limit.SUBJECT_SHARE, math.ceil(share.fraction * target.total_credits), members)


def at_or_above(lines: Iterable[Line], level: int) -> frozenset[int]:
    """Positions of the lines known to be at the level or higher; a level that is not stated reaches none."""
    return _where(lines, lambda line: line.level is not None and line.level >= level)


def _pool_members(everything: Everything, courses: tuple[str, ...]) -> frozenset[int]:
    wanted = frozenset(courses)
    return _items(everything, lambda item: item.id in wanted or not wanted.isdisjoint(item.covers))


def _at_most_one(target: Target, everything: Everything) -> tuple[frozenset[int], ...]:
    groups: dict[str, set[int]] = {}
    for position, weighed in enumerate(everything):
        if weighed.item.equivalence_group is not None:
            groups.setdefault(weighed.item.equivalence_group, set()).add(position)
    found = [frozenset(group) for group in groups.values()]
    found.extend(_pool_members(everything, courses) for courses in target.exclusions)
    return tuple(group for group in found if len(group) > 1)


def _covers(target: Target, everything: Everything) -> tuple[Cover, ...]:
    teaches: dict[str, set[int]] = {}
    for position, weighed in enumerate(everything):
        for code in weighed.item.covers:
            teaches.setdefault(code, set()).add(position)

    def cover(of: int | None, codes: tuple[str, ...]) -> Cover:
        return Cover(of, frozenset(position for code in codes for position in teaches.get(code, ())), codes)

    found = [cover(None, choice) for choice in target.required_modules]
    for position, weighed in enumerate(everything):
        if isinstance(weighed.item, Candidate):
            found.extend(cover(position, (code,)) for code in weighed.item.prerequisites)
    return tuple(found)


def _most_hours(problem: Problem) -> Decimal | None:
    """Study hours that fit in the weeks there are; `None` if nothing limits them or the weekly hours are not stated."""
    weekly, years = problem.constraints.hours_per_week, problem.target.time_limit_years
    weeks = [] if problem.constraints.weeks_available is None else [problem.constraints.weeks_available]
    if years is not None:
        weeks.append(Decimal(WEEKS_PER_YEAR * years))
    return weekly * min(weeks) if weekly is not None and weeks else None
