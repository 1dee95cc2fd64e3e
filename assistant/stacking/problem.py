"""A stacking problem as plain frozen values: what someone holds, the award they want, and what they could take.

`None` always means "not stated". Credits are in the item's own `system` until `eligible.weigh` converts them; every
figure of a `Target` is in UK credits and levels of the target's own framework. Money is pounds, hours are study hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from corpus.courses import DoubleCount
from corpus.credit import CreditSystem, Framework


@dataclass(frozen=True, slots=True)
class UsedFor:
    """An award that a piece of credit has already been counted towards."""

    title: str
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorItem:
    """One piece of learning already done. `divisible_unit` is in whole UK credits (rule S4)."""

    id: str
    title: str | None = None
    credits: Fraction | None = None
    system: CreditSystem | None = None
    level: int | None = None
    framework: Framework | None = None
    year: int | None = None
    awarding_body: str | None = None
    credit_bearing: bool | None = None
    passed: bool | None = None
    awarder_recognised: bool | None = None
    divisible_unit: int | None = None
    subject: str | None = None
    equivalence_group: str | None = None
    covers: tuple[str, ...] = ()
    used_for_award: UsedFor | None = None
    from_experience: bool = False
    """Credit claimed for learning at work or in life (RPEL), which some awards limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One course that could be taken. `study_hours` is `None` where only credits say how long it takes."""

    id: str
    title: str | None = None
    awarding_body: str | None = None
    credits: Fraction | None = None
    system: CreditSystem | None = None
    level: int | None = None
    framework: Framework | None = None
    credit_bearing: bool | None = None
    price_gbp: Decimal | None = None
    mode: str | None = None
    study_hours: Decimal | None = None
    covers: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    equivalence_group: str | None = None
    subject: str | None = None
    available: bool | None = None
    awarder_recognised: bool | None = None


@dataclass(frozen=True, slots=True)
class LevelCredits:
    """An amount of credit at a level; whether it is a minimum or a maximum depends on the field that holds it."""

    level: int
    credits: Fraction


@dataclass(frozen=True, slots=True)
class Residency:
    """`credits` that must come from the award's own provider, at `min_level` or above if given."""

    credits: Fraction
    min_level: int | None = None


@dataclass(frozen=True, slots=True)
class SubjectRule:
    """Only these subjects are relevant; at most `free_choice_max` credits of others."""

    relevant_subjects: tuple[str, ...]
    free_choice_max: Fraction


@dataclass(frozen=True, slots=True)
class DoubleCountRule:
    """What happens to credit already used for another award. `max_credits` is set under the policy `cap` only."""

    policy: DoubleCount
    max_credits: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """An amount of credit from a list of courses; whether it is a minimum or a maximum depends on the field."""

    courses: tuple[str, ...]
    credits: Fraction


@dataclass(frozen=True, slots=True)
class SubjectShare:
    """At least `fraction` of the total must be in `subjects`."""

    subjects: tuple[str, ...]
    fraction: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The award aimed at, with its rules. An empty tuple or `None`: the award does not state that rule."""

    title: str
    provider: str
    framework: Framework
    total_credits: Fraction
    level: int | None = None
    min_credits_at_or_above: tuple[LevelCredits, ...] = ()
    max_credits_at_level: tuple[LevelCredits, ...] = ()
    min_accepted_level: int | None = None
    start_year: int | None = None
    credit_age_limit_years: int | None = None
    max_transfer_credits: Fraction | None = None
    max_transfer_fraction: Fraction | None = None
    rounding_multiple: int | None = None
    residency: Residency | None = None
    required_modules: tuple[tuple[str, ...], ...] = ()
    subject_rule: SubjectRule | None = None
    double_count: DoubleCountRule | None = None
    transfer_fee_gbp_per_credit: Decimal | None = None
    pools: tuple[Pool, ...] = ()
    max_from_pools: tuple[Pool, ...] = ()
    exclusions: tuple[tuple[str, ...], ...] = ()
    """At most one course of each list counts."""
    min_shares_in_subject: tuple[SubjectShare, ...] = ()
    max_experience_credits: Fraction | None = None
    min_claim_credits: Fraction | None = None
    """Transferred credit of less than this in all is not taken."""
    time_limit_years: int | None = None
    own_credit: bool = False
    """Amounts are the provider's own credits, which are not UK credits: only its own credit counts, one for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What the learner can give: pounds in all, hours a week, weeks in all, and ways of studying (empty: any)."""

    budget_gbp: Decimal | None = None
    hours_per_week: Decimal | None = None
    weeks_available: Decimal | None = None
    modes_allowed: tuple[str, ...] = ()


class Objective(StrEnum):
    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    FEWEST_CREDITS = "fewest_credits"


class Limit(StrEnum):
    """A constraint that can stand in the way. The first twelve in the order of rule S9; then those that only some
    awards have."""

    BUDGET = "BUDGET"
    TIME = "TIME"
    MODE = "MODE"
    TRANSFER_CAP = "TRANSFER_CAP"
    RESIDENCY = "RESIDENCY"
    LEVEL_MINIMUM = "LEVEL_MINIMUM"
    REQUIRED_MODULES = "REQUIRED_MODULES"
    CREDIT_AGE = "CREDIT_AGE"
    MAX_AT_LEVEL = "MAX_AT_LEVEL"
    FREE_CHOICE = "FREE_CHOICE"
    DOUBLE_COUNT = "DOUBLE_COUNT"
    AVAILABILITY = "AVAILABILITY"
    POOL = "POOL"
    MAX_FROM_POOL = "MAX_FROM_POOL"
    EXCLUSION = "EXCLUSION"
    SUBJECT_SHARE = "SUBJECT_SHARE"
    EXPERIENCE = "EXPERIENCE"
    MIN_CLAIM = "MIN_CLAIM"
    TIME_LIMIT = "TIME_LIMIT"


class Decision(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An adviser's exception for one item. `credits` (UK) and `level` (the award's framework) fill in what is not
    stated."""

    item_id: str
    decision: Decision
    reason: str
    credits: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One question to the engine. `from_records`: the items come from catalogue records or a chat, so that what a
    source leaves out is "not stated" and never "no credit" (rule S10)."""

    target: Target
    prior: tuple[PriorItem, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    constraints: Constraints = Constraints()
    objectives: tuple[Objective, ...] = (Objective.CHEAPEST, Objective.FASTEST)
    overrides: tuple[Override, ...] = ()
    from_records: bool = False
    id: str | None = None
    title: str | None = None

    def override_of(self, item_id: str) -> Override | None:
        """The adviser's exception in force for an item; `None` if the rules decide."""
        return next((override for override in self.overrides if override.item_id == item_id), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a problem: `where` and `field` say which value, `found` what it is, `expected` what would
    do."""

    where: str
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field} = {self.found}, expected {self.expected}"


class NotProvedError(RuntimeError):
    """The solver stopped before it could prove the optimum. Take fewer candidate courses and ask again."""

    def __init__(self, status: str, lines: int) -> None:
        super().__init__(status, lines)
        self.status = status
        self.lines = lines

    def __str__(self) -> str:
        return (
            f"solver: status = {self.status} for {self.lines} items, expected a proved optimum; take fewer candidates"
        )


class ProblemError(ValueError):
    """A problem that cannot be used. Every fault is in `faults`, in input order; put each right and send it again."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(str(fault) for fault in self.faults)
