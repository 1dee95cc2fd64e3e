"""What a learner has said they hold, put before the stacking engine: towards one award, or towards every award we know."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from rapidfuzz import fuzz

from assistant.profile import LearnerProfile, PriorLearning
from assistant.rules_said import RulesSaid
from assistant.stacking import Audit, Result, solve, to_json
from assistant.stacking.awards import Incomplete, award_target, problem_from_records
from assistant.stacking.output import number
from assistant.stacking.problem import Constraints, PriorItem, Target
from assistant.stacking.prospects import Expiry, Goal, NextCourse, Prospect, expiries, next_course, prospects
from assistant.stacking.standing import Standing, WhereItCounts, standing_of_plan, where_courses_count
from corpus.catalogue import Catalogue
from corpus.courses import Award, AwardKind, Course, Strength
from corpus.credit import CreditSystem, Framework, FrameworkTable, Level

NEAREST = 3
"""How many awards a what-if names."""
SAME_TITLE = 80.0
"""Least likeness (0 to 100) of titles for a provider's award to be its own version of a national one."""


@dataclass(frozen=True, slots=True)
class Pathway:
    """Prior learning against one award, with the courses known to count towards it."""

    award: Award
    floor: Award | None
    """The national minimum that filled in what the award itself does not state."""
    target: Target
    result: Result
    standing: Standing
    courses: tuple[Course, ...]
    expiries: tuple[Expiry, ...]
    """Until when each piece of prior learning counts towards the award."""
    next_course: NextCourse | None
    """The one course, open to take now, that closes most of the gap."""
    said: RulesSaid = field(default_factory=RulesSaid)
    """Rules that the learner stated and that were used instead of the award's own."""
    heaps: tuple[str, ...] = ()
    """Prior learning that is several courses of unknown size; see `is_heap`."""

    @property
    def split(self) -> tuple[str, ...]:
        """The heaps of which only a part may be in what counts."""
        return self.heaps if self.result.audit.credits_not_counted_because_of_caps else ()

    def to_json(self) -> dict[str, Any]:
        """S9 output with the award and the standing of the whole result, as the contract has it."""
        named = {"award_id": self.award.id, "award_title": self.award.title, "standing": self.standing.value}
        lasting = [
            {"id": expiry.item_id, "lasting": expiry.lasting.value, "stops_counting": _iso(expiry.stops_counting)}
            for expiry in self.expiries
        ]
        step = self.next_course
        following = (
            None
            if step is None
            else {"course_id": step.course_id, "closes": number(step.closes), "left": number(step.left)}
        )
        return {**to_json(self.result), **named, "expiries": lasting, "next_course": following}


@dataclass(frozen=True, slots=True)
class Nearest:
    """One award of a what-if: how near the learner's credit brings them."""

    award: Award
    prospect: Prospect

    @property
    def usable(self) -> Fraction:
        """UK credits that can count in the end; see `usable_credits`."""
        total = self.prospect.audit.credits_counted + self.prospect.audit.credits_remaining
        return usable_credits(self.prospect.audit, total)


class Pathways:
    """Audits and what-ifs over one catalogue. Built once per generation."""

    def __init__(self, catalogue: Catalogue, table: FrameworkTable) -> None:
        self._catalogue = catalogue
        self._table = table
        self._floors = [award for award in catalogue.awards if award.kind is AwardKind.NATIONAL_MINIMUM and award.rules]
        self._counts: dict[str, WhereItCounts] = {
            known.course_id: known for known in where_courses_count(catalogue.courses, catalogue.awards)
        }

    def where_it_counts(self, course_id: str) -> WhereItCounts:
        """The awards a course is known to count towards; none for a dead end."""
        return self._counts.get(course_id, WhereItCounts(course_id, ()))

    def courses_towards(self, award_id: str) -> tuple[tuple[Course, Strength], ...]:
        """Courses known to count towards an award, each with its strongest claim, listed ones first."""
        found = []
        for course in self._catalogue.courses:
            strengths = {
                count.strength for count in self.where_it_counts(course.id).counts if count.award_id == award_id
            }
            if strengths - {Strength.PREPARATORY}:
                found.append((course, Strength.PUBLISHED if Strength.PUBLISHED in strengths else Strength.MAY_COUNT))
        return tuple(sorted(found, key=lambda entry: (entry[1] is not Strength.PUBLISHED, entry[0].id)))

    def own_version(self, award: Award, providers: Sequence[str], nation: str | None) -> Award:
        """A national award as a named provider has it, or as Scotland has it for someone there; the award itself if
        there is no such version."""
        if award.kind is not AwardKind.NATIONAL_MINIMUM:
            return award
        if nation == "Scotland" and (scottish := self._catalogue.award(award.id.replace("fheq-", "scqf-", 1))):
            award = scottish
        own = [
            (fuzz.token_sort_ratio(_bare(award.title), _bare(other.title)), other)
            for other in self._catalogue.awards
            if other.provider in providers and other.level == award.level and other.total_credits is not None
        ]
        best = max(own, key=lambda entry: entry[0], default=None)
        return best[1] if best is not None and best[0] >= SAME_TITLE else award

    def towards(
        self, award: Award, profile: LearnerProfile, start_year: int, said: RulesSaid | None = None
    ) -> Pathway | Incomplete:
        """The learner's prior learning against one award, planned with the courses known to count towards it. Rules that
        were `said` stand in place of the award's own."""
        floor = self.floor(award)
        target = award_target(award, self._table, start_year, floor)
        if isinstance(target, Incomplete):
            return target
        if target.own_credit:
            # A learner says "credits" and means UK credits; these are not.
            return Incomplete(award.id, ("credit_system",))
        if said:
            target = said.applied(target)
        courses = tuple(course for course, _ in self.courses_towards(award.id))
        problem = problem_from_records(target, prior_items(profile.prior_learning), courses, constraints_of(profile))
        result = solve(problem, self._table)
        plan = result.planning.cheapest if result.planning else None
        standing = standing_of_plan(plan, award.id, self._counts) if plan else Standing.MAY_COUNT
        lasting = expiries(problem.prior, [Goal(award.id, target)])
        return Pathway(
            award,
            floor,
            target,
            result,
            standing,
            courses,
            lasting,
            next_course(problem, self._table),
            said or RulesSaid(),
            tuple(item.title for item in profile.prior_learning if is_heap(item)),
        )

    def floor(self, award: Award) -> Award | None:
        """The national minimum for awards of this framework, level and size: it holds whether the award states it or not."""
        return next((floor for floor in self._floors if floor is not award and _alike(floor, award)), None)

    def _within_reach(self, award: Award, profile: LearnerProfile) -> bool:
        """A postgraduate award builds on a degree: it is no near goal for someone who names nothing of degree level."""
        if award.at_level is None or not self._table.at_least(award.at_level, Level(Framework.FHEQ, 7)):
            return True
        held = [
            Level(Framework(item.framework), item.level)
            for item in profile.prior_learning
            if item.level is not None and item.framework is not None
        ]
        return any(self._table.at_least(level, Level(Framework.FHEQ, 6)) for level in held)

    def nearest(self, profile: LearnerProfile, start_year: int) -> tuple[Nearest, ...]:
        """The national awards that the learner's credit brings nearest, of those it counts towards at all; Scottish
        ones for someone in Scotland."""
        framework = Framework.SCQF if profile.get("nation") == "Scotland" else Framework.FHEQ
        awards = {
            award.id: award
            for award in self._catalogue.awards
            if award.kind is AwardKind.NATIONAL_MINIMUM
            and award.level_framework is framework
            and self._within_reach(award, profile)
        }
        goals = [
            Goal(award.id, target)
            for award in awards.values()
            if isinstance(target := award_target(award, self._table, start_year), Target)
        ]
        found = prospects(prior_items(profile.prior_learning), goals, self._table, plans=0)
        near = [Nearest(awards[prospect.goal_id], prospect) for prospect in found]
        return tuple([one for one in near if one.usable > 0][:NEAREST])


def _alike(floor: Award, award: Award) -> bool:
    if award.kind is AwardKind.NATIONAL_MINIMUM or award.level is None or award.total_credits is None:
        return False
    return (floor.level_framework, floor.level, floor.total_credits) == (
        award.level_framework,
        award.level,
        award.total_credits,
    )


def _iso(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _bare(title: str) -> str:
    """A title without what stands in brackets, in lower case."""
    return re.sub(r"\s*\([^)]*\)", "", title).lower()


def usable_credits(audit: Audit, total: Fraction) -> Fraction:
    """UK credits that can count in the end: what would crowd out credit still needed at a level does not."""
    short = max((minimum.shortfall for minimum in audit.level_minimums), default=Fraction(0))
    return max(Fraction(0), min(audit.credits_counted, total - short))


def prior_items(prior: Iterable[PriorLearning]) -> tuple[PriorItem, ...]:
    """The learner's words as items of a problem; what was not said stays not stated."""
    return tuple(
        PriorItem(
            id=f"p{number}",
            title=item.title,
            credits=None if item.credits is None else Fraction(item.credits),
            system=None if item.system is None else CreditSystem(item.system),
            level=item.level,
            framework=None if item.framework is None else Framework(item.framework),
            year=item.year,
            awarding_body=item.awarding_body,
            credit_bearing=item.credit_bearing,
            divisible_unit=SIZES_STEP if is_heap(item) else None,
        )
        for number, item in enumerate(prior, start=1)
    )


SIZES_STEP = 5
"""UK credits: courses come in multiples of it, so a part of several of them does, too."""
LARGE_COURSE, LARGEST_COURSE = 40, 60
"""UK credits above which an amount that is called neither a course nor an award is several courses of unknown size, and above
which one that is called a course is."""
_AN_AMOUNT = re.compile(r"\W*(?:about\s+|then\s+|also\s+)?\d")
"""An amount told in passing is its own title ("120 credits at level 4"); what has a name is one course."""
_ONE_AWARD = re.compile(r"\b(?:certificates?|cert\w*|diplomas?|hn[cd]|degree|pg\w+)\b", re.I)
_ONE_COURSE = re.compile(r"\b(?:modules?|courses?|micro-?credentials?|units?)\b", re.I)


def is_heap(item: PriorLearning) -> bool:
    """Whether an amount ("120 credits at level 4") stands for several courses whose sizes were not said: part of it may then
    count, where a course counts as a whole or not at all (S4)."""
    if item.credits is None or _AN_AMOUNT.match(item.title) is None or _ONE_AWARD.search(item.title) is not None:
        return False
    return item.credits > (LARGE_COURSE if _ONE_COURSE.search(item.title) is None else LARGEST_COURSE)


def constraints_of(profile: LearnerProfile) -> Constraints:
    mode = profile.get("mode")
    return Constraints(
        budget_gbp=profile.get("budget_gbp"),
        hours_per_week=profile.get("hours_per_week"),
        weeks_available=profile.get("weeks_available"),
        modes_allowed=(mode,) if mode else (),
    )
