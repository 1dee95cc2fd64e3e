"""Cases: what is asked, and what a right answer holds. Our own files are read strictly, anybody else's tolerantly."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from annotated_types import Ge, MinLen
from pydantic import StringConstraints, TypeAdapter, ValidationError

from corpus.courses import RecordId, Text, strict_fields
from corpus.credit import Framework, Level

OWN = Path(__file__).parent / "cases"
"""Our own questions, attacks, twins and learners: reviewable text, one object a line."""

NOT_QUESTIONS = frozenset({"attacks", "twins", "learners", "gate", "off-topic"})
"""Files of `OWN` that hold something other than question cases."""

TEST_SHARE = 3
"""One case in this many is kept back for the test split."""

Outcome = Literal["advised", "ask_first", "no_match", "referred", "declined", "failed"]
Split = Literal["dev", "test"]
Words = tuple[Text, ...]
Kind = TypeVar("Kind", "Case", "Twin", "Learner")


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One checkable fact of a right answer: any of some wordings, or a number with one of some units near it.

    In a wording `*` stands for the rest of a word. The unit "£" stands right before the number. `need` names which of
    several needs of the turn the fact answers.
    """

    any: Words = ()
    number: Decimal | None = None
    unit: Words = ()
    need: Text | None = None

    def __str__(self) -> str:
        return " or ".join(self.any) if self.number is None else f"{self.number} {'/'.join(self.unit)}".strip()


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What every course shown must meet. `level` names its framework ("RQF 2", "SCQF 5"); `max_price` in pounds."""

    max_price: Annotated[Decimal, Ge(0)] | None = None
    mode: Literal["online", "blended", "in_person"] | None = None
    nation: Text | None = None
    credits: Annotated[Decimal, Ge(0)] | None = None
    level: Annotated[str, StringConstraints(pattern=r"^(FHEQ|RQF|CQFW|SCQF|EQF|NFQ) [1-9]\d?$")] | None = None

    @property
    def at_level(self) -> Level | None:
        if self.level is None:
            return None
        framework, number = self.level.split()
        return Level(Framework(framework), int(number))


@strict_fields
@dataclass(frozen=True, slots=True)
class Poison:
    """A course record with hostile text, put into the catalogue for one attack."""

    title: Text
    summary: Text


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conversation and what is known about right answers to it. Facts and outcome are of the last turn.

    A field that is absent is not checked. `expected`: course ids of which at least one must be shown; `sources`: records
    of which at least one must be cited; `forbidden`: courses that must not be shown. `outcome`: any of these.
    `remember`: profile facts that must be held at the end. `canary`: must not appear in anything said or kept.
    `group` is reported on its own; `problem` is a stacking problem whose solution the answer's pathway must match.
    """

    id: Text | int
    turns: Annotated[tuple[str, ...], MinLen(1)]
    category: Text = "uncategorised"
    split: Split = "dev"
    facts: tuple[Atom, ...] = ()
    must_not: Words = ()
    expected: tuple[RecordId, ...] = ()
    forbidden: tuple[RecordId, ...] = ()
    sources: tuple[RecordId, ...] = ()
    constraints: Limits | None = None
    outcome: tuple[Outcome, ...] = ()
    answerable: bool = True
    remember: dict[str, str | int | float] | None = None
    no_courses: bool = False
    canary: Words = ()
    kind: Text | None = None
    poison: Poison | None = None
    group: Text | None = None
    problem: dict[str, Any] | None = None
    note: Text | None = None

    @property
    def name(self) -> str:
        return str(self.id)


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Two conversations that differ only in who asks. `explained_by`: the stated rule that makes the answers differ."""

    id: Text
    attribute: Text
    turns: Annotated[tuple[str, ...], MinLen(1)]
    twin: Annotated[tuple[str, ...], MinLen(1)]
    explained_by: Text | None = None


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A scripted person: what they say first, what they know when asked, what they came for, and how many turns they give it."""

    id: Text
    says: Text
    hidden: dict[str, str]
    wants: Annotated[tuple[Atom, ...], MinLen(1)]
    patience: Annotated[int, Ge(1)] = 4
    follow_ups: Words = ()
    group: Text | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a case file, in one line."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what}" if self.line else f"{self.file}: {self.what}"


class CaseError(Exception):
    """Our own case files hold something they should not. `problems` are all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The usable cases of a file in its order, what was wrong with the rest, and the digest of the whole file."""

    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]
    digest: str


def split_of(case_id: str) -> Split:
    """The split a case of ours belongs to, fixed by its id for ever."""
    return "test" if int(hashlib.sha256(case_id.encode()).hexdigest()[:8], 16) % TEST_SHARE == 0 else "dev"


def read_foreign(file: Path) -> Loaded:
    """Anybody's question file: unknown fields are ignored, a known field of another shape is ignored and reported.

    Raises `OSError` if the file cannot be read.
    """
    content = file.read_bytes()
    cases: list[Case] = []
    problems: list[Problem] = []
    for number, line in _lines(content):
        case, found = _foreign_case(line)
        problems += [Problem(file.name, number, what) for what in found]
        if case is not None:
            cases.append(case)
    if not cases and not problems:
        problems.append(
            Problem(file.name, 0, 'no cases in it, expected one JSON object a line: {"id", "turns": [...]}')
        )
    return Loaded(tuple(cases), tuple(problems), hashlib.sha256(content).hexdigest()[:16])


def own_cases(folder: Path = OWN) -> Loaded:
    """Every question case of ours, by file name. Raises `CaseError` with all problems: wrong fields, ids or splits."""
    files = sorted(file for file in folder.glob("*.jsonl") if file.stem not in NOT_QUESTIONS)
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in files:
        for number, case in _strict(file, Case, problems):
            cases.append(case)
            if case.split != split_of(case.name):
                problems.append(
                    Problem(
                        file.name, number, f"{case.id}: split = {case.split!r}, its id makes it {split_of(case.name)!r}"
                    )
                )
    problems += _repeated(case.name for case in cases)
    if problems:
        raise CaseError(tuple(problems))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    return Loaded(tuple(cases), (), digest)


def attacks(folder: Path = OWN) -> tuple[Case, ...]:
    """Injections and poisoned records. Raises `CaseError`."""
    return _all_of(folder / "attacks.jsonl", Case)


def twins(folder: Path = OWN) -> tuple[Twin, ...]:
    """Pairs of askers. Raises `CaseError`."""
    return _all_of(folder / "twins.jsonl", Twin)


def learners(folder: Path = OWN) -> tuple[Learner, ...]:
    """Scripted learners. Raises `CaseError`."""
    return _all_of(folder / "learners.jsonl", Learner)


def case_json(case: Case) -> dict[str, Any]:
    """A case as a line of our own files: only what is set."""
    dumped: dict[str, Any] = _adapter(Case).dump_python(case, mode="json", exclude_defaults=True)
    return dumped


def parse_case(value: Any) -> Case:
    """A case from parsed JSON, strictly. Raises `pydantic.ValidationError`."""
    case: Case = _adapter(Case).validate_python(value)
    return case


def _all_of(file: Path, kind: type[Kind]) -> tuple[Kind, ...]:
    problems: list[Problem] = []
    found = [record for _, record in _strict(file, kind, problems)]
    problems += _repeated(str(record.id) for record in found)
    if problems:
        raise CaseError(tuple(problems))
    return tuple(found)


def _strict(file: Path, kind: type[Kind], problems: list[Problem]) -> Iterator[tuple[int, Kind]]:
    adapter = _adapter(kind)
    for number, line in _lines(file.read_bytes()):
        try:
            yield number, adapter.validate_json(line)
        except ValidationError as error:
            problems += [Problem(file.name, number, what) for what in _sentences(error)]


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield number, line


def _repeated(ids: Iterable[str]) -> list[Problem]:
    counts = Counter(ids)
    return [
        Problem("cases", 0, f"id = {name!r} {count} times, expected once")
        for name, count in counts.items()
        if count > 1
    ]


def _foreign_case(line: bytes) -> tuple[Case | None, list[str]]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return None, [f"not JSON ({_short(error)}), expected one object; skipped"]
    if not isinstance(value, dict):
        return None, [f"{type(value).__name__}, expected an object with id and turns; skipped"]
    known, problems = _usable_fields(value)
    missing = [name for name in ("id", "turns") if name not in known]
    if missing:
        said = [what for what in problems if what.split(" ", 1)[0] in missing] or [f"no {missing[0]}"]
        return None, [f"{what}, expected id and a list of user turns; skipped" for what in said]
    return Case(**known), [f"{known['id']}: {what}; field ignored" for what in problems]


def _usable_fields(value: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    known: dict[str, Any] = {}
    problems: list[str] = []
    for field in fields(Case):
        if value.get(field.name) is None:
            continue
        try:
            known[field.name] = _field_adapter(field.name).validate_python(value[field.name])
        except ValidationError as error:
            problems.append(f"{field.name} cannot be used ({_sentences(error)[0]})")
    return known, problems


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(part) for part in fault['loc']) or 'line'} = {str(fault['input'])[:60]!r}, {fault['msg'].lower()}"
        for fault in error.errors()
    ]


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__


def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _field_adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(Case, include_extras=True)[name])
