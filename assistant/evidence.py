"""Evidence: what a claim may cite. Built from records only, numbered in the order it is used. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from corpus.cards import Card, Occupation
from corpus.catalogue import Record
from corpus.courses import Award, Course


@dataclass(frozen=True, slots=True)
class Evidence:
    """One citable thing. `kind` is course, award or card; `text` is everything the source states (the gate looks there);
    `quote` is the part shown, a substring of `text`. `as_of` is `None` if the page carries no date."""

    record_id: str
    kind: str
    title: str
    url: str
    as_of: str | None
    confidence: str
    quote: str
    text: str


def evidence_of(record: Record) -> Evidence:
    """The evidence a record gives. A card is quoted whole, any other record by its headline."""
    match record:
        case Course():
            kind, text = "course", course_text(record)
        case Award():
            kind, text = "award", award_text(record)
        case Card():
            plain = " ".join(record.text.split())
            kind, text = "card", f"{plain}\n{record.title}\n{record.for_adviser or ''}"
        case Occupation():
            kind, text = "card", occupation_text(record)
    source = record.source
    quote = text.split("\n", 1)[0]
    return Evidence(record.id, kind, record.title, source.url, source.seen, source.confidence, quote, text)


def amount(value: Decimal | int | float) -> str:
    """A number without needless zeros: 15, 7.5, 1,200."""
    number = Decimal(str(value)).normalize()
    return f"{int(number):,}" if number == number.to_integral_value() else f"{number:f}"


def course_text(course: Course) -> str:
    """What the page states, field by field, "not stated" where it does not; the first line is the headline."""
    price = (
        "not stated"
        if course.price_gbp is None
        else ("free" if course.price_gbp == 0 else f"£{amount(course.price_gbp)}")
    )
    lines = [
        f"{course.title}, {course.provider}: credit {credit_words(course)}; level {level_words(course)}; "
        f"price {price}; {mode_words(course)}",
        course.summary,
    ]
    further = (
        course.price_note,
        course.entry_requirements,
        course.assessment,
        course.start_date,
        course.recognition,
        course.funding_notes,
        course.evidence_note,
    )
    lines += [text for text in further if text]
    if course.weeks:
        lines.append(f"{course.weeks} weeks")
    if course.hours_total:
        lines.append(f"{course.hours_total} hours")
    lines += [f"{claim.award}: {claim.note or ''}" for claim in course.stacks_into]
    return "\n".join(lines)


def credit_words(course: Course) -> str:
    if course.credits is not None and course.credit_system is not None:
        system = {
            "CATS": "UK credits",
            "SCQF": "SCQF credit points",
            "LOCAL": "credits of the provider's own kind",
        }.get(course.credit_system, f"{course.credit_system} credits")
        return f"{amount(course.credits)} {system}"
    return "none" if course.credit_bearing is False else "not stated"


def level_words(course: Course) -> str:
    return "not stated" if course.at_level is None else str(course.level) + f" ({course.level_framework})"


def mode_words(course: Course) -> str:
    return {
        None: "online or in person: not stated",
        "online": "online",
        "blended": "part online, part in person",
        "in_person": "in person",
    }[course.mode.value if course.mode else None]


def award_text(award: Award) -> str:
    total = (
        "total not stated"
        if award.total_credits is None
        else f"{amount(award.total_credits)} {award.credit_system} credits"
    )
    level = f", {award.at_level}" if award.at_level else ""
    lines = [f"{award.title}, {award.provider}: {total}{level}"]
    lines += [text for text in (award.structure, award.notes) if text]
    lines += [rule.note for rule in award.rules]
    return "\n".join(lines)


def occupation_text(occupation: Occupation) -> str:
    lines = [f"{occupation.title}: {occupation.why}", occupation.what_the_work_is]
    lines += list(occupation.regulators)
    if occupation.entry_level:
        lines.append(f"Entry level: {occupation.entry_level}")
    for route in occupation.routes:
        lines.append(
            " ".join(
                part
                for part in (route.route, route.nation, route.level, route.framework, route.typical_length, route.note)
                if part
            )
        )
    lines += [occupation.honest_note or "", *occupation.typical_awards, *occupation.checks]
    return "\n".join(lines)
