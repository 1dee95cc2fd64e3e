"""The rules again, read slowly: every selection is listed and checked. Shares no code with the engine it is held
against.

Works on the JSON of a problem and gives the fields of rule S9 that have one right value. Only for small problems:
the number of selections doubles with each item.
"""

from __future__ import annotations

import copy
import itertools
import math
from fractions import Fraction
from typing import Any

Json = dict[str, Any]

UK_CREDITS_EACH = {
    "CATS": Fraction(1),
    "SCQF": Fraction(1),
    "CQFW": Fraction(1),
    "RQF": Fraction(1),
    "ECTS": Fraction(2),
    "US_SEMESTER": Fraction(4),
    "US_QUARTER": Fraction(8, 3),
    "TQT_HOURS": Fraction(1, 10),
}
SCQF_TO_FHEQ = {6: 3, 7: 4, 8: 5, 9: 6, 10: 6, 11: 7, 12: 8}
FHEQ_TO_SCQF = {4: 7, 5: 8, 6: 9, 7: 11, 8: 12}
BLOCKERS = [
    "BUDGET",
    "TIME",
    "MODE",
    "TRANSFER_CAP",
    "RESIDENCY",
    "LEVEL_MINIMUM",
    "REQUIRED_MODULES",
    "CREDIT_AGE",
    "MAX_AT_LEVEL",
    "FREE_CHOICE",
    "DOUBLE_COUNT",
    "AVAILABILITY",
    "POOL",
    "MAX_FROM_POOL",
    "EXCLUSION",
    "SUBJECT_SHARE",
    "EXPERIENCE",
    "MIN_CLAIM",
    "TIME_LIMIT",
]


def exact(number: Any) -> Fraction:
    return Fraction(str(number))


def uk_credits(item: Json) -> int:
    each = UK_CREDITS_EACH.get(item.get("system") or "NONE")
    return 0 if each is None or item.get("credits") is None else math.floor(exact(item["credits"]) * each)


def level_of(item: Json, award: Json) -> int | None:
    level, own, wanted = item.get("level"), item.get("framework"), award["framework"]
    if level is None or own is None:
        return None
    if own == "SCQF":
        return int(level) if wanted == "SCQF" else SCQF_TO_FHEQ.get(level)
    return FHEQ_TO_SCQF.get(level) if wanted == "SCQF" else int(level)


def why_prior_fails(item: Json, award: Json) -> str | None:
    level, lowest, limit = level_of(item, award), award.get("min_accepted_level"), award.get("credit_age_limit_years")
    if item.get("credit_bearing") is False or uk_credits(item) == 0:
        return "NOT_CREDIT_BEARING"
    if item.get("passed") is False:
        return "NOT_PASSED"
    if item.get("awarder_recognised") is False:
        return "UNRECOGNISED_AWARDER"
    if lowest is not None and (level is None or level < lowest):
        return "LEVEL_TOO_LOW"
    if limit is not None and item.get("year") is None:
        return "YEAR_NOT_STATED"
    if limit is not None and award["start_year"] - item["year"] > limit:
        return "EXPIRED"
    if (award.get("double_count") or {}).get("policy") == "disallow" and item.get("used_for_award"):
        return "ALREADY_USED_FOR_AWARD"
    return "SUBJECT_NOT_RELEVANT" if wrong_subject(item, award) else None


def wrong_subject(item: Json, award: Json) -> bool:
    rule = award.get("subject_rule")
    return bool(rule) and not rule["free_choice_max"] and item.get("subject") not in rule["relevant_subjects"]


def why_candidate_fails(item: Json, award: Json, constraints: Json) -> str | None:
    level, lowest = level_of(item, award), award.get("min_accepted_level")
    if item.get("credit_bearing") is False or uk_credits(item) == 0:
        return "NOT_CREDIT_BEARING"
    if item.get("awarder_recognised") is False:
        return "UNRECOGNISED_AWARDER"
    if lowest is not None and (level is None or level < lowest):
        return "LEVEL_TOO_LOW"
    if wrong_subject(item, award):
        return "SUBJECT_NOT_RELEVANT"
    if constraints.get("modes_allowed") and item.get("mode") not in constraints["modes_allowed"]:
        return "MODE_NOT_ALLOWED"
    return "NOT_AVAILABLE" if item.get("available") is False else None


def sift_prior(problem: Json) -> tuple[list[Json], dict[str, str]]:
    award = problem["target_award"]
    why = {item["id"]: why_prior_fails(item, award) for item in problem.get("prior_learning", [])}
    alive = [item for item in problem.get("prior_learning", []) if why[item["id"]] is None]
    for index, item in enumerate(alive):
        for other_index, other in enumerate(alive):
            if item is other or not item.get("equivalence_group"):
                continue
            if item["equivalence_group"] != other.get("equivalence_group"):
                continue
            mine = (uk_credits(item), level_of(item, award) or 0, item.get("year") or 0, -index)
            theirs = (uk_credits(other), level_of(other, award) or 0, other.get("year") or 0, -other_index)
            if theirs > mine:
                why[item["id"]] = "DUPLICATE"
    kept = [item for item in alive if why[item["id"]] is None]
    return kept, {identity: code for identity, code in why.items() if code is not None}


def transfer_cap(award: Json) -> Fraction | None:
    transfer, total, found = award.get("max_transfer") or {}, exact(award["total_credits"]), []
    if transfer.get("credits") is not None:
        found.append(exact(transfer["credits"]))
    if transfer.get("fraction") is not None:
        found.append(Fraction(math.floor(Fraction(transfer["fraction"]) * total)))
    if award.get("residency"):
        found.append(max(Fraction(0), total - exact(award["residency"]["credits"])))
    return min(found) if found else None


Taken = list[tuple[Json, int]]
"""Items of a selection with the credit taken of each."""


class Checker:
    """One award's rules over selections, each rule a line that can be read beside the rule book."""

    def __init__(self, award: Json, constraints: Json) -> None:
        self.award, self.constraints = award, constraints
        self.total = exact(award["total_credits"])
        self.cap = transfer_cap(award)

    def own(self, item: Json) -> bool:
        return item.get("awarding_body") == self.award["provider"]

    def moved(self, taken: Taken) -> int:
        return sum(amount for item, amount in taken if not self.own(item))

    def counted(self, taken: Taken) -> Fraction:
        moved, multiple = self.moved(taken), self.award.get("rounding_multiple") or 1
        own = sum(amount for item, amount in taken if self.own(item))
        return Fraction(own + moved // multiple * multiple)

    def at_or_above(self, taken: Taken, level: int) -> int:
        return sum(amount for item, amount in taken if (item["_level"] or 0) >= level)

    def in_pool(self, item: Json, courses: list[str]) -> bool:
        return item["id"] in courses or any(code in courses for code in item.get("covers") or [])

    def caps_hold(self, taken: Taken) -> bool:
        award = self.award
        moved = self.moved(taken)
        if self.cap is not None and moved > self.cap:
            return False
        for level, most in (award.get("max_credits_at_level") or {}).items():
            if sum(amount for item, amount in taken if item["_level"] == int(level)) > exact(most):
                return False
        rule = award.get("subject_rule")
        if rule:
            others = sum(c for item, c in taken if item.get("subject") not in rule["relevant_subjects"])
            if others > exact(rule["free_choice_max"]):
                return False
        twice = award.get("double_count") or {}
        used = sum(c for item, c in taken if item.get("used_for_award"))
        if twice.get("policy") == "cap" and used > exact(twice["max_credits"]):
            return False
        for pool in award.get("max_from_pools") or []:
            if sum(c for item, c in taken if self.in_pool(item, pool["courses"])) > exact(pool["credits"]):
                return False
        for courses in award.get("exclusions") or []:
            if sum(1 for item, _ in taken if self.in_pool(item, courses)) > 1:
                return False
        lived = award.get("max_experience_credits")
        if lived is not None and sum(c for item, c in taken if item.get("from_experience")) > exact(lived):
            return False
        least = award.get("min_claim_credits")
        return not (least is not None and 0 < moved < exact(least))

    def complete(self, taken: Taken) -> bool:
        award = self.award
        if self.counted(taken) < self.total:
            return False
        for level, least in (award.get("min_credits_at_or_above") or {}).items():
            if self.at_or_above(taken, int(level)) < exact(least):
                return False
        residency = award.get("residency")
        if residency:
            mine = [(item, amount) for item, amount in taken if self.own(item)]
            if self.at_or_above(mine, residency.get("min_level") or -1) < exact(residency["credits"]):
                return False
        for pool in award.get("pools") or []:
            if sum(c for item, c in taken if self.in_pool(item, pool["courses"])) < exact(pool["credits"]):
                return False
        for share in award.get("min_shares_in_subject") or []:
            inside = sum(c for item, c in taken if item.get("subject") in share["subjects"])
            if inside < Fraction(share["fraction"]) * self.total:
                return False
        covered = {code for item, _ in taken for code in item.get("covers") or []}
        for entry in award.get("required_modules") or []:
            if not covered & set([entry] if isinstance(entry, str) else entry):
                return False
        if any(code not in covered for item, _ in taken for code in item.get("prerequisites") or []):
            return False
        groups = [item["equivalence_group"] for item, _ in taken if item.get("equivalence_group")]
        return len(groups) == len(set(groups)) and self.affordable(taken)

    def affordable(self, taken: Taken) -> bool:
        budget = self.constraints.get("budget_gbp")
        if budget is not None and (self.unpriced(taken) or self.cost(taken) > exact(budget)):
            return False
        weekly, weeks = self.constraints.get("hours_per_week"), self.constraints.get("weeks_available")
        years = self.award.get("time_limit_years")
        if weekly is None:
            return True
        hours = self.hours(taken)
        in_time = weeks is None or hours <= exact(weekly) * exact(weeks)
        return in_time and (years is None or hours <= exact(weekly) * 52 * years)

    def unpriced(self, taken: Taken) -> int:
        return sum(1 for item, _ in taken if item["_new"] and item.get("price_gbp") is None)

    def cost(self, taken: Taken) -> Fraction:
        fee = exact(self.award.get("transfer_fee_gbp_per_credit") or 0)
        prices = sum((exact(item.get("price_gbp") or 0) for item, _ in taken if item["_new"]), Fraction(0))
        return prices + fee * sum(c for item, c in taken if not item["_new"] and not self.own(item))

    def hours(self, taken: Taken) -> Fraction:
        return sum(
            (
                exact(item["study_hours"]) if item.get("study_hours") is not None else Fraction(10 * amount)
                for item, amount in taken
                if item["_new"]
            ),
            Fraction(0),
        )

    def weeks(self, hours: Fraction) -> int | None:
        weekly = self.constraints.get("hours_per_week")
        return None if weekly is None else math.ceil(hours / exact(weekly))


def amounts(item: Json) -> list[int]:
    whole = uk_credits(item)
    unit = item.get("divisible_unit")
    return [0, whole] if unit is None else list(range(0, whole + 1, unit))


def selections(items: list[Json]) -> list[Taken]:
    """Every way to take some of the items."""
    ways = itertools.product(*(amounts(item) for item in items))
    return [[(item, amount) for item, amount in zip(items, way, strict=True) if amount] for way in ways]


def prepared(items: list[Json], award: Json, new: bool) -> list[Json]:
    return [{**item, "_level": level_of(item, award), "_new": new} for item in items]


def audit(problem: Json) -> Json:
    award = problem["target_award"]
    kept, why = sift_prior(problem)
    kept = prepared(kept, award, new=False)
    check = Checker(award, {})
    allowed = [taken for taken in selections(kept) if check.caps_hold(taken)]
    counted = max(min(check.total, check.counted(taken)) for taken in allowed)
    best = [taken for taken in allowed if min(check.total, check.counted(taken)) == counted]
    minimums = []
    for level, least in (award.get("min_credits_at_or_above") or {}).items():
        have = max(check.at_or_above(taken, int(level)) for taken in best)
        shortfall = max(Fraction(0), exact(least) - have)
        minimums.append({"at_or_above": int(level), "required": exact(least), "have": have, "shortfall": shortfall})
    eligible = sum(uk_credits(item) for item in kept)
    return {
        "counts": [(item["id"], uk_credits(item), item["_level"]) for item in kept],
        "does_not_count": [
            (item["id"], why[item["id"]]) for item in problem.get("prior_learning", []) if item["id"] in why
        ],
        "credits_eligible": eligible,
        "credits_counted": counted,
        "credits_not_counted_because_of_caps": eligible - counted,
        "credits_remaining": check.total - counted,
        "effective_transfer_cap": check.cap,
        "level_minimums": minimums,
        "min_at_level_met": all(minimum["shortfall"] == 0 for minimum in minimums),
    }


def feasible_selections(problem: Json) -> tuple[Checker, list[Taken]]:
    award, constraints = problem["target_award"], problem.get("constraints") or {}
    check = Checker(award, constraints)
    kept, _ = sift_prior(problem)
    courses = [
        course for course in problem["candidate_courses"] if why_candidate_fails(course, award, constraints) is None
    ]
    items = prepared(kept, award, new=False) + prepared(courses, award, new=True)
    return check, [taken for taken in selections(items) if check.complete(taken) and check.caps_hold(taken)]


def plan(problem: Json) -> Json:
    """The fields about candidates; `pareto` as the set of (unpriced, cost, hours)."""
    award, constraints = problem["target_award"], problem.get("constraints") or {}
    check, feasible = feasible_selections(problem)
    order = [course["id"] for course in problem["candidate_courses"]]
    excluded = [
        (course["id"], code)
        for course in problem["candidate_courses"]
        if (code := why_candidate_fails(course, award, constraints)) is not None
    ]
    if not feasible:
        blockers = [name for name in BLOCKERS if blocks(problem, name)]
        return {
            "candidates_excluded": excluded,
            "feasible": False,
            "cheapest": None,
            "fastest": None,
            "fewest_credits": None,
            "blockers": blockers,
            "pareto": set(),
            "alternatives": set(),
        }
    scored = []
    for taken in feasible:
        new = [item["id"] for item, _ in taken if item["_new"]]
        scored.append(
            (
                (check.unpriced(taken), check.cost(taken)),
                check.hours(taken),
                sum(amount for item, amount in taken if item["_new"]),
                [order.index(identity) for identity in new],
                new,
            )
        )

    def told(best: Any) -> Json:
        cost, hours, _, _, new = best
        return {"cost": cost[1], "unpriced": cost[0], "hours": hours, "weeks": check.weeks(hours), "course_ids": new}

    cheapest = min(scored, key=lambda s: (s[0], s[1], s[2], s[3]))
    trades = {(s[0], s[1]) for s in scored}
    pareto = {t for t in trades if not any(o != t and o[0] <= t[0] and o[1] <= t[1] for o in trades)}
    as_good = {tuple(s[4]) for s in scored if (s[0], s[1]) == (cheapest[0], cheapest[1])}
    return {
        "candidates_excluded": excluded,
        "feasible": True,
        "cheapest": told(cheapest),
        "fastest": told(min(scored, key=lambda s: (s[1], s[0], s[2], s[3]))),
        "fewest_credits": told(min(scored, key=lambda s: (s[2], s[0], s[1], s[3]))),
        "blockers": [],
        "pareto": pareto,
        "alternatives": as_good - {tuple(cheapest[4])},
    }


def blocks(problem: Json, name: str) -> bool:
    easier = lifted(problem, name)
    return easier != problem and bool(feasible_selections(easier)[1])


def lifted(problem: Json, name: str) -> Json:
    """The problem without one constraint."""
    easier = copy.deepcopy(problem)
    award, constraints = easier["target_award"], easier.setdefault("constraints", {})
    problem.setdefault("constraints", {})
    fields = {
        "BUDGET": (constraints, "budget_gbp"),
        "TIME": (constraints, "weeks_available"),
        "MODE": (constraints, "modes_allowed"),
        "TRANSFER_CAP": (award, "max_transfer"),
        "RESIDENCY": (award, "residency"),
        "LEVEL_MINIMUM": (award, "min_credits_at_or_above"),
        "REQUIRED_MODULES": (award, "required_modules"),
        "CREDIT_AGE": (award, "credit_age_limit_years"),
        "MAX_AT_LEVEL": (award, "max_credits_at_level"),
        "FREE_CHOICE": (award, "subject_rule"),
        "DOUBLE_COUNT": (award, "double_count"),
        "POOL": (award, "pools"),
        "MAX_FROM_POOL": (award, "max_from_pools"),
        "EXCLUSION": (award, "exclusions"),
        "SUBJECT_SHARE": (award, "min_shares_in_subject"),
        "EXPERIENCE": (award, "max_experience_credits"),
        "MIN_CLAIM": (award, "min_claim_credits"),
        "TIME_LIMIT": (award, "time_limit_years"),
    }
    if name == "AVAILABILITY":
        for course in easier["candidate_courses"]:
            if course.get("available") is False:
                course["available"] = True
    else:
        where, field = fields[name]
        where.pop(field, None)
    return easier
