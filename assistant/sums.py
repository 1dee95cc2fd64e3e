"""Small sums a message asks for: study time, totals, credits by level, the gap between amounts, price for each credit.

Every result names the rule it rests on, by the card that states it; all arithmetic is exact. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from assistant.costs import YEAR_CREDITS, Sum, cheapest_set, costs, in_figures
from assistant.profile import LearnerProfile, PriorLearning
from assistant.quantities import NUMBER_WORDS, CreditSaid, Span, credits_said, hours_a_week, spans_of_time
from assistant.reading import Reading
from assistant.rules_said import rules_said
from corpus.courses import Award
from corpus.credit import Credit, CreditSystem, FrameworkTable

TIME = re.compile(
    r"\b(?:hours?|hrs?|how\s+long|weeks?|months?|workload|work\s*load|study\s+time|pace|evenings?|sundays?|saturdays?|days?\s+a\s+week|per\s+week|a\s+week|time\s+(?:does|will|would))\b",
    re.I,
)
TOTAL = re.compile(
    r"\b(?:sum|total|altogether|all\s+together|together|in\s+all|add(?:s|ed)?\s+up|makes?|combined|"
    r"how\s+many\s+credits\s+(?:is|are|do\s+i\s+have))\b",
    re.I,
)
GAP = re.compile(r"\b(?:short|gap|difference|missing|less|fewer|vs\.?|versus|behind|shortfall)\b", re.I)
HOW_MANY = re.compile(r"\bhow\s+many\b(?!\s+(?:credits?|points?|hours?|hrs|weeks?|months?|years?))", re.I)
EACH = re.compile(r"\beach\b|\bper\s+(?:module|course|unit)\b|-credits?\b|\bmodules?\b|\bcourses?\b|\bunits?\b", re.I)
AT_OR_ABOVE = re.compile(
    r"\b(?:level\s*|L)(?P<level>[1-8])\s*(?:or|and)\s*(?:above|higher|over|up)\b|\b(?:at\s+least|minimum)\s+level\s*(?P<level2>[1-8])\b",
    re.I,
)
NUMBER_OF_UNITS = re.compile(
    rf"\b(?P<n>\d{{1,2}}|{'|'.join(NUMBER_WORDS)})\s+(?:sqa\s+)?(?:\w+\s+){{0,2}}?(?:units?|credits?)\b", re.I
)
BLOCK = re.compile(r"\bround", re.I)
ENOUGH = re.compile(
    r"\b(?:enough|run\s+out|finish|manage|fit\s+(?:it|in)|in\s+time|possible|do\s+it|do\s+(?:that|this|all)|too\s+much|doable|done|realistic|time\s+for)\b",
    re.I,
)
IN_ALL = re.compile(
    r"\b(?:total|altogether|in\s+all|all\s+together|all\s+(?:of\s+)?(?:them|three|four|five))\b|\btil+\s+i'?m\s+done\b|\bto\s+finish\b",
    re.I,
)
SQA_UNITS = re.compile(r"\bsqa\b.*\b(?:units?|credits?)\b|\bunits?\b.*\bsqa\b", re.I)
SESSIONS = re.compile(
    r"(?:(?P<times>\d+|one|two|three|four|five|six|seven)\s+(?P<when>evenings?|nights?|days?|sessions?|mornings?|afternoons?|sundays?|saturdays?)\s+(?:of|x|at|for)\s+(?P<hours>\d+(?:\.\d+)?|one|two|three|four|five|six)\s*(?:hours?|hrs?|h)\b)"
    r"|(?:(?:only\s+)?(?:study\s+|on\s+)?(?P<weekly>sundays?|saturdays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|weekends?)\s+(?:for\s+)?(?P<hours2>\d+(?:\.\d+)?)\s*(?:hours?|hrs?|h)\b)",
    re.I,
)
""" "Three evenings of 2 hours", "Sundays 4 hrs": hours in a week said as sittings."""
MOST_AMOUNTS = 9

HOURS_PER_CREDIT = "hours_per_uk_credit"
ECTS_LOW, ECTS_HIGH = "ects_hours_low", "ects_hours_high"
POINTS_PER_SQA_UNIT = "scqf_points_per_sqa_credit"


def sums(
    reading: Reading,
    profile: LearnerProfile,
    table: FrameworkTable,
    figure: dict[str, Decimal],
    awards: Sequence[Award] = (),
) -> tuple[Sum, ...]:
    """What the turn asks to have worked out; empty if nothing. `figure` holds the cards' figures by name; `awards` are those
    the turn names."""
    # "And if it's 40 credits instead?" asks again what was asked before it.
    text = " ".join(reading.queries) if reading.follows else reading.message
    found: list[Sum] = []
    said = credits_said(text) if reading.follows else reading.credits
    amounts = tuple({one.whole: one for one in reversed(said)}.values())[::-1][:MOST_AMOUNTS]
    if GAP.search(text) and len(amounts) == 1:
        amounts = (*amounts, *_bare_beside(text, amounts[0]))
    priced = list(cheapest_set(text, said, table)) or list(
        costs(text, amounts, awards, table, figure.get(YEAR_CREDITS))
    )
    found += priced
    told: tuple[PriorLearning, ...] = reading.facts.get("prior_learning", ())
    if len(told) > 1 or (told and AT_OR_ABOVE.search(text)):
        found += _totals(told, text, table)
    elif len(amounts) > 1 and TOTAL.search(text):
        found += _total_said(amounts, table)
    elif not amounts and TOTAL.search(text) and len(profile.prior_learning) > 1:
        found += _totals(profile.prior_learning, text, table)
    if GAP.search(text) and len(amounts) == 2 and not told and not priced:
        found += _gap(amounts, table)
    if HOW_MANY.search(text) and len(amounts) == 2 and not told and not priced:
        found += _pieces(text, amounts, table)
    if SQA_UNITS.search(text):
        found += _units(amounts, found, figure) if amounts else _points(text, figure)
    if BLOCK.search(text) and (told or amounts):
        found += _blocks(text, told, amounts, table)
    if (TIME.search(text) or (ENOUGH.search(text) and profile.get("hours_per_week"))) and not priced:
        found += _time(text, amounts, profile, table, figure)
    return tuple(dict.fromkeys(found))


_BARE = re.compile(
    r"\b(?:is|of|needs?|wants?|out\s+of|than)\s+(?P<amount>\d{2,3})(?=\s*(?:[.,;?!]|$|\band\b|\bso\b))", re.I
)


def _bare_beside(text: str, said: CreditSaid) -> tuple[CreditSaid, ...]:
    """ "My HNC is 96 points, first year is 120: how much am I short?" The second amount has no unit of its own."""
    match = next((match for match in _BARE.finditer(text) if match.start("amount") != said.span.start), None)
    if match is None:
        return ()
    return (CreditSaid(Fraction(match["amount"]), said.system, Span(match.start("amount"), match.end())),)


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
    return Decimal(NUMBER_WORDS[word.lower()]) if word.lower() in NUMBER_WORDS else Decimal(word)


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
    known_weeks = profile.get("weeks_available")
    if not spans and known_weeks and ENOUGH.search(text):
        spans = [known_weeks]
    for said in (*amounts, *_all_together(text, amounts, table)):
        uk = table.to_uk(said.whole)
        if uk is None:
            continue
        if said.system is CreditSystem.ECTS and ECTS_LOW in figure and ECTS_HIGH in figure:
            low, high = (Fraction(figure[name]) * said.whole.points for name in (ECTS_LOW, ECTS_HIGH))
            yield Sum(
                f"{in_figures(said.whole.points)} ECTS credits are about {in_figures(low)} to {in_figures(high)} hours of work, at "
                f"{in_figures(Fraction(figure[ECTS_LOW]))} to {in_figures(Fraction(figure[ECTS_HIGH]))} hours for each.",
                (ECTS_LOW, ECTS_HIGH),
            )
        if HOURS_PER_CREDIT not in figure:
            continue
        per_credit = Fraction(figure[HOURS_PER_CREDIT])
        hours = uk.whole * per_credit
        yield Sum(
            f"{uk.whole} UK credits are about {in_figures(hours)} hours of study, at {in_figures(per_credit)} hours for each credit.",
            (HOURS_PER_CREDIT,),
        )
        if hourly:
            weeks = hours / Fraction(hourly)
            exact = "" if weeks.denominator == 1 else f" ({in_figures(weeks)} to be exact)"
            yield Sum(
                f"At {in_figures(Fraction(hourly))} hours a week, {in_figures(hours)} hours take about {math.ceil(weeks)} weeks{exact}.",
                (HOURS_PER_CREDIT,),
            )
            if spans and ENOUGH.search(text):
                yield _whether_enough(hours, Fraction(hourly), spans[-1])
        elif spans:
            pace = hours / spans[-1]
            yield Sum(f"Over {spans[-1]} weeks that is about {in_figures(pace)} hours a week.", (HOURS_PER_CREDIT,))


def _all_together(text: str, amounts: Sequence[CreditSaid], table: FrameworkTable) -> tuple[CreditSaid, ...]:
    """Several amounts as one, where the time for all of them is asked for."""
    turned = [uk.whole for said in amounts if (uk := table.to_uk(said.whole)) is not None]
    if len(turned) < 2 or IN_ALL.search(text) is None:
        return ()
    return (CreditSaid(Fraction(sum(turned)), CreditSystem.CATS, amounts[0].span),)


def _whether_enough(hours: Fraction, hourly: Fraction, weeks: int) -> Sum:
    have = hourly * weeks
    verdict = "just enough" if have == hours else "enough" if have > hours else "not enough"
    short = "" if have >= hours else f": {in_figures(hours - have)} hours short"
    return Sum(
        f"{in_figures(hourly)} hours a week for {weeks} weeks is {in_figures(have)} hours, which is {verdict}{short}.",
        (HOURS_PER_CREDIT,),
    )


def _totals(told: Sequence[PriorLearning], text: str, table: FrameworkTable) -> Iterator[Sum]:
    """What was told of, added up in UK credits: in all, and at each level."""
    counted = [(item, worth) for item in told if (worth := _uk(item, table)) is not None]
    if not counted:
        return
    total = sum((worth for _, worth in counted), Fraction(0))
    parts = " + ".join(in_figures(worth) for _, worth in counted)
    if len(counted) > 1:
        yield Sum(f"Added up, what you named is {in_figures(total)} UK credits ({parts}).")
    floor = AT_OR_ABOVE.search(text)
    if floor:
        least = int(floor["level"] or floor["level2"])
        above = sum((worth for item, worth in counted if item.level is not None and item.level >= least), Fraction(0))
        yield Sum(f"At level {least} or above that is {in_figures(above)} UK credits.")


def _total_said(amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    turned = [Fraction(uk.whole) for said in amounts if (uk := table.to_uk(said.whole)) is not None]
    parts = " + ".join(in_figures(worth) for worth in turned)
    yield Sum(f"Added up, that is {in_figures(sum(turned, Fraction(0)))} UK credits ({parts}).")


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
        over = "" if needed * each == whole else f", which is {in_figures(needed * each)} credits"
        yield Sum(f"At {in_figures(each)} UK credits each, {in_figures(whole)} credits are {needed} courses{over}.")


def _units(amounts: Sequence[CreditSaid], found: Sequence[Sum], figure: dict[str, Decimal]) -> Iterator[Sum]:
    if POINTS_PER_SQA_UNIT not in figure:
        return
    each = Fraction(figure[POINTS_PER_SQA_UNIT])
    points = _gap_of(amounts) if found else amounts[0].whole.points
    if points:
        yield Sum(
            f"At {in_figures(each)} SCQF points for each SQA unit, {in_figures(points)} points are {in_figures(points / each)} SQA units.",
            (POINTS_PER_SQA_UNIT,),
        )


def _points(text: str, figure: dict[str, Decimal]) -> Iterator[Sum]:
    """ "Three SQA units" in SCQF points."""
    said = NUMBER_OF_UNITS.search(text)
    if said is None or POINTS_PER_SQA_UNIT not in figure:
        return
    units, each = Fraction(_small(said["n"])), Fraction(figure[POINTS_PER_SQA_UNIT])
    yield Sum(
        f"At {in_figures(each)} SCQF points for each SQA unit, {in_figures(units)} units are {in_figures(units * each)} points.",
        (POINTS_PER_SQA_UNIT,),
    )


def _blocks(
    text: str, told: Sequence[PriorLearning], amounts: Sequence[CreditSaid], table: FrameworkTable
) -> Iterator[Sum]:
    """What is left of some credit where it is taken in blocks and rounded down."""
    block = rules_said(text).block
    held = [worth for item in told if (worth := _uk(item, table)) is not None]
    held = held or [Fraction(uk.whole) for said in amounts if (uk := table.to_uk(said.whole)) is not None]
    total = sum((worth for worth in held if worth != block), Fraction(0))
    if block and total:
        kept = total // block * block
        yield Sum(
            f"In blocks of {in_figures(block)}, rounded down, {in_figures(total)} credits count as {in_figures(kept)}."
        )


def _gap_of(amounts: Sequence[CreditSaid]) -> Fraction:
    return abs(amounts[0].whole.points - amounts[1].whole.points) if len(amounts) == 2 else amounts[0].whole.points


def _uk(item: PriorLearning, table: FrameworkTable) -> Fraction | None:
    if item.credits is None or item.system is None:
        return None
    turned = table.to_uk(Credit(Fraction(item.credits), CreditSystem(item.system)))
    return None if turned is None else Fraction(turned.whole)
