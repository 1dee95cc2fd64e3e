"""What changed from one run to another: differences with their intervals, and every case that got worse, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.scoring import SCORES, Row, against, by, read_rows
from evals.stats import paired_difference


def compare_runs(before: Path, after: Path) -> tuple[str, bool]:
    """The comparison as text, and whether anything is worse beyond noise. Raises `OSError` or `ValueError` for no run."""
    old, new = _ours(before), _ours(after)
    found = against(new, old)
    lines = [f"{before} -> {after}: {len(old)} and {len(new)} cases", *_made_differently(before, after)]
    for name, value in found["differences"].items():
        sure = "" if value["sure"] else ", within noise"
        lines.append(
            f"{name}: {value['mean']:+.4f} (95 % interval {value['low']:+.4f} to {value['high']:+.4f}, {value['pairs']} cases{sure})"
        )
    lines += _categories(old, new)
    lines += [f"better: {name}" for name in found["won"]] + [
        f"WORSE: {name}: {_why(new, name)}" for name in found["lost"]
    ]
    worse = any(value["sure"] and value["mean"] < 0 for value in found["differences"].values())
    return "\n".join(lines), worse


def _ours(folder: Path) -> list[Row]:
    return [row for row in read_rows(folder / SCORES) if row.system == "ours"]


def _categories(old: Sequence[Row], new: Sequence[Row]) -> list[str]:
    """Categories whose share of passes changed."""
    before, lines = {row.id: row for row in old}, []
    for category, rows in by(new, "category").items():
        both = [row for row in rows if row.id in before]
        found = paired_difference(
            [row.value("passed") for row in both], [before[row.id].value("passed") for row in both]
        )
        if found is not None and found.mean:
            lines.append(f"  {category}: passed {found.mean:+.3f} over {found.pairs} cases")
    return lines


def _why(rows: Sequence[Row], name: str) -> str:
    return next(row.scores["passed"].reason for row in rows if row.id == name)


def _made_differently(before: Path, after: Path) -> list[str]:
    one, other = _made_with(before), _made_with(after)
    return [
        f"  {name}: {one.get(name)} -> {other.get(name)}"
        for name in sorted(one | other)
        if one.get(name) != other.get(name)
    ]


def _made_with(folder: Path) -> dict[str, Any]:
    made: Mapping[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["made_with"]
    return dict(made)
