"""What credit costs: prices for each credit, of another amount at the same rate, of enough pieces for an award, and in all.

Sums of what a message itself names; all arithmetic is exact. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from assistant.quantities import NUMBER_WORDS, CreditSaid, MoneySaid, Span, money_said
from corpus.courses import Award, AwardKind
from corpus.credit import CreditSystem, FrameworkTable

COMPARES = re.compile(
    r"\b(?:per|each|a|every|for\s+each)\s+credit\b|\bcheaper\b|\bbetter\s+value\b|\bvalue\s+for\s+money\b|\bdearer\b",
    re.I,
)
RATE = re.compile(r"\s*(?:a|per|for\s+each|for\s+every|each)\s+(?:uk\s+)?(?:credit|cr)\b", re.I)
"""After a price: it is the price of one credit."""
A_PIECE = re.compile(
    r"\s*(?:each|apiece|a\s+pop|a\s+go|a\s+time|per\s+(?:module|course|unit|microcredential)|a\s+(?:module|course|unit))\b",
    re.I,
)
ASKS_COST = re.compile(r"\b(?:costs?|charge|pay|price|fees?|how\s+much|altogether|in\s+all|total|whack)\b", re.I)
MANY = re.compile(rf"\b(?P<n>\d{{1,2}}|{'|'.join(NUMBER_WORDS)})\s+of\s+(?:them|those|these)\b", re.I)
YEAR = re.compile(r"\bfull[\s-]?time\s+year|\b(?:a|the|per|full)\s+year\b|\bannual|\byearly\b", re.I)
MOST_APART = 30
"""Characters that may stand between a price and the amount of credit it is for."""
IN_ALL = re.compile(r"\b(?:altogether|in\s+all|all\s+together|in\s+total|total)\b", re.I)


@dataclass(frozen=True, slots=True)
class Sum:
    """One result in words, and the figures (by name in the cards) it was worked out with; `records` are ids of awards that a
    part of it was read from."""

    text: str
    figures: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


def costs(
    text: str,
    amounts: Sequence[CreditSaid],
    awards: Sequence[Award],
    table: FrameworkTable,
    year_credits: Decimal | None = None,
) -> Iterator[Sum]:
    """What a message asks about prices it names; nothing if it names none or asks nothing of the kind. `awards`: those named;
    `year_credits`: of a full-time undergraduate year, by the card that states it."""
    money = money_said(text)
    rates = [said for said in money if RATE.match(text[said.span.end :])]
    pieces = [said for said in money if A_PIECE.match(text[said.span.end :])]
    if rates and ASKS_COST.search(text):
        yield from _at_a_rate(text, rates[0], [said for said in money if said not in rates], amounts, table)
    elif pieces and amounts and ASKS_COST.search(text):
        yield from _of_pieces(pieces[0], amounts, awards, table)
    elif len(money) == 1 and len(amounts) == 2 and ASKS_COST.search(text):
        yield from _in_proportion(money[0], amounts, table)
    elif len(money) == 1 and len(amounts) == 1 and YEAR.search(text) and ASKS_COST.search(text):
        yield from _of_a_year(money[0], amounts[0], year_credits, table)
    elif COMPARES.search(text):
        yield from _per_credit(money, amounts, table)
    if len(money) == 1 and not rates and (many := MANY.search(text)) is not None:
        yield _of_many(money[0], many["n"])


def _at_a_rate(
    text: str, rate: MoneySaid, others: Sequence[MoneySaid], amounts: Sequence[CreditSaid], table: FrameworkTable
) -> Iterator[Sum]:
    """ "£12 a credit for my 40 credits, and a module at £765: what do I pay altogether?" """
    if not amounts:
        return
    nearest = min(amounts, key=lambda said: abs(said.span.start - rate.span.start))
    uk = table.to_uk(nearest.whole)
    if uk is None:
        return
    part = Fraction(rate.pounds) * uk.whole
    yield Sum(f"{uk.whole} UK credits at £{pounds(Fraction(rate.pounds))} each cost £{pounds(part)}.")
    if others and IN_ALL.search(text):
        total = part + sum(Fraction(said.pounds) for said in others)
        named = " + ".join(f"£{pounds(value)}" for value in (part, *(Fraction(said.pounds) for said in others)))
        yield Sum(f"Altogether that is £{pounds(total)} ({named}).")


def _of_pieces(
    price: MoneySaid, amounts: Sequence[CreditSaid], awards: Sequence[Award], table: FrameworkTable
) -> Iterator[Sum]:
    """How many pieces of one size make an award or a larger amount, and what they cost."""
    each = table.to_uk(amounts[0].credit)
    if each is None or not each.whole:
        return
    award = next((one for one in awards if one.kind is AwardKind.NATIONAL_MINIMUM and one.total_credits), None)
    larger = [uk.whole for said in amounts[1:] if (uk := table.to_uk(said.whole)) is not None and uk.whole > each.whole]
    if not larger and (award is None or award.total_credits is None):
        return
    whole = Fraction(larger[0]) if larger else Fraction(award.total_credits or 0) if award else Fraction(0)
    number = math.ceil(whole / each.whole)
    cost = Fraction(price.pounds) * number
    yield Sum(
        f"{in_figures(whole)} credits are {number} courses of {each.whole} credits; at £{pounds(Fraction(price.pounds))} each "
        f"that is £{pounds(cost)}.",
        records=(award.id,) if award is not None and not larger else (),
    )


CHEAPEST = re.compile(r"\b(?:cheap(?:est)?|least|lowest|best\s+value|cost\s+less)\b", re.I)
MOST_OPTIONS = 8


def cheapest_set(text: str, amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    """ "I need 30. A is 15 credits for £300, B 30 for £500, C 15 for £180: what is cheapest?" Every choice is tried."""
    money = money_said(text)
    if CHEAPEST.search(text) is None or len(money) < 2 or len(amounts) <= len(money):
        return
    options = [(price, said) for price, said in _pairs(money, _priced(money, amounts))]
    rest = [said for said in amounts if said not in [one for _, one in options]]
    if not 2 <= len(options) <= MOST_OPTIONS or len(rest) != 1:
        return
    needed = table.to_uk(rest[0].whole)
    sizes = [table.to_uk(said.whole) for _, said in options]
    if needed is None or any(size is None for size in sizes):
        return
    choices = [
        chosen
        for count in range(1, len(options) + 1)
        for chosen in combinations(range(len(options)), count)
        if sum(size.whole for place, size in enumerate(sizes) if size is not None and place in chosen) >= needed.whole
    ]
    if not choices:
        yield Sum(f"All of them together make fewer than the {needed.whole} credits you need.")
        return
    best = min(choices, key=lambda chosen: (sum(options[place][0].pounds for place in chosen), len(chosen)))
    parts = [
        f"{_label(text, options[place])}({sizes[place].whole} credits for £{pounds(Fraction(options[place][0].pounds))})"  # type: ignore[union-attr]
        for place in best
    ]
    total = sum((Fraction(options[place][0].pounds) for place in best), Fraction(0))
    yield Sum(
        f"The cheapest way to {needed.whole} credits among what you named is {' and '.join(parts)}: £{pounds(total)}."
    )


def _priced(money: Sequence[MoneySaid], amounts: Sequence[CreditSaid]) -> list[CreditSaid]:
    """The amounts that have a price near them."""
    return [said for said in amounts if any(_apart(price.span, said.span) <= NEAR_PRICE for price in money)]


NEAR_PRICE = 14


def _label(text: str, option: tuple[MoneySaid, CreditSaid]) -> str:
    """What an option is called ("A "), by the capital letter before it; nothing if it has no name."""
    start = min(option[0].span.start, option[1].span.start)
    before = re.search(r"\b(?P<name>[A-H])\b[^A-Za-z0-9]*(?:is\s+|:\s*)?(?:a\s+)?$", text[:start])
    return f"{before['name']} " if before else ""


def _in_proportion(price: MoneySaid, amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    """ "£9,790 for 120 credits: what for 40?" at the same rate. The amount next to the price is the one it is for."""
    paid, wanted = sorted(amounts, key=lambda said: abs(said.span.start - price.span.end))
    first, second = table.to_uk(paid.whole), table.to_uk(wanted.whole)
    if first is None or second is None or not first.whole:
        return
    rate = Fraction(price.pounds) / first.whole
    yield Sum(
        f"At £{pounds(Fraction(price.pounds))} for {first.whole} credits, {second.whole} credits are "
        f"£{pounds(rate * second.whole)}, which is £{pounds(rate)} for each credit."
    )


YEAR_CREDITS = "uk_undergraduate_year_credits"


def _of_a_year(
    price: MoneySaid, wanted: CreditSaid, year_credits: Decimal | None, table: FrameworkTable
) -> Iterator[Sum]:
    """ "£9,790 a full-time year: what is that for 60 credits?" """
    uk = table.to_uk(wanted.whole)
    if year_credits is None or uk is None:
        return
    rate = Fraction(price.pounds) / Fraction(year_credits)
    yield Sum(
        f"A full-time year is normally {year_credits} credits. At £{pounds(Fraction(price.pounds))} for it, {uk.whole} credits "
        f"are £{pounds(rate * uk.whole)}.",
        (YEAR_CREDITS,),
    )


ASKS_PRICE = re.compile(
    r"\b(?:costs?|pay|price|fees?|how\s+much|afford|short|budget|enough|buy|within|money|over|spend)\b", re.I
)


def beside_budget(text: str, price: Decimal | None, budget: Decimal | None) -> Iterator[Sum]:
    """The price of the one course a turn is about beside what somebody can spend, where money is asked about."""
    if price is None or budget is None or ASKS_PRICE.search(text) is None:
        return
    gap = Fraction(price - budget)
    held = pounds(Fraction(budget))
    verdict = f"£{pounds(gap)} more than" if gap > 0 else f"£{pounds(-gap)} less than" if gap < 0 else "exactly"
    yield Sum(f"Its price of £{pounds(Fraction(price))} is {verdict} the £{held} you can spend.")


def _of_many(price: MoneySaid, many: str) -> Sum:
    number = NUMBER_WORDS.get(many.lower()) or int(many)
    each = Fraction(price.pounds)
    return Sum(f"{number} at £{pounds(each)} each cost £{pounds(each * number)}.")


def _per_credit(money: Sequence[MoneySaid], amounts: Sequence[CreditSaid], table: FrameworkTable) -> Iterator[Sum]:
    """The price of one UK credit for each price said with its credits, and which of two is cheaper."""
    paired = list(_pairs(money, amounts))
    prices = []
    for price, said in paired:
        uk = table.to_uk(said.whole)
        if uk is None or not uk.whole:
            continue
        rate = Fraction(price.pounds) / uk.whole
        prices.append(rate)
        turned = "" if said.system in (None, CreditSystem.CATS) else f", which are {uk.whole} UK credits,"
        size = f"{in_figures(said.whole.points)} {_system(said)}{turned}"
        yield Sum(f"£{pounds(Fraction(price.pounds))} for {size} is £{pounds(rate)} for each UK credit.")
    if len(prices) == 2 and prices[0] != prices[1]:
        yield Sum(f"So the {'first' if prices[0] < prices[1] else 'second'} is cheaper for each credit.")


def _pairs(money: Sequence[MoneySaid], amounts: Sequence[CreditSaid]) -> Iterator[tuple[MoneySaid, CreditSaid]]:
    """Each price with the amount of credit it is for: in order where there are as many of the one as of the other, else the
    nearest."""
    if len(money) == len(amounts) and all(
        _apart(price.span, said.span) <= MOST_APART for price, said in zip(money, amounts, strict=True)
    ):
        yield from zip(money, amounts, strict=True)
        return
    left = list(amounts)
    for price in money:
        near = [said for said in left if _apart(price.span, said.span) <= MOST_APART]
        if near:
            nearest = min(near, key=lambda said: abs(said.span.start - price.span.start))
            left.remove(nearest)
            yield price, nearest


def _apart(one: Span, other: Span) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _system(said: CreditSaid) -> str:
    return "UK credits" if said.system in (None, CreditSystem.CATS) else f"{said.system} credits".replace("_", " ")


def in_figures(value: Fraction | int) -> str:
    """A number without needless zeros: 37.5, 1,200."""
    exact = Fraction(value)
    return f"{exact.numerator:,}" if exact.denominator == 1 else f"{round(float(exact), 1):,g}"


def pounds(value: Fraction) -> str:
    """An amount of money without its sign: 1,980 or 3,263.33."""
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"
