"""Corrections become cases: an adviser's edit or a thumbs-down with a reason, exported, reviewed by a person, then added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from evals.case import OWN, Case, Problem, case_json, own_cases, parse_case, split_of

ADDED = "corrections"
UNREVIEWED = "review: "


class NotReviewed(Exception):
    """A correction that cannot be added yet. `problems` are all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def draft_cases(file: Path) -> tuple[list[Case], list[Problem]]:
    """Corrections -> draft cases, and what could not be read.

    A correction holds `turns` or `question`, a `reason`, and optionally an `edit` (the better answer). The draft has
    the turns and a note; its facts are for the reviewer to write.
    """
    drafts: list[Case] = []
    problems: list[Problem] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            made = _draft(line)
            if isinstance(made, Case):
                drafts.append(made)
            else:
                problems.append(Problem(file.name, number, made))
    return drafts, problems


def _draft(line: str) -> Case | str:
    try:
        value = json.loads(line)
    except ValueError:
        return "not JSON, expected one correction"
    if not isinstance(value, Mapping):
        return "expected an object with turns and a reason"
    turns = value.get("turns") or [value.get("question")]
    said = [str(value[name]) for name in ("reason", "edit") if value.get(name)]
    if not all(isinstance(turn, str) and turn for turn in turns) or not said:
        return "no turns or no reason, expected what was asked and what was wrong"
    name = f"correction-{hashlib.sha256(json.dumps(turns).encode()).hexdigest()[:8]}"
    return Case(id=name, turns=tuple(turns), category=ADDED, split=split_of(name), note=UNREVIEWED + "; ".join(said))


def add_reviewed(file: Path, folder: Path = OWN) -> list[str]:
    """Adds reviewed drafts to our cases and gives their ids. Raises `NotReviewed`, and adds nothing, if any is unfinished.

    Finished means: valid, not there already, something to check, and no "review:" note left.
    """
    known = {case.name for case in own_cases(folder).cases}
    cases: list[Case] = []
    problems: list[Problem] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            found = _reviewed(line, known)
            if isinstance(found, Case):
                cases.append(found)
                known.add(found.name)
            else:
                problems.append(Problem(file.name, number, found))
    if problems:
        raise NotReviewed(problems)
    with (folder / f"{ADDED}.jsonl").open("a", encoding="utf-8") as out:
        out.writelines(as_line(case) for case in cases)
    return [case.name for case in cases]


def _reviewed(line: str, known: set[str]) -> Case | str:
    try:
        case = parse_case(json.loads(line))
    except (ValueError, ValidationError) as error:
        return f"not a case: {str(error).splitlines()[0]}"
    if (case.note or "").startswith(UNREVIEWED):
        return f"{case.id}: not reviewed; write what a right answer holds and replace the note"
    if not (case.facts or case.must_not or case.expected or case.sources or case.outcome):
        return f"{case.id}: nothing to check; write facts, must_not, expected, sources or outcome"
    return f"{case.id}: already among our cases" if case.name in known else case


def as_line(case: Case) -> str:
    return json.dumps(case_json(case), ensure_ascii=False) + "\n"
