"""The same problem without one of its constraints: how blockers are found (S9). A constraint that is not there changes
nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.stacking.problem import Limit, Problem

TARGET_FIELDS: Mapping[Limit, Mapping[str, object]] = {
    Limit.TRANSFER_CAP: {"max_transfer_credits": None, "max_transfer_fraction": None},
    Limit.RESIDENCY: {"residency": None},
    Limit.LEVEL_MINIMUM: {"min_credits_at_or_above": ()},
    Limit.REQUIRED_MODULES: {"required_modules": ()},
    Limit.CREDIT_AGE: {"credit_age_limit_years": None},
    Limit.MAX_AT_LEVEL: {"max_credits_at_level": ()},
    Limit.FREE_CHOICE: {"subject_rule": None},
    Limit.DOUBLE_COUNT: {"double_count": None},
    Limit.POOL: {"pools": ()},
    Limit.MAX_FROM_POOL: {"max_from_pools": ()},
    Limit.EXCLUSION: {"exclusions": ()},
    Limit.SUBJECT_SHARE: {"min_shares_in_subject": ()},
    Limit.EXPERIENCE: {"max_experience_credits": None},
    Limit.MIN_CLAIM: {"min_claim_credits": None},
    Limit.TIME_LIMIT: {"time_limit_years": None},
}
LEARNER_FIELDS: Mapping[Limit, Mapping[str, object]] = {
    Limit.BUDGET: {"budget_gbp": None},
    Limit.TIME: {"weeks_available": None},
    Limit.MODE: {"modes_allowed": ()},
}


def without(problem: Problem, limit: Limit) -> Problem:
    """The problem without that constraint, so that items left out because of it come back; equal to it if there is
    none."""
    if limit is Limit.AVAILABILITY:
        opened = tuple(
            replace(course, available=None) if course.available is False else course for course in problem.candidates
        )
        return replace(problem, candidates=opened)
    if limit in LEARNER_FIELDS:
        return replace(problem, constraints=replace(problem.constraints, **LEARNER_FIELDS[limit]))  # type: ignore[arg-type]
    return replace(problem, target=replace(problem.target, **TARGET_FIELDS[limit]))  # type: ignore[arg-type]
