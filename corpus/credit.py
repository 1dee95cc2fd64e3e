"""Credit and level arithmetic across frameworks: exact, pure, driven by a sourced table.

Start here to find out how 30 ECTS becomes 60 UK credits, or why SCQF level 7 is first-year degree level.
The figures themselves live in `data/frameworks.toml`, each with its source; this module only applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class CreditSystem(StrEnum):
    """How an amount of learning is counted. `NONE`: the source says it carries no credit."""

    CATS = "CATS"
    SCQF = "SCQF"
    CQFW = "CQFW"
    RQF = "RQF"
    ECTS = "ECTS"
    US_SEMESTER = "US_SEMESTER"
    US_QUARTER = "US_QUARTER"
    TQT_HOURS = "TQT_HOURS"
    LOCAL = "LOCAL"
    """A provider's or awarding organisation's own number; it converts to nothing."""
    NONE = "NONE"


class Framework(StrEnum):
    """A published ladder of levels."""

    FHEQ = "FHEQ"
    RQF = "RQF"
    CQFW = "CQFW"
    SCQF = "SCQF"
    EQF = "EQF"
    NFQ = "NFQ"
    HKQF = "HKQF"
    """Hong Kong. No published match with the others is held here, so it is compared with nothing."""


@dataclass(frozen=True, slots=True)
class Credit:
    """An amount of credit as stated: `points` >= 0, in the units of `system`."""

    points: Fraction
    system: CreditSystem

    def __post_init__(self) -> None:
        if self.points < 0:
            raise ValueError(f"credit = {self.points}, expected zero or more")


@dataclass(frozen=True, slots=True)
class Level:
    """A rung of one framework. Levels of two frameworks are compared through `FrameworkTable` only."""

    framework: Framework
    number: int

    def __str__(self) -> str:
        return f"{self.framework} level {self.number}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many UK credits one unit of `system` is worth.

    `convention` is true where no official ratio exists and people use a rule of thumb, which every answer must say.
    """

    system: CreditSystem
    uk_credits_each: Fraction
    convention: bool
    note: str
    url: str
    as_of: str


@dataclass(frozen=True, slots=True)
class LevelMatch:
    """Broad comparability of one level: `levels` of `to` that match it, lowest first, never empty."""

    level: Level
    to: Framework
    levels: tuple[int, ...]
    url: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """UK credits for a stated amount: `exact`, and `whole` rounded down as awarding bodies count it (rule S1)."""

    credit: Credit
    exact: Fraction
    ratio: Ratio

    @property
    def whole(self) -> int:
        return int(self.exact)


SAME_NUMBERS = frozenset({Framework.FHEQ, Framework.RQF, Framework.CQFW})
"""Frameworks that share level numbers (rule S2)."""


class FrameworkTable:
    """Published ratios and level matches, ready to apply."""

    def __init__(self, ratios: tuple[Ratio, ...], matches: tuple[LevelMatch, ...]) -> None:
        self._ratios: Mapping[CreditSystem, Ratio] = {ratio.system: ratio for ratio in ratios}
        self._matches: Mapping[tuple[Level, Framework], LevelMatch] = {
            (match.level, match.to): match for match in matches
        }

    def ratio(self, system: CreditSystem) -> Ratio | None:
        """The published or customary ratio to UK credits; `None` if there is none (local credit, no credit)."""
        return self._ratios.get(system)

    def to_uk(self, credit: Credit) -> Conversion | None:
        """UK credits for `credit`; `None` if its system converts to nothing."""
        ratio = self.ratio(credit.system)
        return None if ratio is None else Conversion(credit, credit.points * ratio.uk_credits_each, ratio)

    def convert(self, credit: Credit, to: CreditSystem) -> Credit | None:
        """The same amount in another system, as an exact fraction; `None` if either side has no ratio."""
        source, target = self.ratio(credit.system), self.ratio(to)
        if source is None or target is None:
            return None
        return Credit(credit.points * source.uk_credits_each / target.uk_credits_each, to)

    def match(self, level: Level, to: Framework) -> LevelMatch | None:
        """The published match of `level` in `to`; `None` if none is published or the frameworks share numbers."""
        return self._matches.get((_canonical(level, to), _canonical_framework(to)))

    def levels_in(self, level: Level, to: Framework) -> tuple[int, ...]:
        """Every level of `to` broadly comparable with `level`, lowest first; empty if none is published.

        FHEQ 6 is both SCQF 9 (ordinary degree) and SCQF 10 (honours): one-to-many stays one-to-many.
        """
        if level.framework == to or {level.framework, to} <= SAME_NUMBERS:
            return (level.number,)
        match = self.match(level, to)
        return () if match is None else match.levels

    def level_in(self, level: Level, to: Framework) -> int | None:
        """The lowest comparable level of `to`: the cautious reading that rule S2 uses. `None` if none is published."""
        levels = self.levels_in(level, to)
        return levels[0] if levels else None

    def at_least(self, level: Level, floor: Level) -> bool | None:
        """Whether `level` reaches `floor`, compared in the floor's framework; `None` if no match is published."""
        number = self.level_in(level, floor.framework)
        return None if number is None else number >= floor.number


def _canonical_framework(framework: Framework) -> Framework:
    return Framework.FHEQ if framework in SAME_NUMBERS else framework


def _canonical(level: Level, to: Framework) -> Level:
    """FHEQ stands for the three frameworks that share its numbers, so that the table lists each match once."""
    return Level(_canonical_framework(level.framework), level.number) if level.framework != to else level
