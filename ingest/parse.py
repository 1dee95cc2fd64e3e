"""Raw records -> frozen values. Strict: an unknown field, a wrong type or an empty string is a problem, never a guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from corpus.cards import Card, Occupation
from corpus.catalogue import Record
from corpus.courses import Award, Course
from ingest.problems import Problem, Where
from ingest.read import RawRecord

KINDS: dict[str, type[Any]] = {"course": Course, "award": Award, "card": Card, "occupation": Occupation}


@dataclass(frozen=True, slots=True)
class Parsed:
    """Records that hold together on their own, where each came from, and the problems of those that do not."""

    records: tuple[Record, ...]
    places: dict[str, RawRecord]
    problems: tuple[Problem, ...]


def parse_records(raw: Iterable[RawRecord]) -> Parsed:
    """Every raw record as a value; every fault of every record as a problem."""
    records: list[Record] = []
    places: dict[str, RawRecord] = {}
    problems: list[Problem] = []
    for item in raw:
        if item.kind not in KINDS:
            problems.append(Problem(item.where, None, None, f"[[{item.kind}]]", f"one of {', '.join(KINDS)}"))
            continue
        try:
            record = _adapter(item.kind).validate_python(item.data)
        except ValidationError as error:
            problems += [_problem(item, fault) for fault in error.errors(include_url=False)]
            continue
        if record.id in places:
            first = places[record.id].where
            problems.append(Problem(item.where, record.id, "id", f"an id already used at {first}", "an id of its own"))
            continue
        places[record.id] = item
        records.append(record)
    return Parsed(tuple(records), places, tuple(problems))


def line_of(item: RawRecord, field: str) -> Where:
    """The line of a field, or of the record if the field is not written."""
    return Where(item.where.file, item.field_lines.get(field, item.where.line))


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def _problem(item: RawRecord, fault: Any) -> Problem:
    path = [str(part) for part in fault["loc"]]
    found = "nothing" if fault["type"] == "missing" else f"{fault['input']!r}"
    if len(found) > 120:
        found = found[:117] + "..."
    expected = {"missing": "a value", "unexpected_keyword_argument": "no field of this name"}.get(
        fault["type"], fault["msg"].removeprefix("Input should be ").removeprefix("Value should ")
    )
    return Problem(line_of(item, path[0] if path else ""), item.data.get("id"), ".".join(path) or None, found, expected)
