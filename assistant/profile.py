"""What is known about a learner: facts with where they came from. Pure; a change gives a new profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

FIELDS = (
    "goal", "occupation", "work", "target_award", "nation", "age", "income_gbp", "budget_gbp", "hours_per_week", "weeks_available", "mode",
    "highest_level", "access_needs", "prior_learning", "start_year",
)  # fmt: skip
"""The facts a profile may hold. No name, no contact, no free text beyond the goal. `work` is what someone does now,
`occupation` what they aim for; `access_needs` only what they chose to say, and it can only add information."""


@dataclass(frozen=True, slots=True)
class PriorLearning:
    """Something already studied, as the learner put it. `None`: not said.

    `credits` in the units of `system`; `level` on `framework`; `year` it was finished.
    """

    title: str
    credits: Decimal | None = None
    system: str | None = None
    level: int | None = None
    framework: str | None = None
    year: int | None = None
    awarding_body: str | None = None
    credit_bearing: bool | None = None
    assumed_size: bool = False
    """Whether `credits` is the framework's size for an award of this name rather than an amount the learner gave."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and where it came from: "turn 2", "form" or "file"."""

    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class LearnerProfile:
    """Facts by field name, see `FIELDS`."""

    facts: Mapping[str, Fact] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The value of a field; `None` if it is not known."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    @property
    def prior_learning(self) -> tuple[PriorLearning, ...]:
        return self.get("prior_learning") or ()

    def with_facts(self, values: Mapping[str, Any], source: str, *, correcting: bool = False) -> LearnerProfile:
        """A profile in which `values` replace what was there; prior learning is merged, item by item. `correcting`: an item
        from the same awarder puts right what was said of it before."""
        facts = dict(self.facts)
        for name, value in values.items():
            if name not in FIELDS:
                raise ProfileError(name, value, f"one of {', '.join(FIELDS)}")
            if name == "prior_learning":
                value = merged(self.prior_learning, value, correcting=correcting)
            facts[name] = Fact(value, source)
        return LearnerProfile(facts)

    def without(self, *names: str) -> LearnerProfile:
        """The profile without these facts."""
        return LearnerProfile({key: fact for key, fact in self.facts.items() if key not in names})

    def to_json(self) -> dict[str, Any]:
        """The `profile` part of the contract: field -> value and where it is from."""
        return {name: {"value": _plain(fact.value), "from": fact.source} for name, fact in self.facts.items()}


def merged(
    known: tuple[PriorLearning, ...], told: tuple[PriorLearning, ...], *, correcting: bool = False
) -> tuple[PriorLearning, ...]:
    """Prior learning after being told more. An item that fills in one told before ("the OU module was 30 credits")
    replaces it; anything else is added."""
    items = list(known)
    for item in told:
        place = next((number for number, old in enumerate(items) if _fills_in(old, item, correcting)), None)
        if place is None:
            items.append(item)
        else:
            items[place] = _filled(items[place], item)
    return tuple(items)


def _fills_in(old: PriorLearning, new: PriorLearning, correcting: bool) -> bool:
    if old.title.casefold() == new.title.casefold():
        return True
    same_awarder = old.awarding_body is not None and old.awarding_body == new.awarding_body
    return same_awarder and new.credits is not None and (old.credits is None or correcting)


def _filled(old: PriorLearning, new: PriorLearning) -> PriorLearning:
    stated = {name: value for name in PriorLearning.__dataclass_fields__ if (value := getattr(new, name)) is not None}
    return replace(old, **{**stated, "title": old.title, "assumed_size": new.assumed_size and old.assumed_size})


class ProfileError(ValueError):
    """A profile file or form holds something unusable."""

    def __init__(self, name: str, found: Any, expected: str) -> None:
        super().__init__(name, found, expected)
        self.field, self.found, self.expected = name, found, expected

    def __str__(self) -> str:
        return f"profile: {self.field} = {self.found!r}, expected {self.expected}"


def read_profile(data: Any, source: str = "file") -> LearnerProfile:
    """A profile from JSON: `{field: value}` or `{field: {"value": …}}`, as `ask --json` prints it.

    Raises `ProfileError` naming the first field that cannot be used.
    """
    if not isinstance(data, Mapping):
        raise ProfileError("(whole file)", type(data).__name__, "an object of facts")
    values: dict[str, Any] = {}
    for name, entry in data.items():
        value = entry["value"] if isinstance(entry, Mapping) and "value" in entry else entry
        values[name] = _read_value(name, value)
    return LearnerProfile().with_facts({name: value for name, value in values.items() if value is not None}, source)


_NUMBERS = {
    "age": 120,
    "income_gbp": 10**7,
    "budget_gbp": 10**7,
    "hours_per_week": 168,
    "weeks_available": 2000,
    "highest_level": 12,
    "start_year": 2100,
}


def _read_value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "prior_learning":
        if not isinstance(value, list):
            raise ProfileError(name, value, "a list")
        return tuple(_read_prior(item) for item in value)
    if name in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _NUMBERS[name]:
            raise ProfileError(name, value, f"a number from 0 to {_NUMBERS[name]}")
        return Decimal(str(value)) if name in ("income_gbp", "budget_gbp", "hours_per_week") else int(value)
    if not isinstance(value, str):
        raise ProfileError(name, value, "text")
    return value[:300]


def _read_prior(item: Any) -> PriorLearning:
    if not isinstance(item, Mapping) or not isinstance(item.get("title"), str):
        raise ProfileError("prior_learning", item, "objects with at least a title")
    known = {key: item[key] for key in PriorLearning.__dataclass_fields__ if item.get(key) is not None}
    if "credits" in known:
        if isinstance(known["credits"], bool) or not isinstance(known["credits"], int | float) or known["credits"] < 0:
            raise ProfileError("prior_learning.credits", known["credits"], "a number of zero or more")
        known["credits"] = Decimal(str(known["credits"]))
    for number in ("level", "year"):
        if number in known and (isinstance(known[number], bool) or not isinstance(known[number], int)):
            raise ProfileError(f"prior_learning.{number}", known[number], "a whole number")
    return PriorLearning(**known)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, PriorLearning):
        return {key: _plain(part) for key, part in asdict(value).items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
