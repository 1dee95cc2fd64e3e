"""The catalogue: every record by id, title, provider and code. Built by `ingest`, read here from one snapshot file."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from corpus.cards import Card, Occupation
from corpus.courses import Award, Course, Listing
from corpus.credit import CreditSystem, Framework, FrameworkTable, Level, LevelMatch, Ratio

SHIPPED = Path(__file__).parent / "data"
"""The records that come with the program: reviewable text files, one record one block."""

Record = Course | Award | Card | Occupation


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every record of one index generation, each kind in file order."""

    courses: tuple[Course, ...]
    awards: tuple[Award, ...]
    cards: tuple[Card, ...]
    occupations: tuple[Occupation, ...]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Snapshot:
        listed = tuple(records)
        return cls(
            tuple(record for record in listed if isinstance(record, Course)),
            tuple(record for record in listed if isinstance(record, Award)),
            tuple(record for record in listed if isinstance(record, Card)),
            tuple(record for record in listed if isinstance(record, Occupation)),
        )

    def to_json(self) -> bytes:
        return _snapshot_adapter().dump_json(self, exclude_defaults=True)


@cache
def _snapshot_adapter() -> TypeAdapter[Snapshot]:
    return TypeAdapter(Snapshot)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount that code may calculate with, and the card that states it."""

    value: Decimal
    card: Card


class Catalogue:
    """Look-ups over one snapshot. Order is file order wherever several records come back."""

    def __init__(self, snapshot: Snapshot, digest: str) -> None:
        self.courses = snapshot.courses
        self.awards = snapshot.awards
        self.cards = snapshot.cards
        self.occupations = snapshot.occupations
        self.digest = digest
        records: tuple[Record, ...] = (*self.courses, *self.awards, *self.cards, *self.occupations)
        self._records: Mapping[str, Record] = {record.id: record for record in records}
        coded: tuple[Course | Award, ...] = (*self.awards, *self.courses)
        self._codes: Mapping[str, Course | Award] = {record.code.upper(): record for record in coded if record.code}
        self._figures: Mapping[str, Figure] = {
            name: Figure(value, card) for card in self.cards for name, value in (card.figures or {}).items()
        }

    @classmethod
    def open(cls, file: Path) -> Catalogue:
        """The catalogue in a snapshot that `ingest` wrote. Raises `OSError` or `ValueError` if it cannot be read."""
        content = file.read_bytes()
        return cls(_snapshot_adapter().validate_json(content), corpus_digest(content))

    def record(self, record_id: str) -> Record | None:
        return self._records.get(record_id)

    def course(self, record_id: str) -> Course | None:
        found = self._records.get(record_id)
        return found if isinstance(found, Course) else None

    def award(self, record_id: str) -> Award | None:
        found = self._records.get(record_id)
        return found if isinstance(found, Award) else None

    def card(self, record_id: str) -> Card | None:
        found = self._records.get(record_id)
        return found if isinstance(found, Card) else None

    def occupation(self, record_id: str) -> Occupation | None:
        found = self._records.get(record_id)
        return found if isinstance(found, Occupation) else None

    def by_code(self, code: str) -> Course | Award | None:
        """The course or award with a provider's own code ("TM111"), whatever its case."""
        return self._codes.get(code.upper())

    def figure(self, name: str) -> Figure | None:
        """A named amount and the card that states it; `None` if no card does."""
        return self._figures.get(name)

    def figures(self) -> Mapping[str, Figure]:
        return self._figures

    def on_offer(self) -> tuple[Course, ...]:
        """Courses that may be shown as something to sign up for: not award parts, ranges or second records."""
        return tuple(course for course in self.courses if course.listing is Listing.COURSE and course.same_as is None)


def corpus_digest(snapshot: bytes) -> str:
    """The short name of a corpus: equal records, equal digest."""
    return hashlib.sha256(snapshot).hexdigest()[:16]


@cache
def frameworks() -> FrameworkTable:
    """The credit ratios and level matches of `data/frameworks.toml`."""
    data = tomllib.loads((SHIPPED / "frameworks.toml").read_text(encoding="utf-8"))
    ratios = tuple(
        Ratio(
            CreditSystem(row["system"]),
            Fraction(row["uk_credits_each"]),
            row["convention"],
            row["note"],
            row["url"],
            row["as_of"],
        )
        for row in data["ratio"]
    )
    matches = tuple(
        LevelMatch(
            Level(Framework(row["framework"]), row["level"]),
            Framework(row["to"]),
            tuple(row["levels"]),
            row["url"],
            row["as_of"],
        )
        for row in data["match"]
    )
    return FrameworkTable(ratios, matches)
