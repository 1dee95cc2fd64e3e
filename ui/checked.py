"""Values that another program sent, checked one by one. Each function returns the value, or raises `BadInput` naming the field."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeVar, get_args

from assistant.profile import LearnerProfile, PriorLearning, ProfileError, read_profile
from assistant.stacking.output import number
from assistant.stacking.read import HIGHEST_LEVEL, PROBLEM_SYSTEMS
from corpus.credit import Framework, Level

SystemName = Literal["CATS", "SCQF", "CQFW", "RQF", "ECTS", "US_SEMESTER", "US_QUARTER", "TQT_HOURS"]
FrameworkName = Literal["FHEQ", "RQF", "CQFW", "SCQF", "EQF", "NFQ"]
ModeName = Literal["online", "blended", "in_person"]
NationName = Literal["England", "Scotland", "Wales", "Northern Ireland"]
NATIONS: tuple[str, ...] = get_args(NationName)

LONGEST_TEXT = 300
"""Characters of a search, a title or a name."""
MOST_PRIOR = 30
YEARS = (1900, 2200)
PRIOR_FIELDS = tuple(PriorLearning.__dataclass_fields__)


class BadInput(ValueError):
    """Something sent cannot be used: which `field`, what was found, what would do."""

    def __init__(self, field: str, found: object, expected: str) -> None:
        super().__init__(field, found, expected)
        self.field, self.found, self.expected = field, found, expected

    def __str__(self) -> str:
        shown = repr(self.found)
        return f"{self.field} = {shown if len(shown) <= 80 else shown[:77] + '...'}, expected {self.expected}"


def profile_of(data: object) -> LearnerProfile:
    """A profile of plain values, prior learning among them; `None` is not known."""
    if not isinstance(data, Mapping):
        raise BadInput("profile", data, "an object of facts")
    known = {name: value for name, value in data.items() if value is not None}
    if "prior_learning" in known:
        known["prior_learning"] = _prior(known["prior_learning"])
    exact = {name: known.pop(name) for name in list(known) if isinstance(known[name], Decimal)}
    try:
        return read_profile(known, "form").with_facts(exact, "form")
    except ProfileError as error:
        raise BadInput(error.field, error.found, error.expected) from error


def _prior(items: object) -> list[dict[str, Any]]:
    if not isinstance(items, list) or len(items) > MOST_PRIOR:
        found = f"{len(items)} items" if isinstance(items, list) else items
        raise BadInput("prior_learning", found, f"a list of at most {MOST_PRIOR} items")
    return [_prior_item(f"prior_learning[{place}]", item) for place, item in enumerate(items)]


def _prior_item(where: str, item: object) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise BadInput(where, item, "an object with a title")
    unknown = next((name for name in item if name not in PRIOR_FIELDS), None)
    if unknown is not None:
        raise BadInput(f"{where}.{unknown}"[:LONGEST_TEXT], item[unknown], f"one of {', '.join(PRIOR_FIELDS)}")
    system, awarder, named = item.get("system"), item.get("awarding_body"), item.get("framework")
    framework = None if named is None else choice(f"{where}.framework", named, Framework)
    return {
        "title": text(f"{where}.title", item.get("title"), LONGEST_TEXT),
        "credits": number(fraction(f"{where}.credits", item.get("credits"), 0, 10_000)),
        "system": None if system is None else choice(f"{where}.system", system, PROBLEM_SYSTEMS).value,
        "level": whole(f"{where}.level", item.get("level"), 1, 12 if framework is None else HIGHEST_LEVEL[framework]),
        "framework": None if framework is None else framework.value,
        "year": whole(f"{where}.year", item.get("year"), *YEARS),
        "awarding_body": None if awarder is None else text(f"{where}.awarding_body", awarder, LONGEST_TEXT),
        "credit_bearing": flag(f"{where}.credit_bearing", item.get("credit_bearing")),
    }


def level_on(value: object, framework: object, field: str = "framework") -> Level:
    """The level on a framework; `field` is what the framework's own field is called."""
    ladder = choice(field, framework, [Framework(name) for name in get_args(FrameworkName)])
    found = whole("level", value, 1, HIGHEST_LEVEL[ladder])
    if found is None:
        raise BadInput("level", value, "a whole number")
    return Level(ladder, found)


Choice = TypeVar("Choice", bound=str)


def choice(field: str, value: object, choices: Iterable[Choice]) -> Choice:
    allowed = list(choices)
    found = next((one for one in allowed if isinstance(value, str) and one == value), None)
    if found is None:
        raise BadInput(field, value, f"one of {', '.join(allowed)}")
    return found


def text(field: str, value: object, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadInput(field, value, "some words")
    if len(value) > longest:
        raise BadInput(field, f"{len(value):,} characters", f"at most {longest:,}")
    return value.strip()


def flag(field: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadInput(field, value, "true, false or null")


def whole(field: str, value: object, lowest: int, highest: int) -> int | None:
    if value is None:
        return None
    found = _exact(value)
    if found is None or found.denominator != 1 or not lowest <= found <= highest:
        raise BadInput(field, value, f"a whole number from {lowest} to {highest}")
    return int(found)


def fraction(field: str, value: object, lowest: int, highest: int) -> Fraction | None:
    if value is None:
        return None
    found = _exact(value)
    if found is None or not lowest <= found <= highest or (found * 10_000).denominator != 1:
        raise BadInput(field, value, f"a number from {lowest} to {highest:,} with at most 4 decimal places")
    return found


def decimal(field: str, value: object, lowest: int, highest: int) -> Decimal | None:
    found = fraction(field, value, lowest, highest)
    return None if found is None else Decimal(found.numerator) / Decimal(found.denominator)


def _exact(value: object) -> Fraction | None:
    """A number as an exact fraction (0.1 is a tenth); `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
