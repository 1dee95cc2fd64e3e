"""Small sums a message asks for: study time, totals, credits by level, the gap between amounts, price for each credit.

Every result names the rule it rests on, by the card that states it; all arithmetic is exact. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.profile import LearnerProfile, PriorLearning
from assistant.quantities import CreditSaid, MoneySaid, hours_a_week, money_said, spans_of_time
from assistant.reading import Reading
from corpus.credit import Credit, CreditSystem, FrameworkTable

TIME = re.compile(
    r"\b(?:hours?|hrs?|how\s+long|weeks?|months?|workload|work\s*load|study\s+time|pace|evenings?|sundays?|saturdays?|days?\s+a\s+week|per\s+week|a\s+week|time\s+(?:does|will|would))\b",
    re.I,
)
TOTAL = re.compile(
    r"\b(?:sum|total|altogether|all\s+together|in\s+all|add(?:s|ed)?\s+up|makes?|combined|"
    r"how\s+many\s+credits\s+(?:is|are|do\s+i\s+have))\b",
    re.I,
)
GAP = re.compile(r"\b(?:short|gap|difference|missing|less|fewer|vs\.?|versus|behind|shortfall)\b", re.I)
HOW_MANY = re.compile(r"\bhow\s+many\b(?!\s+(?:credits?|points?|hours?|hrs|weeks?|months?|years?))", re.I)
EACH = re.compile(r"\beach\b|\bper\s+(?:module|course|unit)\b|-credits?\b|\bmodules?\b|\bcourses?\b|\bunits?\b", re.I)
PER_CREDIT = re.compile(
    r"\b(?:per|each|a|every|for\s+each)\s+credit\b|\bcheaper\b|\bbetter\s+value\b|\bvalue\s+for\s+money\b|\bdearer\b",
    re.I,
)
AT_OR_ABOVE = re.compile(
    r"\b(?:level\s*|L)(?P<level>[1-8])\s*(?:or|and)\s*(?:above|higher|over|up)\b|\b(?:at\s+least|minimum)\s+level\s*(?P<level2>[1-8])\b",
    re.I,
)
SQA_UNITS = re.compile(r"\bsqa\b.*\b(?:units?|credits?)\b|\bunits?\b.*\bsqa\b", re.I)
SESSIONS = re.compile(
    r"(?:(?P<times>\d+|one|two|three|four|five|six|seven)\s+(?P<when>evenings?|nights?|days?|sessions?|mornings?|afternoons?|sundays?|saturdays?)\s+(?:of|x|at|for)\s+(?P<hours>\d+(?:\.\d+)?|one|two|three|four|five|six)\s*(?:hours?|hrs?|h)\b)"
    r"|(?:(?:only\s+)?(?:study\s+|on\s+)?(?P<weekly>sundays?|saturdays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|weekends?)\s+(?:for\s+)?(?P<hours2>\d+(?:\.\d+)?)\s*(?:hours?|hrs?|h)\b)",
    re.I,
)
""" "Three evenings of 2 hours", "Sundays 4 hrs": hours in a week said as sittings."""
_SMALL = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
MOST_AMOUNTS = 4

HOURS_PER_CREDIT = "hours_per_uk_credit"
ECTS_LOW, ECTS_HIGH = "ects_hours_low", "ects_hours_high"
POINTS_PER_SQA_UNIT = "scqf_points_per_sqa_credit"


@dataclass(frozen=True, slots=True)
class Sum:
    """One result in words, and the figures (by name in the cards) it was worked out with."""

    text: str
    figures: tuple[str, ...] = ()


def sums(
    reading: Reading, profile: LearnerProfile, table: FrameworkTable, figure: dict[str, Decimal]
) -> tuple[Sum, ...]:
    """What the turn asks to have worked out; empty if nothing. `figure` holds the cards' figures by name."""
    # "And if it's 40 credits instead?" asks again what was asked before it.
    text = " ".join(reading.queries) if reading.follows else reading.message
    found: list[Sum] = []
    amounts = reading.credits[:MOST_AMOUNTS]
    priced = list(_per_credit(text, amounts, table)) if PER_CREDIT.search(text) else []
    found += priced
    told: tuple[PriorLearning, ...] = reading.facts.get("prior_learning", ())
    if len(told) > 1 or (told and AT_OR_ABOVE.search(text)):
        found += _totals(told, text, table)
    elif len(amounts) > 1 and TOTAL.search(text):
        found += _total_said(amounts, table)
    if GAP.search(text) and len(amounts) == 2 and not told and not priced:
        found += _gap(amounts, table)
    if HOW_MANY.search(text) and len(amounts) == 2 and not told and not priced:
        found += _pieces(text, amounts, table)
    if SQA_UNITS.search(text) and amounts:
        found += _units(amounts, found, figure)
    if TIME.search(text) and not priced:
        found += _time(text, amounts, profile, table, figure)
    return tuple(found)


def weekly_hours(text: str) -> Decimal | None:
    """Hours of study in a week, said outright or as sittings; the last one said."""
    said = hours_a_week(text) if not re.search(r"\bwork(?:ing|s)?\s+\d+\s*h", text, re.I) else None
    sittings = SESSIONS.search(text)
    if sittings is None:
        return said
    if sittings["weekly"]:
        return Decimal(sittings["hours2"])
    return _small(sittings["times"]) * _small(sittings["hours"])


def _small(word: str) -> Decimal:
    return Decimal(_SMALL[word.lower()]) if word.lower() in _SMALL else Decimal(word)


def _time(
    text: str,
    amounts: Sequence[CreditSaid],
    profile: LearnerProfile,
    table: FrameworkTable,
    figure: dict[str, Decimal],
) -> Iterator[Sum]:
    """Hours for each amount of credit, and weeks at the hours a week that were said, or hours a week over the weeks said."""
    hourly = weekly_hours(text) or profile.get("hours_per_week")
    spans = [weeks for _, weeks in spans_of_time(text) if weeks > 1]
    for said in amounts:
        uk = table.to_uk(said.whole)
        if uk is None:
            continue
        if said.system is CreditSystem.ECTS and ECTS_LOW in figure and ECTS_HIGH in figure:
            low, high = (Fraction(figure[name]) * said.whole.points for name in (ECTS_LOW, ECTS_HIGH))
            yield Sum(
                f"{_n(said.whole.points)} ECTS credits are about {_n(low)} to {_n(high)} hours of work, at "
                f"{_n(Fraction(figure[ECTS_LOW]))} to {_n(Fraction(figure[ECTS_HIGH]))} hours for each.",
                (ECTS_LOW, ECTS_HIGH),
            )
        if HOURS_PER_CREDIT not in figure:
            continue
        per_credit = Fraction(figure[HOURS_PER_CREDIT])
        hours = uk.whole * per_credit
        yield Sum(
            f"{uk.whole} UK credits are about {_n(hours)} hours of study, at {_n(per_credit)} hours for each credit.",
            (HOURS_PER_CREDIT,),
        )
        if hourly:
            weeks = hours / Fraction(hourly)
            exact = "" if weeks.denominator == 1 else f" ({_n(weeks)} to be exact)"
            yield Sum(
                f"At {_n(Fraction(hourly))} hours a week, {_n(hours)} hours take about {math.ceil(weeks)} weeks{exact}.",
                (HOURS_PER_CREDIT,),
            )
        elif spans:
            pace = hours / spans[-1]
            yield Sum(f"Over {spans[-1]} weeks that is about {_n(pace)} hours a week.", (HOURS_PER_CREDIT,))


def _totals(told: Sequence[PriorLearning], text: str, table: FrameworkTable) -> Iterator[Sum]:
    """What was told of, added up in UK credits: in all, and at each level."""
    counted = [(item, worth) for item in told if (worth := _uk(item, table)) is not None]
    if not counted:
        return
    total = sum((worth for _, worth in counted), Fraction(0))
    parts = " + ".join(_n(worth) for _, worth in counted)
    if len(counted) > 1:
        yield Sum(f"Added up, what you named is {_n(total)} UK credits ({parts}).")
    floor = AT_OR_ABOVE.search(text)
    if floor:
        least = int(floor["level"] or floor["level2"])
        above = sum((worth for item, worth in counted if item.level is not None and item.level >= least), Fraction(0))
        yield Sum(f"At level {least} or above that is {_n(above)} UK credits.")


def _total_said(amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    turned = [Fraction(uk.whole) for said in amounts if (uk := table.to_uk(said.whole)) is not None]
    parts = " + ".join(_n(worth) for worth in turned)
    yield Sum(f"Added up, that is {_n(sum(turned, Fraction(0)))} UK credits ({parts}).")


def _gap(amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    first, second = (table.to_uk(said.whole) for said in amounts)
    if first is None or second is None or first.whole == second.whole:
        return
    less, more = sorted((first.whole, second.whole))
    yield Sum(f"{less} is {more - less} credits short of {more}.")


def _pieces(text: str, amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    """How many courses of one size make the larger amount: "20 credits each, how many for 60?" """
    first, second = (table.to_uk(said.credit) for said in amounts)
    if first is None or second is None or EACH.search(text) is None:
        return
    each, whole = sorted((Fraction(first.whole), Fraction(second.whole)))
    if each and whole > each:
        needed = math.ceil(whole / each)
        over = "" if needed * each == whole else f", which is {_n(needed * each)} credits"
        yield Sum(f"At {_n(each)} UK credits each, {_n(whole)} credits are {needed} courses{over}.")


def _units(amounts: Sequence[CreditSaid], found: Sequence[Sum], figure: dict[str, Decimal]) -> Iterator[Sum]:
    if POINTS_PER_SQA_UNIT not in figure:
        return
    each = Fraction(figure[POINTS_PER_SQA_UNIT])
    points = _gap_of(amounts) if found else amounts[0].whole.points
    if points:
        yield Sum(
            f"At {_n(each)} SCQF points for each SQA unit, {_n(points)} points are {_n(points / each)} SQA units.",
            (POINTS_PER_SQA_UNIT,),
        )


def _gap_of(amounts: Sequence[CreditSaid]) -> Fraction:
    return abs(amounts[0].whole.points - amounts[1].whole.points) if len(amounts) == 2 else amounts[0].whole.points


def _per_credit(text: str, amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    """The price of one UK credit for each price said with its credits, and which of two is cheaper."""
    paired = list(_pairs(money_said(text), amounts))
    prices = []
    for money, said in paired:
        uk = table.to_uk(said.whole)
        if uk is None or not uk.whole:
            continue
        price = Fraction(money.pounds) / uk.whole
        prices.append(price)
        turned = "" if said.system in (None, CreditSystem.CATS) else f", which are {uk.whole} UK credits,"
        yield Sum(
            f"£{_money(Fraction(money.pounds))} for {_n(said.whole.points)} {_system(said)}{turned} is £{_money(price)} for each UK credit."
        )
    if len(prices) == 2 and prices[0] != prices[1]:
        yield Sum(f"So the {'first' if prices[0] < prices[1] else 'second'} is cheaper for each credit.")


def _pairs(money: Sequence[MoneySaid], amounts: Sequence[CreditSaid]) -> Iterator[tuple[MoneySaid, CreditSaid]]:
    """Each price with the amount of credit nearest to it in the message."""
    left = list(amounts)
    for price in money:
        if left:
            nearest = min(left, key=lambda said: abs(said.span.start - price.span.start))
            left.remove(nearest)
            yield price, nearest


def _uk(item: PriorLearning, table: FrameworkTable) -> Fraction | None:
    if item.credits is None or item.system is None:
        return None
    turned = table.to_uk(Credit(Fraction(item.credits), CreditSystem(item.system)))
    return None if turned is None else Fraction(turned.whole)


def _system(said: CreditSaid) -> str:
    return "UK credits" if said.system in (None, CreditSystem.CATS) else f"{said.system} credits".replace("_", " ")


def _n(value: Fraction | int) -> str:
    """A number without needless zeros: 37.5, 1,200."""
    exact = Fraction(value)
    return f"{exact.numerator:,}" if exact.denominator == 1 else f"{round(float(exact), 1):,g}"


def _money(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"
