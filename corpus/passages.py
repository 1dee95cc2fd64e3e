"""Records -> passages to embed: stable ids, digests, and text that says what a searcher would look for. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.cards import Card, Occupation
from corpus.catalogue import Record, Snapshot
from corpus.courses import Award, Course


@dataclass(frozen=True, slots=True)
class Passage:
    """One embedded text. `id` is "record-id#part"; `digest` changes exactly when the text or its labels do."""

    id: str
    record_id: str
    kind: str
    part: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256("\x1f".join((self.record_id, self.kind, self.part, self.text)).encode()).hexdigest()[:20]


def split_passages(snapshot: Snapshot) -> tuple[Passage, ...]:
    """Every passage of a snapshot, in record order; ids are unique because record ids are."""
    records: tuple[Record, ...] = (*snapshot.courses, *snapshot.awards, *snapshot.cards, *snapshot.occupations)
    return tuple(
        Passage(f"{record.id}#{part}", record.id, kind_of(record), part, " ".join(text.split()))
        for record in records
        for part, text in _parts(record)
    )


SENTENCE = "line"
"""Parts named so are single sentences of a card, numbered from 0 as `sentences` gives them."""


def sentences(text: str) -> list[str]:
    """Sentences of one of our own texts; "e.g." and decimals do not end one."""
    return [part for part in re.split(r"(?<=[.?!])\s+(?=[A-Z£\"'0-9])", " ".join(text.split())) if part]


def kind_of(record: Record) -> str:
    """The record's kind as written in the data files: course, award, card or occupation."""
    return type(record).__name__.lower()


def _parts(record: Record) -> Iterator[tuple[str, str]]:
    match record:
        case Course():
            yield from _course_parts(record)
        case Award():
            yield from _award_parts(record)
        case Card():
            yield "text", f"{record.title}. {record.text}"
            for number, ask in enumerate(record.asks, start=1):
                yield f"ask{number}", ask
            for number, sentence in enumerate(sentences(record.text)):
                yield f"{SENTENCE}{number}", sentence
        case Occupation():
            yield "work", f"{record.title}. {record.what_the_work_is} Also called: {', '.join(record.other_names)}."
            yield "becoming", f"How to become a {record.title.lower()}. {record.why}"


def _course_parts(course: Course) -> Iterator[tuple[str, str]]:
    yield "facts", f"{course.title}. {course.subject}. {course.provider}. {course.summary}"
    if course.skills:
        yield "skills", f"{course.title}: {', '.join(course.skills)}"


def _award_parts(award: Award) -> Iterator[tuple[str, str]]:
    names = ", ".join((award.title, *award.other_names))
    yield "facts", f"{names}. {award.subject or ''} {award.provider}. {award.structure or ''} {award.notes or ''}"
