"""What is known about where a course counts: its claims and the awards that name it, dead ends, and the weakest claim
of a plan. A claim is never made stronger than its page makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.stacking.search import Plan
from corpus.courses import Award, AwardRule, Course, RuleKind, SourceRef, Strength

NAMING_RULES = (RuleKind.REQUIRED_MODULES, RuleKind.POOL, RuleKind.MAX_FROM_POOL)
"""Rules by which an award's own page lists a course as part of it."""


@dataclass(frozen=True, slots=True)
class Counting:
    """One award that a course is known to count towards. `award_id` is `None` if we hold no record of it; `rule` is the
    award's rule that names the course, `None` if it is the course's page that says so."""

    award_id: str | None
    award: str
    strength: Strength
    source: SourceRef
    rule: AwardRule | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WhereItCounts:
    """All that is known about where one course counts, strongest first; empty if nothing is."""

    course_id: str
    counts: tuple[Counting, ...]

    @property
    def dead_end(self) -> bool:
        """Not known to count towards anything. Preparing for an award adds no credit to it."""
        return all(counting.strength is Strength.PREPARATORY for counting in self.counts)


class Standing(StrEnum):
    PUBLISHED = "published"
    MAY_COUNT = "may_count"
    NOT_SHOWN = "not_shown"


WEAKEST_FIRST = (Standing.NOT_SHOWN, Standing.MAY_COUNT, Standing.PUBLISHED)
STRONGEST_FIRST = tuple(Strength)


def where_courses_count(courses: Iterable[Course], awards: Iterable[Award]) -> tuple[WhereItCounts, ...]:
    """For each course, in order, every award that it is known to count towards."""
    named = _named_by_awards(awards)
    return tuple(_where_it_counts(course, named) for course in courses)


def standing_of_plan(plan: Plan, award_id: str, counts: Mapping[str, WhereItCounts]) -> Standing:
    """The weakest claim that the plan rests on. Credit from elsewhere is always for the provider to accept, so a plan
    that uses prior learning at most "may count"."""
    claims = [_standing_of_course(counts.get(course_id), award_id) for course_id in plan.course_ids]
    if plan.prior_used:
        claims.append(Standing.MAY_COUNT)
    return min(claims, key=WEAKEST_FIRST.index, default=Standing.PUBLISHED)


def _named_by_awards(awards: Iterable[Award]) -> dict[str, list[Counting]]:
    named: dict[str, list[Counting]] = {}
    for award in awards:
        for rule in award.rules:
            if rule.kind in NAMING_RULES:
                listed = (*rule.courses, *(code for choice in rule.modules for code in choice))
                counting = Counting(award.id, award.title, Strength.PUBLISHED, rule.source, rule, rule.note)
                for code in listed:
                    named.setdefault(code, []).append(counting)
    return named


def _where_it_counts(course: Course, named: Mapping[str, list[Counting]]) -> WhereItCounts:
    claimed = [
        Counting(claim.award_id, claim.award, claim.strength, course.source, note=claim.note)
        for claim in course.stacks_into
    ]
    names = {course.id, course.code, course.same_as} - {None}
    listed = [counting for name in sorted(filter(None, names)) for counting in named.get(name, [])]
    everything = sorted((*listed, *claimed), key=lambda counting: STRONGEST_FIRST.index(counting.strength))
    return WhereItCounts(course.id, tuple(everything))


def _standing_of_course(known: WhereItCounts | None, award_id: str) -> Standing:
    strengths = {counting.strength for counting in known.counts if counting.award_id == award_id} if known else set()
    if Strength.PUBLISHED in strengths:
        return Standing.PUBLISHED
    return Standing.MAY_COUNT if Strength.MAY_COUNT in strengths else Standing.NOT_SHOWN
