"""How much the catalogue really states: shares per field, and the records that say least."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from corpus.catalogue import Snapshot
from corpus.courses import Confidence, Course, Listing, year_seen

RECENT = 2024
"""Pages dated from this year on count as recent."""

WEAKEST = 20


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts over a snapshot. `stated` maps a course field to how many courses state it."""

    courses: int
    on_offer: int
    providers: int
    nations: dict[str, int]
    stated: dict[str, int]
    awards: int
    awards_with_rules: int
    rules: int
    cards: int
    asks: int
    occupations: int
    weakest: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure_quality(snapshot: Snapshot) -> Quality:
    """Figures for the report of `stack-advisor ingest`."""
    courses = snapshot.courses
    nations = sorted({course.nation for course in courses})
    return Quality(
        courses=len(courses),
        on_offer=sum(course.listing is Listing.COURSE for course in courses),
        providers=len({course.provider for course in courses}),
        nations={nation: sum(course.nation == nation for course in courses) for nation in nations},
        stated={
            "credit and level": sum(course.credits is not None and course.level is not None for course in courses),
            "price": sum(course.price_gbp is not None for course in courses),
            "free": sum(course.price_gbp == 0 for course in courses),
            "mode": sum(course.mode is not None for course in courses),
            "start": sum(course.start_date is not None for course in courses),
            "entry requirements": sum(course.entry_requirements is not None for course in courses),
            "assessment": sum(course.assessment is not None for course in courses),
            "an award it counts towards": sum(bool(course.stacks_into) for course in courses),
            f"page dated {RECENT} or later": sum((year_seen(course.seen) or 0) >= RECENT for course in courses),
        },
        awards=len(snapshot.awards),
        awards_with_rules=sum(bool(award.rules) for award in snapshot.awards),
        rules=sum(len(award.rules) for award in snapshot.awards),
        cards=len(snapshot.cards),
        asks=sum(len(card.asks) for card in snapshot.cards),
        occupations=len(snapshot.occupations),
        weakest=tuple(course.id for course in sorted(courses, key=_weakness, reverse=True)[:WEAKEST]),
    )


def _weakness(course: Course) -> tuple[int, str]:
    missing = [course.credits, course.level, course.price_gbp, course.mode, course.seen, course.entry_requirements]
    return sum(value is None for value in missing) + (course.confidence is Confidence.LOW), course.id
