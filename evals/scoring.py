"""Answers -> scored rows -> the figures of a run. Pure apart from reading and writing its own rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.case import Case
from evals.measures import REFUSALS, Answered, Records, Score, Turn, scores_of
from evals.stats import Mean, mean_of, paired_difference, percentile

SCORES = "scores.jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """One case answered by one system: its labels and every score with its reason."""

    system: str
    id: str
    category: str
    split: str
    group: str | None
    scores: Mapping[str, Score]
    outcome: str
    expected_refusal: bool

    @property
    def passed(self) -> bool:
        return self.scores["passed"].value == 1

    @property
    def refused(self) -> bool:
        return self.outcome in REFUSALS

    def value(self, measure: str) -> float | None:
        score = self.scores.get(measure)
        return None if score is None else score.value


def score_all(system: str, cases: Sequence[Case], answers: Sequence[Sequence[Turn]], records: Records) -> list[Row]:
    """A row for each case, in case order."""
    return [_row(system, case, turns, records) for case, turns in zip(cases, answers, strict=True)]


def _row(system: str, case: Case, turns: Sequence[Turn], records: Records) -> Row:
    refusal = bool(case.outcome) and all(outcome in REFUSALS for outcome in case.outcome)
    scores = scores_of(Answered(case, turns, records))
    return Row(system, case.name, case.category, case.split, case.group, scores, str(turns[-1].get("outcome")), refusal)


def write_rows(rows: Iterable[Row], file: Path) -> None:
    with file.open("w", encoding="utf-8") as out:
        for row in rows:
            scores = {name: {"value": score.value, "reason": score.reason} for name, score in row.scores.items()}
            labels = {
                "system": row.system,
                "id": row.id,
                "category": row.category,
                "split": row.split,
                "group": row.group,
            }
            line = {**labels, "outcome": row.outcome, "expected_refusal": row.expected_refusal, "scores": scores}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_rows(file: Path) -> list[Row]:
    """The rows of a run. Raises `OSError` or `ValueError` if they cannot be read."""
    return [_read(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _read(line: Mapping[str, Any]) -> Row:
    scores = {name: Score(score["value"], score["reason"]) for name, score in line["scores"].items()}
    labels = (line["system"], line["id"], line["category"], line["split"], line["group"])
    return Row(*labels, scores, line["outcome"], line["expected_refusal"])


def figures_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Every mean with its counts, refusal precision and recall, and latency percentiles, of one system's rows."""
    names = rows[0].scores if rows else {}
    means = {name: _mean_json(mean_of(row.value(name) for row in rows)) for name in names}
    latency = [row.value("latency_ms") for row in rows]
    return {
        "cases": len(rows),
        "measures": means,
        "refusals": refusals(rows),
        "latency_ms": {"p50": percentile(latency, 0.5), "p95": percentile(latency, 0.95)},
    }


def _mean_json(mean: Mean) -> dict[str, float | int | None]:
    return {
        "mean": None if mean.value is None else round(mean.value, 4),
        "scored": mean.scored,
        "unscored": mean.unscored,
    }


def refusals(rows: Sequence[Row]) -> dict[str, float | int | None]:
    """How often turning someone away or passing them on was allowed (precision), and done when it was due (recall).

    `None` where there is nothing to divide by.
    """
    made, due = [row for row in rows if row.refused], [row for row in rows if row.expected_refusal]
    right, done = sum(row.value("outcome") == 1 for row in made), sum(row.refused for row in due)
    return {
        "precision": right / len(made) if made else None,
        "recall": done / len(due) if due else None,
        "made": len(made),
        "due": len(due),
    }


def by(rows: Iterable[Row], label: str) -> dict[str, list[Row]]:
    """Rows by category, split, group or system, in name order; rows without the label are left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        name = getattr(row, label)
        if name is not None:
            found.setdefault(name, []).append(row)
    return dict(sorted(found.items()))


COMPARED = ("passed", "facts", "sources_ndcg10", "courses_ndcg10")


def against(ours: Sequence[Row], theirs: Sequence[Row]) -> dict[str, Any]:
    """Ours minus another system or run, case by case: intervals, and the cases only one of them passes."""
    other = {row.id: row for row in theirs}
    pairs = [(row, other[row.id]) for row in ours if row.id in other]
    differences: dict[str, Any] = {}
    for name in COMPARED:
        found = paired_difference([mine.value(name) for mine, _ in pairs], [its.value(name) for _, its in pairs])
        if found is not None:
            differences[name] = {
                "mean": found.mean,
                "low": found.low,
                "high": found.high,
                "pairs": found.pairs,
                "sure": found.sure,
            }
    return {
        "differences": differences,
        "won": [mine.id for mine, its in pairs if mine.passed and not its.passed],
        "lost": [mine.id for mine, its in pairs if its.passed and not mine.passed],
    }
