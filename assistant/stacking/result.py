"""A problem -> its whole answer: audit, plan if there are candidates, and what both rest on."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.stacking.audit import Audit, audit
from assistant.stacking.notes import Unknown, assumptions, unknowns
from assistant.stacking.plan import Planning, plan
from assistant.stacking.problem import Override, Problem
from corpus.credit import FrameworkTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything the engine says about one problem. `planning` is `None` if there are no candidate courses."""

    audit: Audit
    planning: Planning | None
    assumptions: tuple[str, ...]
    unknown: tuple[Unknown, ...]
    overrides: tuple[Override, ...]


def solve(problem: Problem, table: FrameworkTable) -> Result:
    """The exact answer to a problem. Raises `NotProvedError` if an optimum cannot be proved."""
    audited = audit(problem, table)
    planning = plan(problem, table) if problem.candidates else None
    return Result(
        audit=audited,
        planning=planning,
        assumptions=assumptions(problem, audited, planning),
        unknown=unknowns(problem, audited, planning),
        overrides=problem.overrides,
    )
