"""Money and entitlement arithmetic from dated figures: hours, price per credit, and who the big funding routes are
open to.

No amount or threshold is written here: each comes in `Figures` with the id of the card that states it. A figure
that is missing makes a condition "not known", never met and never failed. Everything is about eligibility, never
a decision.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

Figure = tuple[Decimal, str]
"""An amount or threshold, and the id of the card that states it. A date is a number such as 20270101."""
Figures = Mapping[str, Figure]
PENNY = Decimal("0.01")


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition and whether it is met. `figure_id`: the card that states its threshold, `None` if it has none."""

    condition: str
    verdict: Verdict
    figure_id: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class StudyTime:
    """Learning hours, and whole weeks at the weekly hours (`None` if those are not stated)."""

    hours: Decimal
    weeks: int | None
    figure_id: str


@dataclass(frozen=True, slots=True)
class Amount:
    """An estimate in pounds, with the cards whose figures it is worked out from."""

    pounds: Decimal
    figure_ids: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What is known of a module that someone wants funded; `None` means not stated."""

    credits: Decimal | None = None
    level: int | None = None
    """On the numbers that FHEQ and RQF share."""
    parent_course: bool | None = None
    """It is part of a full course that can itself be funded."""
    start: datetime.date | None = None
    subject_group: bool | None = None
    """Its subject is in one of the groups that modules are funded in."""
    provider: bool | None = None
    """Its provider is one whose modules can be funded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """What is known of the learner; `None` means not stated. `nation` is where they live."""

    nation: str | None = None
    age_at_start: int | None = None
    income_gbp: Decimal | None = None


def study_time(uk_credits: Decimal, hours_per_week: Decimal | None, figures: Figures) -> StudyTime | None:
    """Hours and weeks for UK credits; `None` if the hours of one credit are not among the figures."""
    if "hours_per_uk_credit" not in figures:
        return None
    each, card = figures["hours_per_uk_credit"]
    hours = uk_credits * each
    return StudyTime(hours, math.ceil(hours / hours_per_week) if hours_per_week else None, card)


def price_per_credit(price_gbp: Decimal | None, uk_credits: Decimal | None) -> Decimal | None:
    """Pounds for one credit, to the penny; `None` if the price or the credit is not stated, or there is no credit."""
    if price_gbp is None or not uk_credits:
        return None
    return (price_gbp / uk_credits).quantize(PENNY, ROUND_HALF_UP)


def overall(reasons: Iterable[Reason]) -> Verdict:
    """Not met if one condition is not met; else not known if one is not known; else met."""
    verdicts = {reason.verdict for reason in reasons}
    return next((worst for worst in (Verdict.NOT_MET, Verdict.NOT_KNOWN) if worst in verdicts), Verdict.MET)


def lle_module_reasons(module: Module, learner: Learner, figures: Figures) -> tuple[Reason, ...]:
    """Whether the Lifelong Learning Entitlement can fund a module: one reason for each condition, in a fixed order."""
    start = None if module.start is None else int(f"{module.start:%Y%m%d}")
    return (
        _within("credits", "the module's credits", module.credits, figures, least="lle_min_module_credits"),
        _within("level", "the level", module.level, figures, least="lle_min_level", most="lle_max_level"),
        _stated("parent_course", "being part of a full course that can be funded", module.parent_course),
        _within("start_date", "the start date", start, figures, least="lle_start_date", shown="date"),
        _within("age", "your age at the start", learner.age_at_start, figures, below="lle_tuition_age_limit"),
        _lives_in("England", learner),
        _stated("subject_group", "being in a subject group that is funded", module.subject_group),
        _stated("provider", "being taught by a provider whose modules are funded", module.provider),
    )


def lle_left(funded_years: Decimal, figures: Figures) -> Amount | None:
    """The entitlement left after earlier years of funded study, never below zero; `None` if a figure is missing."""
    if not {"lle_full_gbp", "lle_year_fee_gbp"} <= figures.keys():
        return None
    (full, full_card), (fee, fee_card) = figures["lle_full_gbp"], figures["lle_year_fee_gbp"]
    left = max(Decimal(0), full - funded_years * fee)
    sentence = (
        f"About {_pounds(left)} of {_pounds(full)} would be left after {funded_years} funded years. "
        "This is an estimate; the student finance body works out the real figure."
    )
    return Amount(left, (full_card, fee_card), sentence)


def lle_share_of_year(uk_credits: Decimal, figures: Figures) -> Amount | None:
    """The share of a year's entitlement that goes with some credits; `None` if a figure is missing."""
    if not {"lle_year_fee_gbp", "lle_year_credits"} <= figures.keys():
        return None
    (fee, fee_card), (year, year_card) = figures["lle_year_fee_gbp"], figures["lle_year_credits"]
    share = (fee * uk_credits / year).quantize(PENNY, ROUND_HALF_UP)
    sentence = (
        f"{uk_credits} of the {year} credits of a year are worth {_pounds(share)} of entitlement, as an estimate."
    )
    return Amount(share, (fee_card, year_card), sentence)


def scotland_part_time_reasons(
    credits_per_year: Decimal | None, scqf_level: int | None, learner: Learner, figures: Figures
) -> tuple[Reason, ...]:
    """Whether the Scottish part-time fee grant is open: credits in a year, SCQF level, income and where someone
    lives."""
    return (
        _within(
            "credits",
            "the credits in a year",
            credits_per_year,
            figures,
            least="ptfg_min_credits",
            most="ptfg_max_credits",
        ),
        _within(
            "level", "the SCQF level", scqf_level, figures, least="ptfg_min_scqf_level", most="ptfg_max_scqf_level"
        ),
        _within(
            "income", "your yearly income", learner.income_gbp, figures, most="ptfg_income_limit_gbp", shown="pounds"
        ),
        _lives_in("Scotland", learner),
    )


def free_courses_reasons(learner: Learner, figures: Figures) -> tuple[Reason, ...]:
    """Whether Free Courses for Jobs can be open to someone in work: age, income, and where someone lives. People out of work
    need not meet the income limit."""
    income = _within(
        "income", "your yearly income", learner.income_gbp, figures, below="fcfj_income_limit_gbp", shown="pounds"
    )
    if income.verdict is Verdict.NOT_MET:
        # Sources differ on the limit, and the figure held is the lower one: above it, nothing is decided.
        income = replace(income, verdict=Verdict.NOT_KNOWN)
    age = _within("age", "your age", learner.age_at_start, figures, least="fcfj_min_age")
    return (age, income, _lives_in("England", learner))


def wales_part_time_reasons(
    credits_per_year: Decimal | None, full_time_credits: Decimal, learner: Learner, figures: Figures
) -> tuple[Reason, ...]:
    """Whether part-time study is intense enough for Welsh student finance, as a percentage of a full-time year."""
    percent = None if credits_per_year is None else 100 * credits_per_year / full_time_credits
    return (
        _within(
            "intensity",
            "the share of full-time study, in per cent,",
            percent,
            figures,
            least="wales_pt_min_intensity_percent",
        ),
        _lives_in("Wales", learner),
    )


def _within(
    condition: str,
    what: str,
    value: Decimal | int | None,
    figures: Figures,
    least: str | None = None,
    most: str | None = None,
    below: str | None = None,
    shown: str = "number",
) -> Reason:
    """A value held against the figures of those names: at least, at most, or below. `shown`: number, date or pounds."""
    names = [name for name in (least, most, below) if name is not None]
    known = {name: figures[name][0] for name in names if name in figures}
    card = next((figures[name][1] for name in names if name in figures), None)
    words = [
        f"{word} {_shown(known[name], shown)}"
        for word, name in (("at least", least), ("at most", most), ("below", below))
        if name is not None and name in known
    ]
    rule = " and ".join(words)
    failed = value is not None and (
        (least in known and value < known[least])
        or (most in known and value > known[most])
        or (below in known and value >= known[below])
    )
    if failed and value is not None:
        return Reason(
            condition, Verdict.NOT_MET, card, f"{_first(what)} must be {rule}; here it is {_shown(value, shown)}."
        )
    if len(known) < len(names):
        return Reason(
            condition, Verdict.NOT_KNOWN, card, f"{_first(what)} matters, but we hold no dated figure for the limit."
        )
    if value is None:
        return Reason(condition, Verdict.NOT_KNOWN, card, f"{_first(what)} must be {rule}; it is not known.")
    return Reason(condition, Verdict.MET, card, f"{_first(what)} must be {rule}; here it is {_shown(value, shown)}.")


def _stated(condition: str, what: str, value: bool | None) -> Reason:
    if value is None:
        return Reason(
            condition, Verdict.NOT_KNOWN, None, f"It depends on {what}, which is not stated; ask the provider."
        )
    if value:
        return Reason(condition, Verdict.MET, None, f"It depends on {what}, which is stated.")
    return Reason(condition, Verdict.NOT_MET, None, f"It depends on {what}, which is not the case.")


def _lives_in(nation: str, learner: Learner) -> Reason:
    if learner.nation is None:
        return Reason(
            "nation", Verdict.NOT_KNOWN, None, f"It is for people who live in {nation}; where you live is not known."
        )
    verdict = Verdict.MET if learner.nation.strip().casefold() == nation.casefold() else Verdict.NOT_MET
    return Reason("nation", verdict, None, f"It is for people who live in {nation}; you live in {learner.nation}.")


def _first(what: str) -> str:
    return what[:1].upper() + what[1:]


def _shown(value: Decimal | int, shown: str) -> str:
    if shown == "pounds":
        return _pounds(Decimal(value))
    if shown == "date":
        return f"{datetime.date.fromisoformat(str(int(value))):%-d %B %Y}"
    return f"{Decimal(value).normalize():,f}"


def _pounds(amount: Decimal) -> str:
    return f"£{amount:,.0f}" if amount == int(amount) else f"£{amount:,.2f}"
