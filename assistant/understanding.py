"""Reading with a model: what it understood, as typed values, and the checks that it made nothing up.

Rules win where they read something; a model only fills what they left open, and says each thing asked again in plain words
for the search. It names no course, no card and no verdict: the form it fills has no place for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Dropped
from assistant.gazetteer import Gazetteer, plain
from assistant.limits import Constraints
from assistant.llm import LanguageModel
from assistant.needs import LIKELY, Need
from assistant.numerals import numbers_said, places_said
from assistant.profile import PriorLearning
from assistant.prompting import fill_prompt
from assistant.quantities import SYSTEM_WORDS, CreditSaid, LevelSaid, Span
from corpus.courses import Mode
from corpus.credit import CreditSystem, Framework

MOST_ASKED, LONGEST_ASKED = 5, 200
"""How many things asked are taken up, and how many characters of each."""
LONGEST_WORDS = 120

Nation = Literal["England", "Scotland", "Wales", "Northern Ireland", "Ireland"]


class _Form(BaseModel):
    # Bounds are checked in code, not in the form: some providers refuse a schema that states them.
    model_config = ConfigDict(extra="forbid")


class Learned(_Form):
    """One thing already studied."""

    title: str
    credits: float | None = None
    credit_system: CreditSystem | None = None
    level: int | None = None
    framework: Framework | None = None
    year: int | None = None
    awarding_body: str | None = None


class Period(_Form):
    """A stretch of time as it was said: 6 months stays 6 months."""

    number: float
    unit: Literal["week", "month", "year"]


class Understood(_Form):
    """The reply of the reading prompt. `None` or an empty list: not said."""

    language: str = "en"
    needs: list[Need] = []
    asked: list[str] = []
    wanted_level: int | None = None
    wanted_framework: Framework | None = None
    wanted_credits: float | None = None
    wanted_credit_system: CreditSystem | None = None
    max_price_pounds: float | None = None
    free_only: bool | None = None
    mode: Mode | None = None
    study_nation: Nation | None = None
    credit_bearing: bool | None = None
    no_exams: bool | None = None
    longest_course: Period | None = None
    goal: str | None = None
    occupation: str | None = None
    target_award: str | None = None
    home_nation: Nation | None = None
    age: int | None = None
    budget_pounds: float | None = None
    hours_per_week: float | None = None
    time_available: Period | None = None
    prior_learning: list[Learned] = []
    points_at: list[int] = []


@dataclass(frozen=True, slots=True)
class Found:
    """What a model understood and the message bears out. `places`: courses shown before that it points at, from 1, -1 for
    the last. `language`: two letters. `dropped`: what the message does not bear out, and why."""

    needs: tuple[Need, ...] = ()
    asked: tuple[str, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)
    facts: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    language: str = "en"
    dropped: tuple[Dropped, ...] = ()

    def among(self, shown: Sequence[str]) -> tuple[str, ...]:
        """Those of the courses shown before, in their order, that the message points at."""
        places = (place - 1 if place > 0 else place for place in self.places)
        return tuple(shown[place] for place in places if -len(shown) <= place < len(shown))


def understand(message: str, model: LanguageModel) -> Understood:
    """What a model makes of a message, unchecked. Raises `ModelUnavailable`."""
    return model.fill(fill_prompt("understand", message=message), Understood)


def checked(understood: Understood, message: str, gazetteer: Gazetteer) -> Found:
    """What of it stands: every number is in the message, in figures or in words, and every name is in it too."""
    check = _Check(message, gazetteer)
    asked = tuple(text for text in understood.asked[:MOST_ASKED] if check.restates(text))
    return Found(
        needs=tuple(dict.fromkeys(understood.needs)),
        asked=tuple(dict.fromkeys(" ".join(text.split())[:LONGEST_ASKED] for text in asked)),
        constraints=check.constraints(understood),
        facts=check.facts(understood),
        places=check.places(understood.points_at),
        language=understood.language.lower()[:2] if understood.language[:2].isalpha() else "en",
        dropped=tuple(check.dropped),
    )


def beside(found: Found, constraints: Constraints, facts: Mapping[str, Any]) -> Found:
    """What was found with what the rules read of the same turn in place of it wherever they read anything.

    An amount of credit or a level that the rules read as held is not taken for a wish.
    """
    held: tuple[PriorLearning, ...] = facts.get("prior_learning") or ()
    wishes = found.constraints
    if wishes.credits and any(item.credits == Decimal(float(wishes.credits.points)) for item in held):
        wishes = replace(wishes, credits=None)
    if wishes.level and any(item.level == wishes.level.number for item in held):
        wishes = replace(wishes, level=None)
    return replace(found, constraints=wishes.changed_by(constraints), facts={**found.facts, **facts})


def needs_beside(read: tuple[tuple[Need, float], ...], found: Found) -> tuple[tuple[Need, float], ...]:
    """The needs that were read, then the model's others at the least likelihood; small talk and out of scope are left to
    the rules, which cannot be talked into them."""
    known = {need for need, _ in read} | {Need.SMALL_TALK, Need.OUT_OF_SCOPE}
    return read + tuple((need, LIKELY) for need in found.needs if need not in known)


class _Check:
    """Compares a reply with one message, and notes what it drops."""

    def __init__(self, message: str, gazetteer: Gazetteer) -> None:
        self._message = message
        self._plain = f" {plain(message)} "
        self._gazetteer = gazetteer
        self._numbers = numbers_said(message)
        self._named = {(mention.kind, mention.record_id) for mention in gazetteer.find(message).all}
        self.dropped: list[Dropped] = []

    def constraints(self, said: Understood) -> Constraints:
        price = self.number("max_price_pounds", said.max_price_pounds, 0, 10**7)
        free = said.free_only and said.max_price_pounds in (None, 0)
        return Constraints(
            level=self._level(said.wanted_level, said.wanted_framework),
            credits=self._credits(said.wanted_credits, said.wanted_credit_system),
            max_price=Decimal(0) if free else price,
            mode=said.mode,
            nation=self._nation("study_nation", said.study_nation),
            credit_bearing=said.credit_bearing,
            no_exams=said.no_exams,
            max_weeks=self._weeks("longest_course", said.longest_course),
        )

    def facts(self, said: Understood) -> dict[str, Any]:
        """By field of `profile.FIELDS`; only what is known."""
        age = self.number("age", said.age, 13, 89)
        learned = (self._learned(item) for item in said.prior_learning[:12])
        values: dict[str, Any] = {
            "goal": self.words("goal", said.goal),
            "occupation": self._record("occupation", said.occupation),
            "target_award": self._record("award", said.target_award),
            "nation": self._nation("home_nation", said.home_nation),
            "age": None if age is None else int(age),
            "budget_gbp": self.number("budget_pounds", said.budget_pounds, 0, 10**7),
            "hours_per_week": self.number("hours_per_week", said.hours_per_week, 0, 168),
            "weeks_available": self._weeks("time_available", said.time_available),
            "prior_learning": tuple(item for item in learned if item is not None) or None,
        }
        return {name: value for name, value in values.items() if value is not None}

    def restates(self, text: str) -> bool:
        """Whether a restatement brings in no number, course, award or provider of its own. An occupation may be its own:
        it only steers the search ("counting pills in a pharmacy" means pharmacy technician)."""
        numbers = numbers_said(text) - self._numbers
        named = [
            mention.said
            for mention in self._gazetteer.find(text).all
            if mention.kind in ("course", "award", "provider", "unknown_code", "place")
            and (mention.kind, mention.record_id) not in self._named
            and not self._literal(mention.said)
        ]
        if not text.strip() or numbers or named:
            return self._drop(
                "asked", text, f"{named[0] if named else ''.join(map(str, numbers))!r} is not in the message"
            )
        return True

    def places(self, points_at: list[int]) -> tuple[int, ...]:
        said = places_said(self._message)
        return tuple(
            place
            for place in dict.fromkeys(points_at)
            if place in said or self._drop("points_at", place, "the message points at no such place")
        )

    def number(self, name: str, value: float | None, least: int, most: int) -> Decimal | None:
        if value is None:
            return None
        exact = Decimal(str(value)).normalize()
        if not least <= exact <= most or exact not in self._numbers:
            self._drop(name, value, "the message does not state this number")
            return None
        return exact if exact != exact.to_integral_value() else exact.quantize(Decimal(1))

    def words(self, name: str, value: str | None) -> str | None:
        """Words that stand in the message."""
        if value is None:
            return None
        if not value.strip() or len(value) > LONGEST_WORDS or not self._literal(value):
            self._drop(name, value, "the message does not say this")
            return None
        return value.strip()

    def _literal(self, words: str) -> bool:
        return f" {plain(words)} " in self._plain

    def _record(self, kind: str, words: str | None) -> str | None:
        """The one record of a kind that these words name, if the message names it too."""
        if words is None:
            return None
        ids = self._gazetteer.find(words[:LONGEST_WORDS]).ids(kind)
        if len(ids) == 1 and ((kind, ids[0]) in self._named or self._literal(words)):
            return ids[0]
        self._drop(kind, words, "the message names no such thing in the records")
        return None

    def _nation(self, name: str, nation: str | None) -> str | None:
        if nation is None or ("place", nation) in self._named:
            return nation
        self._drop(name, nation, "the message names no place there")
        return None

    def _weeks(self, name: str, period: Period | None) -> int | None:
        if period is None or (number := self.number(name, period.number, 0, 520)) is None:
            return None
        return int(
            Fraction(number) * {"week": Fraction(1), "month": Fraction(52, 12), "year": Fraction(52)}[period.unit]
        )

    def _level(self, number: int | None, framework: Framework | None) -> LevelSaid | None:
        top = {Framework.SCQF: 12, Framework.NFQ: 10}.get(framework, 8) if framework else 8
        stands = self.number("level", number, 1, top)
        return None if stands is None else LevelSaid(int(stands), self._framework(framework), self._whole)

    def _credits(self, amount: float | None, system: CreditSystem | None) -> CreditSaid | None:
        points = self.number("credits", amount, 1, 1000)
        return None if points is None else CreditSaid(Fraction(points), self._system(system), self._whole)

    @property
    def _whole(self) -> Span:
        """Somewhere in the message: a model does not say where."""
        return Span(0, len(self._message))

    def _framework(self, framework: Framework | None) -> Framework | None:
        """A framework that the message names, by its name or its country."""
        words = {Framework.SCQF: ("scqf", "scottish"), Framework.NFQ: ("nfq", "irish")}
        known = framework is not None and any(map(self._literal, words.get(framework, (framework.lower(),))))
        return framework if known else None

    def _system(self, system: CreditSystem | None) -> CreditSystem | None:
        """A credit system that the message names."""
        return system if any(self._literal(word) for word, named in SYSTEM_WORDS.items() if named is system) else None

    def _learned(self, item: Learned) -> PriorLearning | None:
        title = self.words("prior_learning", item.title)
        if title is None:
            return None
        credit, level = self._credits(item.credits, item.credit_system), self._level(item.level, item.framework)
        year = self.number("year", item.year, 1950, 2049)
        return PriorLearning(
            title=title,
            credits=None if credit is None else Decimal(credit.points.numerator) / Decimal(credit.points.denominator),
            system=None if credit is None else credit.credit.system.value,
            level=None if level is None else level.number,
            framework=None if level is None else level.level.framework.value,
            year=None if year is None else int(year),
            awarding_body=self._record("provider", item.awarding_body) if item.awarding_body else None,
        )

    def _drop(self, name: str, value: object, why: str) -> Literal[False]:
        self.dropped.append(Dropped(f"{name}: {str(value)[:100]}", why))
        return False
