"""JSON -> Problem. Every fault is collected; a problem with one is refused whole, so nothing is computed from half of
it.

Fields that the format does not know are ignored. A list item's missing or null field is "not stated".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from assistant.stacking.problem import (
    Candidate,
    Constraints,
    DoubleCountRule,
    Fault,
    LevelCredits,
    Objective,
    Pool,
    PriorItem,
    Problem,
    ProblemError,
    Residency,
    SubjectRule,
    SubjectShare,
    Target,
    UsedFor,
)
from corpus.courses import DoubleCount
from corpus.credit import CreditSystem, Framework

HIGHEST_LEVEL = {
    Framework.FHEQ: 8,
    Framework.RQF: 8,
    Framework.CQFW: 8,
    Framework.EQF: 8,
    Framework.NFQ: 10,
    Framework.SCQF: 12,
    Framework.HKQF: 7,
}
PROBLEM_SYSTEMS = tuple(system for system in CreditSystem if system is not CreditSystem.LOCAL)
FRACTION = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")
YEARS = range(1900, 2201)
LARGEST = 10_000_000
"""No credit, price or number of hours in a real problem comes near it; sums of such numbers stay exact in the solver.
"""
DECIMALS = 4
Choice = TypeVar("Choice", bound=StrEnum)


def read_problem(raw: object) -> Problem:
    """The problem that parsed JSON states. Raises `ProblemError` with every fault found; put them right and try
    again."""
    faults: list[Fault] = []
    top = _Fields(raw, "problem", faults)
    target = _target(top.part("target_award", required=True))
    prior = tuple(_prior(fields) for fields in top.items("prior_learning"))
    candidates = tuple(_candidate(fields) for fields in top.items("candidate_courses"))
    problem = Problem(
        target=target,
        prior=prior,
        candidates=candidates,
        constraints=_constraints(top.part("constraints")),
        objectives=_objectives(top),
        id=top.echo("id"),
        title=top.echo("title"),
    )
    _find_duplicates("prior_learning", prior, faults)
    _find_duplicates("candidate_courses", candidates, faults)
    _find_cycle(candidates, faults)
    if faults:
        raise ProblemError(tuple(faults))
    return problem


def _level_named(key: object, framework: Framework) -> int | None:
    level = int(key) if isinstance(key, str) and re.fullmatch("[0-9]{1,2}", key) else 0
    return level if 1 <= level <= HIGHEST_LEVEL[framework] else None


class _Fields:
    """One JSON object being read: each method returns a checked value, or notes a fault and returns a harmless one."""

    def __init__(self, raw: object, where: str, faults: list[Fault]) -> None:
        self.where = where
        self.faults = faults
        self.values: Mapping[str, object] = {}
        if isinstance(raw, Mapping):
            self.values = raw
        else:
            faults.append(Fault(where, "value", _shown(raw), "an object with named fields"))

    def fault(self, field: str, expected: str) -> None:
        found = _shown(self.values[field]) if field in self.values else "missing"
        self.faults.append(Fault(self.where, field, found, expected))

    def get(self, field: str, expected: str, required: bool = False) -> object | None:
        value = self.values.get(field)
        if value is None and required:
            self.fault(field, expected)
        return value

    def text(self, field: str, required: bool = False) -> str | None:
        expected = "a text that is not empty"
        value = self.get(field, expected, required)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fault(field, expected)
            return None
        return value

    def echo(self, field: str) -> str | None:
        value = self.values.get(field)
        return value if isinstance(value, str) else None

    def flag(self, field: str) -> bool | None:
        value = self.values.get(field)
        if value is None or isinstance(value, bool):
            return value
        self.fault(field, "true, false or null")
        return None

    def number(self, field: str, expected: str = "a number, zero or more", above_zero: bool = False) -> Fraction | None:
        value = self.values.get(field)
        if value is None:
            return None
        number = _exact(value)
        if number is None or number < 0 or number > LARGEST or (above_zero and number == 0):
            self.fault(field, "a number above zero" if above_zero else expected)
            return None
        return number

    def money_or_hours(self, field: str, above_zero: bool = False) -> Decimal | None:
        number = self.number(field, above_zero=above_zero)
        if number is None:
            return None
        if (number * 10**DECIMALS).denominator != 1:
            self.fault(field, f"at most {DECIMALS} decimal places")
            return None
        return Decimal(number.numerator) / Decimal(number.denominator)

    def whole(self, field: str, lowest: int, expected: str, highest: int = LARGEST) -> int | None:
        value = self.values.get(field)
        if value is None:
            return None
        number = _exact(value)
        if number is None or number.denominator != 1 or not lowest <= number <= highest:
            self.fault(field, expected)
            return None
        return int(number)

    def year(self, field: str) -> int | None:
        return self.whole(field, YEARS.start, "a year such as 2024", YEARS.stop - 1)

    def choice(self, field: str, choices: Sequence[Choice], required: bool = False) -> Choice | None:
        expected = "one of " + ", ".join(choices)
        value = self.get(field, expected, required)
        if value is None:
            return None
        found = next((choice for choice in choices if isinstance(value, str) and choice.value == value), None)
        if found is None:
            self.fault(field, expected)
        return found

    def level(self, field: str, framework: Framework | None) -> int | None:
        highest = 12 if framework is None else HIGHEST_LEVEL[framework]
        name = "a level" if framework is None else f"a level of {framework.value}"
        return self.whole(field, 1, f"{name}: a whole number from 1 to {highest}", highest)

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.values.get(field)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(entry, str) and entry.strip() for entry in value):
            self.fault(field, "a list of texts")
            return ()
        return tuple(value)

    def fraction(self, field: str, required: bool = False) -> Fraction | None:
        expected = 'a fraction from above 0 to 1, written such as "2/3"'
        value = self.get(field, expected, required)
        if value is None:
            return None
        match = FRACTION.fullmatch(value) if isinstance(value, str) else None
        if match is None or int(match[1]) > int(match[2]):
            self.fault(field, expected)
            return None
        return Fraction(int(match[1]), int(match[2]))

    def part(self, field: str, required: bool = False) -> _Fields:
        """The object in a field; an empty one if it is not stated."""
        value = self.get(field, "an object with named fields", required)
        return _Fields({} if value is None else value, self._inside(field), self.faults)

    def has(self, field: str) -> bool:
        return self.values.get(field) is not None

    def items(self, field: str) -> list[_Fields]:
        value = self.values.get(field)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.fault(field, "a list")
            return []
        return [
            _Fields(entry, _item_name(self._inside(field), position, entry), self.faults)
            for position, entry in enumerate(value)
        ]

    def levels(self, field: str, framework: Framework) -> tuple[LevelCredits, ...]:
        """An object such as {"6": 90}, in the order written."""
        part = self.part(field)
        found = []
        for key in part.values:
            level = _level_named(key, framework)
            if level is None:
                expected = f"levels of {framework.value} (1 to {HIGHEST_LEVEL[framework]}) as names"
                self.faults.append(Fault(part.where, "level", _shown(key), expected))
                continue
            if not part.has(key):
                part.fault(key, "a number of credits, zero or more")
            number = part.number(key, "a number of credits, zero or more")
            if number is not None:
                found.append(LevelCredits(level, number))
        return tuple(found)

    def _inside(self, field: str) -> str:
        return field if self.where == "problem" else f"{self.where}.{field}"


def _exact(value: object) -> Fraction | None:
    """A JSON number as an exact fraction (0.1 is a tenth); `None` for anything else, bool and NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if not isinstance(value, int) and not math.isfinite(value):
        return None
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _item_name(field: str, position: int, entry: object) -> str:
    identity = entry.get("id") if isinstance(entry, Mapping) else None
    return f"{field}[{position}] '{identity}'" if isinstance(identity, str) else f"{field}[{position}]"


def _prior(fields: _Fields) -> PriorItem:
    framework = fields.choice("framework", tuple(Framework))
    return PriorItem(
        id=fields.text("id", required=True) or "",
        title=fields.text("title"),
        credits=fields.number("credits"),
        system=fields.choice("system", PROBLEM_SYSTEMS),
        level=fields.level("level", framework),
        framework=framework,
        year=fields.year("year"),
        awarding_body=fields.text("awarding_body"),
        credit_bearing=fields.flag("credit_bearing"),
        passed=fields.flag("passed"),
        awarder_recognised=fields.flag("awarder_recognised"),
        divisible_unit=fields.whole("divisible_unit", 1, "a whole number of credits, 1 or more"),
        subject=fields.text("subject"),
        equivalence_group=fields.text("equivalence_group"),
        covers=fields.texts("covers"),
        used_for_award=_used_for(fields),
        from_experience=fields.flag("from_experience") or False,
    )


def _used_for(fields: _Fields) -> UsedFor | None:
    if not fields.has("used_for_award"):
        return None
    part = fields.part("used_for_award")
    return UsedFor(part.text("title") or "another award", part.level("level", None))


def _candidate(fields: _Fields) -> Candidate:
    framework = fields.choice("framework", tuple(Framework))
    return Candidate(
        id=fields.text("id", required=True) or "",
        title=fields.text("title"),
        awarding_body=fields.text("awarding_body"),
        credits=fields.number("credits"),
        system=fields.choice("system", PROBLEM_SYSTEMS),
        level=fields.level("level", framework),
        framework=framework,
        credit_bearing=fields.flag("credit_bearing"),
        price_gbp=fields.money_or_hours("price_gbp"),
        mode=fields.text("mode"),
        study_hours=fields.money_or_hours("study_hours"),
        covers=fields.texts("covers"),
        prerequisites=fields.texts("prerequisites"),
        equivalence_group=fields.text("equivalence_group"),
        subject=fields.text("subject"),
        available=fields.flag("available"),
        awarder_recognised=fields.flag("awarder_recognised"),
    )


def _target(fields: _Fields) -> Target:
    framework = fields.choice("framework", tuple(Framework), required=True) or Framework.FHEQ
    if not fields.has("total_credits"):
        fields.fault("total_credits", "a number above zero")
    transfer = fields.part("max_transfer")
    start_year = fields.year("start_year")
    age_limit = fields.whole("credit_age_limit_years", 0, "a whole number of years")
    if age_limit is not None and not fields.has("start_year"):
        fields.fault("start_year", "a year, because credit_age_limit_years is given")
    return Target(
        title=fields.text("title", required=True) or "",
        provider=fields.text("provider", required=True) or "",
        framework=framework,
        total_credits=fields.number("total_credits", above_zero=True) or Fraction(1),
        level=fields.level("level", framework),
        min_credits_at_or_above=fields.levels("min_credits_at_or_above", framework),
        max_credits_at_level=fields.levels("max_credits_at_level", framework),
        min_accepted_level=fields.level("min_accepted_level", framework),
        start_year=start_year,
        credit_age_limit_years=age_limit,
        max_transfer_credits=transfer.number("credits"),
        max_transfer_fraction=transfer.fraction("fraction"),
        rounding_multiple=fields.whole("rounding_multiple", 1, "a whole number of credits, 1 or more"),
        residency=_residency(fields, framework),
        required_modules=_required_modules(fields),
        subject_rule=_subject_rule(fields),
        double_count=_double_count(fields),
        transfer_fee_gbp_per_credit=fields.money_or_hours("transfer_fee_gbp_per_credit"),
        pools=_pools(fields, "pools"),
        max_from_pools=_pools(fields, "max_from_pools"),
        exclusions=_exclusions(fields),
        min_shares_in_subject=tuple(
            SubjectShare(share.texts("subjects"), share.fraction("fraction", required=True) or Fraction(1))
            for share in fields.items("min_shares_in_subject")
        ),
        max_experience_credits=fields.number("max_experience_credits"),
        min_claim_credits=fields.number("min_claim_credits"),
        time_limit_years=fields.whole("time_limit_years", 1, "a whole number of years, 1 or more"),
    )


def _residency(fields: _Fields, framework: Framework) -> Residency | None:
    if not fields.has("residency"):
        return None
    part = fields.part("residency")
    if not part.has("credits"):
        part.fault("credits", "a number, zero or more")
    return Residency(part.number("credits") or Fraction(0), part.level("min_level", framework))


def _required_modules(fields: _Fields) -> tuple[tuple[str, ...], ...]:
    return _lists(fields, "required_modules", "a list of codes, or of lists of codes of which any one will do")


def _exclusions(fields: _Fields) -> tuple[tuple[str, ...], ...]:
    return _lists(fields, "exclusions", "a list of lists of course ids")


def _lists(fields: _Fields, field: str, expected: str) -> tuple[tuple[str, ...], ...]:
    value = fields.values.get(field)
    if value is None:
        return ()
    groups = []
    for entry in value if isinstance(value, list | tuple) else [None]:
        group = [entry] if isinstance(entry, str) else entry
        if (
            not isinstance(group, list | tuple)
            or not group
            or not all(isinstance(code, str) and code for code in group)
        ):
            fields.fault(field, expected)
            return ()
        groups.append(tuple(group))
    return tuple(groups)


def _subject_rule(fields: _Fields) -> SubjectRule | None:
    if not fields.has("subject_rule"):
        return None
    part = fields.part("subject_rule")
    if not part.has("relevant_subjects"):
        part.fault("relevant_subjects", "a list of texts")
    return SubjectRule(part.texts("relevant_subjects"), part.number("free_choice_max") or Fraction(0))


def _double_count(fields: _Fields) -> DoubleCountRule | None:
    if not fields.has("double_count"):
        return None
    part = fields.part("double_count")
    policy = part.choice("policy", tuple(DoubleCount), required=True) or DoubleCount.ALLOW
    if policy is DoubleCount.CAP and not part.has("max_credits"):
        part.fault("max_credits", 'a number, because the policy is "cap"')
    limit = part.number("max_credits")
    return DoubleCountRule(policy, limit if policy is DoubleCount.CAP else None)


def _pools(fields: _Fields, field: str) -> tuple[Pool, ...]:
    pools = []
    for part in fields.items(field):
        if not part.has("credits"):
            part.fault("credits", "a number, zero or more")
        pools.append(Pool(part.texts("courses"), part.number("credits") or Fraction(0)))
    return tuple(pools)


def _constraints(fields: _Fields) -> Constraints:
    return Constraints(
        budget_gbp=fields.money_or_hours("budget_gbp"),
        hours_per_week=fields.money_or_hours("hours_per_week", above_zero=True),
        weeks_available=fields.money_or_hours("weeks_available"),
        modes_allowed=fields.texts("modes_allowed"),
    )


def _objectives(top: _Fields) -> tuple[Objective, ...]:
    names = top.texts("objectives")
    known = tuple(objective for name in names for objective in Objective if objective.value == name)
    if len(known) < len(names):
        top.fault("objectives", "a list of " + ", ".join(Objective))
    return known or (Objective.CHEAPEST, Objective.FASTEST)


def _find_duplicates(field: str, items: Sequence[PriorItem | Candidate], faults: list[Fault]) -> None:
    seen: set[str] = set()
    for position, item in enumerate(items):
        if item.id in seen:
            faults.append(Fault(f"{field}[{position}] '{item.id}'", "id", _shown(item.id), "an id used only once"))
        if item.id:
            seen.add(item.id)


def _find_cycle(candidates: Sequence[Candidate], faults: list[Fault]) -> None:
    """Courses that need each other can be taken in no order at all. What is left after removing, again and again, every
    course that waits for none of the others, or that none of the others waits for, is in a cycle or between two."""
    teaches: dict[str, set[int]] = {}
    for number, course in enumerate(candidates):
        for code in course.covers:
            teaches.setdefault(code, set()).add(number)
    waits_for = {
        number: set().union(*(teaches.get(code, set()) for code in course.prerequisites))
        for number, course in enumerate(candidates)
    }
    while free := [
        number
        for number, needs in waits_for.items()
        if not needs & waits_for.keys() or not any(number in other for other in waits_for.values())
    ]:
        for number in free:
            del waits_for[number]
    for number in waits_for:
        course = candidates[number]
        faults.append(
            Fault(
                f"candidate_courses[{number}] '{course.id}'",
                "prerequisites",
                _shown(", ".join(course.prerequisites)),
                "prerequisites that do not lead back to the course itself",
            )
        )
