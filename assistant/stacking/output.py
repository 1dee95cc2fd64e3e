"""Results -> the JSON of rule S9: its keys in its order, then the fields that were added to it. Whole numbers are
ints."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from assistant.stacking.audit import Audit
from assistant.stacking.change import Change
from assistant.stacking.eligible import LeftOut, Weighed
from assistant.stacking.plan import Planning
from assistant.stacking.problem import Candidate, PriorItem
from assistant.stacking.result import Result
from assistant.stacking.search import Plan

Json = dict[str, object]


def to_json(result: Result) -> Json:
    """The answer to a problem; the part about candidates only if the problem has some."""
    planning = result.planning
    return {
        **_audit(result.audit),
        **({} if planning is None else _planning(planning)),
        "assumptions": list(result.assumptions),
        "unknown": [str(unknown) for unknown in result.unknown],
        **({} if planning is None else _more_plans(planning)),
        "overrides": [
            {"id": override.item_id, "decision": override.decision.value, "reason": override.reason}
            for override in result.overrides
        ],
    }


def _audit(audit: Audit) -> Json:
    return {
        "counts": [_counted(held) for held in audit.counts],
        "does_not_count": _left_out(audit.does_not_count),
        "credits_eligible": audit.credits_eligible,
        "credits_counted": number(audit.credits_counted),
        "credits_not_counted_because_of_caps": number(audit.credits_not_counted_because_of_caps),
        "credits_remaining": number(audit.credits_remaining),
        "effective_transfer_cap": number(audit.effective_transfer_cap),
        "level_minimums": [
            {
                "at_or_above": minimum.at_or_above,
                "required": number(minimum.required),
                "have": minimum.have,
                "shortfall": number(minimum.shortfall),
            }
            for minimum in audit.level_minimums
        ],
        "min_at_level_met": audit.min_at_level_met,
    }


def _planning(planning: Planning) -> Json:
    return {
        "candidates_excluded": _left_out(planning.excluded),
        "feasible": planning.feasible,
        "cheapest": _plan(planning.cheapest),
        "fastest": _plan(planning.fastest),
        "blockers": [blocker.value for blocker in planning.blockers],
    }


def _more_plans(planning: Planning) -> Json:
    return {
        "pareto": [_plan_in_full(plan) for plan in planning.pareto],
        "fewest_credits": None if planning.fewest_credits is None else _plan_in_full(planning.fewest_credits),
        "alternatives": {
            "plans": [_plan_in_full(plan) for plan in planning.alternatives.plans],
            "more": planning.alternatives.more,
        },
        "smallest_change": [_change(change) for change in planning.changes],
        "budget_met": planning.budget_met,
    }


def _counted(held: Weighed[PriorItem]) -> Json:
    entry: Json = {"id": held.id, "title": held.item.title, "uk_credits": held.credits, "level": held.level}
    return {**entry, "override": True} if held.overridden else entry


def _left_out(left_out: Iterable[LeftOut[PriorItem]] | Iterable[LeftOut[Candidate]]) -> list[Json]:
    return [
        {
            "id": entry.weighed.id,
            "title": entry.weighed.item.title,
            "reason_code": entry.reason.code.value,
            "reason": entry.reason.sentence,
            **({"override": True} if entry.weighed.overridden else {}),
        }
        for entry in left_out
    ]


def _plan(plan: Plan | None) -> Json | None:
    """The four fields of S9; `unpriced` only where the cost is "at least", so that nobody can miss it."""
    if plan is None:
        return None
    stated: Json = {
        "cost": number(plan.cost),
        "hours": number(plan.hours),
        "weeks": plan.weeks,
        "course_ids": list(plan.course_ids),
    }
    return {**stated, "unpriced": plan.unpriced} if plan.unpriced else stated


def _plan_in_full(plan: Plan) -> Json:
    return {
        "cost": number(plan.cost),
        "hours": number(plan.hours),
        "weeks": plan.weeks,
        "course_ids": list(plan.course_ids),
        "unpriced": plan.unpriced,
        "new_credits": plan.new_credits,
        "prior_used": [{"id": used.id, "uk_credits": used.credits} for used in plan.prior_used],
    }


def _change(change: Change) -> Json:
    """Only the amounts that this kind of change has."""
    amounts: Json = {
        "pounds": number(change.pounds),
        "weeks": change.weeks,
        "credits": change.credits,
        "level": change.level,
        "provider": change.provider,
    }
    return {
        "kind": change.kind.value,
        **{name: amount for name, amount in amounts.items() if amount is not None},
        **({"modules": [list(codes) for codes in change.modules]} if change.modules else {}),
        "within_limits": change.within_limits,
        "plan": _plan_in_full(change.plan),
        "sentence": change.sentence,
    }


def number(amount: Decimal | Fraction | None) -> int | float | None:
    """An int if the amount is whole, else a float."""
    if amount is None:
        return None
    return int(amount) if amount == int(amount) else float(amount)
