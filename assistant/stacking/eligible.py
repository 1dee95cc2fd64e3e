"""The item-by-item rules: what each item is worth (S1, S2), and the first rule that keeps it out (S3, S6, S10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from assistant.stacking.problem import Candidate, Constraints, Decision, PriorItem, Problem, Target
from assistant.stacking.reasons import Reason, ReasonCode, reason
from corpus.courses import DoubleCount
from corpus.credit import CreditSystem, Framework, FrameworkTable, Level, Ratio

Item = TypeVar("Item", PriorItem, Candidate)
MODE_WORDS = {"online": "online", "blended": "partly online and partly in person", "in_person": "in person"}


@dataclass(frozen=True, slots=True)
class Weighed(Generic[Item]):
    """An item in the award's terms: whole UK `credits` (0 if it has none that convert), `level` in the award's
    framework (`None` if not known). `ratio` is what converted the credit; `compared` is true if levels of two
    frameworks were."""

    item: Item
    credits: int
    level: int | None
    ratio: Ratio | None = None
    compared: bool = False
    overridden: bool = False

    @property
    def id(self) -> str:
        return self.item.id

    @property
    def name(self) -> str:
        return self.item.title or self.item.id


@dataclass(frozen=True, slots=True)
class LeftOut(Generic[Item]):
    """An item that does not pass, with the first rule that it fails."""

    weighed: Weighed[Item]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Sifted(Generic[Item]):
    """Every item of a list in exactly one of two lists, each in input order."""

    passed: tuple[Weighed[Item], ...]
    left_out: tuple[LeftOut[Item], ...]


def weigh(item: Item, problem: Problem, table: FrameworkTable) -> Weighed[Item]:
    """What the item is worth to this problem's award, an adviser's figures included (rules S1 and S2)."""
    ratio = _ratio(item, problem, table)
    amount = 0 if ratio is None or item.credits is None else int(item.credits * ratio.uk_credits_each)
    framework = problem.target.framework
    level = _level_in(item.level, item.framework, framework, table)
    override = problem.override_of(item.id)
    if override is None:
        return Weighed(item, amount, level, ratio, level is not None and item.framework is not framework)
    if override.credits is not None:
        amount = override.credits
    return Weighed(item, amount, level if override.level is None else override.level, ratio, overridden=True)


OWN_CREDIT = Ratio(CreditSystem.LOCAL, Fraction(1), False, "The award counts its provider's own credits.", "", "")


def _ratio(item: PriorItem | Candidate, problem: Problem, table: FrameworkTable) -> Ratio | None:
    """A record's study time is not credit; in a problem somebody stated that this awarder takes it as credit (S10)."""
    system, target = item.system, problem.target
    if target.own_credit:
        own = system is CreditSystem.LOCAL and same_name(item.awarding_body, target.provider)
        return OWN_CREDIT if own else None
    if system is None or (problem.from_records and system is CreditSystem.TQT_HOURS):
        return None
    return table.ratio(system)


def _level_in(number: int | None, own: Framework | None, award: Framework, table: FrameworkTable) -> int | None:
    return None if number is None or own is None else table.level_in(Level(own, number), award)


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two stated names are the same but for capitals and spacing; a name that is not stated matches none."""
    return one is not None and other is not None and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def is_relevant(subject: str | None, subjects: Iterable[str]) -> bool:
    """A subject that is not stated is never taken for a relevant one."""
    return any(same_name(subject, relevant) for relevant in subjects)


def sift_prior(weighed: Iterable[Weighed[PriorItem]], problem: Problem) -> Sifted[PriorItem]:
    """Rule S3 for each item of prior learning, then duplicates among those that pass."""
    passed: list[Weighed[PriorItem]] = []
    reasons: dict[str, LeftOut[PriorItem]] = {}
    everything = tuple(weighed)
    for held in everything:
        why = _decided(held, problem, _why_prior_fails)
        if why is None:
            passed.append(held)
        else:
            reasons[held.id] = LeftOut(held, why)
    reasons.update(_duplicates(passed))
    return Sifted(
        tuple(held for held in everything if held.id not in reasons),
        tuple(reasons[held.id] for held in everything if held.id in reasons),
    )


def sift_candidates(weighed: Iterable[Weighed[Candidate]], problem: Problem) -> Sifted[Candidate]:
    """Rule S6 for each candidate course."""
    passed, left_out = [], []
    for course in weighed:
        why = _decided(course, problem, _why_candidate_fails)
        if why is None:
            passed.append(course)
        else:
            left_out.append(LeftOut(course, why))
    return Sifted(tuple(passed), tuple(left_out))


def _decided(
    weighed: Weighed[Item], problem: Problem, rules: Callable[[Weighed[Item], Problem], Reason | None]
) -> Reason | None:
    """An adviser's decision if there is one, else what the rules say."""
    override = problem.override_of(weighed.id)
    if override is None:
        return rules(weighed, problem)
    if override.decision is Decision.ACCEPT:
        return None
    return reason(ReasonCode.REFUSED_BY_ADVISER, title=weighed.name, because=override.reason)


def _why_prior_fails(held: Weighed[PriorItem], problem: Problem) -> Reason | None:
    item, target = held.item, problem.target
    return (
        _no_credit(held, problem)
        or (reason(ReasonCode.NOT_PASSED, title=held.name) if item.passed is False else None)
        or _unrecognised(held, target)
        or _too_low(held, problem)
        or _too_old(held, target)
        or _already_used(held, target)
        or _wrong_subject(held, target)
    )


def _why_candidate_fails(course: Weighed[Candidate], problem: Problem) -> Reason | None:
    return (
        _no_credit(course, problem)
        or _unrecognised(course, problem.target)
        or _too_low(course, problem)
        or _wrong_subject(course, problem.target)
        or _wrong_mode(course, problem.constraints)
        or (reason(ReasonCode.NOT_AVAILABLE, title=course.name) if course.item.available is False else None)
    )


def _no_credit(weighed: Weighed[Item], problem: Problem) -> Reason | None:
    item = weighed.item
    said_so = item.credit_bearing is False or item.system is CreditSystem.NONE or item.credits == 0
    if problem.target.own_credit and item.credits and weighed.ratio is None and not said_so:
        return reason(ReasonCode.NOT_CONVERTIBLE, title=weighed.name, provider=problem.target.provider)
    if said_so or (weighed.credits == 0 and not problem.from_records):
        return reason(ReasonCode.NOT_CREDIT_BEARING, title=weighed.name)
    if weighed.credits == 0:
        return reason(ReasonCode.CREDIT_NOT_STATED, title=weighed.name, awarder=_awarder(item))
    return None


def _unrecognised(weighed: Weighed[Item], target: Target) -> Reason | None:
    if weighed.item.awarder_recognised is not False:
        return None
    return reason(
        ReasonCode.UNRECOGNISED_AWARDER, title=weighed.name, awarder=_awarder(weighed.item), provider=target.provider
    )


def _too_low(weighed: Weighed[Item], problem: Problem) -> Reason | None:
    lowest = problem.target.min_accepted_level
    if lowest is None or (weighed.level is not None and weighed.level >= lowest):
        return None
    if weighed.level is None and problem.from_records:
        return reason(ReasonCode.LEVEL_NOT_STATED, title=weighed.name, lowest=lowest, awarder=_awarder(weighed.item))
    level = "a level that is not stated" if weighed.level is None else f"level {weighed.level}"
    return reason(ReasonCode.LEVEL_TOO_LOW, title=weighed.name, level=level, lowest=lowest)


def _too_old(held: Weighed[PriorItem], target: Target) -> Reason | None:
    limit, start, year = target.credit_age_limit_years, target.start_year, held.item.year
    if limit is None:
        return None
    if year is None or start is None:
        return reason(ReasonCode.YEAR_NOT_STATED, title=held.name, limit=limit)
    if start - year <= limit:
        return None
    return reason(ReasonCode.EXPIRED, title=held.name, year=year, age=start - year, start=start, limit=limit)


def _already_used(held: Weighed[PriorItem], target: Target) -> Reason | None:
    used = held.item.used_for_award
    if used is None or target.double_count is None or target.double_count.policy is not DoubleCount.DISALLOW:
        return None
    return reason(ReasonCode.ALREADY_USED_FOR_AWARD, title=held.name, used_for=used.title)


def _wrong_subject(weighed: Weighed[Item], target: Target) -> Reason | None:
    rule, subject = target.subject_rule, weighed.item.subject
    if rule is None or rule.free_choice_max > 0 or is_relevant(subject, rule.relevant_subjects):
        return None
    return reason(
        ReasonCode.SUBJECT_NOT_RELEVANT, title=weighed.name, subject=subject or "a subject that is not stated"
    )


def _wrong_mode(course: Weighed[Candidate], constraints: Constraints) -> Reason | None:
    mode = course.item.mode
    if not constraints.modes_allowed or mode in constraints.modes_allowed:
        return None
    words = "in a way that is not stated" if mode is None else MODE_WORDS.get(mode, mode)
    return reason(ReasonCode.MODE_NOT_ALLOWED, title=course.name, mode=words)


def _awarder(item: PriorItem | Candidate) -> str:
    return item.awarding_body or "its provider"


def _duplicates(passed: Iterable[Weighed[PriorItem]]) -> dict[str, LeftOut[PriorItem]]:
    """All but one item of each equivalence group: kept is what an adviser accepted, then most credits, then highest
    level, then newest, then first listed."""
    groups: dict[str, list[Weighed[PriorItem]]] = {}
    for held in passed:
        if held.item.equivalence_group is not None:
            groups.setdefault(held.item.equivalence_group, []).append(held)
    out = {}
    for group in groups.values():
        kept = max(group, key=lambda held: (held.overridden, held.credits, held.level or 0, held.item.year or 0))
        for held in group:
            if held is not kept:
                out[held.id] = LeftOut(held, reason(ReasonCode.DUPLICATE, title=held.name, kept=kept.name))
    return out
