"""Courses and awards as their sources state them. Frozen values; `None` always means "the source does not say".

Field names are those of the text files in `data/` and of the JSON that `stack-advisor ask --json` prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import ConfigDict, Strict, StringConstraints, with_config

from corpus.credit import Credit, CreditSystem, Framework, Level

RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"']+$")]
Seen = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?|/\d{2})?$")]
"""When a page was read or is dated: 2024, 2024-07, 2024-07-22, or an academic year 2024/25."""
Text = Annotated[str, MinLen(1)]
Count = Annotated[int, Strict(), Gt(0)]
LevelNumber = Annotated[int, Strict(), Ge(1), Le(12)]
Flag = Annotated[bool, Strict()]

strict_fields = with_config(ConfigDict(extra="forbid"))
"""Marks a value that is read from data files: a field it does not have is an error, not ignored."""


class Confidence(StrEnum):
    """How far a fact can be relied on: `high` primary or agreeing sources, `medium` one decent or older source,
    `low` weak, conflicting or likely changed."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Strength(StrEnum):
    """How strongly a page says that a course counts towards an award. Never strengthened by us."""

    PUBLISHED = "published"
    """The page lists it as part of the award."""
    MAY_COUNT = "may_count"
    """The page says it could or may count, or the decision is left to an assessment."""
    PREPARATORY = "preparatory"
    """It prepares for the award or for entry; it adds no credit to it."""


class Kind(StrEnum):
    MODULE = "module"
    SHORT_COURSE = "short_course"
    MICROCREDENTIAL = "microcredential"
    CERTIFICATE = "certificate"
    PROFESSIONAL = "professional"
    MOOC = "mooc"
    ACCESS = "access"
    BOOTCAMP = "bootcamp"


class Listing(StrEnum):
    """Whether the record may be offered as something to sign up for."""

    COURSE = "course"
    AWARD_PART = "award_part"
    """Known from an award's structure; the page does not confirm that it is sold on its own."""
    RANGE = "range"
    """Stands for a whole range of courses; it has no single title, date or price."""


class Mode(StrEnum):
    ONLINE = "online"
    BLENDED = "blended"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a fact was read. `seen` is the date on the page or of the reading; `None` if neither is known."""

    url: WebAddress
    seen: Seen | None
    confidence: Confidence


@strict_fields
@dataclass(frozen=True, slots=True)
class StackClaim:
    """What a page says about counting towards an award. `award_id` is `None` when we hold no record of the award."""

    award: Text
    strength: Strength
    award_id: RecordId | None = None
    note: Text | None = None


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One course, module or certificate as its page states it.

    `credits` is in the units of `credit_system`; `price_gbp` in pounds for one learner; `weeks` and `hours_total` as
    stated, never derived. `seen`, `url` and `confidence` are the source of every field.
    """

    id: RecordId
    title: Text
    provider: Text
    kind: Kind
    subject: Text
    summary: Text
    nation: Text
    url: WebAddress
    confidence: Confidence
    listing: Listing = Listing.COURSE
    seen: Seen | None = None
    code: Text | None = None
    credits: Annotated[Decimal, Gt(0), Le(480)] | None = None
    credit_system: CreditSystem | None = None
    credit_bearing: Flag | None = None
    level: LevelNumber | None = None
    level_framework: Framework | None = None
    awarding_body: Text | None = None
    price_gbp: Annotated[Decimal, Ge(0)] | None = None
    price_note: Text | None = None
    weeks: Count | None = None
    hours_total: Count | None = None
    hours_per_week: Annotated[Decimal, Gt(0)] | None = None
    mode: Mode | None = None
    study_pattern: Text | None = None
    start_date: Text | None = None
    end_date: Text | None = None
    region: Text | None = None
    entry_requirements: Text | None = None
    degree_required: Flag | None = None
    assessment: Text | None = None
    language: Text | None = None
    skills: tuple[Text, ...] = ()
    prerequisites: tuple[RecordId, ...] = ()
    same_as: RecordId | None = None
    """The record of the same course that should be used instead; at most one of the two ever counts."""
    stacks_into: tuple[StackClaim, ...] = ()
    recognition: Text | None = None
    evidence_note: Text | None = None
    funding_notes: Text | None = None

    @property
    def credit(self) -> Credit | None:
        if self.credits is None or self.credit_system is None:
            return None
        return Credit(Fraction(self.credits), self.credit_system)

    @property
    def at_level(self) -> Level | None:
        if self.level is None or self.level_framework is None:
            return None
        return Level(self.level_framework, self.level)

    @property
    def source(self) -> SourceRef:
        return SourceRef(self.url, self.seen, self.confidence)


class RuleKind(StrEnum):
    """What one rule of an award limits. The fields each kind uses are in `RULE_FIELDS`."""

    MIN_AT_OR_ABOVE = "min_at_or_above"
    """At least `credits` at `level` or above."""
    MAX_AT_LEVEL = "max_at_level"
    """At most `credits` at exactly `level`."""
    MIN_ACCEPTED_LEVEL = "min_accepted_level"
    """Nothing below `level` counts."""
    CREDIT_AGE_LIMIT = "credit_age_limit"
    """Prior credit may be at most `years` old at the start."""
    MAX_TRANSFER = "max_transfer"
    """At most `credits`, or `fraction` of the total, from other awarding bodies."""
    MAX_EXPERIENCE = "max_experience"
    """At most `credits` for learning from experience (RPEL)."""
    MIN_CLAIM = "min_claim"
    """Transferred credit of less than `credits` in all is not taken."""
    ROUNDING_MULTIPLE = "rounding_multiple"
    """Transferred credit counts in multiples of `credits`, rounded down."""
    RESIDENCY = "residency"
    """At least `credits` from the award's own provider, at `level` or above if given."""
    REQUIRED_MODULES = "required_modules"
    """Each entry of `modules` must be taken; an entry with several ids means any one of them."""
    POOL = "pool"
    """At least `credits` from the courses in `courses`."""
    MAX_FROM_POOL = "max_from_pool"
    """At most `credits` from the courses in `courses`."""
    EXCLUSION = "exclusion"
    """At most one of `courses` counts."""
    SUBJECT = "subject"
    """Only `subjects` are relevant; at most `credits` of other subjects (0 if not given)."""
    MIN_SHARE_IN_SUBJECT = "min_share_in_subject"
    """At least `fraction` of the total in `subjects`."""
    MIN_SHARE_AT_LEVEL = "min_share_at_level"
    """At least `fraction` of the total at `level` or above."""
    DOUBLE_COUNT = "double_count"
    """Credit already used for an award: `policy` allow, disallow, or cap at `credits`."""
    TRANSFER_FEE = "transfer_fee"
    """`gbp` charged for each credit transferred in."""
    TIME_LIMIT = "time_limit"
    """The whole award must be finished within `years` of the first registration."""


class DoubleCount(StrEnum):
    ALLOW = "allow"
    DISALLOW = "disallow"
    CAP = "cap"


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRule:
    """One rule of an award, with the page that states it. Which fields are set depends on `kind` (`RULE_FIELDS`).

    `credits` are in the award's credit system, `level` in its framework, `fraction` is of the award's total ("2/3").
    """

    kind: RuleKind
    url: WebAddress
    confidence: Confidence
    note: Text
    """The rule in one plain sentence, in our words."""
    seen: Seen | None = None
    level: LevelNumber | None = None
    credits: Annotated[Decimal, Ge(0)] | None = None
    fraction: Annotated[str, StringConstraints(pattern=r"^[1-9]\d?/[1-9]\d?$")] | None = None
    years: Count | None = None
    modules: tuple[tuple[Text, ...], ...] = ()
    courses: tuple[RecordId, ...] = ()
    subjects: tuple[Text, ...] = ()
    policy: DoubleCount | None = None
    gbp: Annotated[Decimal, Ge(0)] | None = None

    @property
    def source(self) -> SourceRef:
        return SourceRef(self.url, self.seen, self.confidence)


RULE_FIELDS: dict[RuleKind, tuple[frozenset[str], frozenset[str]]] = {
    RuleKind.MIN_AT_OR_ABOVE: (frozenset({"level", "credits"}), frozenset()),
    RuleKind.MAX_AT_LEVEL: (frozenset({"level", "credits"}), frozenset()),
    RuleKind.MIN_ACCEPTED_LEVEL: (frozenset({"level"}), frozenset()),
    RuleKind.CREDIT_AGE_LIMIT: (frozenset({"years"}), frozenset()),
    RuleKind.MAX_TRANSFER: (frozenset(), frozenset({"credits", "fraction"})),
    RuleKind.MAX_EXPERIENCE: (frozenset({"credits"}), frozenset()),
    RuleKind.MIN_CLAIM: (frozenset({"credits"}), frozenset()),
    RuleKind.ROUNDING_MULTIPLE: (frozenset({"credits"}), frozenset()),
    RuleKind.RESIDENCY: (frozenset({"credits"}), frozenset({"level"})),
    RuleKind.REQUIRED_MODULES: (frozenset({"modules"}), frozenset()),
    RuleKind.POOL: (frozenset({"credits", "courses"}), frozenset()),
    RuleKind.MAX_FROM_POOL: (frozenset({"credits", "courses"}), frozenset()),
    RuleKind.EXCLUSION: (frozenset({"courses"}), frozenset()),
    RuleKind.SUBJECT: (frozenset({"subjects"}), frozenset({"credits"})),
    RuleKind.MIN_SHARE_IN_SUBJECT: (frozenset({"fraction", "subjects"}), frozenset()),
    RuleKind.MIN_SHARE_AT_LEVEL: (frozenset({"fraction", "level"}), frozenset()),
    RuleKind.DOUBLE_COUNT: (frozenset({"policy"}), frozenset({"credits"})),
    RuleKind.TRANSFER_FEE: (frozenset({"gbp"}), frozenset()),
    RuleKind.TIME_LIMIT: (frozenset({"years"}), frozenset()),
}
"""For each kind of rule: the fields it needs, and the further ones it may have."""


class AwardKind(StrEnum):
    AWARD = "award"
    NATIONAL_MINIMUM = "national_minimum"
    """The floor a framework sets for every award of this name; providers may ask for more."""
    PROVIDER_POLICY = "provider_policy"
    """A provider's rule for many of its awards (how much credit it takes in, how old); not an award to join."""


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Something courses may add up to. `total_credits` is in `credit_system`."""

    id: RecordId
    title: Text
    provider: Text
    url: WebAddress
    confidence: Confidence
    kind: AwardKind = AwardKind.AWARD
    seen: Seen | None = None
    code: Text | None = None
    other_names: tuple[Text, ...] = ()
    subject: Text | None = None
    nation: Text | None = None
    level: LevelNumber | None = None
    level_framework: Framework | None = None
    total_credits: Annotated[Decimal, Gt(0), Le(800)] | None = None
    credit_system: CreditSystem | None = None
    structure: Text | None = None
    """How the award is built up, in our words."""
    notes: Text | None = None
    exits_into: tuple[RecordId, ...] = ()
    """Awards of the same provider that this one is the first part of."""
    rules: tuple[AwardRule, ...] = ()

    @property
    def at_level(self) -> Level | None:
        if self.level is None or self.level_framework is None:
            return None
        return Level(self.level_framework, self.level)

    @property
    def source(self) -> SourceRef:
        return SourceRef(self.url, self.seen, self.confidence)

    def rules_of(self, kind: RuleKind) -> tuple[AwardRule, ...]:
        """The rules of one kind, in file order; empty if the source states none."""
        return tuple(rule for rule in self.rules if rule.kind is kind)


def year_seen(seen: str | None) -> int | None:
    """The first calendar year of a `seen` date: 2024 for "2024/25". `None` if no date is known."""
    return None if seen is None else int(seen[:4])
