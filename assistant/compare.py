"""Courses side by side: the same fields for each as their pages state them, and where they differ. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.evidence import amount, credit_words, level_words, mode_words
from assistant.stacking.standing import Counting, WhereItCounts
from corpus.catalogue import frameworks
from corpus.courses import Course, Strength
from corpus.credit import Framework

MOST_COMPARED = 4
"""More columns than this can be read neither on a page nor aloud."""
NOT_STATED = "not stated"


class Field(StrEnum):
    """What is compared, in the order it is shown."""

    PROVIDER = "provider"
    CREDIT = "credit"
    LEVEL = "level"
    PRICE = "price"
    PRICE_NOTE = "price_note"
    MODE = "mode"
    TIME = "time"
    START = "start"
    ENTRY = "entry"
    COUNTS_TOWARDS = "counts_towards"
    RECOGNITION = "recognition"
    OUTCOMES = "outcomes"
    SOURCE = "source"


LABELS = {
    Field.PROVIDER: "Provider",
    Field.CREDIT: "Credit",
    Field.LEVEL: "Level",
    Field.PRICE: "Price",
    Field.PRICE_NOTE: "About the price",
    Field.MODE: "How you study",
    Field.TIME: "Time it takes",
    Field.START: "Start",
    Field.ENTRY: "What you need to join",
    Field.COUNTS_TOWARDS: "What it counts towards",
    Field.RECOGNITION: "Recognition",
    Field.OUTCOMES: "Completion and outcomes",
    Field.SOURCE: "Where this was read",
}

ABSENT = {
    Field.PRICE_NOTE: "nothing more stated",
    Field.COUNTS_TOWARDS: "not known to count towards anything",
    Field.RECOGNITION: "none published that we know of",
    # No record holds such figures yet; a page may have them that nobody has read for this.
    Field.OUTCOMES: "none published that we know of",
}
"""What an empty cell says; `NOT_STATED` for every other field."""

DESCRIBING = frozenset({Field.PROVIDER, Field.PRICE_NOTE, Field.SOURCE})
"""Fields that are different for nearly any two courses, so that a difference says nothing."""

STRENGTH_WORDS = {
    Strength.PUBLISHED: "listed as part of",
    Strength.MAY_COUNT: "may count towards",
    Strength.PREPARATORY: "prepares for",
}

Cell = tuple[str, ...]
"""What one page states about one field, a line each; empty if it does not say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of every course, in the order of the courses. `measures`: what each cell comes to where two wordings can
    be the same thing (15 UK credits and 7.5 ECTS); elsewhere the cell itself."""

    field: Field
    cells: tuple[Cell, ...]
    measures: tuple[object, ...]

    @property
    def label(self) -> str:
        return LABELS[self.field]

    @property
    def absent(self) -> str:
        """The words for an empty cell."""
        return ABSENT.get(self.field, NOT_STATED)

    @property
    def differs(self) -> bool:
        """Two pages state different things, and it matters. A page that does not say is no difference."""
        return (
            self.field not in DESCRIBING
            and len({measure for cell, measure in zip(self.cells, self.measures, strict=True) if cell}) > 1
        )

    @property
    def partly_stated(self) -> bool:
        """Some pages state it and some do not, so the courses cannot be compared on it."""
        return any(self.cells) and not all(self.cells)

    def words(self, course: int) -> str:
        """The cell of one course, by its place from 0, as one line."""
        return "; ".join(self.cells[course]) or self.absent


KnownCounts = Callable[[str], WhereItCounts]


def compare_lines(courses: Sequence[Course], where_it_counts: KnownCounts | None = None) -> tuple[Row, ...]:
    """Every field of up to four courses, in the order of `Field`.

    With `where_it_counts` (`Pathways.where_it_counts`), "counts towards" also knows what the awards' own pages say;
    without it, only what the courses' pages do. Raises `ValueError` if there are no courses or more than four.
    """
    if not 1 <= len(courses) <= MOST_COMPARED:
        raise ValueError(f"courses = {len(courses)}, expected 1 to {MOST_COMPARED}; compare fewer at once")
    return tuple(_row(field, courses, where_it_counts) for field in Field)


def differences(rows: Sequence[Row]) -> str:
    """In a sentence or two, without figures: what differs, and what cannot be compared because some page does not say."""
    differing = [row.label.lower() for row in rows if row.differs]
    partly = [row.label.lower() for row in rows if row.partly_stated and row.field not in ABSENT]
    first = f"They differ in {listed(differing)}." if differing else "What their pages state does not differ."
    rest = f" Not every page states this, so compare with care: {listed(partly)}." if partly else ""
    return first + rest


def listed(words: Sequence[str]) -> str:
    """ "price, time and level"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _row(field: Field, courses: Sequence[Course], where_it_counts: KnownCounts | None) -> Row:
    cells = tuple(_cell(field, course, where_it_counts) for course in courses)
    measures = (_measure(field, course, cell) for course, cell in zip(courses, cells, strict=True))
    return Row(field, cells, tuple(measures))


def _measure(field: Field, course: Course, cell: Cell) -> object:
    """Credit in UK credits (rule S1), a level as its number in England (S2), a price in pounds; else the words."""
    if field is Field.CREDIT and course.credit is not None:
        conversion = frameworks().to_uk(course.credit)
        return cell if conversion is None else conversion.exact
    if field is Field.LEVEL and course.at_level is not None:
        return frameworks().levels_in(course.at_level, Framework.FHEQ) or cell
    return course.price_gbp if field is Field.PRICE else cell


def _cell(field: Field, course: Course, where_it_counts: KnownCounts | None) -> Cell:
    match field:
        case Field.PROVIDER:
            return (course.provider,)
        case Field.CREDIT:
            return _credit(course)
        case Field.LEVEL:
            return () if course.at_level is None else (level_words(course),)
        case Field.PRICE:
            return _price(course)
        case Field.PRICE_NOTE:
            # A note alone often names an amount (a fee from 2010), so its date has to stand beside it.
            return _stated(course.price_note and f"{course.price_note.rstrip('.')} ({dated(course)})")
        case Field.MODE:
            return _stated(None if course.mode is None else mode_words(course), course.study_pattern)
        case Field.TIME:
            return tuple(_time(course))
        case Field.START:
            return _stated(course.start_date)
        case Field.ENTRY:
            return _stated(course.entry_requirements)
        case Field.COUNTS_TOWARDS:
            return tuple(_counts(course, where_it_counts))
        case Field.RECOGNITION:
            return _stated(course.recognition)
        case Field.OUTCOMES:
            return ()
        case Field.SOURCE:
            return _stated(f"{dated(course)}, {course.confidence} confidence", course.evidence_note)


def _stated(*texts: str | None) -> Cell:
    return tuple(text for text in texts if text)


def dated(course: Course) -> str:
    return f"as of {course.seen}" if course.seen else "page undated"


def _credit(course: Course) -> Cell:
    if course.credit is not None:
        return (credit_words(course),)
    return ("carries no credit",) if course.credit_bearing is False else ()


def _price(course: Course) -> Cell:
    if course.price_gbp is None:
        return ()
    price = "free" if course.price_gbp == 0 else f"£{amount(course.price_gbp)}"
    return (f"{price} ({dated(course)})",)


def _time(course: Course) -> Iterator[str]:
    stated = (
        (course.weeks, "week", ""),
        (course.hours_per_week, "hour", " a week"),
        (course.hours_total, "hour", " in all"),
    )
    parts = [f"{amount(n)} {unit}{'' if n == 1 else 's'}{rest}" for n, unit, rest in stated if n is not None]
    if parts:
        yield ", ".join(parts)


def _counts(course: Course, where_it_counts: KnownCounts | None) -> Iterator[str]:
    claims: Sequence[Counting] | None = None if where_it_counts is None else where_it_counts(course.id).counts
    for claim in course.stacks_into if claims is None else _one_each(claims):
        note = f" ({claim.note})" if claim.note else ""
        yield f"{STRENGTH_WORDS[claim.strength]} {claim.award}{note}"


def _one_each(claims: Iterable[Counting]) -> Iterable[Counting]:
    """The strongest claim for each award; they come strongest first."""
    found: dict[str, Counting] = {}
    for claim in claims:
        found.setdefault(claim.award_id or claim.award, claim)
    return found.values()
