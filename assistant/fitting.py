"""Whether a course keeps to each limit a learner set: yes, no, or its page does not say. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from assistant.limits import Bound, Constraints
from assistant.wanted import MONTHS
from corpus.courses import Course, Mode
from corpus.credit import Credit, CreditSystem, Framework, FrameworkTable, Level

Test = Callable[[Course], bool | None]
"""Whether a course meets a limit; `None` if its page does not say."""

DEGREE_LEVEL = 7
"""Courses from this level (FHEQ) on normally want a degree; below it a page that asks for none of them says so rarely."""


def tests_of(limits: Constraints, table: FrameworkTable) -> dict[str, Test]:
    """One test for each limit that is set, by its name."""
    return {name: _test(name, limits, table) for name in limits.names()}


def _test(name: str, limits: Constraints, table: FrameworkTable) -> Test:
    value = getattr(limits, name)
    match name:
        case "level":
            return lambda course: _level(course.at_level, value.level, limits.level_bound, table)
        case "credits":
            return lambda course: _size(course, value.credit, limits.credits_bound, table)
        case "max_price":
            return lambda course: None if course.price_gbp is None else course.price_gbp <= value
        case "mode":
            return lambda course: None if course.mode is None else course.mode is value
        case "nation":
            return lambda course: course.nation in (value, "UK")
        case "region":
            return lambda course: _near(course, value)
        case "credit_bearing":
            return lambda course: _same(carries_credit(course), value)
        case "max_weeks":
            return lambda course: None if course.weeks is None else course.weeks <= value
        case "max_hours":
            return lambda course: _at_most(_hours_a_week(course), value)
        case "no_exams":
            return lambda course: (
                None if course.assessment is None else not re.search(r"\bexam|\btests?\b", course.assessment, re.I)
            )
        case "no_degree":
            return lambda course: _open_without_degree(course, table)
        case "language":
            return lambda course: None if course.language is None else course.language.lower() == value.lower()
        case "starts_from" | "starts_by":
            return lambda course: _starts_within(course, limits.starts_from, limits.starts_by)
    raise AssertionError(name)


def carries_credit(course: Course) -> bool | None:
    """Whether a course carries credit on a national framework; `None` if its page does not say."""
    if course.credit_bearing is not None:
        return course.credit_bearing
    return True if course.credits is not None and course.credit_system is not CreditSystem.LOCAL else None


def _same(verdict: bool | None, wanted: bool) -> bool | None:
    return None if verdict is None else verdict is wanted


def _level(level: Level | None, wanted: Level, bound: Bound, table: FrameworkTable) -> bool | None:
    """Compared in the wanted framework, across every published match: FHEQ 6 is met by SCQF 9 and by SCQF 10."""
    if level is None:
        return None
    numbers = table.levels_in(level, wanted.framework)
    if not numbers:
        return None
    if bound is Bound.AT_LEAST:
        return max(numbers) >= wanted.number
    if bound is Bound.AT_MOST:
        return min(numbers) <= wanted.number
    return wanted.number in numbers


def _size(course: Course, wanted: Credit, bound: Bound, table: FrameworkTable) -> bool | None:
    """Compared in whole UK credits, so that 15 ECTS credits are 30 of them."""
    stated = None if course.credit is None else table.to_uk(course.credit)
    asked = table.to_uk(wanted)
    if stated is None or asked is None:
        return None
    if bound is Bound.AT_LEAST:
        return stated.whole >= asked.whole
    if bound is Bound.AT_MOST:
        return stated.whole <= asked.whole
    return stated.whole == asked.whole


def _near(course: Course, region: str) -> bool | None:
    """An online course is near everywhere; a page that names no place leaves it open."""
    if course.mode is Mode.ONLINE:
        return True
    return None if course.region is None else region.lower() in course.region.lower()


def _hours_a_week(course: Course) -> Decimal | None:
    if course.hours_per_week is not None:
        return Decimal(course.hours_per_week)
    if course.hours_total is not None and course.weeks:
        return Decimal(course.hours_total) / Decimal(course.weeks)
    return None


def _at_most(value: Decimal | None, limit: Decimal) -> bool | None:
    return None if value is None else value <= limit


def _open_without_degree(course: Course, table: FrameworkTable) -> bool | None:
    if course.degree_required is not None:
        return not course.degree_required
    if course.entry_requirements is not None:
        return not re.search(r"\bdegree\b|\bgraduate", course.entry_requirements, re.I)
    level = None if course.at_level is None else table.level_in(course.at_level, Framework.FHEQ)
    return True if level is not None and level < DEGREE_LEVEL - 1 else None


_MONTH_YEAR = re.compile(
    r"(?:(?P<day>\d{1,2})\s+)?\b(?P<month>"
    + "|".join(sorted(MONTHS, key=len, reverse=True))
    + r")\b(?:\s+(?P<year>20\d\d))?",
    re.I,
)


def _starts_within(course: Course, first: datetime.date | None, last: datetime.date | None) -> bool | None:
    """Any stated start within the days asked for. A month without a year comes round every year."""
    if course.start_date is None:
        return None
    if re.search(r"\bany\s*time\b|\brolling\b|\bself[\s-]paced\b", course.start_date, re.I):
        return True
    stated = list(_MONTH_YEAR.finditer(course.start_date))
    return None if not stated else any(_within(match, first, last) for match in stated)


def _within(match: re.Match[str], first: datetime.date | None, last: datetime.date | None) -> bool:
    month = MONTHS[match["month"].lower()]
    year = int(match["year"]) if match["year"] else (first or last or datetime.date.today()).year  # noqa: DTZ011  (never both None)
    opens = datetime.date(year, month, 1)
    return (first is None or opens >= first.replace(day=1)) and (last is None or opens <= last)


def failing(course: Course, limits: Constraints, table: FrameworkTable) -> Mapping[str, bool | None]:
    """The limits a course does not meet: `False` broken, `None` its page does not say. Empty if it meets all."""
    return {name: verdict for name, test in tests_of(limits, table).items() if (verdict := test(course)) is not True}
