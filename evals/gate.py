"""The gate of CI: a fixed small part of the dev cases and every twin pair, against results that were committed.

It fails on a drop beyond noise, and on any single breach that no change may bring: a hard limit, a citation, a figure,
a conversion, an invented course or an unequal pair. Each failure names its case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.case import OWN, Case
from evals.scoring import Row
from evals.stats import paired_difference
from evals.twins import Pair

ACCEPTED = OWN / "gate.jsonl"
SHARE = 9
"""One dev case in this many is in the gate."""

NEVER = ("limits", "cited", "money_dated", "figures_traced", "conversions", "real_courses", "no_failure")
"""Measures of which a single breach fails the gate."""

WATCHED = ("passed", "facts")


def gate_cases(cases: Sequence[Case]) -> list[Case]:
    """The dev cases of the gate, fixed by their ids."""
    return [case for case in cases if case.split == "dev" and _number(case.name) % SHARE == 0]


def _number(name: str) -> int:
    return int(hashlib.sha256(f"gate {name}".encode()).hexdigest()[:8], 16)


def judge(rows: Sequence[Row], pairs: Sequence[Pair], accepted: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    """Why the gate fails, one line each with the case named; empty if it holds."""
    failures = [
        f"{row.id}: {name}: {row.scores[name].reason}"
        for row in rows
        for name in NEVER
        if (value := row.value(name)) is not None and value < 1
    ]
    failures += [
        f"{pair.twin.id} ({pair.twin.attribute}): {'; '.join(pair.differs)}" for pair in pairs if not pair.equal
    ]
    return failures + _drops(rows, accepted)


def _drops(rows: Sequence[Row], accepted: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    both = [row for row in rows if row.id in accepted]
    failures = []
    for name in WATCHED:
        found = paired_difference([row.value(name) for row in both], [accepted[row.id][name] for row in both])
        if found is not None and found.high < 0:
            worse = [row.id for row in both if (row.value(name) or 0) < (accepted[row.id][name] or 0)]
            failures.append(
                f"{name} fell by {-found.mean:.3f} (95 % interval {-found.high:.3f} to {-found.low:.3f}); worse: {', '.join(worse)}"
            )
    return failures


def read_accepted(file: Path = ACCEPTED) -> dict[str, dict[str, float | None]]:
    """The committed results by case; empty if none have been committed."""
    if not file.is_file():
        return {}
    return {row["id"]: row for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())}


def accept(rows: Sequence[Row], file: Path = ACCEPTED) -> None:
    """Makes these results the ones that later runs are held against."""
    lines = (json.dumps({"id": row.id, **{name: row.value(name) for name in WATCHED}}) + "\n" for row in rows)
    file.write_text("".join(lines), encoding="utf-8")
