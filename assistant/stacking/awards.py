"""Records -> problem: an award with its rules becomes a `Target`, a course becomes a `Candidate` (rule S10)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.stacking.problem import (
    Candidate,
    Constraints,
    DoubleCountRule,
    LevelCredits,
    Pool,
    PriorItem,
    Problem,
    Residency,
    SubjectRule,
    SubjectShare,
    Target,
)
from corpus.courses import Award, AwardRule, Course, Listing, RuleKind
from corpus.credit import Credit, CreditSystem, Framework, FrameworkTable


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An award that cannot be calculated with, because its source leaves out these fields of the record."""

    award_id: str
    fields: tuple[str, ...]


def award_target(
    award: Award, table: FrameworkTable, start_year: int | None = None, policy: Award | None = None
) -> Target | Incomplete:
    """The award as a target, every amount in UK credits, or in the provider's own if that is what it counts in.

    A rule of the provider's `policy` applies where the award states none of that kind. Of several rules of one kind
    where only one can hold, the strictest does.
    """
    framework, total = award.level_framework, _uk(award.total_credits, award.credit_system, table)
    if framework is None or total is None:
        missing = (("level_framework", framework), ("total_credits", total))
        return Incomplete(award.id, tuple(name for name, value in missing if value is None))
    own_kinds = {rule.kind for rule in award.rules}
    inherited = () if policy is None else tuple(rule for rule in policy.rules if rule.kind not in own_kinds)
    rules = _Rules(
        (*_in_uk_credits(award, award.rules, table), *_in_uk_credits(policy or award, inherited, table)), total
    )
    return rules.target(award, framework, start_year)


def course_candidate(course: Course) -> Candidate:
    """The course as a candidate. It covers its own id and code; versions of one course share an equivalence group.

    Where the page names no other awarding body, the provider is taken as the one that awards.
    """
    codes = () if course.code is None else (course.code,)
    return Candidate(
        id=course.id,
        title=course.title,
        awarding_body=course.awarding_body or course.provider,
        credits=None if course.credits is None else Fraction(course.credits),
        system=course.credit_system,
        level=course.level,
        framework=course.level_framework,
        credit_bearing=course.credit_bearing,
        price_gbp=course.price_gbp,
        mode=None if course.mode is None else course.mode.value,
        study_hours=None if course.hours_total is None else Decimal(course.hours_total),
        covers=(course.id, *codes, *((course.same_as,) if course.same_as else ())),
        prerequisites=tuple(course.prerequisites),
        equivalence_group=course.same_as or course.id,
        subject=course.subject,
        available=None if course.listing is Listing.COURSE else False,
    )


def problem_from_records(
    target: Target,
    prior: Sequence[PriorItem],
    courses: Iterable[Course] = (),
    constraints: Constraints | None = None,
) -> Problem:
    """A problem whose items come from records or a chat: what they leave out is "not stated" (S10)."""
    return Problem(
        target=target,
        prior=tuple(prior),
        candidates=tuple(course_candidate(course) for course in courses),
        constraints=constraints or Constraints(),
        from_records=True,
    )


def _uk(amount: Decimal | None, system: CreditSystem | None, table: FrameworkTable) -> Fraction | None:
    if amount is None or system is None:
        return None
    if system is CreditSystem.LOCAL:
        return Fraction(amount)
    conversion = table.to_uk(Credit(Fraction(amount), system))
    return None if conversion is None else conversion.exact


@dataclass(frozen=True, slots=True)
class _UkRule:
    """A rule with its amounts in UK credits and pounds for one UK credit."""

    rule: AwardRule
    credits: Fraction | None
    gbp: Decimal | None


def _in_uk_credits(award: Award, rules: Iterable[AwardRule], table: FrameworkTable) -> Iterable[_UkRule]:
    system = award.credit_system or CreditSystem.CATS
    one = _uk(Decimal(1), system, table) or Fraction(1)
    for rule in rules:
        gbp = None if rule.gbp is None else rule.gbp * one.denominator / one.numerator
        yield _UkRule(rule, _uk(rule.credits, system, table), gbp)


class _Rules:
    """The rules of one award, by kind."""

    def __init__(self, rules: tuple[_UkRule, ...], total: Fraction) -> None:
        self._rules = rules
        self._total = total

    def of(self, kind: RuleKind) -> tuple[_UkRule, ...]:
        return tuple(entry for entry in self._rules if entry.rule.kind is kind)

    def credits(self, kind: RuleKind) -> tuple[Fraction, ...]:
        return tuple(entry.credits for entry in self.of(kind) if entry.credits is not None)

    def years(self, kind: RuleKind) -> int | None:
        return min((entry.rule.years for entry in self.of(kind) if entry.rule.years is not None), default=None)

    def at_levels(self, kind: RuleKind) -> tuple[LevelCredits, ...]:
        return tuple(
            LevelCredits(entry.rule.level, entry.credits)
            for entry in self.of(kind)
            if entry.rule.level is not None and entry.credits is not None
        )

    def pools(self, kind: RuleKind) -> tuple[Pool, ...]:
        return tuple(Pool(entry.rule.courses, entry.credits) for entry in self.of(kind) if entry.credits is not None)

    def target(self, award: Award, framework: Framework, start_year: int | None) -> Target:
        fees = [entry.gbp for entry in self.of(RuleKind.TRANSFER_FEE) if entry.gbp is not None]
        fractions = [_fraction(entry.rule) for entry in self.of(RuleKind.MAX_TRANSFER) if entry.rule.fraction]
        levels = [entry.rule.level for entry in self.of(RuleKind.MIN_ACCEPTED_LEVEL) if entry.rule.level is not None]
        rounding = max(self.credits(RuleKind.ROUNDING_MULTIPLE), default=None)
        return Target(
            title=award.title,
            provider=award.provider,
            framework=framework,
            total_credits=self._total,
            level=award.level,
            min_credits_at_or_above=(*self.at_levels(RuleKind.MIN_AT_OR_ABOVE), *self._shares_at_levels()),
            max_credits_at_level=self.at_levels(RuleKind.MAX_AT_LEVEL),
            min_accepted_level=max(levels, default=None),
            start_year=start_year,
            credit_age_limit_years=self.years(RuleKind.CREDIT_AGE_LIMIT),
            max_transfer_credits=min(self.credits(RuleKind.MAX_TRANSFER), default=None),
            max_transfer_fraction=min(fractions, default=None),
            rounding_multiple=None if rounding is None else max(1, math.floor(rounding)),
            residency=self._residency(),
            required_modules=tuple(
                choice for entry in self.of(RuleKind.REQUIRED_MODULES) for choice in entry.rule.modules
            ),
            subject_rule=self._subject_rule(),
            double_count=self._double_count(),
            transfer_fee_gbp_per_credit=max(fees, default=None),
            pools=self.pools(RuleKind.POOL),
            max_from_pools=self.pools(RuleKind.MAX_FROM_POOL),
            exclusions=tuple(entry.rule.courses for entry in self.of(RuleKind.EXCLUSION)),
            min_shares_in_subject=tuple(
                SubjectShare(entry.rule.subjects, _fraction(entry.rule))
                for entry in self.of(RuleKind.MIN_SHARE_IN_SUBJECT)
            ),
            max_experience_credits=min(self.credits(RuleKind.MAX_EXPERIENCE), default=None),
            min_claim_credits=max(self.credits(RuleKind.MIN_CLAIM), default=None),
            time_limit_years=self.years(RuleKind.TIME_LIMIT),
            own_credit=award.credit_system is CreditSystem.LOCAL,
        )

    def _shares_at_levels(self) -> tuple[LevelCredits, ...]:
        """A share of the total is the same rule as that many credits."""
        return tuple(
            LevelCredits(entry.rule.level, Fraction(math.ceil(_fraction(entry.rule) * self._total)))
            for entry in self.of(RuleKind.MIN_SHARE_AT_LEVEL)
            if entry.rule.level is not None
        )

    def _residency(self) -> Residency | None:
        rules = [entry for entry in self.of(RuleKind.RESIDENCY) if entry.credits is not None]
        if not rules:
            return None
        levels = [entry.rule.level for entry in rules if entry.rule.level is not None]
        return Residency(max(self.credits(RuleKind.RESIDENCY)), max(levels, default=None))

    def _subject_rule(self) -> SubjectRule | None:
        rules = self.of(RuleKind.SUBJECT)
        if not rules:
            return None
        subjects = tuple(subject for entry in rules for subject in entry.rule.subjects)
        return SubjectRule(subjects, min(self.credits(RuleKind.SUBJECT), default=Fraction(0)))

    def _double_count(self) -> DoubleCountRule | None:
        for entry in self.of(RuleKind.DOUBLE_COUNT):
            if entry.rule.policy is not None:
                return DoubleCountRule(entry.rule.policy, entry.credits)
        return None


def _fraction(rule: AwardRule) -> Fraction:
    return Fraction(rule.fraction) if rule.fraction is not None else Fraction(1)
