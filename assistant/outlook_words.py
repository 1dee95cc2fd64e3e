"""What an outlook says in sentences: the three lists, what was assumed, what is not known. Plain words, no raw ids. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.evidence import amount
from assistant.outlook_levels import LevelCredit, Part
from assistant.stacking import Audit, Problem, Result
from assistant.stacking.awards import Incomplete
from assistant.stacking.change import Change, ChangeKind
from assistant.stacking.eligible import LeftOut, Weighed
from assistant.stacking.notes import Unknown
from assistant.stacking.output import number
from assistant.stacking.problem import Candidate, Limit, PriorItem, Target
from assistant.stacking.prospects import Expiry, Lasting
from corpus.courses import Award, AwardKind
from corpus.credit import SAME_NUMBERS, Framework

ANY_UNIVERSITY = "the university or college you choose"
HOURS_ASSUMED = "Where a course does not state its study hours, ten hours are counted for each UK credit."

LIMIT_WORDS = {
    Limit.BUDGET: "your budget",
    Limit.TIME: "the weeks you have",
    Limit.MODE: "how you want to study",
    Limit.TRANSFER_CAP: "the limit on credit from elsewhere",
    Limit.RESIDENCY: "the credit that has to come from its own provider",
    Limit.LEVEL_MINIMUM: "the least credit at a level",
    Limit.REQUIRED_MODULES: "the required modules",
    Limit.CREDIT_AGE: "the limit on how old credit may be",
    Limit.MAX_AT_LEVEL: "the most credit at one level",
    Limit.FREE_CHOICE: "the limit on other subjects",
    Limit.DOUBLE_COUNT: "the limit on credit used for another award",
    Limit.AVAILABILITY: "courses that are not shown as open to join",
    Limit.POOL: "the credit that has to come from a list of courses",
    Limit.MAX_FROM_POOL: "the most credit from a list of courses",
    Limit.EXCLUSION: "courses that cannot be counted together",
    Limit.SUBJECT_SHARE: "the least share in its subject",
    Limit.EXPERIENCE: "the limit on credit for experience",
    Limit.MIN_CLAIM: "the least credit that it takes from elsewhere",
    Limit.TIME_LIMIT: "the years it allows",
}

FIELD_WORDS = {
    "credits": "how much credit {title} carries",
    "level": "what level {title} is",
    "year": "the year of {title}",
    "subject": "the subject of {title}",
    "mode": "whether {title} is online or in person",
    "awarding_body": "who awards {title}",
    "price_gbp": "the price of {title}",
    "hours_per_week": "how many hours a week you can study",
    "start_year": "the year you would start",
}

RECORD_WORDS = {
    "total_credits": "how many credits it takes",
    "level_framework": "which set of levels it uses",
    "credit_system": "what its own kind of credit is worth in UK credits",
}

Title = Callable[[str], str]
"""A module's or course's title for its id or code."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a list: what it is, and why it is there. `credits` in UK credits; `None` if no amount belongs to it."""

    what: str
    why: str
    credits: Fraction | None = None
    level: int | None = None


def credits_words(size: Fraction | int, *, more: bool = False) -> str:
    """ "1 credit", "30 more credits"."""
    return f"{amount(number(Fraction(size)) or 0)}{' more' if more else ''} credit{'' if size == 1 else 's'}"


def level_name(level: int, framework: Framework) -> str:
    """ "level 6", "SCQF level 9": the framework is named where its numbers differ from those of England."""
    return f"level {level}" if framework in SAME_NUMBERS else f"{framework} level {level}"


def counts_lines(
    counts: Iterable[Weighed[PriorItem]], expiries: Iterable[Expiry], used: Callable[[str], int], framework: Framework
) -> Iterator[Line]:
    """What may count, with its size, until when, and whether all of it is needed."""
    lasting = {expiry.item_id: expiry for expiry in expiries}
    for held in counts:
        at = "; its level is not stated" if held.level is None else f" at {level_name(held.level, framework)}"
        parts = [f"{credits_words(held.credits)}{at}."]
        until = lasting[held.id]
        if until.lasting is Lasting.UNTIL and until.stops_counting is not None:
            parts.append(f"It stops counting on {until.stops_counting:%-d %B %Y}.")
        if not used(held.id):
            parts.append("It is not needed here, or there is no room for it.")
        yield Line(held.name, " ".join(parts), Fraction(held.credits), held.level)


def left_out_lines(left_out: Iterable[LeftOut[PriorItem]] | Iterable[LeftOut[Candidate]]) -> Iterator[Line]:
    for entry in left_out:
        worth = Fraction(entry.weighed.credits) if entry.weighed.credits else None
        yield Line(entry.weighed.name, entry.reason.sentence, worth, entry.weighed.level)


def no_room_lines(levels: Sequence[LevelCredit], audit: Audit, usable: Fraction) -> Iterator[Line]:
    """Credit that is good in itself and still does not count here: first what no plan could use."""
    capped = sum((row.of(Part.CAPPED) for row in levels), Fraction(0))
    over = min(capped, audit.credits_eligible - usable)
    if over:
        most = audit.effective_transfer_cap
        cap = "" if most is None else f" It takes at most {credits_words(most)} from elsewhere."
        why = f"Over a limit of this award, or more than it has room for.{cap}"
        yield Line(f"{credits_words(over)} of what may count", why, over)
    if capped > over:
        yield Line(f"{credits_words(capped - over)} of what may count", "This plan does not need it.", capped - over)


def needed_lines(
    target: Target,
    levels: Sequence[LevelCredit],
    planned: Iterable[Weighed[Candidate]],
    change: Change | None,
    blockers: Sequence[Limit],
    title: Title,
) -> Iterator[Line]:
    """The courses of the plan, then the credit that no known course gives, then what stands in the way."""
    for course in planned:
        at = (
            "; its level is not stated" if course.level is None else f" at {level_name(course.level, target.framework)}"
        )
        yield Line(
            course.name, f"In the plan: {credits_words(course.credits)}{at}.", Fraction(course.credits), course.level
        )
    for row in levels:
        missing = row.of(Part.MISSING)
        if missing:
            at = (
                "at any level it takes"
                if row.level is None
                else f"at {level_name(row.level, target.framework)} or above"
            )
            what = f"{credits_words(missing, more=True)} {at}"
            yield Line(what, "No course that I can plan gives it.", missing, row.level)
    if change is not None:
        yield from _change_lines(change, title)
    if blockers:
        yield Line("What stands in the way", f"It would work without any one of these: {_any(blockers)}.")


def _change_lines(change: Change, title: Title) -> Iterator[Line]:
    if change.kind is not ChangeKind.CREDIT:
        yield Line("What would have to change", change.sentence)
    elif not change.within_limits:
        yield Line("What would have to change", "It also takes more money or more weeks than you have.")
    for codes in change.modules:
        yield Line(" or ".join(title(code) for code in codes), "A required module that no course of the plan covers.")


def _any(limits: Iterable[Limit]) -> str:
    return "; ".join(LIMIT_WORDS[limit] for limit in limits)


def who_decides(award: Award) -> str:
    return ANY_UNIVERSITY if award.kind is AwardKind.NATIONAL_MINIMUM else award.provider


def assumption_lines(award: Award, result: Result, *, hours_assumed: bool) -> Iterator[str]:
    """The engine's assumptions; of a national minimum nobody in particular decides, and a provider states the rest."""
    national = award.kind is AwardKind.NATIONAL_MINIMUM
    for sentence in result.assumptions:
        if not (national and sentence.startswith(award.provider)):
            yield sentence
    if national:
        yield "These are the national minimums. A university or college may ask for more, and decides what it accepts."
    if hours_assumed:
        yield HOURS_ASSUMED


def unknown_lines(problem: Problem, unknown: Iterable[Unknown], shown: Iterable[str]) -> Iterator[str]:
    """What nobody has stated and would change the answer, most consequential first. Of courses that are not shown, only
    how many have something missing."""
    items: tuple[PriorItem | Candidate, ...] = (*problem.prior, *problem.candidates)
    titles = {item.id: item.title or item.id for item in items}
    elsewhere = {course.id for course in problem.candidates} - set(shown)
    others = {entry.where for entry in unknown if entry.where in elsewhere}
    for entry in unknown:
        if entry.where not in others:
            said = FIELD_WORDS[entry.field].format(title=titles.get(entry.where, ""))
            yield f"{said[0].upper()}{said[1:]}."
    if others:
        yield f"Something about {len(others)} other course{'' if len(others) == 1 else 's'} that may count."


def incomplete_words(found: Incomplete, award: Award) -> str:
    """Why nothing can be worked out for an award."""
    missing = " or ".join(RECORD_WORDS[field] for field in found.fields)
    return f"The pages I read about {award.title} do not say {missing}, so I cannot work out what counts. Ask {who_decides(award)}."


def cost_words(pounds: Decimal | None, unpriced: int = 0) -> str:
    """What something costs, as far as it is published: "at least £120, plus 2 courses without a published price"."""
    if pounds is None:
        return "no published price"
    known = "free" if pounds == 0 else f"£{pounds:,.0f}" if pounds == int(pounds) else f"£{pounds:,.2f}"
    if not unpriced:
        return known
    courses = f"{unpriced} course{'' if unpriced == 1 else 's'} without a published price"
    return f"at least {known}, plus {courses}" if pounds else f"not known: {courses}"
