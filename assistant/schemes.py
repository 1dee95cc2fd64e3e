"""The schemes that pay for study which a turn is about: their conditions, as far as what was said decides them. Pure.

Conditions and their figures are those of `funding.py` and the cards; this module finds in a turn what they are held against.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant import funding
from assistant.choosing import nation_of_adjective
from assistant.costs import Sum, pounds
from assistant.profile import LearnerProfile
from assistant.quantities import NUMBER_WORDS
from assistant.reading import Reading
from corpus.cards import Card
from corpus.catalogue import Catalogue
from corpus.courses import Course
from corpus.credit import Credit, CreditSystem, Framework, FrameworkTable

LLE = re.compile(r"\b(?:lle|lifelong\s+l(?:earning|oan))\b", re.I)
PART_TIME_GRANT = re.compile(r"\bptfg\b|\bpart[\s-]?time\s+fees?\s+grant\b|\bsaas\b|\bfee\s+grant\b", re.I)
FREE_COURSES = re.compile(r"\bfree\s+courses?\s+for\s+jobs\b|\bfcfj\b", re.I)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a funding route, decided, with the card that states it."""

    reason: funding.Reason
    card: Card


@dataclass(frozen=True, slots=True)
class Held:
    """What a turn says of one scheme, by its name ("an LLE loan"): the conditions that what was said decides."""

    scheme: str
    conditions: tuple[Condition, ...]


def conditions(
    reading: Reading, profile: LearnerProfile, named: Sequence[Course], catalogue: Catalogue, table: FrameworkTable
) -> tuple[Held, ...]:
    """Each scheme the turn names, with the conditions that what was said decides; none of a scheme for another nation than the
    learner's, where the card that says so is the answer."""
    text = reading.message
    nation = profile.get("nation") or reading.mentions.nation or nation_of_adjective(text)
    course = named[0] if named else None
    # What was said of the module stands above its record, which may not state it.
    credit = reading.credits[0].whole if reading.credits else (course.credit if course else None)
    level = reading.levels[0].level if reading.levels else (course.at_level if course else None)
    figures = {name: (figure.value, figure.card.id) for name, figure in catalogue.figures().items()}
    learner = funding.Learner(nation=nation, age_at_start=profile.get("age"), income_gbp=profile.get("income_gbp"))
    found = []
    if LLE.search(text) and nation in (None, "England"):
        at = None if level is None else table.level_in(level, Framework.FHEQ)
        size = None if credit is None else _whole(credit, CreditSystem.CATS, table)
        reasons = funding.lle_module_reasons(funding.Module(credits=size, level=at), learner, figures)
        # Without a size there is no module to judge; but somebody may be too old for any.
        if credit is not None or any(reason.verdict is funding.Verdict.NOT_MET for reason in reasons):
            found.append(("an LLE loan", reasons))
    if PART_TIME_GRANT.search(text) and nation in (None, "Scotland"):
        points = None if credit is None else _whole(credit, CreditSystem.SCQF, table)
        at = None if level is None else table.level_in(level, Framework.SCQF)
        found.append(
            ("the Part-Time Fee Grant", funding.scotland_part_time_reasons(points, at, learner, figures)),
        )
    if FREE_COURSES.search(text) and nation in (None, "England"):
        found.append(("Free Courses for Jobs", funding.free_courses_reasons(learner, figures)))
    return tuple(Held(scheme, decided) for scheme, reasons in found if (decided := _decided(reasons, catalogue)))


def _decided(reasons: Sequence[funding.Reason], catalogue: Catalogue) -> tuple[Condition, ...]:
    return tuple(
        Condition(reason, card)
        for reason in reasons
        if reason.verdict is not funding.Verdict.NOT_KNOWN
        and reason.figure_id is not None
        and (card := catalogue.card(reason.figure_id)) is not None
    )


def _whole(credit: Credit, system: CreditSystem, table: FrameworkTable) -> Decimal | None:
    turned = table.convert(credit, system)
    return None if turned is None else Decimal(turned.points.numerator) / Decimal(turned.points.denominator)


REPAYS = re.compile(
    r"\b(?:re-?pay\w*|pay\w*\s+(?:it\s+|them\s+|that\s+|the\s+loan\s+)?back|tak(?:e|en)|pay\s+off|deduct\w*|come\s+out)\b",
    re.I,
)
LOAN = re.compile(r"\b(?:lle|plan\s*5|student\s+(?:loan|finance)|tuition\s+(?:fee\s+)?loan|lifelong\s+l\w+)\b", re.I)
OTHER_LOAN = re.compile(r"\b(?:post\s?grad\w*|master'?s?|msc|doctoral|phd|advanced\s+learner)\b", re.I)
FUNDED_YEARS = re.compile(
    rf"\b(?P<n>\d|{'|'.join(NUMBER_WORDS)})[\s-]*(?:full\s+)?(?:years?|yrs?)\b(?=[^.?!]{{0,40}}\b(?:degree|course|uni\w*|stud\w+|loans?|funded|finance|ba|bsc)\b)",
    re.I,
)
LEFT = re.compile(r"\b(?:left|remain\w*|still\s+(?:have|get|borrow)|again|how\s+much|entitle\w*)\b", re.I)
COMES_TO = re.compile(
    r"\b(?:come\s+to|costs?|cap|max(?:imum)?|limit|ceiling|fees?|how\s+much|worth|pro\s*rata|charge)\b", re.I
)


def money_sums(
    reading: Reading, profile: LearnerProfile, catalogue: Catalogue, table: FrameworkTable
) -> tuple[Sum, ...]:
    """What a turn about student loans asks to have worked out: the top fee for an amount of credit, what is left after earlier
    study, what is paid back on an income."""
    text = reading.message
    figures: Mapping[str, funding.Figure] = {
        name: (figure.value, figure.card.id) for name, figure in catalogue.figures().items()
    }
    found: list[Sum] = []
    if LLE.search(text) and COMES_TO.search(text) and reading.credits:
        credit = _whole(reading.credits[0].whole, CreditSystem.CATS, table)
        share = None if credit is None else funding.lle_share_of_year(credit, figures)
        if share is not None:
            found.append(Sum(share.sentence, ("lle_year_fee_gbp", "lle_year_credits")))
    earlier = FUNDED_YEARS.search(text)
    if (
        (LLE.search(text) or re.search(r"\b39,?\d*\s*(?:k|thousand|\d{3})", text, re.I))
        and earlier
        and LEFT.search(text)
    ):
        word = earlier["n"].lower()
        left = funding.lle_left(Decimal(NUMBER_WORDS.get(word) or int(word)), figures)
        if left is not None:
            found.append(Sum(left.sentence, ("lle_full_gbp", "lle_year_fee_gbp")))
    income = profile.get("income_gbp")
    if income is not None and REPAYS.search(text) and LOAN.search(text) and OTHER_LOAN.search(text) is None:
        found += _repaid(income, figures)
    return tuple(found)


THRESHOLD, RATE = "plan5_threshold_gbp", "plan5_rate_percent"


def _repaid(income: Decimal, figures: Mapping[str, funding.Figure]) -> list[Sum]:
    if THRESHOLD not in figures or RATE not in figures:
        return []
    threshold, rate = figures[THRESHOLD][0], figures[RATE][0]
    if income <= threshold:
        text = f"On £{income:,} a year you would pay nothing back, because that is not above £{threshold:,}."
    else:
        above = income - threshold
        text = f"On £{income:,} a year that is {rate}% of £{above:,}, which is £{pounds(Fraction(above * rate / 100))} a year."
    return [Sum(text, (THRESHOLD, RATE))]
