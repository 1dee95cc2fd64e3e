"""What must hold between records, and what they must not claim. Pure; every rule returns problems, none raises."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from corpus.cards import Card, Occupation
from corpus.catalogue import Record, Snapshot
from corpus.courses import RULE_FIELDS, Award, AwardRule, Course, RuleKind, year_seen
from corpus.credit import CreditSystem, Framework
from ingest.parse import Parsed, line_of
from ingest.problems import Problem

COPIED = 10
"""So many words in a row are not alike by chance."""

DATED = re.compile(r"(?:19|20)\d\d|undated", re.IGNORECASE)

TOP_LEVEL = {Framework.SCQF: 12, Framework.NFQ: 10, Framework.HKQF: 7}
"""Highest level of the frameworks whose top is not 8."""


def check_catalogue(parsed: Parsed, today: datetime.date) -> tuple[Problem, ...]:
    """Every fault between or within the parsed records, in record order."""
    snapshot = Snapshot.of(parsed.records)
    known: dict[str, Record] = {record.id: record for record in parsed.records}
    found: list[tuple[str, str, str, str]] = []
    for course in snapshot.courses:
        found += [(course.id, *fault) for fault in _course_faults(course, known, today)]
    for award in snapshot.awards:
        found += [(award.id, *fault) for fault in _award_faults(award, known, today)]
    for card in snapshot.cards:
        found += [(card.id, *fault) for fault in _card_faults(card, known, today)]
    for occupation in snapshot.occupations:
        found += [(occupation.id, *fault) for fault in _occupation_faults(occupation)]
    found += list(_twins(snapshot))
    found += list(_one_spelling(snapshot))
    found += list(_shared_figures(snapshot.cards))
    found += list(_shared_asks(snapshot.cards))
    found += list(_cycles(snapshot.courses))
    return tuple(
        Problem(line_of(parsed.places[record], field.split(".")[0]), record, field, value, expected)
        for record, field, value, expected in found
    )


Fault = tuple[str, str, str]
"""Field, what was found, what was expected."""


def _course_faults(course: Course, known: dict[str, Record], today: datetime.date) -> Iterator[Fault]:
    yield from _credit_faults(course.credits is not None, course.credit_system, "credits")
    yield from _level_faults(course.level, course.level_framework)
    yield from _date_faults(course.seen, today)
    if course.price_gbp and course.seen is None and not DATED.search(course.price_note or ""):
        yield (
            "price_gbp",
            f"{course.price_gbp} without a date",
            "seen, or a price_note that names a year or says the page is undated",
        )
    yield from _repeated_words(course, ("summary", "recognition", "entry_requirements", "assessment", "price_note"))
    if course.credit_bearing is False and course.credits is not None:
        yield "credit_bearing", f"false beside credits = {course.credits}", "one of the two left out"
    for claim in course.stacks_into:
        if claim.award_id is not None and not isinstance(known.get(claim.award_id), Award):
            yield "stacks_into", f"award_id = {claim.award_id!r}", "the id of an award"
    for needed in course.prerequisites:
        if not isinstance(known.get(needed), Course):
            yield "prerequisites", repr(needed), "the id of a course"
    if course.same_as is not None and not isinstance(known.get(course.same_as), Course):
        yield "same_as", repr(course.same_as), "the id of a course"


def _award_faults(award: Award, known: dict[str, Record], today: datetime.date) -> Iterator[Fault]:
    yield from _credit_faults(award.total_credits is not None, award.credit_system, "total_credits")
    yield from _level_faults(award.level, award.level_framework)
    yield from _date_faults(award.seen, today)
    yield from _repeated_words(award, ("structure", "notes"))
    for larger in award.exits_into:
        if not isinstance(known.get(larger), Award):
            yield "exits_into", repr(larger), "the id of an award"
    for number, rule in enumerate(award.rules):
        for field, value, expected in _rule_faults(rule, award, known):
            yield f"rules.{number}.{field}", value, expected


def _rule_faults(rule: AwardRule, award: Award, known: dict[str, Record]) -> Iterator[Fault]:
    needed, further = RULE_FIELDS[rule.kind]
    values = {
        "level": rule.level,
        "credits": rule.credits,
        "fraction": rule.fraction,
        "years": rule.years,
        "modules": rule.modules or None,
        "courses": rule.courses or None,
        "subjects": rule.subjects or None,
        "policy": rule.policy,
        "gbp": rule.gbp,
    }
    for name, value in values.items():
        if value is None and name in needed:
            yield name, "nothing", f"a value, which a {rule.kind} rule needs"
        if value is not None and name not in needed | further:
            yield name, repr(value), f"nothing: a {rule.kind} rule does not use it"
    if rule.kind is RuleKind.MAX_TRANSFER and rule.credits is None and rule.fraction is None:
        yield "credits", "nothing", "credits or fraction"
    if rule.fraction is not None and Fraction(rule.fraction) > 1:
        yield "fraction", repr(rule.fraction), "at most 1"
    if rule.credits is not None and award.total_credits is not None and rule.credits > award.total_credits:
        yield "credits", str(rule.credits), f"at most the award's total, {award.total_credits}"
    for course_id in rule.courses:
        if not isinstance(known.get(course_id), Course):
            yield "courses", repr(course_id), "the id of a course"


def _card_faults(card: Card, known: dict[str, Record], today: datetime.date) -> Iterator[Fault]:
    yield from _date_faults(card.as_of, today)
    if card.review_by < today:
        yield "review_by", str(card.review_by), f"a date from {today} on: someone must look at this card again"
    yield from _repeated_words(card, ("text", "for_adviser"))
    if card.stability == "settled" and "£" in card.text:
        yield "stability", "settled, with an amount of money in the text", "dated or open: money changes"
    if card.stability != "settled" and (card.review_by - today).days > 400:
        yield "review_by", str(card.review_by), "within a year or so for a dated or open fact"
    for other in card.see_also:
        if not isinstance(known.get(other), Card):
            yield "see_also", repr(other), "the id of a card"
    if len({ask.casefold() for ask in card.asks}) < len(card.asks):
        yield "asks", "the same phrasing twice", "phrasings that differ"


def _occupation_faults(occupation: Occupation) -> Iterator[Fault]:
    for name in occupation.unconfirmed:
        if name not in Occupation.__dataclass_fields__:
            yield "unconfirmed", repr(name), "the name of a field"


def _credit_faults(stated: bool, system: CreditSystem | None, field: str) -> Iterator[Fault]:
    if stated and system is None:
        yield "credit_system", "nothing", f"the system that {field} is counted in (LOCAL if the provider's own)"
    if not stated and system not in (None, CreditSystem.NONE):
        yield "credit_system", str(system), f"no system without {field}"


def _level_faults(level: int | None, framework: Framework | None) -> Iterator[Fault]:
    if (level is None) != (framework is None):
        yield "level_framework", f"level = {level}, level_framework = {framework}", "both or neither"
    elif level is not None and framework is not None and level > TOP_LEVEL.get(framework, 8):
        yield "level", str(level), f"at most {TOP_LEVEL.get(framework, 8)} on {framework}"


def _date_faults(seen: str | None, today: datetime.date) -> Iterator[Fault]:
    year = year_seen(seen)
    if year is not None and not 1990 <= year <= today.year:
        yield "seen", repr(seen), f"a year from 1990 to {today.year}"


def _repeated_words(record: Record, names: tuple[str, ...]) -> Iterator[Fault]:
    """Ten words in a row that stand in two fields of one record: one of the two was copied."""
    seen: dict[tuple[str, ...], str] = {}
    for name in names:
        words = re.findall(r"\w+", (getattr(record, name) or "").lower())
        for place in range(len(words) - COPIED + 1):
            run = tuple(words[place : place + COPIED])
            if seen.setdefault(run, name) != name:
                yield name, f"the words {' '.join(run)!r} of {seen[run]}", "each thing said once"
                return


def _twins(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    """Two records of one kind with the same provider and title, unless one says it is the same as the other."""
    courses = [course for course in snapshot.courses if course.same_as is None]
    for titled in (_titled(courses), _titled(snapshot.awards)):
        first: dict[tuple[str, str], str] = {}
        for record_id, key in titled:
            if first.setdefault(key, record_id) != record_id:
                yield record_id, "title", f"the title and provider of {first[key]}", "same_as, or a title of its own"


def _titled(records: Iterable[Course | Award]) -> list[tuple[str, tuple[str, str]]]:
    return [(record.id, (record.provider, record.title.casefold())) for record in records]


def _one_spelling(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    spelled: dict[str, str] = {}
    records: tuple[Course | Award, ...] = (*snapshot.courses, *snapshot.awards)
    for record in records:
        bare = re.sub(r"[^a-z]", "", re.sub(r"\b(?:the|and)\b|&", "", record.provider.lower()))
        if spelled.setdefault(bare, record.provider) != record.provider:
            yield record.id, "provider", repr(record.provider), f"{spelled[bare]!r}, as elsewhere"


def _shared_asks(cards: Iterable[Card]) -> Iterator[tuple[str, str, str, str]]:
    owners: dict[str, str] = {}
    for card in cards:
        for ask in card.asks:
            if owners.setdefault(ask.casefold(), card.id) != card.id:
                yield card.id, "asks", f"{ask!r}, which {owners[ask.casefold()]} has too", "each phrasing on one card"


def _shared_figures(cards: Iterable[Card]) -> Iterator[tuple[str, str, str, str]]:
    owners: dict[str, str] = {}
    for card in cards:
        for name in card.figures or {}:
            if name in owners:
                yield card.id, "figures", f"{name}, which {owners[name]} states too", "each figure on one card"
            owners.setdefault(name, card.id)


def _cycles(courses: Iterable[Course]) -> Iterator[tuple[str, str, str, str]]:
    needs = {course.id: course.prerequisites for course in courses}
    for start in needs:
        seen: set[str] = set()
        front = list(needs[start])
        while front:
            current = front.pop()
            if current == start:
                yield start, "prerequisites", "a course that in the end requires itself", "no circle"
                break
            if current not in seen:
                seen.add(current)
                front += needs.get(current, ())
