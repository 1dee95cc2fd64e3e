"""What an answer had to assume, and what nobody has stated that would change it (the last part of S9, S10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.stacking.audit import Audit
from assistant.stacking.eligible import LeftOut, Weighed
from assistant.stacking.plan import Planning
from assistant.stacking.problem import Candidate, Decision, PriorItem, Problem, Target
from assistant.stacking.reasons import ReasonCode

NOT_STATED = (
    ("min_accepted_level", "The award does not state a lowest level that it accepts, so none was applied."),
    ("credit_age_limit_years", "The award does not state how old credit may be, so no age limit was applied."),
    (
        "min_credits_at_or_above",
        "The award does not state how much credit must be at which level, so only the total was checked.",
    ),
)
WHO_DECIDES = "{provider} decides what it accepts; this is what its stated rules add up to, not a decision."


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that is not stated and would change the answer. `stake`: the UK credits that hang on it, as far as
    known."""

    where: str
    field: str
    stake: int

    def __str__(self) -> str:
        return f"{self.where}.{self.field}"


def assumptions(problem: Problem, audit: Audit, planning: Planning | None) -> tuple[str, ...]:
    """One plain sentence for each thing assumed: conversions used, levels compared, rules not stated, who decides."""
    weighed = tuple(_weighed(audit, planning))
    said = list(_conversions(weighed))
    frameworks = sorted({item.item.framework.value for item in weighed if item.compared and item.item.framework})
    if frameworks:
        award = problem.target.framework.value
        said.append(
            f"Levels of {', '.join(frameworks)} were compared with {award} levels, which match broadly, not exactly."
        )
    if problem.target.own_credit:
        said.append(f"All amounts are {problem.target.provider}'s own credits, which are not UK credits.")
    said.extend(_rules_not_stated(problem.target))
    said.extend(_learner_limits_not_stated(problem))
    for override in problem.overrides:
        verb = "counted" if override.decision is Decision.ACCEPT else "left out"
        said.append(f"An adviser had {override.item_id} {verb}: {override.reason}")
    said.append(WHO_DECIDES.format(provider=problem.target.provider))
    return tuple(said)


def _weighed(audit: Audit, planning: Planning | None) -> Iterable[Weighed[PriorItem] | Weighed[Candidate]]:
    yield from audit.counts
    yield from (left_out.weighed for left_out in audit.does_not_count)
    if planning is not None:
        yield from planning.considered
        yield from (left_out.weighed for left_out in planning.excluded)


def _conversions(weighed: Iterable[Weighed[PriorItem] | Weighed[Candidate]]) -> Iterable[str]:
    used = {}
    for item in weighed:
        if item.ratio is not None and item.ratio.convention and item.credits > 0:
            used[item.ratio.system] = item.ratio
    for system, ratio in used.items():
        unit, each = system.value.replace("_", " "), ratio.uk_credits_each
        yield f"One {unit} unit was taken as {each} UK credits, which is a convention: {ratio.note}"


def _rules_not_stated(target: Target) -> Iterable[str]:
    for field, sentence in NOT_STATED:
        if getattr(target, field) in (None, ()):
            yield sentence
    if target.max_transfer_credits is None and target.max_transfer_fraction is None and target.residency is None:
        yield "The award does not state how much credit it takes from elsewhere, so no limit was applied."


def _learner_limits_not_stated(problem: Problem) -> Iterable[str]:
    if _time_is_limited(problem) and problem.constraints.hours_per_week is None:
        yield "The hours a week are not known, so no time limit was applied."


def unknowns(problem: Problem, audit: Audit, planning: Planning | None) -> tuple[Unknown, ...]:
    """What is not stated and would change the answer, most consequential first."""
    found = [
        *_unknown_of_items(audit.does_not_count, int(audit.credits_remaining)),
        *_unstated_levels(problem, audit.counts),
        *_unstated_awarders(problem, audit.counts),
    ]
    if planning is not None:
        found.extend(_unknown_of_items(planning.excluded, int(audit.credits_remaining)))
        found.extend(_unstated_levels(problem, planning.considered))
        found.extend(_unstated_awarders(problem, planning.considered))
        found.extend(_prices(planning))
        found.extend(_hours_per_week(problem, audit))
    unique = {str(unknown): unknown for unknown in found}
    return tuple(sorted(unique.values(), key=lambda unknown: -unknown.stake))


def _unknown_of_items(
    left_out: Iterable[LeftOut[PriorItem]] | Iterable[LeftOut[Candidate]], remaining: int
) -> Iterable[Unknown]:
    for entry in left_out:
        weighed, code = entry.weighed, entry.reason.code
        item = weighed.item
        if code is ReasonCode.CREDIT_NOT_STATED or (
            code is ReasonCode.NOT_CREDIT_BEARING and item.credits is None and item.credit_bearing is True
        ):
            yield Unknown(item.id, "credits", remaining)
        elif code in (ReasonCode.LEVEL_NOT_STATED, ReasonCode.LEVEL_TOO_LOW) and weighed.level is None:
            yield Unknown(item.id, "level", weighed.credits)
        elif code is ReasonCode.YEAR_NOT_STATED:
            missing_year = isinstance(item, PriorItem) and item.year is None
            yield Unknown(
                item.id if missing_year else "target_award", "year" if missing_year else "start_year", weighed.credits
            )
        elif code is ReasonCode.SUBJECT_NOT_RELEVANT and item.subject is None:
            yield Unknown(item.id, "subject", weighed.credits)
        elif code is ReasonCode.MODE_NOT_ALLOWED and isinstance(item, Candidate) and item.mode is None:
            yield Unknown(item.id, "mode", weighed.credits)


def _unstated_levels(
    problem: Problem, passed: Iterable[Weighed[PriorItem]] | Iterable[Weighed[Candidate]]
) -> Iterable[Unknown]:
    rules = problem.target
    if rules.min_credits_at_or_above or rules.max_credits_at_level or rules.residency is not None:
        for weighed in passed:
            if weighed.level is None:
                yield Unknown(weighed.id, "level", weighed.credits)


def _unstated_awarders(
    problem: Problem, passed: Iterable[Weighed[PriorItem]] | Iterable[Weighed[Candidate]]
) -> Iterable[Unknown]:
    rules = problem.target
    limits = (
        rules.max_transfer_credits,
        rules.max_transfer_fraction,
        rules.residency,
        rules.transfer_fee_gbp_per_credit,
    )
    if any(limit is not None for limit in limits):
        for weighed in passed:
            if weighed.item.awarding_body is None:
                yield Unknown(weighed.id, "awarding_body", weighed.credits)


def _prices(planning: Planning) -> Iterable[Unknown]:
    for course in planning.considered:
        if course.item.price_gbp is None:
            yield Unknown(course.id, "price_gbp", course.credits)


def _hours_per_week(problem: Problem, audit: Audit) -> Iterable[Unknown]:
    """Where time is limited the whole goal can hang on the weekly hours; elsewhere only how many weeks it takes."""
    if problem.constraints.hours_per_week is None:
        yield Unknown("constraints", "hours_per_week", int(audit.credits_remaining) if _time_is_limited(problem) else 0)


def _time_is_limited(problem: Problem) -> bool:
    return problem.constraints.weeks_available is not None or problem.target.time_limit_years is not None
